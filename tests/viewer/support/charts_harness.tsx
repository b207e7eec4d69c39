/**
 * A page with one chart and made-up runs, for looking at it and for tests in a browser. Bundled by `deno bundle`.
 *
 * @module
 */
import { type JSX, render } from "npm:preact@^11.2.0";
import { useCallback, useMemo, useState } from "npm:preact@^11.2.0/hooks";
import { signal } from "npm:@preact/signals@^2.11.4";
import type { RunsFile } from "../../../viewer/contract.ts";
import * as charts from "../../../viewer/app/charts/mod.ts";
import { makeRuns } from "../../../viewer/app/data/runs.ts";
import type { ChartProps, SelectHow } from "../../../viewer/app/types.ts";
import { frameOf, historyOf, runOf, sweep } from "./charts_data.ts";

interface Mount {
  chart: "Curves" | "Parallel" | "Scatter" | "Heatmap" | "FramePlot";
  runs: number;
  points?: number;
  columns?: number;
  settings?: Record<string, unknown>;
  theme?: "light" | "dark";
  selected?: number[];
  /** Instead of the sweep. */
  file?: RunsFile;
  /** Paths that cannot be read. */
  broken?: boolean;
  hasCurves?: boolean;
}

const histories = new Map<string, ReturnType<typeof historyOf>>();

const COLOURS = [
  "#3366cc",
  "#c2570c",
  "#0f8a7e",
  "#b3263f",
  "#7a4fd0",
  "#5c7a12",
  "#a34a94",
  "#0d7fb5",
  "#9a6a00",
  "#596273",
];
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]];
const hovered = signal<number | undefined>(undefined);

/** What tests look at. */
const seen = {
  selected: [] as number[],
  opened: [] as number[],
  settings: {} as unknown,
  selects: 0,
  /** How many files were asked for. */
  loads: 0,
  /** Selects as if it was done elsewhere on the page. */
  select: (_rows: number[]): void => {},
};

function Page({ options }: { options: Mount }) {
  const runs = useMemo(
    () =>
      makeRuns(
        options.file ??
          sweep(options.runs, {
            ...(options.columns !== undefined && { columns: options.columns }),
            ...(options.hasCurves !== undefined && { hasCurves: options.hasCurves }),
          }),
        () => {},
      ),
    [],
  );
  const rows = useMemo(() => runs.ids.map((_, row) => row), [runs]);
  const [settings, setSettings] = useState<Record<string, unknown>>(options.settings ?? {});
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set(options.selected ?? []));
  seen.settings = settings;
  seen.selected = [...selected];
  seen.select = (list) => setSelected(new Set(list));
  const names = runs.column("own", "name");
  const colourOf = useCallback(
    (row: number) => ({ stroke: COLOURS[row % 10]!, dash: DASHES[Math.floor(row / 10) % 4]! }),
    [],
  );
  const nameOf = useCallback((row: number) => String(names?.cells[row] ?? runs.ids[row]), [runs]);
  const load = useCallback(async (path: string): Promise<unknown> => {
    seen.loads++;
    await Promise.resolve();
    if (options.broken) {
      throw new Error(`${path} cannot be read: the server does not answer. Is it still running?`);
    }
    const id = decodeURIComponent(path.split("/").at(-1)!.replace(".json", ""));
    if (path.includes("/history/")) {
      return histories.get(id) ?? historyOf(id, options.points ?? 300);
    }
    return path.includes("/dataframes/") ? frameOf(id) : runOf(id);
  }, []);
  const props: ChartProps<Record<string, unknown>> = {
    runs,
    rows,
    selected,
    hidden: new Set(),
    hovered,
    colourOf,
    nameOf,
    onSelect: (list: readonly number[], how: SelectHow) => {
      seen.selects++;
      setSelected((before) => {
        const next = new Set(how === "set" ? [] : before);
        for (const row of list) {
          how === "toggle" && next.has(row) ? next.delete(row) : next.add(row);
        }
        return next;
      });
    },
    onOpen: (row) => seen.opened.push(row),
    settings,
    onSettings: setSettings,
    load,
    theme: options.theme ?? "light",
  };
  const Chart = charts[options.chart] as (
    props: ChartProps<Record<string, unknown>>,
  ) => JSX.Element;
  return (
    <main>
      <h1>{options.chart}</h1>
      <Chart {...props} />
    </main>
  );
}

Object.assign(globalThis, {
  seen,
  hovered,
  /** Makes curves ahead, so that they are not part of what is measured. */
  prepare(runs: number, points: number) {
    for (const id of sweep(runs).ids) histories.set(id, historyOf(id, points));
  },
  mount(options: Mount) {
    document.documentElement.dataset.theme = options.theme ?? "light";
    const root = document.getElementById("root")!;
    render(null, root);
    Object.assign(seen, { selected: [], opened: [], settings: {}, selects: 0, loads: 0 });
    render(<Page options={options} />, root);
  },
});
