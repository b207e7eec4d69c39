/**
 * Tests, checked: what both the typed object and the expression make their conditions of.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import { parseDatetime } from "../format/datetime.ts";
import { RUN_STATES } from "../format/run_state.ts";
import { nearest } from "./fault.ts";
import { PatternError, regex } from "./regex.ts";
import { MAX_LIKE } from "./wildcard.ts";
import {
  type CompareOperator,
  isStatus,
  join,
  type ListFold,
  MAX_VALUES,
  OWN_FIELDS,
  type OwnField,
  type PatternOperator,
  type QueryColumn,
  type QueryCondition,
  type QueryLiteral,
  type QueryOrder,
} from "./tree.ts";

/** Throws, with what is wrong of a test. */
export type Fail = (why: string) => never;

/** Other names of own fields, in lower case and without what joins words. The last ones are MLflow's. */
const OWN: Readonly<Record<string, OwnField>> = {
  ...Object.fromEntries(OWN_FIELDS.map((field) => [field.toLowerCase(), field])),
  runid: "id",
  runname: "name",
  created: "createdAt",
  starttime: "createdAt",
};

/**
 * An experiment's own field by any of its names.
 *
 * @param more Fields that the caller's runs have besides.
 */
export function ownColumn(name: string, fail: Fail, more: readonly string[] = []): QueryColumn {
  const key = name.toLowerCase().replaceAll(/[\s_]/g, "");
  if (Object.hasOwn(OWN, key)) return { kind: "own", name: OWN[key]! };
  const other = more.find((field) => field.toLowerCase() === key);
  if (other !== undefined) return { kind: "own", name: other };
  const fields = [...OWN_FIELDS, ...more];
  const near = nearest(name, fields);
  return fail(
    `There is no field ${name}.` +
      (near === undefined ? "" : ` Did you mean ${near}?`) +
      ` A metric is metrics.${name}, a parameter params.${name}, the value of a tag tags.${name}; ` +
      `fields are ${fields.join(", ")}.`,
  );
}

/** A column is compared with a value. `null` stands for "is missing". */
export function compare(
  column: QueryColumn,
  op: CompareOperator,
  value: QueryLiteral | null,
  fail: Fail,
): QueryCondition {
  if (value !== null) return { op, column, value: literalFor(column, value, fail) };
  if (op === "!=") return { op: "exists", column };
  if (op === "==") return { op: "not", of: { op: "exists", column } };
  return fail(`Nothing is ${op} null: only == and != are.`);
}

/** A column is compared with several values. */
export function oneOf(
  column: QueryColumn,
  op: "in" | "not in",
  values: readonly (QueryLiteral | null)[],
  fail: Fail,
): QueryCondition {
  if (values.length > MAX_VALUES) fail(`More than ${MAX_VALUES} values are too many.`);
  const present = values.filter((value) => value !== null);
  const test: QueryCondition = {
    op,
    column,
    values: present.map((value) => literalFor(column, value, fail)),
  };
  if (present.length === values.length) return test;
  return op === "in" ? join("or", [{ op: "not", of: { op: "exists", column } }, test]) : test;
}

/** A column is compared with a pattern. */
export function matching(
  column: QueryColumn,
  op: PatternOperator,
  pattern: string,
  fail: Fail,
): QueryCondition {
  if (op.endsWith("like") && pattern.length > MAX_LIKE) {
    fail(`A pattern of ${op} has at most ${MAX_LIKE} characters.`);
  }
  if (op === "=~") {
    try {
      regex(pattern);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      fail(`The regular expression cannot be used: ${error.message}.`);
    }
  }
  return { op, column, pattern };
}

/** A column to sort by. */
export function orderBy(
  column: QueryColumn,
  direction: QueryOrder["direction"],
  fail: Fail,
): QueryOrder {
  if (direction !== "best" || column.kind === "metric") return { column, direction };
  return fail("Only a metric has a best value: it says whether more is better.");
}

/** A column whose list becomes one number. */
export function foldOf(column: QueryColumn, fold: ListFold, fail: Fail): QueryColumn {
  if (column.kind === "metric" || column.kind === "parameter") return { ...column, fold };
  return fail(`${fold}( ) takes a metric or a parameter.`);
}

/** A value as the column is kept: times are texts of one form, which sort as the times do. */
function literalFor(column: QueryColumn, value: QueryLiteral, fail: Fail): QueryLiteral {
  if (isStatus(column)) return stateFor(value, fail);
  if (column.kind !== "own" || column.name !== "createdAt") return value;
  try {
    if (typeof value === "string") {
      return parseDatetime(value.length === 10 ? `${value}T00:00` : value);
    }
    if (typeof value === "number") return parseDatetime(new Date(value).toISOString());
  } catch (error) {
    if (!(error instanceof RangeError) && !hasCode(error, "corrupt")) throw error;
  }
  return fail(`${value} is not a time: write "2026-11-24" or "2026-11-24T12:30:00Z".`);
}

/** A state by its name, also in capitals, and as MLflow calls it. */
function stateFor(value: QueryLiteral, fail: Fail): QueryLiteral {
  const given = String(value).toLowerCase();
  const state = given === "killed" ? "cancelled" : given;
  if (RUN_STATES.some((one) => one === state)) return state;
  const near = nearest(state, RUN_STATES);
  return fail(
    `There is no status ${JSON.stringify(String(value))}.` +
      (near === undefined ? "" : ` Did you mean ${near}?`) +
      ` A run is one of ${RUN_STATES.join(", ")}.`,
  );
}
