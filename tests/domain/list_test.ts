/**
 * Lists in either order, and how little the newest few of many take.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { Driver } from "../../drivers/driver.ts";
import {
  createProject,
  getExperiment,
  listExperiments,
  listMetrics,
  logExperiment,
  logMetrics,
  openComposite,
  toTable,
} from "../../mod.ts";
import { told } from "../support/told.ts";

const HOUR = 3_600_000;

/** A store in memory that says when its objects were stored, and which are read. */
function clocked(times: Map<string, number>) {
  const { driver, asked } = told();
  async function* list(...args: Parameters<Driver["list"]>) {
    for await (const entry of driver.list(...args)) {
      const id = entry.key.split("/")[2] ?? "";
      yield { ...entry, lastModified: new Date(times.get(id) ?? entry.lastModified) };
    }
  }
  return { driver: { ...driver, list }, asked };
}

/** Some experiments, each logged an hour after the one before, and stored `late` milliseconds after that. */
async function someExperiments(count: number, late: (at: number) => number = () => 5) {
  const times = new Map<string, number>();
  const { driver, asked } = clocked(times);
  const rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  for (let at = 0; at < count; at++) {
    const created = Date.UTC(2026, 0, 1) + at * HOUR;
    const { id } = await logExperiment(rubicon, project, {
      name: `${at}`,
      createdAt: new Date(created).toISOString(),
      tags: at % 10 === 0 ? ["tenth"] : [],
      metrics: { m: at },
    });
    times.set(id, created + late(at));
  }
  asked.length = 0;
  return { rubicon, project, asked };
}

const names = (list: readonly { name: string | null }[]) => list.map(({ name }) => name);

Deno.test("lists: the newest few of many read hardly more than they give", async () => {
  const { rubicon, project, asked } = await someExperiments(500);
  const newest = { order: "newest", limit: 3 } as const;
  assert.deepEqual(names(await listExperiments(rubicon, project, newest)), ["499", "498", "497"]);
  assert.ok(asked.length <= 6, `${asked.length} reads`);
  asked.length = 0;
  const { rows } = await toTable(rubicon, project, { limit: 3 });
  assert.deepEqual(rows.map(({ m }) => m), [499, 498, 497]);
  assert.ok(asked.length <= 9, `${asked.length} reads`);
  asked.length = 0;
  const tenth = { tags: ["tenth"], ...newest };
  assert.deepEqual(names(await listExperiments(rubicon, project, tenth)), ["490", "480", "470"]);
  assert.ok(asked.length <= 60, `${asked.length} reads`);
  asked.length = 0;
  const queried = { where: "tags.has('tenth') and name < '48'", ...newest } as const;
  assert.deepEqual(names(await listExperiments(rubicon, project, queried)), ["470", "460", "450"]);
  assert.ok(asked.length <= 100, `${asked.length} reads`);
  asked.length = 0;
  assert.equal((await getExperiment(rubicon, project, { name: "499" })).name, "499");
  assert.ok(asked.length <= 2, `${asked.length} reads`);
});

Deno.test("lists: order and limit give what sorting and cutting all would, whenever things were stored", () =>
  fc.assert(
    fc.asyncProperty(
      // A copy of a store is younger than what it holds, by any time.
      fc.array(fc.integer({ min: 0, max: 20 * HOUR }), { maxLength: 20 }),
      fc.nat({ max: 25 }),
      fc.constantFrom("newest", "oldest"),
      async (lates, limit, order) => {
        const { rubicon, project } = await someExperiments(lates.length, (at) => lates[at]!);
        const all = names(await listExperiments(rubicon, project));
        assert.deepEqual(all, lates.map((_, at) => `${at}`));
        if (order === "newest") all.reverse();
        const some = await listExperiments(rubicon, project, { order, limit });
        assert.deepEqual(names(some), all.slice(0, limit));
        const table = await toTable(rubicon, project, { limit });
        const newest = lates.map((_, at) => at).reverse().slice(0, limit);
        assert.deepEqual(table.rows.map(({ m }) => m), newest);
      },
    ),
    { numRuns: 60 },
  ));

Deno.test("lists: on a folder, whose clock is its own", async () => {
  const rootDir = await Deno.makeTempDir();
  try {
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(rubicon, { name: "p" });
    for (let at = 0; at < 50; at++) {
      const experiment = await logExperiment(rubicon, project, { name: `${at}` });
      await logMetrics(rubicon, experiment, { a: at, b: at });
      const [latest] = await listExperiments(rubicon, project, { order: "newest", limit: 1 });
      assert.equal(latest?.name, `${at}`);
      const [metric] = await listMetrics(rubicon, experiment, { order: "newest", limit: 1 });
      assert.equal(metric?.name, "b");
    }
  } finally {
    await Deno.remove(rootDir, { recursive: true });
  }
});
