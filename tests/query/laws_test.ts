/**
 * Laws of queries: printing and parsing, objects and expressions, and a second evaluator that is as simple as it gets.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { cellsOf, type Run } from "../../domain/query/cells.ts";
import { evaluate } from "../../domain/query/evaluate.ts";
import { parseExpression } from "../../domain/query/parse.ts";
import { conditionOf } from "../../domain/query/where.ts";
import { parsePath } from "../../domain/query/jsonpath/parse.ts";
import { parseQuery, printQuery, type Query, RubiconException } from "../../mod.ts";
import { naive } from "../support/naive_query.ts";
import { condition, given, objectOf, order } from "../support/queries.ts";
import { runOf } from "../support/runs.ts";

const runs = fc.array(given, { maxLength: 12 }).map((all) => all.map(runOf));
const found = (query: Query, all: readonly Run[]) => evaluate(query, cellsOf(all));

Deno.test("queries: what is printed and parsed again is the same query", () =>
  fc.assert(
    fc.property(fc.option(condition), fc.array(order, { maxLength: 3 }), (where, orderBy) => {
      const query: Query = structuredClone({ ...(where && { where }), orderBy });
      const text = printQuery(query);
      assert.deepEqual(parseQuery(text), query, text);
    }),
    { numRuns: 2000 },
  ));

Deno.test("queries: an object and an expression of the same meaning give the same rows", () =>
  fc.assert(
    fc.property(condition, runs, (where, all) => {
      const object = objectOf(where);
      fc.pre(object !== undefined);
      const text = printQuery({ where, orderBy: [] });
      const fromText = parseExpression(text, "text");
      const fromObject = conditionOf(object, "object");
      assert.deepEqual(
        found({ ...(fromObject && { where: fromObject }), orderBy: [] }, all),
        found(fromText, all),
        text,
      );
    }),
    { numRuns: 1000 },
  ));

Deno.test("queries: the evaluator agrees with a naive one", () =>
  fc.assert(
    fc.property(condition, runs, (where, all) => {
      const expected = [...all.keys()].filter((row) => naive(where, all[row]!));
      assert.deepEqual(
        found({ where, orderBy: [] }, all),
        expected,
        printQuery({ where, orderBy: [] }),
      );
    }),
    { numRuns: 3000 },
  ));

Deno.test("queries: sorting keeps all rows, and rows that are equal in their order", () =>
  fc.assert(
    fc.property(fc.array(order, { minLength: 1, maxLength: 2 }), runs, (orderBy, all) => {
      const rows = found({ orderBy }, all);
      assert.deepEqual(rows.toSorted((a, b) => a - b), [...all.keys()]);
      const cells = cellsOf(all);
      const key = (row: number) =>
        orderBy.map(({ column }) => {
          const value = cells.of(column)[row];
          return Number.isNaN(value) || value === null ? undefined : value;
        });
      for (const [at, row] of rows.entries()) {
        const next = rows[at + 1];
        if (next !== undefined && isSameKey(key(row), key(next))) assert.ok(row < next);
      }
    }),
    { numRuns: 500 },
  ));

/** Pieces that texts of queries are made of, joined in any order. */
const pieces = fc.array(
  fc.constantFrom(
    ...["metrics.a", "params.`b c`", "tags.has(", "name", "status", "last(", "exists(", ")", "("],
    ...["and", "or", "not", "!", "&&", "==", "<", "in", "like", "=~", "between", "is", "null"],
    ...["'x'", '"y"', "'", "`", "1", "-1e9", "NaN", "order by", ",", "desc", ".", "[", "\n", "é"],
    ...["$", "..", "experiment", "[*]", "[0]", "[?(", "@.name", "]", "[/", "`len`", "|", "&", "*"],
  ),
  { maxLength: 12 },
);

Deno.test("queries: any text is parsed, or refused with a place in it", () =>
  fc.assert(
    fc.property(pieces, fc.constantFrom("", " "), (parts, gap) => {
      const text = parts.join(gap);
      for (const parse of [parseQuery, (path: string) => parsePath(path, "path")]) {
        try {
          parse(text);
        } catch (error) {
          assert.ok(error instanceof RubiconException, `${text}: ${error}`);
          const { from, to } = error.place!;
          assert.ok(from >= 0 && from <= text.length && to >= from, text);
        }
      }
    }),
    { numRuns: 5000 },
  ));

/** Whether two keys are the same. */
function isSameKey(a: unknown[], b: unknown[]): boolean {
  return a.every((value, at) => Object.is(value, b[at]));
}
