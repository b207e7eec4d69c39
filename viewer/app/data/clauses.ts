/**
 * Filters of single columns, as parts of the expression in the search bar: what a menu sets can be read and changed there.
 *
 * @module
 */
import { isRubiconException } from "../../../errors.ts";
import { parseExpression } from "../../../domain/query/parse.ts";
import { printTree } from "../../../domain/query/print.ts";
import {
  join,
  type Query,
  type QueryColumn,
  type QueryCondition,
  testsOf,
} from "../../../domain/query/tree.ts";
import type { RunColumn } from "../types.ts";
import { MORE_FIELDS } from "./query_cells.ts";
import { isWords } from "./search.ts";

/** A column as the query engine names it. */
export const queryColumn = ({ kind, name }: Pick<RunColumn, "kind" | "name">): QueryColumn => ({
  kind,
  name,
});

/** The query of a text. Words become a pattern of names; what is no expression counts for nothing. */
function queryOf(text: string): Query {
  const trimmed = text.trim();
  if (trimmed === "") return { orderBy: [] };
  if (isWords(trimmed)) {
    const column: QueryColumn = { kind: "own", name: "name" };
    return { where: { op: "ilike", column, pattern: `%${trimmed}%` }, orderBy: [] };
  }
  try {
    const { where, orderBy } = parseExpression(trimmed, "", MORE_FIELDS);
    return { ...(where && { where }), orderBy };
  } catch (error) {
    if (!isRubiconException(error)) throw error;
    return { orderBy: [] };
  }
}

const partsOf = ({ where }: Query): readonly QueryCondition[] =>
  !where ? [] : where.op === "and" ? where.of : [where];

const isOf = (part: QueryCondition, { kind, name }: QueryColumn): boolean =>
  [...testsOf(part)].every(({ column }) =>
    column.kind === kind && column.name === name && column.fold === undefined
  );

/** The parts of a text that are about one column alone. */
export const clausesOf = (text: string, column: QueryColumn): readonly QueryCondition[] =>
  isWords(text.trim()) ? [] : partsOf(queryOf(text)).filter((part) => isOf(part, column));

/** The text with other parts about one column. */
export function withClauses(
  text: string,
  column: QueryColumn,
  parts: readonly QueryCondition[],
): string {
  const query = queryOf(text);
  const others = partsOf(query).filter((part) => !isOf(part, column));
  const all = [...others, ...parts];
  return printTree(
    { ...query, ...all.length > 0 ? { where: join("and", all) } : { where: undefined } } as Query,
  );
}
