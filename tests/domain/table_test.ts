/**
 * Tables: columns that say what they are, names that are their own, and rows with types.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { findColumn, tableOf } from "../../domain/query/table.ts";
import {
  createProject,
  groupByCommit,
  logExperiment,
  openComposite,
  toTable,
  type Where,
} from "../../mod.ts";
import { runsOf } from "../support/runs.ts";

const memory = () => openComposite({ persistence: "memory", rootDir: crypto.randomUUID() });

Deno.test("table: a parameter called id, name or tags leaves the experiment's own column alone", async () => {
  await using rubicon = await memory();
  const project = await createProject(rubicon, { name: "p" });
  const own = { id: 1, name: 2, tags: 3, description: 4, createdAt: 5 };
  const { id } = await logExperiment(rubicon, project, {
    ...{ name: "run", tags: ["a"] },
    parameters: { ...own, lr: 0.1, acc: "p" },
    metrics: { acc: 0.9, tags: 7 },
  });
  const { columns, rows: [row] } = await toTable(rubicon, project);
  assert.equal(row!.id, id);
  assert.equal(row!.name, "run");
  assert.deepEqual(row!.tags, ["a"]);
  for (const [name, value] of Object.entries(own)) assert.equal(row![`params.${name}`], value);
  assert.equal(row!["metrics.tags"], 7);
  assert.deepEqual([row!.acc, row!["params.acc"]], [0.9, "p"]);
  const kinds = columns.filter(({ label }) => label === "tags" || label === "acc");
  assert.deepEqual(kinds, [
    { name: "tags", kind: "own", label: "tags" },
    { name: "params.acc", kind: "parameter", label: "acc" },
    { name: "params.tags", kind: "parameter", label: "tags" },
    { name: "acc", kind: "metric", label: "acc", directionality: "score" },
    { name: "metrics.tags", kind: "metric", label: "tags", directionality: "score" },
  ]);
});

Deno.test("table: whatever is logged, no two columns have one name, and all values are reachable", () => {
  const names = fc.constantFrom(
    ...["id", "tags", "acc", "lr", "metrics.acc", "params.acc", "params.params.acc", "__proto__"],
    ...["constructor", "params.", "metrics.id"],
  );
  const values = fc.dictionary(names, fc.integer(), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(fc.record({ parameters: values, metrics: values })), (given) => {
      const runs = runsOf(...given);
      const { columns, rows } = tableOf(runs);
      assert.equal(new Set(columns.map(({ name }) => name)).size, columns.length);
      for (const [at, run] of runs.entries()) {
        for (const kind of ["parameter", "metric"] as const) {
          for (const { name, value } of kind === "metric" ? run.metrics : run.parameters) {
            const column = columns.find((one) => one.kind === kind && one.label === name)!;
            assert.equal(Object.getOwnPropertyDescriptor(rows[at], column.name)?.value, value);
            const qualified = `${kind === "metric" ? "metrics" : "params"}.${name}`;
            const found = findColumn(columns, qualified)!;
            assert.ok(found === column || found.name === qualified);
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("table: columns are chosen by name, in that order, and directionality is what most say", async () => {
  await using rubicon = await memory();
  const project = await createProject(rubicon, { name: "p" });
  await logExperiment(rubicon, project, {
    ...{ name: "a", parameters: { lr: 1 } },
    metrics: [{ name: "loss", value: 2, directionality: "loss" }, { name: "acc", value: 3 }],
  });
  const chosen = { columns: ["metrics.loss", "name", "lr", "params.lr"] };
  const { columns, rows } = await toTable(rubicon, project, chosen);
  assert.deepEqual(columns, [
    { name: "loss", kind: "metric", label: "loss", directionality: "loss" },
    { name: "name", kind: "own", label: "name" },
    { name: "lr", kind: "parameter", label: "lr" },
  ]);
  assert.deepEqual(rows, [{ loss: 2, name: "a", lr: 1 }]);
  assert.throws(() => groupByCommit({ columns, rows: [] }), /no column commitHash/);
  const empty = await createProject(rubicon, { name: "empty" });
  const none = await toTable(rubicon, empty, { columns: ["name", "metrics.acc", "lr"] });
  assert.deepEqual(none.columns.map(({ kind }) => kind), ["own", "metric", "parameter"]);
});

Deno.test("table: its rows have the types that are asked for", async () => {
  await using rubicon = await memory();
  const project = await createProject(rubicon, { name: "p" });
  await logExperiment(rubicon, project, { parameters: { lr: 0.5 }, metrics: { acc: 0.25 } });
  const { rows } = await toTable<{ lr: number; acc?: number }>(rubicon, project);
  const [row] = rows;
  const sum: number = row!.lr + (row!.acc ?? 0);
  const tags: string[] = row!.tags;
  // @ts-expect-error -- it is not among the columns that are known.
  assert.equal(row!.loss, undefined);
  const { rows: [some] } = await toTable(rubicon, project, { columns: ["acc"] });
  const name: string | null | undefined = some!.name;
  assert.deepEqual([sum, tags, name], [0.75, [], undefined]);
  // @ts-expect-error -- a metric is named metrics.acc.
  const where: Where = { "metric.acc": 1 };
  await assert.rejects(toTable(rubicon, project, { where }), /Did you mean metrics\.acc\?/);
});
