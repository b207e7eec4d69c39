/**
 * The one evaluator: which runs a condition is true of, and in which order they come.
 *
 * @module
 */
import { parseInstant } from "../format/datetime.ts";
import { type Cells, cellsOf, listOf, type Run } from "./cells.ts";
import { regex } from "./regex.ts";
import { like, wildcard } from "./wildcard.ts";
import type {
  Query,
  QueryColumn,
  QueryCondition,
  QueryLiteral,
  QueryOrder,
  QueryTest,
} from "./tree.ts";

/**
 * The numbers of the rows that a query asks for, in its order. Rows that are equal in all columns stay in the order that
 * they have.
 */
export function evaluate({ where, orderBy }: Query, cells: Cells): number[] {
  const passes = where && compile(where, (column) => {
    const values = cells.of(column);
    return (row) => values[row];
  });
  const found: number[] = [];
  for (let row = 0; row < cells.length; row++) if (!passes || passes(row)) found.push(row);
  return orderBy.length === 0 ? found : sorted(found, orderBy, cells);
}

/** The runs that a query asks for, in its order. */
export function runQuery<R extends Run>(query: Query, runs: readonly R[]): R[] {
  return evaluate(query, cellsOf(runs)).map((row) => runs[row]!);
}

/** Gives the values of a column, row by row. */
type Reader = (column: QueryColumn) => (row: number) => unknown;

/** Whether a condition is true of single runs, one after the other. */
export function predicate(condition: QueryCondition): (run: Run) => boolean {
  let current: Run;
  const passes = compile(condition, (column) => () => cellsOf([current]).of(column)[0]);
  return (run) => {
    current = run;
    return passes(0);
  };
}

/** Whether a condition is true of a row. */
function compile(condition: QueryCondition, reader: Reader): (row: number) => boolean {
  switch (condition.op) {
    case "and": {
      const parts = condition.of.map((part) => compile(part, reader));
      return (row) => parts.every((part) => part(row));
    }
    case "or": {
      const parts = condition.of.map((part) => compile(part, reader));
      return (row) => parts.some((part) => part(row));
    }
    case "not": {
      const part = compile(condition.of, reader);
      return (row) => !part(row);
    }
  }
  const valueAt = reader(condition.column);
  const { kind, name } = condition.column;
  const isTags = kind === "own" && name === "tags";
  const isMissing = (value: unknown) =>
    value === undefined || value === null ||
    (isTags || kind === "tag") && (value as readonly string[]).length === 0;
  if (condition.op === "exists") return (row) => !isMissing(valueAt(row));
  const [test, negated] = testOf(condition);
  if (isTags || kind === "tag") {
    // One of the texts is enough; a run without such a tag has no value to compare.
    return (row) => {
      const list = valueAt(row) as readonly string[];
      return (isTags || list.length > 0) && list.some(test) !== negated;
    };
  }
  return (row) => {
    const value = valueAt(row);
    return !isMissing(value) && test(value) !== negated;
  };
}

/** A test of one value, and whether its opposite is asked for. */
function testOf(
  test: Exclude<QueryTest, { op: "exists" }>,
): [(value: unknown) => boolean, boolean] {
  const { column } = test;
  switch (test.op) {
    case "in":
    case "not in":
      return [oneOf(test.values, column), test.op === "not in"];
    case "==":
    case "!=":
      return [equalTo(test.value, column), test.op === "!="];
    case "<":
    case "<=":
    case ">":
    case ">=":
      return [orderedTo(test.value, test.op, column), false];
    case "like":
    case "not like":
    case "ilike":
    case "not ilike":
      return [ofText(like(test.pattern, test.op.endsWith("ilike"))), test.op.startsWith("not")];
    case "=~":
      return [ofText(regex(test.pattern)), false];
    case "has": {
      const matches = ofText(wildcard(test.pattern));
      return [(value) => matches(value) || (listOf(value)?.some(matches) ?? false), false];
    }
  }
}

const ofText = (matches: (text: string) => boolean) => (value: unknown): boolean =>
  typeof value === "string" && matches(value);

const isPlain = (value: unknown): value is QueryLiteral =>
  typeof value === "string" || typeof value === "number" || typeof value === "bigint" ||
  typeof value === "boolean";

/** A value for a set in which numbers of both kinds are one. */
const keyOf = (value: QueryLiteral): QueryLiteral =>
  typeof value === "bigint" && BigInt(Number(value)) === value ? Number(value) : value;

/** The number that a text is; `undefined` if it is none. */
const numberIn = (text: string): number | undefined =>
  /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : undefined;

/**
 * Whether a value is equal to a literal. MLflow keeps all parameters as texts: so a quoted number is also the number, and
 * "true" is also true. Tags are texts: so a tag of digits is also the number.
 */
function equalTo(literal: QueryLiteral, column: QueryColumn): (value: unknown) => boolean {
  if (typeof literal === "string") {
    const instant = instantOf(literal);
    const number = column.kind === "parameter" ? numberIn(literal) : undefined;
    const word = column.kind === "parameter" ? literal.toLowerCase() : undefined;
    return (value) => {
      switch (typeof value) {
        case "string":
          return value === literal;
        case "number":
        case "bigint":
          return number !== undefined && value == number;
        case "boolean":
          return String(value) === word;
        default:
          return instant !== undefined && nanosOf(value) === instant;
      }
    };
  }
  if (typeof literal === "boolean") {
    return (value) => value === literal || column.kind === "tag" && value === String(literal);
  }
  return (value) => {
    const number = column.kind === "tag" && typeof value === "string" ? numberIn(value) : value;
    if (typeof number === "number" || typeof number === "bigint") {
      return number == literal || Number.isNaN(number) && Number.isNaN(literal);
    }
    return false;
  };
}

/** Whether a value is equal to one of many literals. */
function oneOf(
  literals: readonly QueryLiteral[],
  column: QueryColumn,
): (value: unknown) => boolean {
  const all = new Set(literals.map(keyOf));
  const texts = literals.filter((literal) => typeof literal === "string");
  const times = new Set(texts.map(instantOf));
  times.delete(undefined);
  if (column.kind === "parameter") {
    for (const text of texts) {
      const number = numberIn(text);
      if (number !== undefined) all.add(number);
      if (/^(?:true|false)$/i.test(text)) all.add(text.toLowerCase() === "true");
    }
  }
  if (column.kind === "tag") {
    for (const literal of literals) if (typeof literal === "boolean") all.add(String(literal));
  }
  return (value) => {
    if (isPlain(value)) {
      if (all.has(keyOf(value))) return true;
      const number = column.kind === "tag" ? numberIn(String(value)) : undefined;
      return number !== undefined && all.has(number);
    }
    return times.size > 0 && times.has(nanosOf(value));
  };
}

/** Whether a value comes before or after a literal: numbers among numbers, texts among texts, times among times. */
function orderedTo(
  literal: QueryLiteral,
  op: "<" | "<=" | ">" | ">=",
  column: QueryColumn,
): (value: unknown) => boolean {
  const compare = <T>(a: T, b: T): boolean =>
    op === "<" ? a < b : op === "<=" ? a <= b : op === ">" ? a > b : a >= b;
  if (typeof literal === "string") {
    const instant = instantOf(literal);
    return (value) => {
      if (typeof value === "string") return compare(value, literal);
      const nanos = instant === undefined ? undefined : nanosOf(value);
      return nanos !== undefined && compare(nanos, instant);
    };
  }
  if (typeof literal === "boolean") return () => false;
  return (value) => {
    const number = column.kind === "tag" && typeof value === "string" ? numberIn(value) : value;
    return (typeof number === "number" || typeof number === "bigint") && compare(number, literal);
  };
}

/** The time that a text is, in nanoseconds; `undefined` if it is none. */
function instantOf(text: string): bigint | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?$/i.test(text)) return undefined;
  try {
    return parseInstant(text.length === 10 ? `${text}T00:00` : text).epochNanoseconds;
  } catch {
    return undefined; // It looks like a time, and is a text.
  }
}

/** The time that a value is, in nanoseconds. A date is its first moment in UTC. */
function nanosOf(value: unknown): bigint | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Date) return BigInt(value.getTime()) * 1_000_000n;
  // Some browsers have none, and then no values of it.
  if (typeof Temporal === "undefined") return undefined;
  if (value instanceof Temporal.Instant || value instanceof Temporal.ZonedDateTime) {
    return value.epochNanoseconds;
  }
  if (value instanceof Temporal.PlainDate) return value.toZonedDateTime("UTC").epochNanoseconds;
  return undefined;
}

/** Sorts rows. What is missing, or no number, comes last in each direction. */
function sorted(rows: number[], orderBy: readonly QueryOrder[], cells: Cells): number[] {
  const keys = orderBy.map(({ column, direction }) => {
    const values = cells.of(column);
    const falls = direction === "desc" ||
      direction === "best" && !(column.kind === "metric" && cells.isLoss(column.name));
    return { keys: Array.from(values, sortKey), sign: falls ? -1 : 1 };
  });
  return rows.sort((a, b) => {
    for (const { keys: all, sign } of keys) {
      const [one, other] = [all[a]!, all[b]!];
      if (one.rank !== other.rank) {
        const last = one.rank === LAST || other.rank === LAST;
        return (one.rank - other.rank) * (last ? 1 : sign);
      }
      if (one.key < other.key) return -sign;
      if (one.key > other.key) return sign;
    }
    return a - b;
  });
}

const LAST = 9;

/** Values of one kind are sorted among each other: numbers, truths, texts, times. */
function sortKey(value: unknown): { rank: number; key: number | bigint | string } {
  switch (typeof value) {
    case "number":
      return Number.isNaN(value) ? { rank: LAST, key: 0 } : { rank: 0, key: value };
    case "bigint":
      return { rank: 0, key: value };
    case "boolean":
      return { rank: 1, key: Number(value) };
    case "string":
      return { rank: 2, key: value };
  }
  const nanos = nanosOf(value);
  if (nanos !== undefined) return { rank: 3, key: nanos };
  // Tags, and the values of a tag, sort as one text.
  if (Array.isArray(value) && typeof value[0] === "string") {
    return { rank: 2, key: value.join(", ") };
  }
  return { rank: LAST, key: 0 };
}
