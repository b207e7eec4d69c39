/**
 * The order of a repair, seen from outside: an entity never shows before its data, also where something fails.
 */
import assert from "node:assert/strict";
import {
  createProject,
  deleteArtifact,
  listArtifacts,
  logArtifact,
  logExperiment,
  logMetric,
  openComposite,
  registerDriver,
  repair,
  RubiconException,
  verify,
} from "../../mod.ts";
import type { BackendConfig, Driver } from "../../mod.ts";
import { contents, type Faulty, faulty } from "../support/faulty.ts";

Deno.test("repair: an entity whose data could not be copied does not show", async () => {
  const [a, b] = [faulty(), faulty()];
  {
    await using one = await openComposite(a);
    const project = await createProject(one, { name: "p" });
    await logArtifact(one, project, { name: "x", data: "data" });
    await logExperiment(one, project, { metrics: { m: 1 } });
  }
  const { put } = b;
  b.put = (key, ...rest) =>
    key.endsWith("/data")
      ? Promise.reject(new RubiconException("unavailable", "no space left"))
      : put(key, ...rest);
  await using both = await openComposite([a, b]);
  const { failures, clean } = await repair(both);
  assert.equal(clean, false);
  assert.deepEqual(failures.map(({ key }) => key.split("/").at(-1)), ["data", "metadata.json"]);
  assert.match(failures[1]!.error.message, /since .*\/data was not/);
  const there = Object.keys(await contents(b));
  assert.equal(there.filter((key) => key.includes("/artifacts/")).length, 0);
  assert.equal(there.filter((key) => key.includes("/metrics/m/")).length, 1, "others are copied");
  b.put = put;
  await using again = await openComposite([a, b]);
  assert.equal((await repair(again)).clean, true);
  assert.deepEqual(await contents(b), await contents(a));
});

Deno.test("repair: what belongs to an experiment that could not be copied is no orphan", async () => {
  const [a, b] = [faulty(), faulty()];
  {
    await using one = await openComposite(a);
    const project = await createProject(one, { name: "p" });
    await logExperiment(one, project, { metrics: { m: 1 } });
  }
  const { put } = b;
  b.put = (key, ...rest) =>
    /experiments\/[^/]+\/metadata/.test(key)
      ? Promise.reject(new RubiconException("unavailable", "no space left"))
      : put(key, ...rest);
  await using both = await openComposite([a, b]);
  assert.equal((await repair(both)).failures.length, 2);
  assert.deepEqual(Object.keys(await contents(b)), ["p/metadata.json"]);
});

Deno.test("repair: what was deleted on purpose goes before its data", async () => {
  const [a, b] = [faulty(), faulty()];
  await using both = await openComposite([a, b], { write: "any", onWarning: () => {} });
  const project = await createProject(both, { name: "p" });
  const artifact = await logArtifact(both, project, { name: "x", data: "data", write: "all" });
  b.faults = { all: "before" };
  await deleteArtifact(both, artifact);
  b.faults = {};
  const { mended } = await repair(both);
  const deleted = mended.filter(({ action }) => action === "delete").map(({ key }) => key);
  assert.deepEqual(deleted.map((key) => key.split("/").at(-1)), ["metadata.json", "data"]);
  assert.equal((await verify(both)).clean, true);
  assert.deepEqual(await listArtifacts(both, project), []);
});

Deno.test("repair: background backends have no vote in a majority", async () => {
  const drivers = new Map<string, Faulty>();
  registerDriver("repair-order", ({ rootDir }): Driver => drivers.get(String(rootDir))!);
  const backend = (
    mode: "sync" | "background",
  ): { config: BackendConfig<string>; driver: Faulty } => {
    const driver = faulty();
    drivers.set(driver.label, driver);
    return { config: { persistence: "repair-order", rootDir: driver.label, mode }, driver };
  };
  const modes = ["sync", "sync", "sync", "background", "background"] as const;
  const all = modes.map(backend);
  const before = await openComposite(all.map(({ driver }) => driver));
  const experiment = await logExperiment(before, await createProject(before, { name: "p" }));
  await logMetric(before, experiment, { name: "m", value: 1 });
  // A third got another writer's, and the background backends had it from there.
  const key = `p/experiments/${experiment.id}/metrics/m/metadata.json`;
  const [first] = all;
  const text = new TextDecoder().decode((await first!.driver.get(key)).bytes);
  const other = new TextEncoder().encode(text.replace(/"value": ?1/, '"value": 2'));
  assert.notEqual(new TextDecoder().decode(other), text);
  for (const { driver } of all.slice(2)) await driver.put(key, other);
  await using rubicon = await openComposite(all.map(({ config }) => config));
  assert.equal((await repair(rubicon, { conflicts: "majority" })).clean, true);
  for (const { driver } of all) assert.equal((await contents(driver))[key], text);
});

Deno.test("repair: what somebody else stores meanwhile stays, and is a conflict", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using one = await openComposite(a);
  const project = await createProject(one, { name: "p" });
  await logArtifact(one, await logExperiment(one, project), { name: "x", data: "mine" });
  const { put } = b;
  const theirs = new TextEncoder().encode("theirs");
  b.put = async (key, ...rest) => {
    if (key.endsWith("/data")) await put(key, theirs);
    return await put(key, ...rest);
  };
  await using both = await openComposite([a, b]);
  const { conflicts, clean, mended } = await repair(both);
  const [data] = Object.keys(await contents(b)).filter((key) => key.endsWith("/data"));
  assert.deepEqual(conflicts, [
    { key: data, kind: "conflict", has: [["a"], ["b"]], lacks: [] },
  ]);
  assert.equal(clean, false);
  assert.ok(!mended.some(({ key }) => key === data));
  assert.deepEqual((await b.get(data!)).bytes, theirs);
});
