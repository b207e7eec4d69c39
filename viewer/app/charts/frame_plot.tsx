/**
 * A dataframe that several runs logged, in one plot.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { useMemo } from "npm:preact@^11.2.0/hooks";
import type { FrameFile, RunFile } from "../../contract.ts";
import { asPeopleCount } from "../data/cell.ts";
import { counted } from "../data/format.ts";
import type { ChartProps } from "../types.ts";
import { Bar, Check, Menu } from "./controls.tsx";
import { type Files, useFiles } from "./files.ts";
import { firstColumns, namesOf, type RunFrame } from "./frame_data.ts";
import { Picture } from "./frame_picture.tsx";
import type { FrameKind } from "./frame_shapes.ts";
import type { FrameSettings } from "./settings.ts";
import { Empty } from "./surface.tsx";

type Props = ChartProps<FrameSettings>;

/** So many runs are drawn unless more are asked for. */
const MAX_RUNS = 20;
/** A dataframe without a name is called so. */
const NAMELESS = "(without a name)";

/** A plot of dataframes over runs. */
export function FramePlot(props: Props): JSX.Element {
  const { runs, rows, selected, settings, onSettings, load } = props;
  const slug = runs.file.project.slug;
  const chosen = useMemo(() => rows.filter((row) => selected.has(row)), [rows, selected]);
  const candidates = chosen.length > 0 ? chosen : rows;
  const drawn = useMemo(() => candidates.slice(0, settings.n ?? MAX_RUNS), [
    candidates,
    settings.n,
  ]);
  const pathOf = (row: number) =>
    `projects/${encodeURIComponent(slug)}/runs/${encodeURIComponent(runs.ids[row]!)}.json`;
  const checksum = runs.file.checksum;
  const wantedRuns = useMemo(
    () => drawn.map((row) => ({ path: pathOf(row), mark: checksum })),
    [drawn, checksum],
  );
  const about = useFiles<RunFile>(wantedRuns, load as (path: string) => Promise<RunFile>, slug);
  const names = useMemo(() => {
    const counts = new Map<string, number>();
    for (const row of drawn) {
      for (const { name } of about.of(pathOf(row))?.dataframes ?? []) {
        counts.set(name ?? NAMELESS, (counts.get(name ?? NAMELESS) ?? 0) + 1);
      }
    }
    return [...counts].sort((a, b) => b[1] - a[1] || asPeopleCount(a[0], b[0])).map(([name]) =>
      name
    );
  }, [drawn, about.version]);
  const name = settings.d ?? names[0];
  const found = useMemo(() =>
    drawn.map((row) => ({
      row,
      frame: about.of(pathOf(row))?.dataframes.find((one) => (one.name ?? NAMELESS) === name),
    })), [drawn, about.version, name]);
  const wantedFrames = useMemo(
    () => found.flatMap(({ frame }) => frame?.path ? [{ path: frame.path, mark: frame.id }] : []),
    [found],
  );
  const files = useFiles<FrameFile>(
    wantedFrames,
    load as (path: string) => Promise<FrameFile>,
    slug,
  );
  const frames = useMemo(
    () =>
      found.flatMap(({ row, frame }): RunFrame[] => {
        const file = files.of(frame?.path);
        return file ? [{ row, file }] : [];
      }),
    [found, files.version],
  );
  const pending = about.pending + files.pending;
  if (rows.length === 0) {
    return <Empty>No runs to draw: change the filter, or show hidden runs.</Empty>;
  }
  if (name === undefined || names.length === 0 && pending === 0 && about.failed.size === 0) {
    return (
      <Empty>
        {pending > 0 || about.version === 0
          ? "Reading…"
          : about.failed.size > 0
          ? <Failed files={about} />
          : "None of these runs has a dataframe. Log one with logDataframe, or select runs that have one."}
      </Empty>
    );
  }
  const set = (change: Partial<FrameSettings>, ...gone: (keyof FrameSettings)[]) => {
    const next = { ...settings, ...change };
    for (const key of gone) delete next[key];
    onSettings(next);
  };
  const columns = namesOf(frames);
  const first = firstColumns(frames);
  const kind = settings.t ?? "line";
  const x = settings.x !== undefined && columns.includes(settings.x) ? settings.x : first.x;
  const y = settings.y !== undefined && columns.includes(settings.y) ? settings.y : first.y;
  const isHistogram = kind === "histogram";
  const without = found.filter(({ frame }) => !frame).map(({ row }) => props.nameOf(row));
  const leftOut = found.find(({ frame }) => frame && frame.path === null)?.frame?.leftOut;
  const cut = frames.find(({ file }) => (file.columns[0]?.values.length ?? file.rows) < file.rows);
  const columnOptions = columns.map((one) => [one, one] as const);
  const flag = (key: "lx" | "ly") => (value: boolean) => value ? set({ [key]: 1 }) : set({}, key);
  return (
    <section class="chart-room" aria-label="Dataframes">
      <Bar label="What is drawn">
        <Menu
          label="Dataframe"
          value={name}
          options={[...new Set([...names, name])].map((one) => [one, one] as const)}
          onChange={(d) => set({ d }, "x", "y")}
        />
        <Menu<FrameKind>
          label="As"
          value={kind}
          options={[["line", "Lines"], ["scatter", "Dots"], ["bar", "Bars"], [
            "histogram",
            "Histogram",
          ]]}
          onChange={(t) => set({ t })}
        />
        {!isHistogram && (
          <Menu
            label="x"
            value={x}
            options={columnOptions}
            onChange={(next) => set({ x: next })}
          />
        )}
        <Menu
          label={isHistogram ? "of" : "y"}
          value={y}
          options={columnOptions}
          onChange={(next) => set({ y: next })}
        />
        {(kind === "line" || kind === "scatter") && (
          <Check label="Log x" value={settings.lx === 1} onChange={flag("lx")} />
        )}
        {!isHistogram && <Check label="Log y" value={settings.ly === 1} onChange={flag("ly")} />}
      </Bar>
      <div class="chart-note" role="status">
        {pending > 0 ? "Reading…" : counted(frames.length, "run")}
        {candidates.length > drawn.length && (
          <span>
            {`Of ${candidates.length} runs the first ${drawn.length} are looked at. `}
            <button type="button" class="chart-link" onClick={() => set({ n: candidates.length })}>
              Look at all
            </button>
          </span>
        )}
        {pending === 0 && without.length > 0 && (
          <span class="chart-warn">
            {`Without ${name}: ${without.slice(0, 5).join(", ")}${
              without.length > 5 ? ` and ${without.length - 5} more` : ""
            }`}
          </span>
        )}
        {leftOut && <span class="chart-warn">{leftOut}</span>}
        {cut && (
          <span>{`The first ${cut.file.columns[0]!.values.length} of ${cut.file.rows} rows.`}</span>
        )}
        {about.failed.size > 0 && <Failed files={about} />}
        {files.failed.size > 0 && <Failed files={files} />}
      </div>
      {frames.length > 0 && (
        <Picture
          {...{ props, frames, kind, x, y, name }}
          logX={settings.lx === 1}
          logY={settings.ly === 1}
        />
      )}
    </section>
  );
}

function Failed({ files }: { files: Files<unknown> }): JSX.Element {
  return (
    <span class="chart-error">
      {`${counted(files.failed.size, "file")} could not be read: ${[...files.failed.values()][0]} `}
      <button type="button" class="chart-link" onClick={files.retry}>Try again</button>
    </span>
  );
}
