/**
 * The curves of several runs as columns of numbers, which a page takes as they are: text for a hundred runs takes seconds to
 * read, and a request for each of them takes longer than what it brings.
 *
 * A server sends this; a host of files has the JSON of a `HistoryFile` alone. First come four bytes that say how long the
 * head is, then the head as JSON, then columns, each from a multiple of eight on, least byte first. A column is written as
 * short as it can be without another number coming of it: steps that rise by one are two numbers, times that are whole
 * milliseconds are half as long, and so are values of single precision.
 *
 * @module
 */
import type { HistoryFile } from "./contract.ts";

/** All points of one metric of one run, by step. */
export interface Curve {
  steps: Float64Array<ArrayBuffer>;
  /** Milliseconds since 1970. */
  times: Float64Array<ArrayBuffer>;
  values: Float64Array<ArrayBuffer>;
}

/** What was read of a run: its curves by the names of their metrics, or why they could not be read. */
export type RunCurves = ReadonlyMap<string, Curve> | { error: string };

/** A column as the head says it: numbers at a place, in bytes from the first one on, or as they follow one another. */
type Column =
  | { from: number; by: number }
  | { at: number; as: "double" }
  | { at: number; as: "single" }
  | { at: number; as: "whole"; from: number };

interface Head {
  runs: (
    | { id: string; error: string }
    | {
      id: string;
      series: { name: string; length: number; steps: Column; times: Column; values: Column }[];
    }
  )[];
}

const WORD = 8;

/** The curves of runs, by their ids, as bytes. */
export function packCurves(
  runs: Iterable<readonly [id: string, RunCurves]>,
): Uint8Array<ArrayBuffer> {
  const written: ArrayBufferView[] = [];
  let size = 0;
  const put = (column: ArrayBufferView): number => {
    written.push(column);
    const at = size;
    size = rounded(size + column.byteLength);
    return at;
  };
  const head: Head = {
    runs: Array.from(runs, ([id, curves]) => {
      if ("error" in curves) return { id, ...curves };
      // Metrics that are logged together have the same steps and times.
      const known: [Float64Array, Column][] = [];
      const placed = (column: Float64Array): Column => {
        const found = known.find(([one]) => one === column || isSame(one, column));
        if (found) return found[1];
        const made = columnOf(column, put);
        known.push([column, made]);
        return made;
      };
      const series = Array.from(curves, ([name, { steps, times, values }]) => ({
        ...{ name, length: steps.length },
        ...{ steps: placed(steps), times: placed(times), values: placed(values) },
      }));
      return { id, series };
    }),
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const start = rounded(4 + text.length);
  const bytes = new Uint8Array(start + size);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of written) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at = rounded(at + byteLength);
  }
  return bytes;
}

/** The shortest that a column can be written as. */
function columnOf(column: Float64Array, put: (column: ArrayBufferView) => number): Column {
  const from = column[0] ?? 0;
  const by = column.length > 1 ? column[1]! - from : 0;
  // JSON has neither infinities nor a zero below zero.
  if (Number.isFinite(from) && !Object.is(from, -0)) {
    if (Number.isFinite(by) && isEven(column, from, by)) return { from, by };
    const whole = wholeOf(column, from);
    if (whole) return { at: put(whole), as: "whole", from };
  }
  const single = singleOf(column);
  return single ? { at: put(single), as: "single" } : { at: put(column), as: "double" };
}

function isEven(column: Float64Array, from: number, by: number): boolean {
  for (let at = 0; at < column.length; at++) {
    if (!Object.is(from + by * at, column[at])) return false;
  }
  return true;
}

function wholeOf(column: Float64Array, from: number): Int32Array | undefined {
  const whole = new Int32Array(column.length);
  for (let at = 0; at < column.length; at++) {
    whole[at] = column[at]! - from;
    if (!Object.is(from + whole[at]!, column[at])) return undefined;
  }
  return whole;
}

function singleOf(column: Float64Array): Float32Array | undefined {
  for (let at = 0; at < column.length; at++) {
    if (!Object.is(Math.fround(column[at]!), column[at])) return undefined;
  }
  return new Float32Array(column);
}

/** The curves that bytes of {@linkcode packCurves} are, by run. Equal columns may be one, and share the memory of the bytes. */
export function unpackCurves(buffer: ArrayBuffer): Map<string, RunCurves> {
  const length = new DataView(buffer).getUint32(0, true);
  const head: Head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = rounded(4 + length);
  const known = new Map<string, Float64Array<ArrayBuffer>>();
  const numbers = (column: Column, length: number): Float64Array<ArrayBuffer> => {
    const key = `${length} ${JSON.stringify(column)}`;
    const found = known.get(key) ?? read(column, length);
    known.set(key, found);
    return found;
  };
  const read = (column: Column, length: number): Float64Array<ArrayBuffer> => {
    if (!("at" in column)) {
      const all = new Float64Array(length);
      for (let at = 0; at < length; at++) all[at] = column.from + column.by * at;
      return all;
    }
    const place = start + column.at;
    if (column.as === "double") return new Float64Array(buffer, place, length);
    if (column.as === "single") return new Float64Array(new Float32Array(buffer, place, length));
    const all = new Float64Array(new Int32Array(buffer, place, length));
    for (let at = 0; at < length; at++) all[at]! += column.from;
    return all;
  };
  return new Map(head.runs.map((run): [string, RunCurves] => {
    if ("error" in run) return [run.id, { error: run.error }];
    const curves = run.series.map(({ name, length, steps, times, values }) =>
      [name, {
        steps: numbers(steps, length),
        times: numbers(times, length),
        values: numbers(values, length),
      }] as const
    );
    return [run.id, new Map(curves)];
  }));
}

/** The curves of a file of JSON. NaN and the infinities are texts there, which become the numbers they name. */
export const curvesOf = (file: HistoryFile): Map<string, Curve> =>
  new Map(file.series.map(({ name, steps, times, values }) => [name, {
    steps: new Float64Array(steps),
    times: new Float64Array(times),
    values: new Float64Array(values as number[]),
  }]));

const rounded = (size: number): number => Math.ceil(size / WORD) * WORD;

function isSame(one: Float64Array, other: Float64Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (!Object.is(one[at], other[at])) return false;
  return true;
}
