/**
 * The index of a folder's experiments: one object is read for all of them, and whatever becomes of it, tables say what
 * is there.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { openFilesystem } from "../../drivers/filesystem.ts";
import {
  addTags,
  type Composite,
  createProject,
  deleteExperiment,
  deleteProject,
  emptyTrash,
  type Experiment,
  getProject,
  listExperiments,
  logExperiment,
  logMetric,
  logParameter,
  openComposite,
  type Project,
  repair,
  startRun,
  toTable,
  verify,
} from "../../mod.ts";

/** A store, with what was read of it in bulk. */
function counted(rootDir: string) {
  const driver = openFilesystem({ persistence: "filesystem", rootDir });
  const bulk = driver.bulk!;
  const read: string[] = [];
  const get: typeof bulk.get = (keys) => {
    read.push(...keys);
    return bulk.get(keys);
  };
  return { store: { ...driver, bulk: { ...bulk, get } }, read };
}

interface World {
  rootDir: string;
  /** The path of the index. */
  index: string;
  rubicon: Composite;
  project: Project;
  experiments: Experiment[];
}

const COUNT = 8;

async function world(work: (world: World) => Promise<void>): Promise<void> {
  const base = await Deno.makeTempDir({ prefix: "rubicon-index-" });
  try {
    const rootDir = `${base}/root`;
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(rubicon, { name: "My project" });
    const experiments: Experiment[] = [];
    for (let at = 0; at < COUNT; at++) experiments.push(await log(rubicon, project, at));
    const index = `${rootDir}/my-project/digests.jsonl`;
    await work({ rootDir, index, rubicon, project, experiments });
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

const log = (rubicon: Composite, project: Project, at: number) =>
  logExperiment(rubicon, project, {
    name: `run ${at} "created_at": {"_type": "datetime", "value": "1999"`,
    parameters: { depth: at, kind: "größte" },
    metrics: { accuracy: at / 10, loss: NaN },
  });

/** The tables and lists of a composite that has read nothing yet, and what it read for the first of them. */
async function fresh(rootDir: string) {
  const { store, read } = counted(rootDir);
  await using rubicon = await openComposite(store);
  const project = await getProject(rubicon, { name: "My project" });
  const { rows } = await toTable(rubicon, project);
  const reads = [...read];
  await using other = await openComposite(store);
  const newest = await listExperiments(other, project, { order: "newest", limit: 2 });
  return { found: { rows, newest }, reads };
}

/** The same from listings and files alone. */
async function fromFiles(rootDir: string) {
  const { bulk: _, stamps: __, ...files } = openFilesystem({ persistence: "filesystem", rootDir });
  await using rubicon = await openComposite(files);
  const project = await getProject(rubicon, { name: "My project" });
  const { rows } = await toTable(rubicon, project);
  const newest = await listExperiments(rubicon, project, { order: "newest", limit: 2 });
  return { rows, newest };
}

Deno.test("A cold table of a folder reads the index, and nothing else", async () => {
  await world(async ({ rootDir }) => {
    const { found, reads } = await fresh(rootDir);
    assert.deepEqual(reads, ["my-project/digests.jsonl"]);
    assert.deepEqual(found, await fromFiles(rootDir));
    assert.equal(found.rows.length, COUNT);
  });
});

Deno.test("What changed since its line was written is read from its files", async () => {
  await world(async ({ rootDir, rubicon, project, experiments }) => {
    await addTags(rubicon, experiments[1]!, ["late"]);
    await logMetric(rubicon, experiments[2]!, { name: "late", value: 7 });
    await deleteExperiment(rubicon, experiments[3]!);
    await log(rubicon, project, COUNT);
    const { found, reads } = await fresh(rootDir);
    assert.deepEqual(found, await fromFiles(rootDir));
    const ids = new Set(reads.flatMap((key) => key.split("/")[2] ?? []));
    assert.deepEqual(ids, new Set([experiments[1]!.id, experiments[2]!.id]));
    assert.deepEqual(found.rows.find(({ id }) => id === experiments[1]!.id)!.tags, ["late"]);
    assert.equal(found.rows.find(({ id }) => id === experiments[2]!.id)!.late, 7);
  });
});

Deno.test("An index that is torn, mixed, old or none at all changes no table", async () => {
  await world(async ({ rootDir, index }) => {
    const text = Deno.readTextFileSync(index);
    const expected = await fromFiles(rootDir);
    const lineOf = (at: number) => text.slice(0, at).split("\n").length;
    const starts = [0, ...text.matchAll(/\n(?=.)/g).map(({ index }) => index + 1)];
    const place = fc.nat(text.length);
    const change = fc.oneof(
      // What one writer's page over another's makes of lines: one begins, and another one goes on.
      fc.record({ upTo: place, from: place }),
      // At one place of both, so that what comes of it is JSON all the same.
      fc.record({ line: fc.nat(COUNT - 1), other: fc.nat(COUNT - 1), column: fc.nat(700) }).map(
        ({ line, other, column }) => ({
          upTo: starts[line]! + column,
          from: starts[other]! + column,
        }),
      ),
      fc.record({ upTo: place }),
      fc.record({ upTo: place, garbage: fc.constantFrom("\n", "\0\0", "}\n{", '\n{"id": "') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let now = text;
        for (const one of changes) {
          if ("garbage" in one) now = now.slice(0, one.upTo) + one.garbage + now.slice(one.upTo);
          else if (!("from" in one)) now = now.slice(0, one.upTo);
          else if (lineOf(one.upTo) !== lineOf(one.from)) {
            now = text.slice(0, one.upTo) + text.slice(one.from);
          }
        }
        Deno.writeTextFileSync(index, now);
        const { found } = await fresh(rootDir);
        assert.deepEqual(found, expected);
      }),
      { numRuns: 60 },
    );
    Deno.removeSync(index);
    assert.deepEqual((await fresh(rootDir)).found, expected);
  });
});

Deno.test("Of many that log to one folder at once each gets a whole line", async () => {
  await world(async ({ rootDir, index, rubicon, project }) => {
    await using other = await openComposite({ persistence: "filesystem", rootDir });
    const logs = Array.from({ length: 64 }, (_, at) => log(at % 2 ? rubicon : other, project, at));
    await Promise.all(logs);
    const lines = Deno.readTextFileSync(index).trimEnd().split("\n");
    assert.equal(new Set(lines.map((line) => JSON.parse(line).id)).size, COUNT + logs.length);
    const { found, reads } = await fresh(rootDir);
    assert.deepEqual(found, await fromFiles(rootDir));
    assert.deepEqual(reads, ["my-project/digests.jsonl"]);
  });
});

Deno.test("No line goes where a link leads, or into what is no regular file", async () => {
  await world(async ({ rootDir, index, rubicon, project }) => {
    const outside = `${rootDir}-outside`;
    const makes = [
      () => Deno.symlinkSync(outside, index), // It leads nowhere.
      () => {
        Deno.writeTextFileSync(outside, "mine", { createNew: true });
        Deno.symlinkSync(outside, index);
      },
      () => Deno.mkdirSync(index),
    ];
    for (const [at, make] of makes.entries()) {
      Deno.removeSync(index, { recursive: true });
      make();
      await log(rubicon, project, COUNT + at);
      const { found } = await fresh(rootDir);
      assert.deepEqual(found, await fromFiles(rootDir));
      assert.equal(found.rows.length, COUNT + at + 1);
    }
    assert.equal(Deno.readTextFileSync(outside), "mine");
  });
});

Deno.test("An experiment whose line would be too long has its own bundle", async () => {
  await world(async ({ rootDir, index, rubicon, project }) => {
    const before = Deno.statSync(index).size;
    const metrics = Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => [`metric ${at}`, at]),
    );
    const { id } = await logExperiment(rubicon, project, { metrics });
    assert.equal(Deno.statSync(index).size, before);
    const { found, reads } = await fresh(rootDir);
    assert.deepEqual(found, await fromFiles(rootDir));
    const own = `my-project/experiments/${id}/`;
    assert.ok(reads.includes(`${own}digest.json`));
  });
});

Deno.test("The index is no part of what verify() compares, and goes with its project", async () => {
  await world(async ({ rootDir, rubicon, project }) => {
    const { clean, foreign } = await verify(rubicon);
    assert.ok(clean);
    assert.deepEqual(foreign, []);
    await deleteProject(rubicon, project);
    assert.deepEqual([...Deno.readDirSync(rootDir)].filter(({ isDirectory }) => isDirectory), []);
    await emptyTrash(rubicon);
    const again = await createProject(rubicon, { name: "My project" });
    await log(rubicon, again, 0);
    assert.equal((await fresh(rootDir)).found.rows.length, 1);
  });
});

Deno.test("repair() writes the index of what came one by one or from rubicon-ml, and nothing is stale by it", async () => {
  await world(async ({ rootDir, index, rubicon, project, experiments }) => {
    const byHand = await logExperiment(rubicon, project, { name: "by hand", tags: ["a"] });
    await addTags(rubicon, byHand, ["late"]);
    await logParameter(rubicon, byHand, { name: "list", value: [1, NaN, 2n ** 70n] });
    for (const name of ["z", "loss", "b"]) {
      await logMetric(rubicon, byHand, { name, value: 1, directionality: "loss" });
    }
    const run = await startRun(rubicon, project, { name: "curves" });
    run.log({ loss: 1 });
    await run.finish();
    await logExperiment(rubicon, project, { name: "nothing in it" });
    await addTags(rubicon, experiments[1]!, ["more"]);
    const long = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`metric ${at}`, at]));
    await logExperiment(rubicon, project, { metrics: long });
    const before = await fresh(rootDir);
    assert.ok(before.reads.length > 10);
    assert.ok((await later(() => repair(rubicon))).clean);

    const { found, reads } = await later(() => fresh(rootDir));
    assert.deepEqual(reads, ["my-project/digests.jsonl"]);
    assert.deepEqual(found, before.found);
    assert.deepEqual(found, await fromFiles(rootDir));
    assert.ok((await verify(rubicon)).clean);
    const bytes = Deno.readTextFileSync(index);
    await later(() => repair(rubicon));
    assert.equal(Deno.readTextFileSync(index), bytes, "what is up to date stays as it is");

    await logMetric(rubicon, byHand, { name: "later", value: 3 });
    await addTags(rubicon, experiments[0]!, ["later"]);
    await deleteExperiment(rubicon, experiments[2]!);
    Deno.removeSync(`${rootDir}/my-project/experiments/${byHand.id}/metrics/b`, {
      recursive: true,
    });
    const after = (await later(() => fresh(rootDir))).found;
    assert.deepEqual(after, await fromFiles(rootDir));
    assert.equal(after.rows.find(({ id }) => id === byHand.id)!.later, 3);
  });
});

Deno.test("A copy of a store whose index repair() wrote is read from its files", async () => {
  await world(async ({ rootDir, rubicon, experiments }) => {
    await later(() => repair(rubicon));
    const copy = `${rootDir}-copy`;
    const { success } = await new Deno.Command("cp", { args: ["-a", rootDir, copy] }).output();
    assert.ok(success);
    const path = `${copy}/my-project/experiments/${
      experiments[0]!.id
    }/metrics/accuracy/metadata.json`;
    Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replace('"value": 0.0', '"value": 9'));
    const { found } = await later(() => fresh(copy));
    assert.deepEqual(found, await fromFiles(copy));
  });
});

Deno.test("repair() of a folder whose index cannot be written warns, and mends all the same", async () => {
  await world(async ({ rootDir, index, project }) => {
    Deno.removeSync(index);
    Deno.mkdirSync(`${index}/in/the/way`, { recursive: true });
    const warnings: string[] = [];
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir }, {
      onWarning: (message) => warnings.push(message),
    });
    assert.ok((await later(() => repair(rubicon))).clean);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /the index of filesystem:.* reading takes longer/);
    assert.equal((await toTable(rubicon, project)).rows.length, COUNT);
  });
});

/** As if it was a minute later, so that what changed just now is over for certain. */
async function later<T>(work: () => Promise<T>): Promise<T> {
  const { now } = Date;
  Date.now = () => now() + 60_000;
  try {
    return await work();
  } finally {
    Date.now = now;
  }
}
