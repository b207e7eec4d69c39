/**
 * Lists as rows of coloured cells.
 *
 * @module
 */
import { areaColors } from "./color.ts";
import { binned, extent } from "./lists.ts";
import type { Displayed } from "./mime.ts";
import { rounded, tick } from "./scale.ts";
import { drawSvg, FONT_SIZE, type Frame, INK, svgBundle } from "./svg.ts";
import { fitting, textWidth } from "./text.ts";
import { shortNumber } from "./values.ts";

/** Lists longer than this are drawn as means of several elements. */
const MAX_CELLS = 120;
/** Where cells have this much room, their number is written into them. */
const CELL_FOR_TEXT = 34;
/** How wide an experiment's name is at most. */
const MAX_NAME = 200;

/** One experiment's list. */
export interface Row {
  /** The experiment's name. */
  name: string;
  /** Its row in the table. */
  at: number;
  /** The list. */
  numbers: (number | undefined)[];
}

/** Draws one row of cells for each list. */
export async function heatmap(
  lists: readonly Row[],
  metric: string,
  columnNames: readonly string[] | undefined,
  frame: Omit<Frame, "height">,
  height: number | undefined,
): Promise<Displayed<"image/svg+xml">["mime"]> {
  const longest = Math.max(...lists.map(({ numbers }) => numbers.length));
  const bin = Math.ceil(longest / MAX_CELLS);
  const notes = bin === 1
    ? frame.notes
    : [...frame.notes, `Each cell is the mean of ${bin} elements in a row.`];
  const cells = lists.flatMap(({ numbers, name }, row) =>
    binned(numbers, bin).map((value, column) => ({ row, column, value, name }))
  ).filter((cell) => cell.value !== undefined) as {
    row: number;
    column: number;
    value: number;
    name: string;
  }[];
  const [low, high] = extent(cells.map(({ value }) => value));
  const shade = areaColors(low, high);
  const label = (at: number) => columnNames?.[at * bin] ?? String(at * bin);
  const width = Math.ceil(longest / bin);
  const left = Math.max(
    40,
    ...lists.map(({ name }) => textWidth(fitting(name, FONT_SIZE, MAX_NAME), FONT_SIZE) + 14),
  );
  const tall = height ?? Math.min(Math.max(lists.length * 22, 44) + 44, 1_400);
  const cellWidth = (frame.width - left - 10) / width;
  const cellHeight = (tall - 44) / lists.length;
  const everyRow = Math.ceil(11 / cellHeight);
  const everyColumn = Math.ceil(
    Math.max(
      ...Array.from(
        { length: width },
        (_, at) => textWidth(fitting(label(at), FONT_SIZE, 90), FONT_SIZE),
      ),
    ) / cellWidth * 1.2,
  );
  const steps = low === high
    ? [low]
    : [0, 0.25, 0.5, 0.75, 1].map((part) => low + (high - low) * part);
  const legend = {
    title: metric,
    swatches: steps.map((value) => ({
      label: tick(rounded(value, high - low)),
      color: shade.of(value),
    })),
  };
  const svg = await drawSvg({ ...frame, notes, legend, height: tall }, (plot) => ({
    marginTop: 6,
    marginLeft: Math.ceil(left),
    marginRight: 10,
    marginBottom: 38,
    padding: cellHeight > 8 && cellWidth > 8 ? 0.06 : 0,
    x: {
      type: "band",
      domain: Array.from({ length: width }, (_, at) => at),
      ticks: Array.from({ length: width }, (_, at) => at).filter((at) => at % everyColumn === 0),
      tickFormat: (at: number) => fitting(label(at), FONT_SIZE, 90),
      tickSize: 0,
      label: columnNames ? null : "element",
      labelArrow: "none",
      labelAnchor: "center",
    },
    y: {
      type: "band",
      domain: [...lists.keys()],
      ticks: [...lists.keys()].filter((at) => at % everyRow === 0),
      tickFormat: (at: number) => fitting(lists[at]!.name, FONT_SIZE, MAX_NAME),
      tickSize: 0,
      label: null,
    },
    color: { type: "identity" },
    marks: [
      plot.cell(cells, {
        x: "column",
        y: "row",
        fill: ({ value }: { value: number }) => shade.of(value),
        title: ({ name, column, value }: typeof cells[number]) =>
          `${name}\n${label(column)}: ${shortNumber(value)}`,
      }),
      ...(cellWidth >= CELL_FOR_TEXT && cellHeight >= 14
        ? [plot.text(cells, {
          x: "column",
          y: "row",
          text: ({ value }: { value: number }) => tick(rounded(value, high - low)),
          fill: ({ value }: { value: number }) => shade.isDark(value) ? "#ffffff" : INK,
        })]
        : []),
    ],
  }));
  return svgBundle(svg, frame.title, notes);
}
