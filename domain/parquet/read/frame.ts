/**
 * Reading dataframes from Parquet, as rows or as columns.
 *
 * @module
 */
import { show } from "../../check.ts";
import { pooled } from "../../pool.ts";
import type { ColumnTable, IndexLevel, Table } from "../types.ts";
import { type Budget, unsupported } from "./bounds.ts";
import type { Chunk } from "./footer.ts";
import {
  type ColumnChunks,
  flatReader,
  isFlat,
  type Reader,
  readNested,
  typeName,
} from "./group.ts";
import type { Cell, Meaning } from "./meaning.ts";
import { type FrameFile, named, type Part, type Plan, type Span } from "./plan.ts";
import { cellsOf, clear, createVector, setMissing, type Vector } from "./vector.ts";

/** Ranges that are closer than this are read as one. */
const GAP = 2 ** 16;

/** Reads the bytes of chunks, those that are close together at once. */
async function readChunks(
  file: FrameFile,
  chunks: readonly Chunk[],
): Promise<Map<Chunk, Uint8Array>> {
  const ranges: { start: number; end: number; chunks: Chunk[] }[] = [];
  for (const chunk of chunks.toSorted((a, b) => a.start - b.start)) {
    const last = ranges.at(-1);
    if (last && chunk.start <= last.end + GAP) {
      last.end = Math.max(last.end, chunk.end);
      last.chunks.push(chunk);
    } else ranges.push({ start: chunk.start, end: chunk.end, chunks: [chunk] });
  }
  const found = await pooled(ranges, async ({ start, end, chunks }) => {
    const bytes = await file.read(start, end);
    return chunks.map((chunk): [Chunk, Uint8Array] => [
      chunk,
      bytes.subarray(chunk.start - start, chunk.end - start),
    ]);
  });
  return new Map(found.flat());
}

/** A column of a span, whose rows are read in order. */
interface SpanColumn {
  name: string;
  meaning: Meaning;
  read: Reader;
}

/** Opens the columns of a span one after the other. */
async function* openSpan(
  { part: { file, wanted, meanings }, group, from }: Span,
  budget: Budget,
): AsyncGenerator<SpanColumn> {
  const chunks = wanted.flatMap(({ leaves }) => leaves.map((leaf) => group.chunks.get(leaf)!));
  const bytes = await readChunks(file, chunks);
  for (const column of wanted) {
    const parts = column.leaves.map((leaf): ColumnChunks["parts"][number] => {
      const chunk = group.chunks.get(leaf)!;
      return { chunk, bytes: bytes.get(chunk)!, meaning: meanings.get(leaf)! };
    });
    const { name } = column.node.element;
    if (isFlat(column)) {
      const [part] = parts;
      yield { name, meaning: part!.meaning, read: await flatReader(part!, budget, from) };
      continue;
    }
    const type = typeName(column.node, parts.map(({ meaning }) => meaning));
    const cells = await readNested({ column, parts }, group.rows, budget);
    let row = from;
    const read: Reader = ({ values }, count, at) => {
      for (const last = at + count; at < last; at++) values[at] = cells[row++]! as never;
    };
    yield { name, meaning: { type }, read };
  }
}

/**
 * So many rows of all columns are decoded at once, into the same vectors again and again. It is what groups of this module
 * have, so that no page is in memory for longer than it takes to decode it: what is there for long is garbage for long.
 */
const WINDOW = 100_000;
/** So many rows are made at once, and then filled column by column: they are still in the processor's cache. */
const BLOCK = 1000;

/** Reads a frame as rows. */
export async function readRows(plan: Plan, where: string, signal?: AbortSignal): Promise<Table> {
  const { columns, length, spans, parts, budget } = plan;
  const rows = new Array<Record<string, Cell>>(length);
  const index = new Map<string, Cell[][]>();
  const vectors = new Map<string, Vector>();
  for (const span of spans) {
    signal?.throwIfAborted();
    const { file, pandas: { hidden, levels } } = span.part;
    await named(file, where, async () => {
      const readers = new Map<string, Reader>();
      for await (const { name, meaning, read } of openSpan(span, budget)) {
        budget.pay(8 * (span.to - span.from)); // What rows have of it.
        const size = Math.min(WINDOW, span.to - span.from);
        const last = vectors.get(name);
        if (last?.meaning !== meaning || last.values.length < size) {
          vectors.set(name, createVector(meaning, size, budget));
        }
        readers.set(name, read);
      }
      const shown = columns.filter((name) => readers.has(name) && !hidden.has(name));
      const end = span.at + span.to - span.from;
      for (let at = span.at; at < end; at += WINDOW) {
        const count = Math.min(WINDOW, end - at);
        for (const [name, read] of readers) {
          const vector = vectors.get(name)!;
          clear(vector);
          read(vector, count, 0);
        }
        for (const { field } of levels) {
          if (!readers.has(field!)) continue;
          if (!index.has(field!)) index.set(field!, []);
          index.get(field!)!.push(cellsOf(vectors.get(field!)!, 0, count));
        }
        fill(rows, at, count, shown.map((name) => [name, vectors.get(name)!]));
      }
    });
  }
  const levels = indexOf(parts, (field) => index.get(field)?.flat() ?? []);
  return { columns, rows, ...(levels && { index: levels }) };
}

/** Makes rows. A copy of one row has room for all columns, which an empty object grows into. */
function fill(
  rows: Record<string, Cell>[],
  at: number,
  count: number,
  columns: readonly [name: string, vector: Vector][],
): void {
  const template = Object.fromEntries(columns.map(([name]): [string, Cell] => [name, null]));
  for (let first = 0; first < count; first += BLOCK) {
    const last = Math.min(first + BLOCK, count);
    for (let row = first; row < last; row++) rows[at + row] = { ...template };
    for (const [name, vector] of columns) {
      const cells = cellsOf(vector, first, last);
      for (let row = first; row < last; row++) rows[at + row]![name] = cells[row - first]!;
    }
  }
}

/** Reads a frame as columns. */
export async function readColumns(
  plan: Plan,
  where: string,
  signal?: AbortSignal,
): Promise<ColumnTable> {
  const { columns, length, spans, parts, budget } = plan;
  const vectors = new Map<string, Vector>();
  const filled = new Map<string, number>();
  for (const span of spans) {
    signal?.throwIfAborted();
    await named(span.part.file, where, async () => {
      for await (const { name, meaning, read } of openSpan(span, budget)) {
        const vector = vectors.get(name) ?? createVector(meaning, length, budget);
        if (vector.meaning.type !== meaning.type) {
          unsupported(
            `its column ${show(name)} is of ${meaning.type}, and that of the part before of ` +
              `${vector.meaning.type}: read them as rows`,
          );
        }
        vectors.set(name, vector);
        const before = filled.get(name) ?? 0;
        if (before < span.at) setMissing(vector, before, span.at);
        filled.set(name, span.at + span.to - span.from);
        read(vector, span.to - span.from, span.at);
      }
    });
  }
  for (const [name, vector] of vectors) {
    const last = filled.get(name)!;
    if (last < length) setMissing(vector, last, length);
  }
  const found = columns.flatMap((name): [string, Vector][] => {
    const vector = vectors.get(name) ?? emptyOf(parts, name, budget);
    return vector ? [[name, vector]] : [];
  });
  const levels = indexOf(parts, (field) => {
    const vector = vectors.get(field);
    return vector ? cellsOf(vector) : [];
  });
  const numbers = found.filter(([, { meaning, missing }]) => meaning.array && missing);
  return {
    columns,
    length,
    data: Object.fromEntries(found.map(([name, { values }]) => [name, values])),
    missing: Object.fromEntries(numbers.map(([name, { missing }]) => [name, missing!])),
    types: Object.fromEntries(found.map(([name, { meaning }]) => [name, meaning.type])),
    ...(levels && { index: levels }),
  };
}

/** The column of a frame without any row. */
function emptyOf(parts: readonly Part[], name: string, budget: Budget): Vector | undefined {
  for (const { footer, meanings } of parts) {
    const column = footer.columns.find(({ node }) => node.element.name === name);
    if (!column) continue;
    const found = column.leaves.map((leaf) => meanings.get(leaf)!);
    const meaning = isFlat(column) ? found[0]! : { type: typeName(column.node, found) };
    return createVector(meaning, 0, budget);
  }
  return undefined;
}

/** The index of a frame, if all its parts have one and the same. */
function indexOf(
  parts: readonly Part[],
  labelsOf: (field: string) => Cell[],
): IndexLevel[] | undefined {
  const [first] = parts;
  if (!first || first.pandas.levels.length === 0) return undefined;
  const nameOf = (part: Part) =>
    JSON.stringify(part.pandas.levels.map(({ name, field }) => [name, field]));
  if (!parts.every((part) => nameOf(part) === nameOf(first))) return undefined;
  return first.pandas.levels.map(({ name, field }, at): IndexLevel => ({
    name,
    values: field !== undefined ? labelsOf(field) : parts.flatMap(({ pandas, from, to }) => {
      const { start, step } = pandas.levels[at]!.range!;
      return Array.from({ length: to - from }, (_, row) => start + (from + row) * step);
    }),
  }));
}
