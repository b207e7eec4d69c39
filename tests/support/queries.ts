/**
 * Random queries and runs, for laws that hold for all of them.
 */
import fc from "npm:fast-check@4.10.2";
import { columnKey } from "../../domain/query/print.ts";
import {
  join,
  type ListFold,
  OWN_FIELDS,
  type QueryColumn,
  type QueryCondition,
  type QueryLiteral,
  type QueryOrder,
} from "../../domain/query/tree.ts";
import type { Where } from "../../mod.ts";
import type { Given } from "./runs.ts";

const NAMES = ["a", "b", "loss/train", "a b", "`", '"', "has", "x.has", "2nd", "größe", "and", ""];
const name = fc.oneof(
  fc.constantFrom(...NAMES).filter((one) => one !== ""),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
);
const TEXTS = ["", "a", "b", "adam", "10", "0.5", "true", "it's", 'say "hi"', "a%b", "x\ny"];
const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: "grapheme", maxLength: 6 }));
const TIMES = ["2026-01-01T00:00:00.000000+00:00", "2026-01-01T00:00:00.000002+00:00"];

/** Values to compare with. */
export const literal: fc.Arbitrary<QueryLiteral> = fc.oneof(
  text,
  fc.boolean(),
  fc.constantFrom(0, -0, 1, 0.5, 10, NaN, Infinity, -Infinity, 2 ** 60, 1e300, 5e-324),
  fc.double(),
  fc.integer(),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 70n }),
);

/** Columns other than the experiment's own time and state, which take times and states alone. */
export const column: fc.Arbitrary<QueryColumn> = fc.oneof(
  fc.record({
    kind: fc.constant("own" as const),
    name: fc.constantFrom(
      ...OWN_FIELDS.filter((field) => field !== "createdAt" && field !== "status"),
    ),
  }),
  fc.record({ kind: fc.constantFrom("metric", "parameter", "tag"), name }),
  fc.record({
    kind: fc.constantFrom("metric", "parameter"),
    name,
    fold: fc.constantFrom<ListFold>("last", "min", "max", "mean"),
  }),
);

const compare = fc.constantFrom("==", "!=", "<", "<=", ">", ">=");
const test: fc.Arbitrary<QueryCondition> = fc.oneof(
  fc.record({ op: compare, column, value: literal }),
  fc.record({
    op: compare,
    column: fc.constant<QueryColumn>({ kind: "own", name: "createdAt" }),
    value: fc.constantFrom(...TIMES),
  }),
  fc.record({
    op: compare,
    column: fc.constant<QueryColumn>({ kind: "own", name: "status" }),
    value: fc.constantFrom("running", "finished", "failed", "cancelled", "lost"),
  }),
  fc.record({
    op: fc.constantFrom("in", "not in"),
    column,
    values: fc.array(literal, { maxLength: 3 }),
  }),
  fc.record({
    op: fc.constantFrom("has", "like", "not like", "ilike", "not ilike"),
    column,
    pattern: fc.oneof(text, fc.constantFrom("*", "a*", "%", "_", "A%", "%a_", "a\\%b")),
  }),
  fc.record({
    op: fc.constant("=~" as const),
    column,
    pattern: fc.constantFrom("a", "^a", "[ab]+$", "(?i)A", 'x|y"'),
  }),
  fc.record({ op: fc.constant("exists" as const), column }),
);

/** Conditions, as the parser and the object's reader make them. */
export const condition: fc.Arbitrary<QueryCondition> = fc.letrec<{ node: QueryCondition }>(
  (tie) => ({
    node: fc.oneof(
      { depthSize: "small", maxDepth: 4 },
      test,
      fc.tuple(fc.constantFrom("and", "or"), fc.array(tie("node"), { minLength: 2, maxLength: 3 }))
        .map(([op, parts]) => join(op, parts)),
      tie("node").map((of): QueryCondition => ({ op: "not", of })),
    ),
  }),
).node;

/** What to sort by. */
export const order: fc.Arbitrary<QueryOrder> = fc.oneof(
  fc.record({ column, direction: fc.constantFrom("asc", "desc") }),
  fc.record({
    column: fc.record({ kind: fc.constant("metric" as const), name }),
    direction: fc.constant("best" as const),
  }),
);

const value = fc.oneof(
  text,
  fc.constantFrom(null, 0, 1, 0.5, 10, NaN, 2n ** 61n, true, false),
  fc.double(),
  fc.array(fc.constantFrom(1, 2, NaN, 0.5), { maxLength: 3 }),
);
const values = fc.dictionary(fc.constantFrom(...NAMES.slice(0, 5)), value, { maxKeys: 4 });

/** Runs that such queries find some of. */
export const given: fc.Arbitrary<Given> = fc.record({
  name: fc.option(text, { nil: null }),
  modelName: fc.option(text, { nil: null }),
  tags: fc.array(fc.constantFrom("a", "b", "base:1", "a:adam", "b:10", "a:b", "a:true"), {
    maxLength: 3,
  }),
  parameters: values,
  metrics: values,
});

/** A condition as a typed object; `undefined` if objects have no word for it. */
export function objectOf(condition: QueryCondition): Where | undefined {
  switch (condition.op) {
    case "and":
    case "or": {
      const parts = condition.of.map(objectOf);
      const all = parts.filter((part) => part !== undefined);
      return all.length === parts.length ? ({ [condition.op]: all }) as Where : undefined;
    }
    case "not": {
      const not = objectOf(condition.of);
      return not && { not };
    }
  }
  const key = columnKey(condition.column);
  // A name in parentheses would be taken for another function.
  const word = WORDS[condition.op];
  if (word === undefined) return undefined;
  const value = "value" in condition
    ? condition.value
    : "values" in condition
    ? condition.values
    : "pattern" in condition
    ? condition.pattern
    : true;
  return { [key]: { [word]: value } } as Where;
}

const WORDS: Readonly<Record<string, string | undefined>> = {
  ...{ "==": "eq", "!=": "ne", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte" },
  ...{ in: "in", has: "has", like: "like", "=~": "matches", exists: "exists" },
};
