/**
 * The columns of one group of rows, decoded.
 *
 * @module
 */
import { type Budget, damaged } from "./bounds.ts";
import { decompressorOf } from "./codecs.ts";
import type { Chunk } from "./footer.ts";
import type { Cell, Meaning } from "./meaning.ts";
import { type PageValues, plain, valuesOf } from "./page_values.ts";
import { type OpenPage, pagesOf } from "./pages.ts";
import type { Node, SchemaColumn } from "./schema.ts";
import { putPage, type Vector } from "./vector.ts";

/** The chunks of one column, and what their values mean. */
export interface ColumnChunks {
  /** The column. */
  column: SchemaColumn;
  /** Each of its leaves. */
  parts: { chunk: Chunk; bytes: Uint8Array; meaning: Meaning }[];
}

/** Whether a column is one of plain values: no list, struct or map. */
export const isFlat = ({ node, leaves }: SchemaColumn): boolean =>
  leaves[0]?.node === node && leaves[0].maxRepetition === 0;

/** A data page, which opens to its levels and its values. */
interface DataPage {
  count: number;
  open(): { opened: OpenPage; values: PageValues };
}

/** The data pages of a chunk. */
async function dataPages(
  { chunk, bytes, meaning }: ColumnChunks["parts"][number],
  budget: Budget,
): Promise<Iterator<DataPage> & Iterable<DataPage>> {
  const { leaf } = chunk;
  const decoding = { leaf, meaning, budget };
  const decompress = await decompressorOf(chunk.codec);
  return function* () {
    let dictionary: PageValues | undefined;
    for (const page of pagesOf(bytes, chunk, decompress, budget)) {
      const { count } = page;
      if (page.isDictionary) {
        dictionary = plain(page.open().bytes, leaf.node.element.type!, count, decoding);
        continue;
      }
      const open = () => {
        const opened = page.open();
        return { opened, values: valuesOf(opened, dictionary, decoding) };
      };
      yield { count, open };
    }
  }();
}

/** Puts the next rows of a column into a vector, at a place. */
export type Reader = (vector: Vector, count: number, at: number) => void;

/** Reads a column of plain values in order, from a row of its group on: one page at a time is in memory. */
export async function flatReader(
  part: ColumnChunks["parts"][number],
  budget: Budget,
  from: number,
): Promise<Reader> {
  const pages = await dataPages(part, budget);
  const most = part.chunk.leaf.maxDefinition;
  let row = from;
  let page: ReturnType<DataPage["open"]> | undefined;
  let [first, end, next] = [0, 0, 0];
  /** Opens the page that has the row. */
  const turn = () => {
    while (row >= end) {
      const { value, done } = pages.next();
      if (done) return damaged("a column has fewer values than rows");
      [first, end] = [end, end + value.count];
      if (row < end) page = value.open();
    }
    next = 0;
    const { definitions } = page!.opened;
    for (let value = first; definitions && value < row; value++) {
      if (definitions[value - first] === most) next++;
    }
  };
  return (vector, count, at) => {
    for (const last = row + count; row < last;) {
      if (row >= end) turn();
      const to = Math.min(last, end);
      const span = { from: row - first, to: to - first, next };
      next = putPage(vector, page!.values, page!.opened.definitions, most, span, at);
      at += to - row;
      row = to;
      // It is freed before it is old, which is soon where rows are made.
      if (row === end) page = undefined;
    }
  };
}

/** Decodes a column of lists, structs or maps: all rows of a group. */
export async function readNested(
  { column, parts }: ColumnChunks,
  rows: number,
  budget: Budget,
): Promise<Cell[]> {
  const { assembleLists, assembleNested } = await import("npm:hyparquet@1.31.5/src/assemble.js");
  const leaves = new Map<string, unknown[]>();
  for (const part of parts) {
    const { leaf } = part.chunk;
    const { definitions, repetitions, values } = await readLevels(part, budget);
    // Each value may open a list at each level.
    budget.pay(part.chunk.values * 16 * leaf.schemaPath.length);
    const assembled = leaf.maxDefinition === 0 ? values : assembleLists(
      [],
      definitions as unknown as number[],
      repetitions as unknown as number[],
      values,
      leaf.schemaPath as Parameters<typeof assembleLists>[4],
    ) as unknown[];
    leaves.set(leaf.node.path.join("."), assembled);
  }
  const tree = column.node as unknown as Parameters<typeof assembleNested>[1];
  // No leaf is of a type that hyparquet would parse.
  assembleNested(leaves, tree, {} as Parameters<typeof assembleNested>[2]);
  const found = leaves.get(column.node.element.name) ?? [];
  if (found.length !== rows) {
    damaged(`a column has ${found.length} rows, and its group has ${rows}`);
  }
  return found.map(tidy);
}

/** The levels and values of a leaf. */
async function readLevels(
  part: ColumnChunks["parts"][number],
  budget: Budget,
): Promise<{ definitions: Uint8Array; repetitions: Uint8Array; values: Cell[] }> {
  const { chunk, meaning } = part;
  const { leaf } = chunk;
  budget.pay(2 * chunk.values);
  const definitions = new Uint8Array(chunk.values).fill(leaf.maxDefinition);
  const repetitions = new Uint8Array(leaf.maxRepetition > 0 ? chunk.values : 0);
  const values: Cell[] = [];
  let at = 0;
  for (const page of await dataPages(part, budget)) {
    const { opened, values: found } = page.open();
    if (opened.definitions) definitions.set(opened.definitions, at);
    if (opened.repetitions) repetitions.set(opened.repetitions, at);
    const { toCell } = meaning;
    for (const value of found) {
      values.push(toCell ? toCell(unsigned(value, meaning) as number | bigint) : value);
    }
    at += page.count;
  }
  return { definitions, repetitions, values };
}

/** An integer without a sign, of a page's that have one. */
function unsigned(value: Cell, { array }: Meaning): Cell {
  if (array === BigUint64Array) return BigInt.asUintN(64, value as bigint);
  return array === Uint32Array ? value as number >>> 0 : value;
}

/** A copy of plain data in which nothing is undefined. */
function tidy(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) {
    return value as Cell;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tidy(item)]));
}

/** What a column's values are called: a leaf's name, or the kind of what holds it. */
export function typeName(node: Node, meanings: readonly Meaning[]): string {
  if (node.children.length === 0) return meanings[0]!.type;
  if (node.logical === "LIST" && meanings.length === 1) return `list<${meanings[0]!.type}>`;
  return node.logical === "" ? "struct" : node.logical.toLowerCase();
}
