/**
 * A dataframe that several runs logged, in one plot.
 *
 * @module
 */
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from "npm:preact@^11.2.0";
import { useCallback, useMemo, useState } from "npm:preact@^11.2.0/hooks";
import type { FrameFile, RunFile } from "../../contract.ts";
import { asPeopleCount } from "../data/cell.ts";
import { counted } from "../data/format.ts";
import type { ChartProps } from "../types.ts";
import { Bar, Check, Menu, Status, Swatch, Tooltip } from "./controls.tsx";
import { fillDots, MAX_DOTS, strokeLine } from "./curve_lines.ts";
import { type Files, useFiles } from "./files.ts";
import { columnOf, firstColumns, namesOf, type RunFrame } from "./frame_data.ts";
import {
  type FrameKind,
  type FrameShapes,
  type Mark,
  markAt,
  shapesOfFrames,
} from "./frame_shapes.ts";
import { clipped, drawFrame } from "./frame.ts";
import { IconButton } from "./icons.tsx";
import { savePicture } from "./picture.ts";
import { type Draw, Empty, Layer, useSize } from "./surface.tsx";

/** What is kept in the page's address. */
export interface FrameSettings {
  /** The dataframe's name. */
  d: string;
  /** How it is drawn. Default: `line`. */
  t: FrameKind;
  /** The columns along both sides. Default: the first two. */
  x: string;
  y: string;
  /** Logarithmic axes. */
  lx: 1;
  ly: 1;
  /** How many runs are drawn at most, if none is selected. */
  n: number;
}

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

function Picture(
  { props, frames, kind, x, y, name, logX, logY }: {
    props: Props;
    frames: readonly RunFrame[];
    kind: FrameKind;
    x: string;
    y: string;
    name: string;
    logX: boolean;
    logY: boolean;
  },
): JSX.Element {
  const { hovered, theme, colourOf, nameOf } = props;
  const [element, size] = useSize<HTMLDivElement>();
  const [mark, setMark] = useState<Mark>();
  const [said, setSaid] = useState("");
  const shapes = useMemo(() =>
    size && shapesOfFrames({
      frames,
      kind,
      x: columnOf(frames, x),
      y: columnOf(frames, y),
      names: { x, y },
      logX,
      logY: logY && kind !== "histogram",
      size,
    }), [size, frames, kind, x, y, logX, logY]);
  const drawGround = useCallback<Draw>((pen, paint) => {
    if (!shapes) return;
    const names = kind === "histogram" ? { x: y, y: "rows" } : { x, y };
    drawFrame(pen, paint, shapes.plot, names);
  }, [shapes]);
  const drawShapes = useCallback<Draw>((pen) => {
    if (shapes) drawAll(pen, shapes, kind, colourOf);
  }, [shapes, colourOf]);
  const draw = useCallback<Draw>((pen, paint) => {
    drawGround(pen, paint);
    drawShapes(pen, paint);
  }, [drawGround, drawShapes]);
  const row = hovered.value;
  const drawOver = useCallback<Draw>((pen, paint) => {
    const { plot } = shapes ?? {};
    if (!shapes || !plot || row === undefined) return;
    drawAll(pen, onlyRow(shapes, row), kind, colourOf, true);
    if (!mark || kind === "bar" || kind === "histogram") return;
    pen.beginPath();
    pen.arc(mark.x, mark.y, 4.5, 0, 2 * Math.PI);
    pen.fillStyle = colourOf(mark.row).stroke;
    pen.fill();
    pen.strokeStyle = paint.surface;
    pen.lineWidth = 1.5;
    pen.stroke();
  }, [shapes, row, mark, colourOf]);
  const show = (next: Mark | undefined) => {
    setMark(next);
    hovered.value = next?.row;
  };
  const onPointerMove = (
    { currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLDivElement>,
  ) => {
    if (!shapes) return;
    const { left, top } = currentTarget.getBoundingClientRect();
    show(markAt(shapes, clientX - left, clientY - top));
  };
  const onKey = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (!shapes || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by !== undefined || next !== undefined) {
      const found = step(shapes, frames, mark, by ?? 0, next ?? 0);
      show(found);
      if (found) setSaid(`${nameOf(found.row)}, ${found.text}`);
    } else if (event.key === "Enter" && mark) props.onOpen(mark.row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const isDim = row !== undefined && frames.some((one) => one.row === row) && frames.length > 1;
  return (
    <>
      <div class="chart-note">
        <div class="chart-legend">
          {frames.slice(0, 24).map((one) => (
            <span key={one.row} class="chart-entry">
              <Swatch {...colourOf(one.row)} />
              {nameOf(one.row)}
            </span>
          ))}
          {frames.length > 24 && <span>and {frames.length - 24} more</span>}
        </div>
        {size && (
          <IconButton
            icon="export"
            label={`Download ${name} as SVG`}
            onClick={() => savePicture(name, size, draw, element.current!, theme)}
          />
        )}
      </div>
      <div class="chart-scatter">
        <div class="chart-inner">
          <div
            ref={element}
            class="chart-plot"
            role="img"
            tabIndex={0}
            aria-label={`Dataframe ${name} of ${counted(frames.length, "run")} as ${kind}: ` +
              `${kind === "histogram" ? y : `${y} by ${x}`}. ` +
              `Left and right read values, up and down change the run, Enter opens it.`}
            onPointerMove={onPointerMove}
            onPointerLeave={() => show(undefined)}
            onBlur={() => show(undefined)}
            onDblClick={() => mark && props.onOpen(mark.row)}
            onKeyDown={onKey}
          >
            {size && shapes && (
              <>
                <Layer size={size} draw={drawGround} theme={theme} />
                <Layer size={size} draw={drawShapes} theme={theme} dim={isDim} />
                <Layer size={size} draw={drawOver} theme={theme} />
              </>
            )}
          </div>
          {mark && size && (
            <Tooltip x={mark.x} y={Math.max(4, mark.y - 20)} width={size.width}>
              <div class="chart-tip-title">{nameOf(mark.row)}</div>
              {mark.text}
            </Tooltip>
          )}
          {size && !shapes && (
            <Empty>
              {kind === "histogram"
                ? `${y} has no values`
                : `${x} and ${y} have no values together`}
              {logX || logY ? " above zero: turn the log axes off." : ": choose other columns."}
            </Empty>
          )}
        </div>
      </div>
      <Status>{said}</Status>
    </>
  );
}

const onlyRow = (shapes: FrameShapes, row: number): FrameShapes => ({
  ...shapes,
  lines: shapes.lines.filter((one) => one.row === row),
  boxes: shapes.boxes.filter((one) => one.row === row),
  dots: shapes.dots.filter((one) => one.row === row),
});

function drawAll(
  pen: Parameters<Draw>[0],
  { plot, lines, boxes, dots }: FrameShapes,
  kind: FrameKind,
  colourOf: Props["colourOf"],
  isFocus = false,
): void {
  clipped(pen, plot, () => {
    for (const { row, left, top, width, height } of boxes) {
      pen.fillStyle = colourOf(row).stroke;
      pen.globalAlpha = kind === "histogram" ? (isFocus ? 0.45 : 0.16) : 0.9;
      pen.fillRect(left, top, width - (kind === "bar" && width > 3 ? 1 : 0), height);
    }
    pen.globalAlpha = 1;
    pen.lineJoin = "round";
    for (const { row, points } of lines) {
      const { stroke, dash } = colourOf(row);
      pen.strokeStyle = pen.fillStyle = stroke;
      pen.lineWidth = isFocus ? 2.75 : 1.75;
      pen.setLineDash(kind === "line" ? dash as number[] : []);
      strokeLine(pen, points);
      if (kind === "line" && points.length <= 2 * MAX_DOTS) fillDots(pen, points);
    }
    pen.setLineDash([]);
    pen.globalAlpha = isFocus ? 1 : 0.7;
    for (const { row, x, y } of dots) {
      pen.fillStyle = colourOf(row).stroke;
      pen.beginPath();
      pen.arc(x, y, dots.length > 2000 ? 2 : 3.5, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.globalAlpha = 1;
  });
}

/** The mark beside another: of the same run along x, or of the next run. */
function step(
  { marks }: FrameShapes,
  frames: readonly RunFrame[],
  from: Mark | undefined,
  by: number,
  next: number,
): Mark | undefined {
  if (!from) return marks[0];
  const rows = frames.map(({ row }) => row);
  const row = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(from.row) + next))]!;
  const own = marks.filter((mark) => mark.row === row).sort((a, b) => a.x - b.x);
  if (next !== 0) {
    return own.reduce((a, b) => Math.abs(a.x - from.x) <= Math.abs(b.x - from.x) ? a : b, own[0]!);
  }
  const at = own.findIndex((mark) => mark.x === from.x && mark.y === from.y) + by;
  return own[Math.min(own.length - 1, Math.max(0, at))];
}
