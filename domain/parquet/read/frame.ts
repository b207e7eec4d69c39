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
import { type ColumnChunks, isFlat, readFlat, readNested, typeName } from "./group.ts";
import type { Cell, Meaning } from "./meaning.ts";
import { type FrameFile, named, type Part, type Plan, type Span } from "./plan.ts";
import { cellsOf, createVector, setMissing, type Vector } from "./vector.ts";

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

/** Reads the columns of a span; `into` gives the vector of each, and where its rows begin. */
async function readSpan(
  { part: { file, wanted, meanings }, group, from, to }: Span,
  budget: Budget,
  into: (name: string, meaning: Meaning) => { vector: Vector; at: number },
): Promise<void> {
  const chunks = wanted.flatMap(({ leaves }) => leaves.map((leaf) => group.chunks.get(leaf)!));
  const bytes = await readChunks(file, chunks);
  for (const column of wanted) {
    const parts = column.leaves.map((leaf): ColumnChunks["parts"][number] => {
      const chunk = group.chunks.get(leaf)!;
      return { chunk, bytes: bytes.get(chunk)!, meaning: meanings.get(leaf)! };
    });
    const { name } = column.node.element;
    if (isFlat(column)) {
      const { vector, at } = into(name, parts[0]!.meaning);
      await readFlat(parts[0]!, vector, budget, from, to, at);
      continue;
    }
    const type = typeName(column.node, parts.map(({ meaning }) => meaning));
    const { vector, at } = into(name, { type });
    const cells = await readNested({ column, parts }, group.rows, budget);
    for (let row = from; row < to; row++) vector.values[at + row - from] = cells[row]! as never;
  }
}

/** Reads a frame as rows. */
export async function readRows(plan: Plan, where: string, signal?: AbortSignal): Promise<Table> {
  const { columns, length, spans, parts, budget } = plan;
  const rows = new Array<Record<string, Cell>>(length);
  const index = new Map<string, Cell[][]>();
  for (const span of spans) {
    signal?.throwIfAborted();
    await named(span.part.file, where, async () => {
      const vectors = new Map<string, Vector>();
      await readSpan(span, budget, (name, meaning) => {
        const vector = createVector(meaning, span.to - span.from, budget);
        vectors.set(name, vector);
        return { vector, at: 0 };
      });
      for (const { field } of span.part.pandas.levels) {
        const vector = vectors.get(field!);
        if (vector) index.set(field!, [...index.get(field!) ?? [], cellsOf(vector)]);
      }
      const { hidden } = span.part.pandas;
      fill(
        rows,
        span,
        columns.flatMap((name): [string, Vector][] => {
          const vector = vectors.get(name);
          return vector && !hidden.has(name) ? [[name, vector]] : [];
        }),
      );
    });
  }
  const levels = indexOf(parts, (field) => index.get(field)?.flat() ?? []);
  return { columns, rows, ...(levels && { index: levels }) };
}

/** So many rows are made at once, and then filled column by column: they are still in the processor's cache. */
const BLOCK = 1000;

/** Makes the rows of a span. A copy of one row has room for all columns, which an empty object grows into. */
function fill(
  rows: Record<string, Cell>[],
  { from, to, at }: Span,
  columns: readonly [name: string, vector: Vector][],
): void {
  const template = Object.fromEntries(columns.map(([name]): [string, Cell] => [name, null]));
  for (let first = 0; first < to - from; first += BLOCK) {
    const last = Math.min(first + BLOCK, to - from);
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
    await named(span.part.file, where, () =>
      readSpan(span, budget, (name, meaning) => {
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
        return { vector, at: span.at };
      }));
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
