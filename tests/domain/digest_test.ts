/**
 * Digests: what an experiment was logged with, once more in one object, for stores whose listings tell checksums.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Driver, ObjectMeta } from "../../drivers/driver.ts";
import { openMemory } from "../../drivers/memory.ts";
import {
  addTags,
  archiveProject,
  createProject,
  type Experiment,
  logExperiment,
  logMetric,
  openComposite,
  repair,
  type RubiconException,
  syncProject,
  toTable,
  verify,
} from "../../mod.ts";

const CHILDREN = {
  parameters: { depth: 3, rate: 0.1 },
  metrics: { accuracy: 0.8, loss: NaN, confusion: [[1, 2], [3, 4]] },
  features: ["year"],
};

/** A store in memory that tells checksums, as S3 does, and what was read from it. */
function summing(rootDir = crypto.randomUUID() as string) {
  const driver = openMemory({ persistence: "memory", rootDir });
  const read: string[] = [];
  const summed = async <M extends ObjectMeta>(key: string, meta: M): Promise<M> => ({
    ...meta,
    checksum: `md5:${createHash("md5").update((await driver.get(key)).bytes).digest("hex")}`,
  });
  const store: Driver = {
    ...driver,
    label: `summing:${rootDir}`,
    listsChecksums: true,
    async get(key, options) {
      read.push(key);
      return await summed(key, await driver.get(key, options));
    },
    async *list(prefix, options) {
      for await (const entry of driver.list(prefix, options)) yield await summed(entry.key, entry);
    },
  };
  return { store, read, driver };
}

const keysOf = async (driver: Driver) =>
  (await Array.fromAsync(driver.list(""), ({ key }) => key)).sort();
const digestOf = (experiment: Experiment) => `p/experiments/${experiment.id}/digest.json`;
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("digest: a table asks for one object an experiment, and gives what is there", async () => {
  const { store, read } = summing();
  await using rubicon = await openComposite(store);
  const project = await createProject(rubicon, { name: "p" });
  const experiments = await Promise.all(
    Array.from(
      { length: 10 },
      (_, at) => logExperiment(rubicon, project, { name: `${at}`, ...CHILDREN }),
    ),
  );
  const table = await (async () => {
    await using other = await openComposite(store);
    read.length = 0;
    return await toTable(other, project);
  })();
  assert.deepEqual(read.toSorted(), experiments.map(digestOf).sort());
  assert.deepEqual(table.rows[0]!.confusion, [[1, 2], [3, 4]]);
  assert.ok(Number.isNaN(table.rows[0]!.loss));
  // What came later is asked for by itself, and what is limited takes no more than it needs.
  await logMetric(rubicon, experiments[3]!, { name: "late", value: 1 });
  await addTags(rubicon, experiments[3]!, ["tagged"]);
  await using other = await openComposite(store);
  read.length = 0;
  const row = (await toTable(other, project)).rows.find(({ name }) => name === "3")!;
  assert.deepEqual([row.late, row.tags], [1, ["tagged"]]);
  assert.equal(read.length, 12);
  read.length = 0;
  await toTable(other, project);
  assert.equal(read.length, 0);
});

Deno.test("digest: it never tells anything that the store does not", async () => {
  const { store, driver, read } = summing();
  await using rubicon = await openComposite(store);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { name: "own", ...CHILDREN });
  const folder = `p/experiments/${experiment.id}`;
  const expected = await (async () => {
    await using other = await openComposite(store);
    return await toTable(other, project);
  })();
  const key = digestOf(experiment);
  const whole = new TextDecoder().decode((await driver.get(key)).bytes);
  for (
    const digest of ["", "{", "[]", '{"metadata.json": 3}', "{}", whole.replaceAll("0.8", "0.9")]
  ) {
    await driver.put(key, bytes(digest));
    await using other = await openComposite(store);
    assert.deepEqual(await toTable(other, project), expected, digest);
  }
  // An object that somebody replaced, and one that somebody removed.
  await driver.put(key, bytes(whole));
  const accuracy = `${folder}/metrics/accuracy/metadata.json`;
  const text = new TextDecoder().decode((await driver.get(accuracy)).bytes);
  await driver.put(accuracy, bytes(text.replace("0.8", "0.7")));
  await driver.delete(`${folder}/metrics/loss/metadata.json`);
  await using other = await openComposite(store);
  const [row] = (await toTable(other, project)).rows;
  assert.equal(row!.accuracy, 0.7);
  assert.ok(!("loss" in row!));
  await driver.delete(key);
  await using without = await openComposite(store);
  read.length = 0;
  assert.equal((await toTable(without, project)).rows[0]!.accuracy, 0.7);
  assert.equal(read.length, 5);
});

Deno.test("digest: one that could not be written is told of, and logging again writes it", async () => {
  const { store, driver } = summing();
  let failing = true;
  const put: Driver["put"] = (key, source, options) =>
    failing && key.endsWith("/digest.json")
      ? Promise.reject(new Error("full"))
      : driver.put(key, source, options);
  await using rubicon = await openComposite({ ...store, put });
  const project = await createProject(rubicon, { name: "p" });
  const error = await logExperiment(rubicon, project, CHILDREN).then(
    () => assert.fail("it was to fail"),
    (error) => error as RubiconException & { entity: Experiment },
  );
  assert.match(error.message, /digest.*full/s);
  failing = false;
  const experiment = await logExperiment(rubicon, project, error.entity);
  assert.ok((await keysOf(driver)).includes(digestOf(experiment)));
});

Deno.test("digest: only stores that can use it have it; copies and comparisons pass it over", async () => {
  const { store, driver } = summing();
  const plain = openMemory({ persistence: "memory", rootDir: crypto.randomUUID() });
  await using rubicon = await openComposite([plain, store]);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, CHILDREN);
  const key = digestOf(experiment);
  assert.deepEqual(await keysOf(plain), (await keysOf(driver)).filter((one) => one !== key));
  assert.ok((await keysOf(driver)).includes(key));
  assert.deepEqual((await verify(rubicon)).differences, []);
  // It is no conflict to log more to an experiment later.
  const more = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`more${at}`, at]));
  await logExperiment(rubicon, project, { ...experiment, metrics: more });
  assert.equal((await toTable(rubicon, project)).rows[0]!.more4, 4);
  await driver.put(key, bytes("{}"));
  assert.deepEqual((await repair(rubicon)).mended, []);
  const { driver: copy, store: copying } = summing();
  await using there = await openComposite(copying);
  await syncProject(rubicon, project, there);
  assert.deepEqual(await keysOf(copy), await keysOf(plain));
  await archiveProject(rubicon, project);
  const few = await logExperiment(rubicon, project, { metrics: { one: 1 } });
  assert.ok(!(await keysOf(driver)).includes(digestOf(few)), "two objects are two requests");
});
