/**
 * The values of a run of rows as Parquet holds them: those that are there, and levels that say which are.
 *
 * @module
 */
import { ByteWriter } from "npm:hyparquet-writer@0.17.0/src/bytewriter.js";
import { writeRleBitPackedHybrid } from "npm:hyparquet-writer@0.17.0/src/encoding.js";
import { type Column, emptyOf, type Physical } from "../columns.ts";
import { bitsOf } from "../read/hybrid.ts";
import { elementOf } from "./schema.ts";

/** The values of a run of rows that are there, and the levels that say which are. */
export interface Run {
  /** How many values it has, missing ones and empty lists counted. */
  values: number;
  repetitions: Uint8Array;
  definitions: Uint8Array;
  present: Physical;
}

/** A run of plain values. */
export function flatRun({ values, missing }: Column, from: number, to: number): Run {
  const run = Array.isArray(values)
    ? values.slice(from, to) as Physical
    : values.subarray(from, to);
  const isMissing = missing?.subarray(from, to);
  const present = isMissing?.includes(1) ? without(run.slice() as Physical, isMissing) : run;
  const levels = isMissing ? isMissing.map((one) => 1 - one) : new Uint8Array(to - from).fill(1);
  return {
    values: to - from,
    repetitions: new Uint8Array(),
    definitions: packLevels(levels, 1),
    present,
  };
}

/** The values that are there. Integers of 64 bits go as halves: a bigint for each would be an object for each. */
function without(values: Physical, missing: Uint8Array): Physical {
  const isWide = values instanceof BigInt64Array;
  const size = isWide ? 2 : 1;
  const packed = isWide
    ? new Int32Array(values.buffer, values.byteOffset, 2 * values.length)
    : values;
  let to = 0;
  for (let row = 0; row < missing.length; row++) {
    if (missing[row] === 1) continue;
    for (let half = 0; half < size; half++) packed[to++] = packed[row * size + half]!;
  }
  return values.slice(0, to / size) as Physical;
}

/** What a level of a list's value says: there is no list, it is empty, it has a missing element, it has this one. */
const LEVEL = { none: 0, empty: 1, missing: 2, there: 3 } as const;

/** A run of lists. */
export function listRun({ type, values }: Column, from: number, to: number): Run {
  const repetitions: number[] = [];
  const definitions: number[] = [];
  const present: unknown[] = [];
  for (let row = from; row < to; row++) {
    const list = values[row] as unknown[] | null;
    if (list === null || list.length === 0) {
      repetitions.push(0);
      definitions.push(list === null ? LEVEL.none : LEVEL.empty);
      continue;
    }
    for (const [at, item] of list.entries()) {
      repetitions.push(at === 0 ? 0 : 1);
      definitions.push(item === null ? LEVEL.missing : LEVEL.there);
      if (item !== null) present.push(item);
    }
  }
  const typed = emptyOf(elementOf(type)!, present.length);
  for (const [at, item] of present.entries()) typed[at] = item;
  return {
    values: definitions.length,
    repetitions: packLevels(repetitions, 1),
    definitions: packLevels(definitions, LEVEL.there),
    present: typed as Physical,
  };
}

function packLevels(levels: ArrayLike<number>, most: number): Uint8Array {
  const writer = new ByteWriter();
  writeRleBitPackedHybrid(writer, levels as number[], bitsOf(most));
  return writer.getBytes();
}
