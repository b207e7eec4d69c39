/**
 * The parts of an experiment's history: what their files are called, and the lines of a part.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import { LineReader } from "./lines.ts";
import type { SeriesBuilder } from "./series.ts";
import { microsOf } from "./times.ts";

/** So many parts of a writer become one file while it goes on. */
export const COMPACTED = 64;

/** The name of a writer's part: its number has so many digits that names sort by it. */
export const partName = (writer: string, number: number): string =>
  `${writer}_${String(number).padStart(8, "0")}.jsonl`;

/** What a file in the folder of a history is: lines of a writer, a compaction, or somebody else's. */
export function kindOf(name: string): "part" | "compaction" | undefined {
  if (/^[^_]+_\d{8,}\.jsonl$/.test(name)) return "part";
  return /^history_[^_]+\.parquet$/.test(name) ? "compaction" : undefined;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

interface Line {
  s: unknown;
  t: unknown;
  m: unknown;
}

/**
 * Adds the points of a part.
 *
 * @param at What it is, for messages.
 * @throws {RubiconException} `corrupt` if it is none, or not whole.
 */
export function decodePart(bytes: Uint8Array, at: string, into: SeriesBuilder): void {
  const broken = (why: string, cause?: unknown): never => {
    throw new RubiconException("corrupt", `${at} is no part of a history: ${why}.`, { cause });
  };
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    return broken("it is no text", cause);
  }
  if (!text.endsWith("\n")) broken("its last line is not whole");
  const reader = new LineReader(text);
  for (let from = 0; from < text.length;) {
    const to = text.indexOf("\n", from);
    if (!reader.read(from, to, into)) readLine(text.slice(from, to), into, broken);
    from = to + 1;
  }
}

/** Adds the points of a line in any form that JSON has. */
function readLine(
  text: string,
  into: SeriesBuilder,
  broken: (why: string, cause?: unknown) => never,
): void {
  let line: Line;
  try {
    line = Object(JSON.parse(text));
  } catch (cause) {
    return broken("it is not JSON, line by line", cause);
  }
  const { s, t, m } = line;
  const step = numberOf(s);
  if (step === undefined || typeof t !== "string" || typeof m !== "object" || m === null) {
    return broken("a line lacks its step, its time or its values");
  }
  const time = microsOf(t);
  for (const name of Object.keys(m)) {
    const value = numberOf((m as Record<string, unknown>)[name]);
    if (value === undefined) return broken(`the value of ${JSON.stringify(name)} is no number`);
    into.add(name, step, time, value);
  }
}

/** A number, or the text of one that JSON does not have. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value === "NaN") return NaN;
  if (value === "Infinity") return Infinity;
  return value === "-Infinity" ? -Infinity : undefined;
}
