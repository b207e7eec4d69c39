/**
 * Many requests under way, but no more than 64, and in an order that never shows an entity before what belongs to it.
 */
import assert from "node:assert/strict";
import {
  addTags,
  archiveProject,
  createProject,
  deleteArtifact,
  logArtifact,
  logExperiment,
  openComposite,
  type Project,
  repair,
  restoreArchives,
  syncProject,
  verify,
} from "../../mod.ts";
import { contents, type Faulty, faulty } from "../support/faulty.ts";
import { type Gated, gated, passing } from "../support/gated.ts";

const EXPERIMENTS = 150;

async function filled(): Promise<{ driver: Faulty; project: Project }> {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  for (let at = 0; at < EXPERIMENTS; at++) {
    const experiment = await logExperiment(rubicon, project, { metrics: { m: at } });
    await logArtifact(rubicon, experiment, { name: "x", data: `${at}` });
    for (const tag of ["x", "y"]) await addTags(rubicon, experiment, [tag]);
  }
  return { driver, project };
}

/** Every put of an entity's metadata starts after its parents' and its data's have ended. */
function checkOrder({ log }: Gated): void {
  const puts = log.filter(({ verb, key }) => verb === "put" && key.startsWith("p/"));
  const started = new Map<string, number>();
  const ended = new Map<string, number>();
  for (const [at, { key, event }] of puts.entries()) {
    (event === "start" ? started : ended).set(key, at);
  }
  for (const [key, start] of started) {
    const [project, , id, ...below] = key.split("/");
    const before = [];
    if (id) before.push(`${project}/metadata.json`);
    if (below.length > 1) before.push(`p/experiments/${id}/metadata.json`);
    if (key.includes("/artifacts/") && key.endsWith("/metadata.json")) {
      before.push(key.replace("metadata.json", "data"));
    }
    if (id && below[0] === "metadata.json") {
      before.push(...[...started.keys()].filter((other) => other.includes(`${id}/tags_`)));
    }
    for (const other of before) assert.ok(ended.get(other)! < start, `${other} before ${key}`);
  }
}

function checkWidth({ most }: Gated, what: string): void {
  assert.ok(most > 40 && most <= 64, `${what}: ${most} requests under way`);
}

Deno.test("repair() keeps up to 64 requests under way, parents and data first", async () => {
  const { driver } = await filled();
  const [from, other] = [gated(driver), faulty()];
  const to = gated(other);
  await using both = await openComposite([from.driver, to.driver]);
  const { clean } = await passing(repair(both));
  assert.equal(clean, true);
  assert.deepEqual(await contents(other), await contents(driver));
  checkWidth(from, "reading");
  checkWidth(to, "writing");
  checkOrder(to);
});

Deno.test("repair() deletes in waves, an entity before its data", async () => {
  const { driver, project } = await filled();
  const other = faulty();
  await using both = await openComposite([driver, other]);
  await repair(both);
  await using one = await openComposite(driver);
  const artifacts = await Promise.all(
    Array.from({ length: 80 }, () => logArtifact(both, project, { name: "y", data: "y" })),
  );
  for (const artifact of artifacts) await deleteArtifact(one, artifact);
  const gate = gated(other);
  await using again = await openComposite([driver, gate.driver]);
  assert.equal((await passing(repair(again))).clean, true);
  checkWidth(gate, "deleting");
  const deletes = gate.log.filter(({ verb }) => verb === "delete");
  const last = deletes.findLastIndex(({ key }) => key.endsWith("/metadata.json"));
  assert.ok(deletes.findIndex(({ key }) => key.endsWith("/data")) > last);
});

Deno.test("verify({ compare: 'bytes' }) keeps up to 64 requests under way in each backend", async () => {
  const { driver } = await filled();
  const other = faulty();
  await using both = await openComposite([driver, other]);
  await repair(both);
  const gates = [gated(driver), gated(other)];
  await using slow = await openComposite(gates.map(({ driver }) => driver));
  assert.equal((await passing(verify(slow, { compare: "bytes" }))).clean, true);
  for (const gate of gates) checkWidth(gate, "reading");
});

Deno.test("syncProject() keeps up to 64 requests under way, parents and data first", async () => {
  const { driver, project } = await filled();
  const other = faulty();
  const [from, to] = [gated(driver), gated(other)];
  await using source = await openComposite(from.driver);
  await using target = await openComposite(to.driver);
  await passing(syncProject(source, project, { to: target }));
  assert.deepEqual(await contents(other), await contents(driver));
  checkWidth(from, "reading");
  checkWidth(to, "writing");
  checkOrder(to);
});

Deno.test("archives are read ahead, and restored in waves from where they are", async () => {
  const { driver, project } = await filled();
  const from = gated(driver);
  await using source = await openComposite(from.driver);
  const archive = await passing(archiveProject(source, project));
  checkWidth(from, "archiving");
  from.log.length = 0;
  const other = faulty();
  const to = gated(other);
  await using target = await openComposite(to.driver);
  const ids = await passing(restoreArchives(source, project, { to: target }));
  assert.equal(ids.length, EXPERIMENTS);
  checkWidth(to, "restoring");
  checkOrder(to);
  // The zip has less than a mebibyte: its directory and its entries are in one block.
  const reads = from.log.filter(({ key, event }) => key === archive && event === "start");
  assert.ok(reads.length <= 2, `${reads.length} reads of the archive`);
  const { [archive]: _, ...rest } = await contents(driver);
  assert.deepEqual(await contents(other), rest);
});

Deno.test("a restore reads a large archive range by range, and keeps little of it", async () => {
  const driver = faulty();
  const { open } = driver;
  const ranges: number[] = [];
  driver.open = (key, options) => {
    if (key.endsWith(".zip")) ranges.push(options?.length ?? Infinity);
    return open(key, options);
  };
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  const data = Uint8Array.from({ length: 3 << 20 }, () => Math.random() * 256);
  const artifact = await logArtifact(rubicon, experiment, { name: "x", data });
  await archiveProject(rubicon, project);
  const other = faulty();
  await using to = await openComposite(other);
  await restoreArchives(rubicon, project, { to });
  const key = `p/experiments/${experiment.id}/artifacts/${artifact.id}/data`;
  assert.deepEqual((await other.get(key)).bytes, data);
  assert.ok(ranges.every((length) => length < 4 << 20), "never all of it");
});

Deno.test("what fails in the middle of a restore leaves whole entities, and the next one completes it", async () => {
  const { driver, project } = await filled();
  await using source = await openComposite(driver);
  await archiveProject(source, project);
  const other = faulty();
  const { put } = other;
  let left = 400;
  other.put = (...args) => left-- > 0 ? put(...args) : Promise.reject(new Error("no room"));
  await using target = await openComposite(other);
  await assert.rejects(restoreArchives(source, project, { to: target }));
  const there = Object.keys(await contents(other));
  for (const key of there.filter((key) => /\/artifacts\/.*\/metadata.json$/.test(key))) {
    assert.ok(there.includes(key.replace("metadata.json", "data")), key);
  }
  other.put = put;
  left = Infinity;
  await using again = await openComposite(other);
  assert.equal((await restoreArchives(source, project, { to: again })).length, EXPERIMENTS);
  const all = Object.entries(await contents(driver)).filter(([key]) => !key.endsWith(".zip"));
  assert.deepEqual(await contents(other), Object.fromEntries(all));
});
