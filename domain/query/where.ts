/**
 * Queries as typed objects: `{ "metrics.acc": { gte: 0.9 } }`, and the tree they are.
 *
 * @module
 */
import { compare, type Fail, foldOf, matching, oneOf, orderBy, ownColumn } from "./build.ts";
import { fault, nearest } from "./fault.ts";
import { PatternError, patternOf } from "./regex.ts";
import {
  type CompareOperator,
  FOLDS,
  join,
  type ListFold,
  MAX_DEPTH,
  MAX_TESTS,
  type OwnField,
  type QueryColumn,
  type QueryCondition,
  type QueryLiteral,
  type QueryOrder,
} from "./tree.ts";

/** A value that a column is compared with. `null` stands for "is missing". */
export type WhereValue = string | number | boolean | bigint | Date | null;

/** A test of one column: a value that it is equal to, or several tests that all have to pass. */
export type WhereTest = WhereValue | {
  /** Is equal to this. */
  eq?: WhereValue | undefined;
  /** Is there, and is not equal to this. */
  ne?: WhereValue | undefined;
  /** Is greater than this, or later. */
  gt?: WhereValue | undefined;
  /** Is not less than this. */
  gte?: WhereValue | undefined;
  /** Is less than this, or earlier. */
  lt?: WhereValue | undefined;
  /** Is not greater than this. */
  lte?: WhereValue | undefined;
  /** Is one of these. */
  in?: readonly WhereValue[] | undefined;
  /** Has a match of this regular expression, which is run in bounded time. */
  matches?: RegExp | string | undefined;
  /** Is like this: `%` stands for any characters, `_` for any one. */
  like?: string | undefined;
  /** Has this tag or element; `*` stands for any characters. */
  has?: string | undefined;
  /** Is there at all. */
  exists?: boolean | undefined;
};

/** A metric, as a query names it; of a list its last, least, greatest or mean number. */
export type MetricColumn = `metrics.${string}` | `${ListFold}(metrics.${string})`;
/** A column of a query that is not one of the experiment's own fields. */
export type WhereColumn =
  | MetricColumn
  | `params.${string}`
  | `${ListFold}(params.${string})`
  | `tags.${string}`;

/** What has to be true of an experiment: tests by column, all of which have to pass. */
export type Where =
  & { readonly [column in WhereColumn]?: WhereTest | undefined }
  & { readonly [field in OwnField]?: WhereTest | undefined }
  & {
    /** All of these. */
    readonly and?: readonly Where[] | undefined;
    /** One of these at least. */
    readonly or?: readonly Where[] | undefined;
    /** Not this. */
    readonly not?: Where | undefined;
  };

/** A column to sort by. */
export type OrderColumn = WhereColumn | OwnField;

/**
 * What to sort by: `"createdAt"`, `"-createdAt"` for the newest first, or `{ "metrics.acc": "best" }`, which goes by the
 * metric's directionality.
 */
export type OrderBy =
  | OrderColumn
  | `-${OrderColumn}`
  | { readonly [column in OrderColumn]?: QueryOrder["direction"] | undefined };

/** A column by its key in an object: the name is what follows the prefix, as it is. */
export function columnOfKey(key: string, fail: Fail): QueryColumn {
  const folded = /^(\w+)\((.*)\)$/s.exec(key);
  if (folded) {
    const [, fold, inner] = folded as unknown as [string, ListFold, string];
    if (FOLDS.includes(fold)) return foldOf(columnOfKey(inner, fail), fold, fail);
  }
  const dot = key.indexOf(".");
  if (dot === -1) return ownColumn(key, fail);
  const prefix = key.slice(0, dot);
  const name = key.slice(dot + 1);
  const kind = Object.hasOwn(KINDS, prefix) ? KINDS[prefix]! : undefined;
  if (kind !== undefined && name !== "") return { kind, name };
  const near = nearest(prefix, Object.keys(KINDS));
  return fail(
    `${
      JSON.stringify(key)
    } is not a column. A column is metrics.NAME, params.NAME, tags.KEY, or one of the ` +
      `experiment's own fields.${near === undefined ? "" : ` Did you mean ${near}.${name}?`}`,
  );
}

/** What stands before the dot. An expression knows more words for it; an object has the one that its type has. */
const KINDS: Readonly<Record<string, QueryColumn["kind"]>> = {
  metrics: "metric",
  params: "parameter",
  tags: "tag",
};

/** The tree of a typed object. */
export function conditionOf(where: unknown, what: string): QueryCondition | undefined {
  return condition(where, what, { tests: 0 }, 0);
}

/** How much there is so far. */
interface State {
  tests: number;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

function condition(
  where: unknown,
  place: string,
  state: State,
  depth: number,
): QueryCondition | undefined {
  const fail: Fail = (why) => fault(place, why);
  if (!isObject(where)) {
    return fail(`An object of tests by column comes here, or an expression as a text.`);
  }
  if (depth > MAX_DEPTH) fail(`More than ${MAX_DEPTH} levels are too deep.`);
  const parts: QueryCondition[] = [];
  for (const [key, value] of Object.entries(where)) {
    if (value === undefined) continue;
    const inner = `${place}: ${key}`;
    if (key === "not") {
      const of = condition(value, inner, state, depth + 1);
      if (of) parts.push({ op: "not", of });
    } else if (key === "and" || key === "or") {
      const list = Array.isArray(value) ? value : [value];
      const all = list.map((one, at) => condition(one, `${inner}[${at}]`, state, depth + 1));
      const some = all.filter((one) => one !== undefined);
      // An empty object asks for nothing, and so do several of which one has to be true.
      if (some.length > 0 && (key === "and" || some.length === all.length)) {
        parts.push(join(key, some));
      }
    } else {
      const column = columnOfKey(key, fail);
      if (++state.tests > MAX_TESTS) fail(`More than ${MAX_TESTS} tests are too many.`);
      parts.push(...testsOf(column, value, (why) => fault(inner, why)));
    }
  }
  return parts.length === 0 ? undefined : join("and", parts);
}

const COMPARE: Readonly<Record<string, CompareOperator>> = {
  ...{ eq: "==", ne: "!=", gt: ">", gte: ">=", lt: "<", lte: "<=" },
};

function testsOf(column: QueryColumn, test: unknown, fail: Fail): QueryCondition[] {
  if (!isObject(test) || test instanceof RegExp) {
    return test instanceof RegExp
      ? testsOf(column, { matches: test }, fail)
      : [compare(column, "==", literalOf(test, fail), fail)];
  }
  const parts: QueryCondition[] = [];
  for (const [name, value] of Object.entries(test)) {
    if (value === undefined) continue;
    if (Object.hasOwn(COMPARE, name)) {
      parts.push(compare(column, COMPARE[name]!, literalOf(value, fail), fail));
    } else if (name === "in") {
      if (!Array.isArray(value)) fail("in takes a list of values.");
      const values = (value as unknown[]).map((one) => literalOf(one, fail));
      parts.push(oneOf(column, "in", values, fail));
    } else if (name === "matches" || name === "like" || name === "has") {
      const pattern = value instanceof RegExp && name === "matches"
        ? patternFor(value, fail)
        : value;
      if (typeof pattern !== "string") fail(`${name} takes a text.`);
      parts.push(matching(column, name === "matches" ? "=~" : name, pattern as string, fail));
    } else if (name === "exists") {
      if (typeof value !== "boolean") fail("exists takes true or false.");
      const exists: QueryCondition = { op: "exists", column };
      parts.push(value ? exists : { op: "not", of: exists });
    } else {
      fail(
        `There is no test ${name}. There are: eq, ne, gt, gte, lt, lte, in, matches, like, has, exists.`,
      );
    }
  }
  if (parts.length === 0) fail("It has no test, such as { gte: 0.9 }.");
  return parts;
}

function patternFor(expression: RegExp, fail: Fail): string {
  try {
    return patternOf(expression);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return fail(`The regular expression cannot be used: ${error.message}.`);
  }
}

function literalOf(value: unknown, fail: Fail): QueryLiteral | null {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (value === null) return null;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  return fail("A value is a text, a number, a bigint, a boolean, a valid Date or null.");
}

/** The columns to sort by. */
export function orderOf(order: unknown, what: string): QueryOrder[] {
  const fail: Fail = (why) => fault(what, why);
  return (Array.isArray(order) ? order : [order]).flatMap((one: unknown): QueryOrder[] => {
    if (typeof one === "string") {
      return one.startsWith("-")
        ? [{ column: columnOfKey(one.slice(1), fail), direction: "desc" }]
        : [{ column: columnOfKey(one, fail), direction: "asc" }];
    }
    if (!isObject(one)) {
      return fail(
        'It takes "createdAt", "-createdAt", { "metrics.acc": "best" }, or a list of such.',
      );
    }
    return Object.entries(one).filter(([, direction]) => direction !== undefined).map(
      ([key, direction]) => {
        if (direction !== "asc" && direction !== "desc" && direction !== "best") {
          fail(`${key} is sorted "asc", "desc" or "best".`);
        }
        return orderBy(columnOfKey(key, fail), direction as QueryOrder["direction"], fail);
      },
    );
  });
}
