/** What the commands in .ci say of coverage and mutants. */
import assert from "node:assert/strict";
import { coverageOf, faultsOf } from "../.ci/coverage.ts";
import { parseLcov } from "../.ci/lcov.ts";
import { mutantsOf } from "../.ci/mutants.ts";

const LCOV = `SF:/x/domain/a.ts
FN:1,a
DA:1,1
DA:2,0
end_of_record
SF:/x/domain/b.ts
DA:4,7
end_of_record
`;

Deno.test("coverage: files below 90 % need a reason, and reasons a file", () => {
  const files = parseLcov(LCOV, "/x/");
  assert.deepEqual([...files.get("domain/a.ts")!], [[1, 1], [2, 0]]);
  const covered = coverageOf(["domain/a.ts", "domain/b.ts", "domain/c.ts"], files);
  assert.deepEqual(covered.map(({ path, ran, lines }) => [path, ran, lines]), [
    ["domain/c.ts", 0, 1],
    ["domain/a.ts", 1, 2],
    ["domain/b.ts", 1, 1],
  ]);
  assert.deepEqual(faultsOf(covered, { "domain/a.ts": "because", "domain/d.ts": "because" }), [
    "domain/c.ts: test it, or say in REASONS why not",
    "domain/d.ts: it is gone, so take it out of REASONS",
  ]);
});

Deno.test("mutants: each is one small change of the source, and knows its function", () => {
  const text = `const a = 1 < 2;
async function f(x) {
  if (x === "all") return true;
  await g(x);
}
`;
  const mutants = mutantsOf("a.ts", text);
  assert.deepEqual(mutants.map(({ line, what, body }) => [line, what, body.from, body.to]), [
    [1, "< → >=", 1, 6],
    [3, "if dropped", 2, 5],
    [3, "=== → !==", 2, 5],
    [3, '"all" → "any"', 2, 5],
    [3, "true → false", 2, 5],
    [4, "await dropped", 2, 5],
  ]);
  for (const mutant of mutants) assert.notEqual(mutant.text, text);
  assert.ok(mutants.at(-1)!.text.includes("\n  g(x);\n"));
});
