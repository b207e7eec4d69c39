/**
 * For those who build a search bar, a command line or a link: expressions to trees, and trees to expressions.
 *
 * @module
 */
import { fault } from "./fault.ts";
import { parseExpression } from "./parse.ts";
import { printColumn, printTree } from "./print.ts";
import { missingText } from "./query.ts";
import type { TableColumn } from "./table.ts";
import { type Query, type QueryColumn, testsOf } from "./tree.ts";

/** Options of {@linkcode parseQuery}. */
export interface ParseQueryOptions {
  /** The columns of a table: an expression that names another metric or parameter is refused, and the nearest is named. */
  columns?: readonly TableColumn[] | undefined;
}

/**
 * Parses an expression, as `where` takes it: `metrics.acc >= 0.9 && params.opt == "adam"`, MLflow's spelling
 * (`metrics.acc >= 0.9 and params.opt = 'adam'`), and an `order by` at the end.
 *
 * @throws {RubiconException} `invalid-argument` if it cannot be understood: `place` says which characters are wrong, and
 * the message shows them.
 *
 * @example
 * ```ts
 * import { parseQuery, printQuery } from "../../mod.ts";
 *
 * const query = parseQuery("metrics.acc > 0.9 and params.opt = 'adam' order by metrics.acc desc");
 * const text = printQuery(query);
 * if (!text.startsWith('metrics.acc > 0.9 && params.opt == "adam"')) throw new Error(text);
 * ```
 */
export function parseQuery(text: string, options: ParseQueryOptions = {}): Query {
  const what = "parseQuery";
  if (typeof text !== "string") fault(what, "It takes the text of an expression.");
  const { places, ...query } = parseExpression(text, what);
  const { text: _text, ...result } = query;
  if (!options.columns) return result;
  const known = options.columns.map(({ kind, label }): QueryColumn => ({ kind, name: label }));
  const names = new Set(known.map(({ kind, name }) => `${kind} ${name}`));
  const used = [...testsOf(query.where), ...query.orderBy].map(({ column }) => column);
  for (const column of used) {
    const isKnown = column.kind === "own" || column.kind === "tag" ||
      names.has(`${column.kind} ${column.name}`);
    if (!isKnown) fault(what, missingText(column, known), text, places.get(printColumn(column)));
  }
  return result;
}

/**
 * A query as an expression. Parsing that gives the same query.
 *
 * @example See {@linkcode parseQuery}
 */
export function printQuery(query: Query): string {
  return printTree(query);
}
