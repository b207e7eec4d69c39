/**
 * Values of the store as what can be drawn along an axis: numbers, times or categories.
 *
 * @module
 */
import { refuse, show } from "../domain/check.ts";
import { extent } from "./lists.ts";
import { FONT_SIZE } from "./svg.ts";
import { fitting, textWidth } from "./text.ts";
import { isNothing, isNumber, isTemporal, shortNumber, textOf } from "./values.ts";

/** What can be drawn; `undefined` where there is nothing. */
export type Drawable = number | Date | string | undefined;

/** The values of one column, all of one kind. */
export interface Scale {
  /** Its name. */
  name: string;
  /** What the values are. */
  kind: "number" | "time" | "category";
  /** One value a row. */
  values: Drawable[];
  /** Categories in their order; empty for others. */
  categories: string[];
}

const isTime = (value: unknown): value is Parameters<typeof toDate>[0] =>
  typeof value === "object" && value !== null && (value instanceof Date || isTemporal(value));

/** Makes a scale of a column: numbers where all values are, times where all are, else categories. */
export function scaleOf(name: string, column: readonly unknown[]): Scale {
  const there = column.filter((value) => !isNothing(value));
  if (there.length > 0 && there.every(isNumber)) {
    const values = column.map((value) => {
      const number = isNothing(value) ? NaN : Number(value);
      return Number.isFinite(number) ? number : undefined;
    });
    return { name, kind: "number", values, categories: [] };
  }
  if (there.length > 0 && there.every(isTime)) {
    const values = column.map((value) =>
      isNothing(value) ? undefined : toDate(value as Parameters<typeof toDate>[0])
    );
    return { name, kind: "time", values, categories: [] };
  }
  const values = column.map((value) => isNothing(value) ? undefined : textOf(value));
  const categories = [...new Set(values.filter((value) => value !== undefined))].sort(naturally);
  return { name, kind: "category", values, categories };
}

const naturally = (a: string, b: string): number => {
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) || difference === 0 ? a < b ? -1 : 1 : difference;
};

function toDate(
  value: Date | Temporal.Instant | Temporal.ZonedDateTime | Temporal.PlainDate,
): Date | undefined {
  if (value instanceof Date) return Number.isNaN(+value) ? undefined : value;
  if (value instanceof Temporal.PlainDate) return toDate(value.toZonedDateTime("UTC"));
  return new Date(value.epochMilliseconds);
}

/** Refuses a logarithmic scale for what has no logarithm. */
export function checkLog({ name, kind, values }: Scale, option: unknown, where: string): boolean {
  if (option === undefined || option === "linear") return false;
  if (option !== "log") refuse(`${where}: a scale must be "linear" or "log", not ${show(option)}.`);
  if (kind === "number" && values.every((value) => value === undefined || (value as number) > 0)) {
    return true;
  }
  return refuse(
    `${where}: ${show(name)} has values that are not above zero, which no logarithmic scale shows.`,
  );
}

/** A number at an axis: short, and without a thousand zeros. */
export function tick(value: number | Date | string): string {
  if (typeof value !== "number") return String(value);
  const size = Math.abs(value);
  if (size === 0 || size >= 1e-4 && size < 1e5) return shortNumber(value);
  if (size < 1e-4 || size >= 1e15) return value.toExponential(2).replace(/\.?0*e\+?/, "e");
  return value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 4 });
}

/** A number of a range, with no more digits than tell its thousandths apart. */
export function rounded(value: number, range: number): number {
  if (!(range > 0)) return value;
  const digits = Math.min(Math.max(2 - Math.floor(Math.log10(range)), 0), 100);
  return Number(value.toFixed(digits)) + 0;
}

/** Observable Plot's options of one axis: what is drawn along it, and its name as far as there is room. */
export function axisOptions(
  { kind, name, categories, values }: Scale,
  side: "x" | "y",
  log: boolean,
  room: number,
): Record<string, unknown> {
  const label = {
    label: fitting(name, FONT_SIZE, room),
    labelArrow: "none",
    ...(side === "x" && { labelAnchor: "center" }),
  };
  // Below the ticks' two lines, the hour or day and the month or year.
  if (kind === "time") {
    return { ...label, type: "utc", inset: 8, ...(side === "x" && { labelOffset: 44 }) };
  }
  if (kind === "number") {
    const type = log ? "log" : "linear";
    const whole = values.every((value) => value === undefined || Number.isInteger(value));
    const [low, high] = extent(values.filter((value) => value !== undefined).map(Number));
    // Whole numbers, such as depths and counts, have no ticks between them.
    const few = whole && !log && high - low <= 12;
    const ticks = few ? { ticks: Array.from({ length: high - low + 1 }, (_, at) => low + at) } : {};
    return { ...label, type, nice: !few, tickFormat: tick, inset: 8, ...ticks };
  }
  const width = side === "x" ? room / Math.max(categories.length, 1) - 10 : MAX_LABEL;
  return {
    ...label,
    type: "point",
    domain: categories,
    tickFormat: (category: string) => fitting(category, FONT_SIZE, Math.max(width, 24)),
  };
}

/** How wide a category's name is at most. */
const MAX_LABEL = 150;

/** The margins that the names at the axes need. */
export function margins(
  y: Scale,
): Record<"marginLeft" | "marginRight" | "marginTop" | "marginBottom", number> {
  const widest = y.kind === "category"
    ? Math.max(
      0,
      ...y.categories.map((name) => textWidth(fitting(name, FONT_SIZE, MAX_LABEL), FONT_SIZE)),
    )
    : y.kind === "time"
    ? 60
    : 44;
  return { marginLeft: Math.ceil(widest) + 16, marginRight: 24, marginTop: 28, marginBottom: 48 };
}
