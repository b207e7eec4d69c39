/**
 * The syntax tree of a query. Each way to write one ends in it, and one evaluator reads it.
 *
 * @module
 */

/** The name of one of an experiment's own fields, which a query reads without a prefix. */
export type OwnField =
  | "id"
  | "name"
  | "description"
  | "modelName"
  | "branchName"
  | "commitHash"
  | "tags"
  | "createdAt"
  | "status";

/** All of them, in the order of a table's columns. */
export const OWN_FIELDS: readonly OwnField[] = [
  ...["id", "name", "description", "modelName", "branchName"] as const,
  ...["commitHash", "tags", "createdAt", "status"] as const,
];

/** How one number is made of a metric that is a list. */
export type ListFold = "last" | "min" | "max" | "mean";
/** The names of the folds. */
export const FOLDS: readonly ListFold[] = ["last", "min", "max", "mean"];

/** What a query reads of a run. `tag` is the value of a `key:value` tag. */
export interface QueryColumn {
  /** Where it comes from. */
  readonly kind: "own" | "metric" | "parameter" | "tag";
  /** The field's, metric's or parameter's name, or the tag's key. */
  readonly name: string;
  /** For a list: how one number is made of it. */
  readonly fold?: ListFold;
}

/** What a column is compared with. Times are ISO 8601 texts. */
export type QueryLiteral = string | number | bigint | boolean;

/** How a column is compared with one value. */
export type CompareOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";
/** How a column is compared with a pattern: `has` takes `*`, the likes take `%` and `_`, `=~` a regular expression. */
export type PatternOperator = "has" | "like" | "not like" | "ilike" | "not ilike" | "=~";

/** A test of one column. */
export type QueryTest =
  | { readonly op: CompareOperator; readonly column: QueryColumn; readonly value: QueryLiteral }
  | {
    readonly op: "in" | "not in";
    readonly column: QueryColumn;
    readonly values: readonly QueryLiteral[];
  }
  | { readonly op: PatternOperator; readonly column: QueryColumn; readonly pattern: string }
  | { readonly op: "exists"; readonly column: QueryColumn };

/** What has to be true of a run. */
export type QueryCondition =
  | QueryTest
  | { readonly op: "and" | "or"; readonly of: readonly QueryCondition[] }
  | { readonly op: "not"; readonly of: QueryCondition };

/** One column to sort by. `best` goes by the metric's directionality: a score from the top, a loss from the bottom. */
export interface QueryOrder {
  /** The column. */
  readonly column: QueryColumn;
  /** Which values come first. Missing ones come last in each case. */
  readonly direction: "asc" | "desc" | "best";
}

/** A query: which runs, in which order. */
export interface Query {
  /** What has to be true of a run; missing when all are asked for. */
  readonly where?: QueryCondition;
  /** What the runs are sorted by, the most important column first. */
  readonly orderBy: readonly QueryOrder[];
}

/** The longest expression, in characters. */
export const MAX_LENGTH = 20_000;
/** The most tests in one condition. */
export const MAX_TESTS = 500;
/** The deepest nesting. */
export const MAX_DEPTH = 50;
/** The most values of one `in`. */
export const MAX_VALUES = 10_000;

/** Joins conditions. One alone is itself; a join in a join of the same kind is taken apart. */
export function join(op: "and" | "or", parts: readonly QueryCondition[]): QueryCondition {
  if (parts.length === 1) return parts[0]!;
  return { op, of: parts.flatMap((part) => part.op === op ? part.of : [part]) };
}

/** The tests of a condition, from left to right. */
export function* testsOf(condition: QueryCondition | undefined): Generator<QueryTest> {
  if (!condition) return;
  switch (condition.op) {
    case "and":
    case "or":
      for (const part of condition.of) yield* testsOf(part);
      return;
    case "not":
      return yield* testsOf(condition.of);
    default:
      yield condition;
  }
}

/** Whether a query reads what state runs are in, which is in files of their own. */
export const readsStatus = ({ where, orderBy }: Query): boolean =>
  [...testsOf(where), ...orderBy].some(({ column }) => isStatus(column));

/** Whether a column is the state of a run. */
export const isStatus = ({ kind, name }: QueryColumn): boolean =>
  kind === "own" && name === "status";

/** Whether a column is known from the experiment's own file and its tags, without its metrics and parameters. */
export const isOwn = ({ kind }: QueryColumn): boolean => kind === "own" || kind === "tag";

/**
 * Takes a condition apart: what an experiment's own file and tags decide, and what needs its metrics and parameters.
 * A run passes the whole if it passes both.
 */
export function splitOwn(
  condition: QueryCondition | undefined,
): { own?: QueryCondition; rest?: QueryCondition } {
  if (!condition) return {};
  const decided = (part: QueryCondition) => testsOf(part).every(({ column }) => isOwn(column));
  const parts = condition.op === "and" ? condition.of : [condition];
  const [own, rest] = [parts.filter(decided), parts.filter((part) => !decided(part))];
  return {
    ...(own.length > 0 && { own: join("and", own) }),
    ...(rest.length > 0 && { rest: join("and", rest) }),
  };
}
