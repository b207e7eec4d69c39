/**
 * Many parts of a history as one Parquet file: a row a point, sorted by metric and step.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { Column } from "../parquet/columns.ts";
import { type FrameFile, planRead } from "../parquet/read/plan.ts";
import { readColumns } from "../parquet/read/frame.ts";
import { writeFrame } from "../parquet/write/frame.ts";
import { type Columns, countOf, type Series } from "./series.ts";

/** The key of the file's metadata that has the names of the parts it stands for. */
const PARTS = "parts";

/** The bytes of a compaction. */
export function encodeCompaction(
  series: Series,
  parts: readonly string[],
): Uint8Array<ArrayBuffer> {
  const rows = countOf(series);
  const [names, texts] = [new Array<string>(rows), new Array<string>(rows).fill("")];
  const [steps, values] = [new Float64Array(rows), new Float64Array(rows)];
  const times = new BigInt64Array(rows);
  const halves = new Int32Array(times.buffer);
  const noText = new Uint8Array(rows).fill(1);
  let at = 0;
  for (const [name, columns] of series) {
    const end = at + columns.steps.length;
    names.fill(name, at, end);
    steps.set(columns.steps, at);
    values.set(columns.values, at);
    for (let row = at; row < end; row++) {
      const time = columns.times[row - at]!;
      // A bigint for each would be an object for each.
      halves[2 * row] = time % 2 ** 32;
      halves[2 * row + 1] = Math.floor(time / 2 ** 32);
      if (Number.isFinite(values[row])) continue;
      [texts[row], noText[row]] = [String(values[row]), 0];
    }
    at = end;
  }
  const columns: Column[] = [
    { name: "name", type: "string", values: names },
    { name: "step", type: "float64", values: steps },
    { name: "time", type: "timestamp[us]", values: times },
    { name: "value", type: "float64", values },
    // Some readers take NaN for a value that is missing.
    { name: "text", type: "string", values: texts, missing: noText },
  ];
  return writeFrame(columns, rows, { [PARTS]: JSON.stringify(parts) });
}

/** A compaction that was read. */
export interface Compaction {
  /** The names of the files that it stands for. */
  parts: readonly string[];
  /** Its points. */
  series: Series;
}

/**
 * A compaction from its bytes.
 *
 * @param at What it is, for messages.
 * @throws {RubiconException} `corrupt` or `unsupported` if it is none.
 */
export async function decodeCompaction(bytes: Uint8Array, at: string): Promise<Compaction> {
  const plan = await planRead([fileOf(bytes)], {
    columns: ["name", "step", "time", "value"],
  }, at);
  const { data, types } = await readColumns(plan, at);
  const isOurs = types.name === "string" && types.step === "float64" &&
    types.time === "timestamp[us]" && types.value === "float64";
  const parts = partsOf(plan.parts[0]!.footer.texts.get(PARTS));
  if (!isOurs || !parts) {
    throw new RubiconException("corrupt", `${at} is no compaction of a history.`);
  }
  const names = data.name as string[];
  const [steps, values] = [data.step, data.value] as Float64Array<ArrayBuffer>[];
  const times = microsOf(data.time as BigInt64Array);
  const series = new Map<string, Columns>();
  for (let from = 0; from < names.length;) {
    const name = names[from]!;
    let to = from + 1;
    while (to < names.length && names[to] === name) to++;
    series.set(name, {
      steps: steps!.slice(from, to),
      times: times.slice(from, to),
      values: values!.slice(from, to),
    });
    from = to;
  }
  return { parts, series };
}

/** The names of the files that a compaction stands for, without a look at its points. */
export async function compactedParts(bytes: Uint8Array, at: string): Promise<readonly string[]> {
  const plan = await planRead([fileOf(bytes)], { limit: 0 }, at);
  return partsOf(plan.parts[0]!.footer.texts.get(PARTS)) ?? [];
}

const fileOf = (bytes: Uint8Array): FrameFile => ({
  name: "history.parquet",
  size: bytes.length,
  read: (from, to) => Promise.resolve(bytes.subarray(from, to)),
});

function microsOf(times: BigInt64Array): Float64Array<ArrayBuffer> {
  const found = new Float64Array(times.length);
  const low = new Uint32Array(times.buffer, times.byteOffset, 2 * times.length);
  const high = new Int32Array(times.buffer, times.byteOffset, 2 * times.length);
  for (let at = 0; at < times.length; at++) found[at] = high[2 * at + 1]! * 2 ** 32 + low[2 * at]!;
  return found;
}

function partsOf(text: string | undefined): string[] | undefined {
  try {
    const parts: unknown = JSON.parse(text ?? "");
    const areNames = Array.isArray(parts) && parts.every((name) => typeof name === "string");
    return areNames ? parts : undefined;
  } catch {
    return undefined; // The caller says which file it is.
  }
}
