/**
 * Reading dataframes from Parquet: whole, or some columns and rows of them; as rows, or as columns.
 *
 * @module
 */
import { refuse, show } from "../check.ts";
import { pooled } from "../pool.ts";
import { durationsOf } from "./arrow_schema.ts";
import { Budget, unreadable, unsupported } from "./bounds.ts";
import { type Chunk, type Footer, footerLength, type Leaf, readFooter, TAIL } from "./footer.ts";
import {
  type ColumnChunks,
  isFlat,
  readFlat,
  readNested,
  type SchemaColumn,
  typeName,
} from "./group.ts";
import { type Cell, type Meaning, meaningOf, type Note } from "./meaning.ts";
import { type PandasNotes, pandasNotes } from "./pandas_notes.ts";
import type { ColumnTable, IndexLevel, Table } from "./parquet.ts";
import { JSON_COLUMNS } from "./schema.ts";
import { cellsOf, createVector, setMissing, type Vector } from "./vector.ts";

/** A file of a dataframe. */
export interface FrameFile {
  /** Its name, by whose number the parts of a frame are in order. */
  name: string;
  /** How many bytes it has. */
  size: number;
  /** Reads a range of it. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** What to read of a dataframe. */
export interface Selection {
  columns?: readonly string[] | undefined;
  offset?: number | undefined;
  limit?: number | undefined;
}

/** What is read of a file at first, for its footer. */
const FIRST = 2 ** 16;
/** Ranges that are closer than this are read as one. */
const GAP = 2 ** 16;

/** A file with its footer, and what its columns mean. */
interface Part {
  file: FrameFile;
  footer: Footer;
  pandas: PandasNotes;
  meanings: Map<Leaf, Meaning>;
  /** The columns to read: those that are asked for and those of the index. */
  wanted: SchemaColumn[];
  /** The rows to read. */
  from: number;
  to: number;
}

/** A run of rows to read in one group of a part. */
interface Span {
  part: Part;
  group: Footer["groups"][number];
  /** The rows of the group. */
  from: number;
  to: number;
  /** How many rows are read before it. */
  at: number;
}

/** A frame's parts, what is read of them, and what it may cost. */
export interface Plan {
  /** The names of the columns that are data, in order. */
  columns: string[];
  /** How many rows are read. */
  length: number;
  spans: Span[];
  parts: Part[];
  budget: Budget;
}

const numberOf = ({ name }: FrameFile): number => Number(/\d+/.exec(name)?.[0] ?? 0);

/**
 * Reads the footers of a frame's files.
 *
 * @throws {RubiconException} `corrupt` or `unsupported` with the file's name; `invalid-argument` for a column that
 * none of them has.
 */
export async function planRead(
  files: readonly FrameFile[],
  selection: Selection,
  where: string,
): Promise<Plan> {
  const budget = new Budget(files.reduce((sum, { size }) => sum + size, 0));
  const sorted = files.toSorted((a, b) => numberOf(a) - numberOf(b));
  const parts = await pooled(sorted, (file) => named(file, where, () => openPart(file, budget)));
  const all = new Set(parts.flatMap(({ footer, pandas }) => dataOf(footer, pandas)));
  const columns = selection.columns ? [...new Set(selection.columns)] : [...all];
  const odd = columns.find((name) => !all.has(name));
  if (odd !== undefined) {
    refuse(`${where} has no column ${show(odd)}. It has: ${[...all].map(show).join(", ")}.`);
  }
  const index = new Set(parts.flatMap(({ pandas }) => pandas.levels.map(({ field }) => field)));
  const isWanted = new Set<string | undefined>([...columns, ...index]);
  const { offset = 0, limit = Infinity } = selection;
  const spans: Span[] = [];
  let before = 0;
  let length = 0;
  for (const part of parts) {
    part.wanted = part.footer.columns.filter(({ node }) => isWanted.has(node.element.name));
    part.from = Math.min(part.footer.rows, Math.max(0, offset - before));
    part.to = Math.min(part.footer.rows, Math.max(0, offset + limit - before));
    // A frame without a column still has rows.
    await named(part.file, where, () => budget.pay(8 * (part.to - part.from)));
    let row = 0;
    for (const group of part.footer.groups) {
      const [from, to] = [Math.max(part.from - row, 0), Math.min(part.to - row, group.rows)];
      if (from < to) {
        spans.push({ part, group, from, to, at: length });
        length += to - from;
      }
      row += group.rows;
    }
    before += part.footer.rows;
  }
  return { columns, length, spans, parts, budget };
}

const dataOf = ({ columns }: Footer, { hidden }: PandasNotes): string[] =>
  columns.map(({ node }) => node.element.name).filter((name) => !hidden.has(name));

async function named<T>(file: FrameFile, where: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    throw unreadable(cause, `${where}: ${file.name}`);
  }
}

async function openPart(file: FrameFile, budget: Budget): Promise<Part> {
  const { size } = file;
  let bytes = await file.read(Math.max(0, size - FIRST), size);
  const length = footerLength(bytes, size);
  if (length + TAIL > bytes.length) bytes = await file.read(size - TAIL - length, size);
  // Its structures take some times their bytes.
  budget.pay(16 * length);
  const footer = readFooter(
    bytes.subarray(bytes.length - TAIL - length, bytes.length - TAIL),
    size,
  );
  const pandas = pandasNotes(footer.texts.get("pandas"));
  return {
    file,
    footer,
    pandas,
    meanings: meaningsOf(footer, pandas),
    wanted: [],
    from: 0,
    to: 0,
  };
}

function meaningsOf({ columns, texts }: Footer, pandas: PandasNotes): Map<Leaf, Meaning> {
  const leaves = columns.flatMap((column) => column.leaves);
  const durations = durationsOf(texts.get("ARROW:schema"));
  const json = new Set<unknown>(JSON.parse(texts.get(JSON_COLUMNS) ?? "[]"));
  const noteOf = (leaf: Leaf, at: number): Note | undefined => {
    const [name] = leaf.node.path;
    if (json.has(name)) return { kind: "json" };
    const unit = durations.length === leaves.length ? durations[at] : undefined;
    if (unit) return { kind: "duration", unit };
    return leaf.node.path.length === 1 ? pandas.notes.get(name!) : undefined;
  };
  return new Map(leaves.map((leaf, at) => [leaf, meaningOf(leaf, noteOf(leaf, at))]));
}

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
