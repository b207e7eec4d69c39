/**
 * Queries from whatever they are written in, and what they need of runs.
 *
 * @module
 */
import type { TextPlace } from "../../errors.ts";
import type { Cells } from "./cells.ts";
import { fault, nearest } from "./fault.ts";
import { parseExpression } from "./parse.ts";
import { columnKey, printColumn } from "./print.ts";
import { isOwn, type Query, type QueryColumn, testsOf } from "./tree.ts";
import { conditionOf, orderOf } from "./where.ts";

/** A query that was checked, with what messages of it say. */
export interface Compiled extends Query {
  /** The text that it was parsed from. */
  readonly text?: string;
  /** The places of its columns in that text. */
  readonly places?: ReadonlyMap<string, TextPlace>;
  /** What it is, for messages. */
  readonly what: string;
}

/** A query of options that a function takes; both may be missing. */
export function compileQuery(where: unknown, orderBy: unknown, what: string): Compiled {
  const inWhere = `${what}: where`;
  const order = orderBy === undefined ? [] : orderOf(orderBy, `${what}: orderBy`);
  if (typeof where !== "string") {
    const condition = where === undefined ? undefined : conditionOf(where, inWhere);
    return { ...(condition && { where: condition }), orderBy: order, what: inWhere };
  }
  const parsed = parseExpression(where, inWhere);
  if (order.length > 0 && parsed.orderBy.length > 0) {
    fault(inWhere, "It has an order by, and there is an option orderBy: use one of them.");
  }
  return { ...parsed, what: inWhere, ...(order.length > 0 && { orderBy: order }) };
}

/** Whether a query needs metrics and parameters. */
export const needsChildren = ({ where, orderBy }: Query): boolean =>
  testsOf(where).some(({ column }) => !isOwn(column)) ||
  orderBy.some(({ column }) => !isOwn(column));

/**
 * Throws if a query has a column that none of the runs has, which is nearly always a slip: it names the place and the
 * nearest one that there is. A column that the query asks for by `exists` may be missing.
 *
 * @param cells All of the runs, not only some.
 */
export function checkColumns(query: Compiled, cells: Pick<Cells, "length" | "columns">): void {
  if (cells.length === 0) return;
  const tests = [...testsOf(query.where)];
  const key = (column: QueryColumn) => `${column.kind} ${column.name}`;
  const excused = new Set(
    tests.filter(({ op }) => op === "exists").map(({ column }) => key(column)),
  );
  const used = [...tests, ...query.orderBy].map(({ column }) => column);
  const asked = used.filter((column) => column.kind !== "own" && !excused.has(key(column)));
  if (asked.length === 0) return;
  const known = cells.columns();
  const keys = new Set(known.map(key));
  const missing = asked.find((column) => !keys.has(key(column)));
  if (!missing) return;
  const place = query.places?.get(printColumn(missing));
  fault(query.what, missingText(missing, known), query.text, place);
}

/** Says that a column is not there, and which one is near. */
export function missingText(missing: QueryColumn, known: readonly QueryColumn[]): string {
  const same = known.find(({ name, kind }) => name === missing.name && kind !== missing.kind);
  const names = known.filter(({ kind }) => kind === missing.kind).map(({ name }) => name);
  const near = same ? columnKey(same) : nearest(missing.name, names);
  const found = same || near === undefined ? near : columnKey({ kind: missing.kind, name: near });
  const others = known.filter(({ kind }) => kind === missing.kind).slice(0, 8).map(columnKey);
  const hint = found !== undefined
    ? ` Did you mean ${found}?`
    : others.length > 0
    ? ` There is ${others.join(", ")}${others.length < names.length ? " and more" : ""}.`
    : "";
  const { kind, name } = missing;
  return `No experiment has ${columnKey({ kind, name })}.${hint}`;
}
