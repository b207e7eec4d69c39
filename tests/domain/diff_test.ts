/**
 * What differs between experiments.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { diffRuns } from "../../domain/query/diff.ts";
import {
  createProject,
  diffExperiments,
  logArtifact,
  logEnvironment,
  logExperiment,
  openComposite,
} from "../../mod.ts";
import { runsOf } from "../support/runs.ts";

const memory = () => openComposite({ persistence: "memory", rootDir: crypto.randomUUID() });

Deno.test("diff: a row for each key that differs, with the difference to the first", async () => {
  await using rubicon = await memory();
  const project = await createProject(rubicon, { name: "p" });
  const log = (name: string, lr: number, acc: number, loss: number, tags: string[]) =>
    logExperiment(rubicon, project, {
      ...{ name, tags, modelName: "forest", createdAt: "2026-01-01T00:00:00Z" },
      parameters: { lr, same: 1, optimizer: { name: "adam", beta: [0.9, lr] }, big: 2n ** 70n },
      metrics: [
        { name: "acc", value: acc },
        { name: "loss", value: loss, directionality: "loss" },
        { name: "nan", value: NaN },
      ],
      features: [{ name: "year", importance: acc }],
    });
  const a = await log("a", 0.1, 0.5, 4, ["base", "set:train"]);
  const b = await log("b", 0.2, 0.75, 5, ["set:test"]);
  await logArtifact(rubicon, a, { name: "environment.json", data: '{"versions":{"deno":"1"}}' });
  await logArtifact(rubicon, b, { name: "environment.json", data: "no JSON" });
  const { rows, experiments } = await diffExperiments(rubicon, [a, b]);
  assert.deepEqual(experiments.map(({ name }) => name), ["a", "b"]);
  assert.deepEqual(rows.map(({ kind, key, values }) => [kind, key, ...values]), [
    ["own", "name", "a", "b"],
    ["tag", "base", true, undefined],
    ["tag", "set", "train", "test"],
    ["parameter", "lr", 0.1, 0.2],
    ["parameter", "optimizer.beta", [0.9, 0.1], [0.9, 0.2]],
    ["metric", "acc", 0.5, 0.75],
    ["metric", "loss", 4, 5],
    ["feature", "year", 0.5, 0.75],
    ["environment", "versions.deno", "1", undefined],
  ]);
  const of = (key: string) => rows.find((row) => row.key === key)!;
  assert.deepEqual([of("lr").deltas, of("lr").relative], [[0, 0.1], [0, 1]]);
  assert.equal(of("lr").better, undefined);
  assert.deepEqual([of("acc").deltas, of("acc").better], [[0, 0.25], [undefined, true]]);
  assert.deepEqual([of("loss").relative, of("loss").better], [[0, 0.25], [undefined, false]]);
  const all = await diffExperiments(rubicon, [a, b], { all: true });
  assert.ok(all.rows.length > rows.length);
  for (const key of ["same", "optimizer.name", "big", "nan", "modelName", "createdAt"]) {
    assert.equal(all.rows.find((row) => row.key === key)!.differs, false, key);
  }
});

Deno.test("diff: what logEnvironment logged is compared", async () => {
  await using rubicon = await memory();
  const project = await createProject(rubicon, { name: "p" });
  const a = await logExperiment(rubicon, project, { name: "a" });
  await logEnvironment(rubicon, a);
  const { rows } = await diffExperiments(rubicon, [a], { all: true });
  const deno = rows.find(({ kind, key }) => kind === "environment" && key === "versions.deno");
  assert.deepEqual(deno?.values, [Deno.version.deno]);
});

Deno.test("diff: bad input is refused by name", async () => {
  await using rubicon = await memory();
  const project = await createProject(rubicon, { name: "p" });
  const a = await logExperiment(rubicon, project);
  await assert.rejects(diffExperiments(rubicon, []), /takes a list of experiments/);
  await assert.rejects(diffExperiments(rubicon, [project as never]), /takes an experiment/);
  await assert.rejects(diffExperiments(rubicon, [a], { al: 1 } as never), /has no option "al"/);
  await assert.rejects(diffExperiments(rubicon, [a], { all: 1 } as never), /all must be true/);
});

Deno.test("diff: a value that is nested in one run alone has its rows, beside a name with a dot in it", () => {
  const run = (config: object | number, dotted?: number) => ({
    experiment: { tags: [] },
    parameters: [
      { name: "a", value: config },
      ...dotted === undefined ? [] : [{ name: "a.b", value: dotted }],
    ],
    ...{ metrics: [], features: [] },
  });
  const deep = (depth: number): object => depth === 0 ? { end: 1 } : { a: deep(depth - 1) };
  const runs = [run({ b: 1, c: { d: 2 } }), run(3, 4), run({ b: 5, c: {} }), run(deep(30))];
  const rows = diffRuns(runs as unknown as Parameters<typeof diffRuns>[0], false);
  assert.deepEqual(
    rows.filter(({ kind }) => kind === "parameter").slice(0, 6).map((
      row,
    ) => [row.key, ...row.values]),
    [
      ["a", undefined, 3, undefined, undefined],
      [Array(20).fill("a").join("."), ...Array(3).fill(undefined), deep(11)],
      ["a.b", 1, undefined, 5, undefined],
      ["a.b", undefined, 4, undefined, undefined],
      ["a.c", undefined, undefined, {}, undefined],
      ["a.c.d", 2, undefined, undefined, undefined],
    ],
  );
});

Deno.test("diff: a run beside itself differs in nothing, and all keys are there once", () => {
  const names = fc.constantFrom("a", "b", "a.b", "__proto__", "id", "");
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom(1, -0, NaN, 2n ** 60n, "x", null, true, [1, 2], []),
      fc.dictionary(names, tie("value"), { noNullPrototype: true, maxKeys: 3 }),
    ),
  })).value as fc.Arbitrary<number>;
  const values = fc.dictionary(names, value, { noNullPrototype: true });
  fc.assert(
    fc.property(values, values, (parameters, metrics) => {
      const [run] = runsOf({ parameters, metrics, tags: ["t", "k:v"] });
      const one = { ...run!, features: [] };
      assert.deepEqual(diffRuns([one, structuredClone(one)], false), []);
      const all = diffRuns([one, one], true);
      assert.ok(all.every(({ differs }) => !differs));
      const leaves = (value: unknown): number =>
        typeof value === "object" && value !== null && !Array.isArray(value) &&
          Object.keys(value).length > 0
          ? Object.values(value).reduce((sum: number, item) => sum + leaves(item), 0)
          : 1;
      const expected = [parameters, metrics].flatMap((one) => Object.values(one)).map(leaves);
      assert.equal(
        all.filter(({ kind }) => kind === "parameter" || kind === "metric").length,
        expected.reduce((sum, one) => sum + one, 0),
      );
    }),
    { numRuns: 500 },
  );
});
