/**
 * Objects that a backend has and cannot read: the disk fails on them, or they belong to somebody else.
 */
import assert from "node:assert/strict";
import {
  createProject,
  listExperiments,
  listMetrics,
  logExperiment,
  openComposite,
  toTable,
} from "../../mod.ts";
import type { Driver } from "../../drivers/driver.ts";
import { RubiconException } from "../../errors.ts";
import { faulty, refused } from "../support/faulty.ts";

const ERRORS = {
  EIO: () => Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" }),
  "a named EIO": () => new RubiconException("unavailable", "the disk", { cause: ERRORS.EIO() }),
  EACCES: () => new RubiconException("permission-denied", "Permission denied (os error 13)"),
};

/** Two backends with three experiments of two metrics each; some of their objects cannot be read. */
async function world(error: () => Error, ...unreadable: ((key: string) => boolean)[]) {
  const drivers = unreadable.map(() => faulty());
  await using all = await openComposite(drivers);
  const project = await createProject(all, { name: "p" });
  const experiments = [];
  for (const name of ["one", "two", "three"]) {
    const metrics = { x: 1, y: 2 };
    experiments.push(await logExperiment(all, project, { name, metrics, tags: [name] }));
  }
  const warnings: string[] = [];
  const broken = drivers.map((driver, at): Driver => ({
    ...driver,
    get: (key, options) =>
      unreadable[at]!(key) ? Promise.reject(error()) : driver.get(key, options),
  }));
  const rubicon = await openComposite(broken, { onWarning: (text) => warnings.push(text) });
  return { rubicon, project, experiments, warnings };
}

const names = (list: readonly { name: string | null }[]) => list.map(({ name }) => name);

for (const [code, error] of Object.entries(ERRORS)) {
  Deno.test(`lists and tables join backends of which each cannot read one object: ${code}`, async () => {
    const ids: string[] = [];
    const { rubicon, project, experiments, warnings } = await world(
      error,
      (key) => key.includes(`${ids[0]}/metadata`) || key.includes(`${ids[2]}/metrics/x/`),
      (key) => key.includes(`${ids[1]}/metadata`) || key.includes(`${ids[2]}/metrics/y/`),
    );
    await using _ = rubicon;
    ids.push(...experiments.map(({ id }) => id));
    const found = await listExperiments(rubicon, project);
    assert.deepEqual(names(found), ["one", "two", "three"]);
    const newest = await listExperiments(rubicon, project, { order: "newest", limit: 2 });
    assert.deepEqual(names(newest), ["three", "two"]);
    assert.deepEqual(names(await listMetrics(rubicon, experiments[2]!)), ["x", "y"]);
    const { rows } = await toTable(rubicon, project);
    const cells = rows.map(({ name, x, y }) => [name, x, y]);
    assert.deepEqual(cells, [["three", 1, 2], ["two", 1, 2], ["one", 1, 2]]);
    // What one of them lacks the other one has, but for the warning that some of each cannot be read.
    assert.match(warnings.join(), code.includes("EIO") ? /os error 5|the disk/ : /os error 13/);
  });

  Deno.test(`a list leaves out what no backend can read, and tells of it: ${code}`, async () => {
    const isX = (key: string) => key.includes("metrics/x/");
    const { rubicon, experiments, warnings } = await world(error, isX, isX);
    await using _ = rubicon;
    assert.deepEqual(names(await listMetrics(rubicon, experiments[0]!)), ["y"]);
    assert.match(warnings.join(), /metrics of experiment.*: 2 of them cannot be read/);
  });

  Deno.test(`a list fails if not one object can be read: ${code}`, async () => {
    const isMetric = (key: string) => key.includes("metrics/");
    const { rubicon, experiments } = await world(error, isMetric);
    await using _ = rubicon;
    const refusal = await refused(() => listMetrics(rubicon, experiments[0]!));
    assert.ok(["unavailable", "permission-denied"].includes(refusal.code));
  });
}

Deno.test("a list fails if a backend is gone half-way, rather than being short", async () => {
  const { rubicon, experiments } = await world(
    () => new RubiconException("unavailable", "connection reset"),
    (key) => key.includes("metrics/x/"),
  );
  await using _ = rubicon;
  assert.equal((await refused(() => listMetrics(rubicon, experiments[0]!))).code, "unavailable");
});
