/**
 * What is written in the search bar: an expression, or words that runs have to have somewhere.
 *
 * @module
 */
import { isRubiconException, type TextPlace } from "../../../errors.ts";
import { evaluate } from "../../../domain/query/evaluate.ts";
import { parseExpression } from "../../../domain/query/parse.ts";
import { checkColumns } from "../../../domain/query/query.ts";
import { OWN_FIELDS, type QueryOrder } from "../../../domain/query/tree.ts";
import type { Runs } from "../types.ts";
import { textOf } from "./cell.ts";
import { MORE_FIELDS, queryCells } from "./query_cells.ts";

/** What came of a search. */
export type Found =
  | { readonly kind: "all"; readonly rows: readonly number[] }
  | { readonly kind: "words"; readonly rows: readonly number[]; readonly words: readonly string[] }
  | {
    readonly kind: "expression";
    readonly rows: readonly number[];
    readonly order: readonly QueryOrder[];
  }
  | { readonly kind: "error"; readonly message: string; readonly place: TextPlace | undefined };

const SIGNS = /[=<>!()&|"'`~]/;
/** A field and what it is asked, or an order: words alone, and yet an expression. */
const FIELD = new RegExp(
  `(?:^|\\s)(?:(?:${[...OWN_FIELDS, ...MORE_FIELDS, "created_at"].join("|")})\\s+` +
    "(?:is|in|has|not|like|ilike|between)|order\\s+by)(?:\\s|$)",
  "i",
);
const COLUMN = /(?:^|\s)(?:metrics?|params?|parameters?|tags?|attr(?:ibutes?)?)\./i;

/** Whether a text is words to look for, and no expression nor the start of one. */
export const isWords = (text: string): boolean =>
  !SIGNS.test(text) && !FIELD.test(text) && !COLUMN.test(text);

/** Whether somebody may be about to write a column. */
const isPrefix = (text: string): boolean =>
  ["metrics.", "params.", "parameters.", "tags."].some((word) =>
    word.startsWith(text.toLowerCase())
  );

/** The rows that a text asks for, in the order of creation. */
export function search(text: string, runs: Runs): Found {
  const all = () => Array.from({ length: runs.count }, (_, row) => row);
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "all", rows: all() };
  if (isWords(trimmed)) {
    const words = trimmed.toLowerCase().split(/\s+/);
    const texts = haystack(runs);
    const rows = all().filter((row) => words.every((word) => texts[row]!.includes(word)));
    if (rows.length === 0 && isPrefix(trimmed)) {
      return {
        kind: "error",
        message:
          `No run has “${trimmed}”. A column is written metrics.NAME, params.NAME or tags.NAME.`,
        place: { from: 0, to: text.length },
      };
    }
    return { kind: "words", rows, words };
  }
  try {
    const parsed = parseExpression(text, "", MORE_FIELDS);
    const cells = queryCells(runs);
    checkColumns({ ...parsed, what: "" }, cells);
    const { orderBy, ...query } = parsed;
    return {
      kind: "expression",
      rows: evaluate({ ...query, orderBy: [] }, cells),
      order: orderBy,
    };
  } catch (error) {
    if (!isRubiconException(error)) throw error;
    // The lines after the first show the place in the text, which the search bar marks itself.
    const message = error.message.replace(/^: /, "").split("\n", 1)[0]!;
    return { kind: "error", message, place: error.place };
  }
}

const haystacks = new WeakMap<Runs, string[]>();

/** What words are looked for in, a text a run: its own fields, and parameters that are texts. */
function haystack(runs: Runs): string[] {
  const known = haystacks.get(runs);
  if (known) return known;
  const columns = runs.columns.filter((column) =>
    // Looking at the cells of all columns would ask for each of them, where there are very many.
    !column.loading &&
    (column.kind === "own" && column.name !== "createdAt" && column.name !== "durationMs" ||
      column.kind === "parameter" && column.type === "text")
  );
  const texts = runs.ids.map((id, row) =>
    [id, ...columns.map(({ cells }) => textOf(cells[row]))].join("\n").toLowerCase()
  );
  haystacks.set(runs, texts);
  return texts;
}
