/**
 * The curves of a run as columns of numbers, which a page takes as they are: text for a hundred runs takes seconds to read.
 *
 * A server sends this instead of the JSON of a `HistoryFile` to a page that accepts `application/octet-stream`; a host of
 * files has the JSON alone. First come four bytes that say how long the head is, then the head as JSON, and from the next
 * multiple of eight on the columns, as float64, least byte first. Columns with the same numbers, such as the steps of
 * metrics that are logged together, are there once.
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

/** What the head says: where a curve's columns begin, in numbers from the first column on. */
interface Head {
  series: { name: string; length: number; steps: number; times: number; values: number }[];
}

const WORD = 8;

/** Curves by the names of their metrics as bytes. */
export function packCurves(curves: Iterable<readonly [string, Curve]>): Uint8Array<ArrayBuffer> {
  const columns: Float64Array[] = [];
  const offsets: number[] = [];
  let total = 0;
  const placeOf = (column: Float64Array): number => {
    const known = columns.findIndex((one) => isSame(one, column));
    if (known >= 0) return offsets[known]!;
    columns.push(column);
    offsets.push(total);
    total += column.length;
    return offsets.at(-1)!;
  };
  const series: Head["series"] = Array.from(curves, ([name, { steps, times, values }]) => ({
    ...{ name, length: steps.length },
    ...{ steps: placeOf(steps), times: placeOf(times), values: placeOf(values) },
  }));
  const head = new TextEncoder().encode(JSON.stringify({ series } satisfies Head));
  const start = startOf(head.length);
  const bytes = new Uint8Array(start + total * WORD);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  const numbers = new Float64Array(bytes.buffer, start);
  for (const [at, column] of columns.entries()) numbers.set(column, offsets[at]!);
  return bytes;
}

/** The curves that bytes of {@linkcode packCurves} are. They share the memory of the bytes. */
export function unpackCurves(buffer: ArrayBuffer): Map<string, Curve> {
  const length = new DataView(buffer).getUint32(0, true);
  const head: Head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = startOf(length);
  return new Map(head.series.map(({ name, length, ...places }) => {
    const [steps, times, values] = [places.steps, places.times, places.values]
      .map((place) => new Float64Array(buffer, start + place * WORD, length));
    return [name, { steps: steps!, times: times!, values: values! }];
  }));
}

/** The curves of a file of JSON. NaN and the infinities are texts there, which become the numbers they name. */
export const curvesOf = (file: HistoryFile): Map<string, Curve> =>
  new Map(file.series.map(({ name, steps, times, values }) => [name, {
    steps: new Float64Array(steps),
    times: new Float64Array(times),
    values: new Float64Array(values as number[]),
  }]));

const startOf = (head: number): number => Math.ceil((4 + head) / WORD) * WORD;

function isSame(one: Float64Array, other: Float64Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (!Object.is(one[at], other[at])) return false;
  return true;
}
