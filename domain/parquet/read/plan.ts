/**
 * What is read of a dataframe's files: their footers first, and by those the columns and rows that are asked for.
 *
 * @module
 */
import { refuse, show } from "../../check.ts";
import { pooled } from "../../pool.ts";
import { JSON_COLUMNS } from "../write/schema.ts";
import { durationsOf } from "./arrow_schema.ts";
import { Budget, unreadable } from "./bounds.ts";
import { type Footer, footerLength, readFooter, TAIL } from "./footer.ts";
import { type Meaning, meaningOf, type Note } from "./meaning.ts";
import { type PandasNotes, pandasNotes } from "./pandas_notes.ts";
import type { Leaf, SchemaColumn } from "./schema.ts";

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
  /** The columns, in order. */
  columns?: readonly string[] | undefined;
  /** How many rows to pass over. */
  offset?: number | undefined;
  /** How many rows to read at most. */
  limit?: number | undefined;
}

/** What is read of a file at first, for its footer. */
const FIRST = 2 ** 16;

/** A file with its footer, and what its columns mean. */
export interface Part {
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
export interface Span {
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
  /** Where they are, in order. */
  spans: Span[];
  /** The frame's files. */
  parts: Part[];
  /** What reading may still cost. */
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

/** Runs what reads a file, whose errors then have its name. */
export async function named<T>(
  file: FrameFile,
  where: string,
  run: () => T | Promise<T>,
): Promise<T> {
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
