/**
 * The table of the viewer's page as Parquet, made by its server.
 */
import assert from "node:assert/strict";
import { decodeTable } from "../../domain/parquet/parquet.ts";
import { createProject, logExperiment, openComposite } from "../../mod.ts";
import { columnNames } from "../../viewer/columns.ts";
import type { ChosenRequest } from "../../viewer/contract.ts";
import { HOSTILE } from "./support/hostile.ts";
import { served } from "./support/serving.ts";
import { inMemory } from "./support/stores.ts";

/** A server of runs, and what a page asks it. */
async function serving(log: (number: number) => Parameters<typeof logExperiment>[2], runs = 3) {
  await using made = new AsyncDisposableStack();
  const rubicon = made.use(await openComposite(inMemory()));
  const project = await createProject(rubicon, { name: "My Proj" });
  for (let at = 0; at < runs; at++) await logExperiment(rubicon, project, log(at));
  const server = made.use(await served(rubicon));
  const { ids, columns } = await server.runs("my-proj");
  const asked: ChosenRequest = {
    ...{ project: "my-proj", ids },
    columns: columns.map(({ kind, name }) => ({ kind, name })),
  };
  const kept = made.move();
  return { server, asked, ids, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function rowsOf(response: Response): Promise<Record<string, unknown>[]> {
  assert.equal(response.status, 200, response.ok ? "" : await response.text());
  assert.equal(response.headers.get("content-type"), "application/octet-stream");
  assert.match(response.headers.get("content-security-policy")!, /sandbox/);
  return (await decodeTable([{ name: "it", bytes: await response.bytes() }], "it")).rows;
}

Deno.test("viewer parquet: the runs and columns that are asked for, in their order, by types", async () => {
  await using it = await serving((at) => ({
    ...{ name: `run ${at}`, createdAt: `2026-01-0${at + 1}T00:00:00Z`, tags: ["a", "b"] },
    parameters: {
      lr: at / 10,
      big: 2n ** 60n,
      config: { deep: at },
      ...at === 1 && { some: null },
    },
    metrics: { acc: at === 2 ? NaN : at + 0.5, folds: [1, 2.5], lr: 7 },
  }));
  const { server, ids, asked } = it;
  const columns: ChosenRequest["columns"] = [
    ...[{ kind: "metric", name: "acc" }, { kind: "metric", name: "folds" }] as const,
    ...[{ kind: "own", name: "name" }, { kind: "own", name: "createdAt" }] as const,
    ...[{ kind: "parameter", name: "lr" }, { kind: "metric", name: "lr" }] as const,
    ...[{ kind: "parameter", name: "big" }, { kind: "parameter", name: "config" }] as const,
  ];
  const rows = await rowsOf(
    await server.post("actions/parquet", { ...asked, ids: [ids[2], ids[0]], columns }),
  );
  assert.deepEqual(rows.map(({ createdAt: _time, config: _config, ...row }) => row), [
    {
      id: ids[2],
      acc: NaN,
      folds: [1, 2.5],
      name: "run 2",
      lr: 0.2,
      "metrics.lr": 7,
      big: 2n ** 60n,
    },
    {
      id: ids[0],
      acc: 0.5,
      folds: [1, 2.5],
      name: "run 0",
      lr: 0,
      "metrics.lr": 7,
      big: 2n ** 60n,
    },
  ]);
  assert.equal(String(rows[0]!.createdAt), "2026-01-03T00:00:00Z");
  assert.deepEqual(rows.map(({ config }) => config), [{ deep: 2 }, { deep: 0 }]);
  assert.equal((await rowsOf(await server.post("actions/parquet", asked))).length, 3);
});

Deno.test("viewer parquet: names that try to be something else are names", async () => {
  const names = [...HOSTILE, "__proto__", "id", "metrics.id", "metrics.id_2"];
  await using it = await serving((at) => ({
    name: HOSTILE[at]!,
    parameters: Object.fromEntries(names.map((name) => [name, name])),
    metrics: Object.fromEntries(names.map((name, place) => [name, place])),
  }));
  const [row] = await rowsOf(await it.server.post("actions/parquet", it.asked));
  const found = columnNames(it.asked.columns);
  assert.equal(new Set(found).size, found.length);
  for (const [at, { kind, name }] of it.asked.columns.entries()) {
    if (kind === "own") continue;
    const value = Object.getOwnPropertyDescriptor(row, found[at]!)?.value;
    assert.equal(value, kind === "metric" ? names.indexOf(name) : name, found[at]);
  }
});

Deno.test("viewer parquet: columns that are not in the list of runs, too", async () => {
  const many = Array.from({ length: 300 }, (_, at): [string, number] => [`m${at}`, at]);
  await using it = await serving((at) => ({
    metrics: Object.fromEntries(many.map(([name, value]) => [name, value + at])),
    parameters: { long: Array.from({ length: 400_000 }, (_, place) => place) },
  }));
  const columns = it.asked.columns.filter(({ name }) => name === "long" || name === "m299");
  const { columns: known } = await it.server.runs("my-proj");
  assert.equal(known.find(({ name }) => name === "long")!.values, null);
  const rows = await rowsOf(await it.server.post("actions/parquet", { ...it.asked, columns }));
  assert.deepEqual(rows.map(({ m299, long }) => [m299, (long as number[]).length]), [
    ...[[299, 400_000], [300, 400_000], [301, 400_000]],
  ]);
});

Deno.test("viewer parquet: who may not ask, and what is no choice, is refused", async () => {
  await using it = await serving(() => ({ metrics: { m: 1 } }));
  const { server, asked, ids } = it;
  const many = Array<ChosenRequest["columns"][number]>(20_000).fill({ kind: "metric", name: "m" });
  const wrong: [body: unknown, status: number, said: RegExp][] = [
    [{ ...asked, ids: [] }, 400, /list of runs/],
    [{ ...asked, ids: ["00000000-0000-4000-8000-000000000000"] }, 400, /no run of this project/],
    [{ ...asked, project: "other" }, 404, /no project/],
    [{ ...asked, columns: [{ kind: "metric", name: "other" }] }, 400, /no column .*other/],
    [{ ...asked, columns: [{ kind: "constructor", name: "x" }] }, 400, /no column/],
    [{ ...asked, columns: "m" }, 400, /list of columns/],
    [{ ...asked, ids: Array(300).fill(ids[0]), columns: many }, 400, /too many/],
    [null, 400, /slug/],
    ["{", 400, /no JSON/],
    [{ ...asked, more: "x".repeat(2 ** 20) }, 413, /more than/],
  ];
  for (const [body, status, said] of wrong) {
    const answer = await server.post("actions/parquet", body);
    assert.deepEqual([answer.status, said.test(await answer.text())], [status, true], String(said));
  }
  for (const headers of [{ "x-rubicon-token": "no" }, { origin: "https://evil.example" }]) {
    assert.equal((await server.post("actions/parquet", asked, headers)).status, 403);
  }
  assert.equal((await server.get("actions/parquet")).status, 404);
});
