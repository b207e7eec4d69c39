/**
 * Curves as lines of a terminal.
 *
 * @module
 */
import type { Experiment } from "../../domain/format/entities.ts";
import type { HistoryColumns } from "../../domain/history/history.ts";
import type { ExperimentStatus } from "../../domain/history/state.ts";
import { titleOf } from "../find.ts";
import { numberText, spanText, sparkline } from "../output/cells.ts";
import { STATE_PAINTS } from "../output/states.ts";
import { painted } from "../output/style.ts";
import { drawTable, type Screen } from "../output/table.ts";
import { cut, plainText } from "../output/text.ts";

/** The points of metrics by their names. */
export type Curves = ReadonlyMap<string, HistoryColumns>;

/** A curve has so many bars at most, and at least. */
const MOST_BARS = 60;
const LEAST_BARS = 8;
/** What stands beside a curve, without the metric's name. */
const BESIDE = 48;

/** A heading, and a line for each metric. */
export async function curveLines(
  experiment: Experiment,
  curves: Curves,
  status: ExperimentStatus | undefined,
  screen: Screen,
): Promise<string[]> {
  const heading = headingOf(experiment, status, screen);
  const names = Array.from(curves.keys(), plainText);
  const longest = names.reduce((most, { length }) => Math.max(most, length), 6);
  const bars = Math.max(LEAST_BARS, Math.min(MOST_BARS, (screen.width ?? 100) - longest - BESIDE));
  const rows = Array.from(curves.values(), ({ steps, values }, at) => {
    const finite = values.filter(Number.isFinite);
    const [least, most] = finite.reduce(
      ([a, b], one) => [Math.min(a, one), Math.max(b, one)],
      [Infinity, -Infinity],
    );
    return [
      names[at]!,
      sparkline(values, bars),
      { text: numberText(values.at(-1)!, 4), paint: "bold" as const },
      finite.length > 0 ? numberText(least, 4) : "",
      finite.length > 0 ? numberText(most, 4) : "",
      numberText(steps.at(-1)!),
    ];
  });
  if (rows.length === 0) return [heading, "No point is logged yet."];
  const { lines } = await drawTable(
    [
      { title: "METRIC", rank: 9 },
      { title: "CURVE", rank: 7, whole: true },
      { title: "LAST", rank: 8, align: "number" },
      { title: "LEAST", rank: 4, align: "number" },
      { title: "MOST", rank: 5, align: "number" },
      { title: "STEP", rank: 6, align: "number" },
    ],
    rows,
    screen,
  );
  return [heading, ...lines];
}

function headingOf(
  experiment: Experiment,
  status: ExperimentStatus | undefined,
  { width = Infinity, color }: Screen,
): string {
  const title = titleOf(experiment);
  if (!status) return cut(title, width);
  const { state, durationMs, startedAt, reason } = status;
  const span = spanText(durationMs ?? Math.max(0, Date.now() - Date.parse(startedAt)));
  const rest = `, ${span}${reason === null ? "" : `: ${plainText(reason)}`}`;
  const shown = cut(`${title}: ${state}${rest}`, width);
  const at = title.length + 2;
  return color && shown.length > at + state.length
    ? shown.slice(0, at) + painted(state, STATE_PAINTS[state]) + shown.slice(at + state.length)
    : shown;
}
