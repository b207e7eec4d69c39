/**
 * Reads of folders by the times of folders: what they cost, and that they are never stale, whoever writes meanwhile.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { Driver } from "../../drivers/driver.ts";
import { openFilesystem } from "../../drivers/filesystem.ts";
import {
  addComments,
  addTags,
  type Composite,
  createProject,
  deleteArtifact,
  type Experiment,
  type ExperimentInput,
  getExperiment,
  listExperiments,
  logArtifact,
  logExperiment,
  logMetric,
  logParameter,
  openComposite,
  type Project,
  removeTags,
  repair,
  toTable,
} from "../../mod.ts";

interface Asked {
  list: string[];
  get: string[];
  stat: string[];
  stamps: number;
}

/** A folder of its own, and what is asked of it. */
function counted(rootDir: string) {
  const driver = openFilesystem({ persistence: "filesystem", rootDir });
  const asked: Asked = { list: [], get: [], stat: [], stamps: 0 };
  const bulk = driver.bulk!;
  const store: Driver = {
    ...driver,
    get(key, options) {
      asked.get.push(key);
      return driver.get(key, options);
    },
    async *list(prefix, options) {
      asked.list.push(prefix);
      yield* driver.list(prefix, options);
    },
    stamps(folders, options) {
      asked.stamps += folders.length;
      return driver.stamps!(folders, options);
    },
    bulk: {
      ...bulk,
      list(folders) {
        asked.list.push(...folders);
        return bulk.list(folders);
      },
      get(keys) {
        asked.get.push(...keys);
        return bulk.get(keys);
      },
      stat(keys) {
        asked.stat.push(...keys);
        return bulk.stat(keys);
      },
    },
  };
  return {
    store,
    /** What was asked since the last call. */
    take(): Asked {
      const taken = { ...asked };
      Object.assign(asked, { list: [], get: [], stat: [], stamps: 0 });
      return taken;
    },
  };
}

/** The experiments that keys are of; the index of all of them is of none. */
const idsOf = (keys: readonly string[]) => new Set(keys.flatMap((key) => key.split("/")[2] ?? []));

/** Takes the index away, so that experiments are read one by one. */
const dropIndex = (rootDir: string) => Deno.removeSync(`${rootDir}/p/digests.jsonl`);

/** A folder that is read by listings and files alone, without times, bundles or an index. */
function filesAlone(rootDir: string): Driver {
  const { bulk: _, stamps: __, ...files } = openFilesystem({ persistence: "filesystem", rootDir });
  return files;
}

/**
 * Runs reads as if it was a minute later, so that what changed just now is over for certain; then waits for the next tick
 * of the file system's clock, so that what comes next has another time.
 */
async function later<T>(read: () => Promise<T>): Promise<T> {
  const { now } = Date;
  Date.now = () => now() + 60_000;
  try {
    return await read();
  } finally {
    Date.now = now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function withFolder(work: (rootDir: string) => Promise<void>): Promise<void> {
  const rootDir = await Deno.makeTempDir({ prefix: "rubicon-reads-" });
  try {
    await work(rootDir);
  } finally {
    await Deno.remove(rootDir, { recursive: true });
  }
}

const log = (rubicon: Composite, project: Project, at: number, more: ExperimentInput = {}) =>
  logExperiment(rubicon, project, {
    ...more,
    name: `run ${at}`,
    parameters: { depth: at, kind: "forest" },
    metrics: { accuracy: at / 10, curve: [at, at + 1] },
  });

Deno.test("toTable() of an unchanged folder reads no object again", async () => {
  await withFolder(async (rootDir) => {
    const { store, take } = counted(rootDir);
    await using rubicon = await openComposite(store);
    const project = await createProject(rubicon, { name: "p" });
    for (let at = 0; at < 5; at++) await log(rubicon, project, at);
    const first = await later(() => toTable(rubicon, project));
    take();
    assert.deepEqual(await later(() => toTable(rubicon, project)), first);
    // The folder of all of them, and three of each.
    assert.deepEqual(take(), { list: [], get: [], stat: [], stamps: 16 });
    assert.equal((await later(() => listExperiments(rubicon, project))).length, 5);
    assert.deepEqual(take().get, [], "the table has read the experiments");
  });
});

Deno.test("toTable() reads the experiments that changed in a folder, and no others", async () => {
  await withFolder(async (rootDir) => {
    const { store, take } = counted(rootDir);
    await using rubicon = await openComposite(store);
    await using other = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(other, { name: "p" });
    const experiments: Experiment[] = [];
    for (let at = 0; at < 6; at++) experiments.push(await log(other, project, at));
    await later(() => toTable(rubicon, project));
    take();
    await logMetric(other, experiments[1]!, { name: "late", value: 7 });
    await addTags(other, experiments[2]!, ["good"]);
    const added = await log(other, project, 9);
    const { rows } = await later(() => toTable(rubicon, project));
    const { get } = take();
    assert.deepEqual(idsOf(get), new Set([experiments[1]!.id, experiments[2]!.id]));
    assert.ok(get.includes("p/digests.jsonl"), "the index has the new one");
    assert.ok(rows.some(({ id }) => id === added.id));
    const of = (id: string) => rows.find((row) => row.id === id)!;
    assert.equal(of(experiments[1]!.id).late, 7);
    assert.deepEqual(of(experiments[2]!.id).tags, ["good"]);
    assert.equal(rows.length, 7);
  });
});

Deno.test("The newest experiments of a folder are found by times alone", async () => {
  await withFolder(async (rootDir) => {
    const { store, take } = counted(rootDir);
    await using other = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(other, { name: "p" });
    const ids: string[] = [];
    for (let at = 0; at < 20; at++) {
      // Apart by more than the grain of times, so that no two can be taken for one another.
      const time = new Date(1_700_000_000_000 + at * 5_000);
      const createdAt = time.toISOString();
      const { id } = await log(other, project, at, { createdAt });
      ids.push(id);
      Deno.utimeSync(`${rootDir}/p/experiments/${id}/metadata.json`, time, time);
    }
    dropIndex(rootDir);
    await using rubicon = await openComposite(store);
    const found = await listExperiments(rubicon, project, { order: "newest", limit: 2 });
    assert.deepEqual(found.map(({ name }) => name), ["run 19", "run 18"]);
    const asked = take();
    const read = idsOf(asked.get);
    // All came within a second, so the first two are any of them; from then on their own files tell.
    const newest = new Set(ids.slice(-2));
    assert.ok(newest.isSubsetOf(read) && read.size <= 4, `${read.size} are read`);
    // All but those, and the index that is not there.
    assert.equal(asked.stat.length, 18 + 1);
    const { rows } = await toTable(rubicon, project, { limit: 3 });
    assert.deepEqual(rows.map(({ accuracy }) => accuracy), [1.9, 1.8, 1.7]);
  });
});

Deno.test("The newest of a folder are found by its index, without a look at the others", async () => {
  await withFolder(async (rootDir) => {
    const { store, take } = counted(rootDir);
    await using other = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(other, { name: "p" });
    // Two of one millisecond would both be read.
    const timeOf = (at: number) => new Date(1_700_000_000_000 + at * 5_000).toISOString();
    for (let at = 0; at < 20; at++) await log(other, project, at, { createdAt: timeOf(at) });
    const created = "2030-01-01T00:00:00Z";
    const { id } = await logExperiment(other, project, { name: "alone", createdAt: created });
    await using rubicon = await openComposite(store);
    take();
    const { rows } = await toTable(rubicon, project, { limit: 3 });
    assert.deepEqual(rows.map(({ name }) => name), ["alone", "run 19", "run 18"]);
    const { get, stamps } = take();
    assert.deepEqual(idsOf(get), new Set([id]), "an experiment without children has no bundle");
    assert.equal(stamps, 1 + 1 + 3 * 3, "the one without a line takes another look");
  });
});

Deno.test("The newest of a folder whose experiments came seconds apart take one look at each", async () => {
  await withFolder(async (rootDir) => {
    const { store, take } = counted(rootDir);
    // The folders' times are those of the experiments, as if each had been logged then.
    const aged: Driver = {
      ...store,
      async stamps(folders, options) {
        const found = await store.stamps!(folders, options);
        return found.map((one, at) => {
          const changed = times.get(folders[at]!);
          return one && changed ? { modified: changed, changed } : one;
        });
      },
    };
    const times = new Map<string, number>();
    await using other = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(other, { name: "p" });
    const ids: string[] = [];
    for (let at = 0; at < 20; at++) {
      const time = 1_700_000_000_000 + at * 5_000;
      const { id } = await log(other, project, at, { createdAt: new Date(time).toISOString() });
      times.set(`p/experiments/${id}`, time);
      ids.push(id);
    }
    dropIndex(rootDir);
    await using rubicon = await openComposite(aged);
    take();
    const { rows } = await toTable(rubicon, project, { limit: 3 });
    assert.deepEqual(rows.map(({ name }) => name), ["run 19", "run 18", "run 17"]);
    const { get, stat, stamps } = take();
    assert.deepEqual(idsOf(get), new Set(ids.slice(-3)));
    assert.deepEqual(stat, ["p/digests.jsonl"]);
    assert.equal(stamps, 1 + 20 + 3 * 3);
  });
});

Deno.test("The newest of a folder that was read take what is known of the others", async () => {
  await withFolder(async (rootDir) => {
    const { store, take } = counted(rootDir);
    await using rubicon = await openComposite(store);
    const project = await createProject(rubicon, { name: "p" });
    for (let at = 0; at < 20; at++) await log(rubicon, project, at);
    await later(() => toTable(rubicon, project));
    await log(rubicon, project, 20);
    take();
    const newest = await later(() =>
      listExperiments(rubicon, project, { order: "newest", limit: 2 })
    );
    assert.deepEqual(newest.map(({ name }) => name), ["run 20", "run 19"]);
    const { get, stat } = take();
    assert.equal(idsOf(get).size, 1, "the new one alone is read");
    assert.deepEqual(stat, []);
  });
});

Deno.test("A driver that passes over what is known gives the same tables again", async () => {
  await withFolder(async (rootDir) => {
    const { store, take } = counted(rootDir);
    await using rubicon = await openComposite({
      ...store,
      stamps: (folders) => store.stamps!(folders),
    });
    const project = await createProject(rubicon, { name: "p" });
    for (let at = 0; at < 5; at++) await log(rubicon, project, at);
    const first = await later(() => toTable(rubicon, project));
    take();
    assert.deepEqual(await later(() => toTable(rubicon, project)), first);
    assert.deepEqual(take(), { list: [], get: [], stat: [], stamps: 16 });
  });
});

Deno.test("What a caller changes in a table or a list is not what the next one gets", async () => {
  await withFolder(async (rootDir) => {
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(rubicon, { name: "p" });
    await logExperiment(rubicon, project, {
      tags: ["a"],
      trainingMetadata: [["s3", { year: 1 }]],
      metrics: { curve: [1, 2], nested: { deep: [new Set([1])] } },
    });
    const [row] = (await later(() => toTable(rubicon, project))).rows;
    // The list takes the experiment from what the table has read.
    const [experiment] = await later(() => listExperiments(rubicon, project));
    const before = structuredClone([experiment, row]);
    experiment!.tags.push("b");
    (experiment!.trainingMetadata as unknown[][])[0]!.push("more");
    (row!.curve as number[]).push(3);
    (row!.nested as { deep: Set<number>[] }).deep[0]!.add(2);
    const [again] = await later(() => listExperiments(rubicon, project));
    const [rowAgain] = (await later(() => toTable(rubicon, project))).rows;
    assert.deepEqual([again, rowAgain], before);
  });
});

/** Writes as rubicon-ml does: folders, then files in place. */
const python = {
  experiment(rootDir: string, at: number): void {
    const id = crypto.randomUUID();
    const folder = `${rootDir}/p/experiments/${id}`;
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(
      `${folder}/metadata.json`,
      JSON.stringify({
        project_name: "p",
        created_at: {
          _type: "datetime",
          value: new Date().toISOString().replace("Z", "000+00:00"),
        },
        id,
        name: `python ${at}`,
        tags: [],
        comments: [],
      }),
    );
  },
  metric(folder: string, name: string, value: number): void {
    Deno.mkdirSync(`${folder}/metrics/${name}`, { recursive: true });
    Deno.writeTextFileSync(
      `${folder}/metrics/${name}/metadata.json`,
      JSON.stringify({
        name,
        value,
        created_at: {
          _type: "datetime",
          value: new Date().toISOString().replace("Z", "000+00:00"),
        },
        id: crypto.randomUUID(),
        directionality: "score",
        tags: [],
        comments: [],
      }),
    );
  },
  tag(folder: string, tag: string): void {
    Deno.writeTextFileSync(
      `${folder}/tags_${crypto.randomUUID()}.json`,
      JSON.stringify({ added_tags: [tag] }),
    );
  },
};

const ACTS = [
  ...["log", "metric", "parameter", "tag", "untag", "comment", "artifact", "remove"],
  ...["python experiment", "python metric", "python tag", "settle", "read", "repair"],
] as const;

Deno.test("A composite that reads again and again is never stale, whoever writes to its folder", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...ACTS), fc.nat(9)), { minLength: 5, maxLength: 30 }),
      async (acts) => {
        await withFolder(async (rootDir) => {
          await using writer = await openComposite({ persistence: "filesystem", rootDir });
          await using reader = await openComposite({ persistence: "filesystem", rootDir });
          const project = await createProject(writer, { name: "p" });
          const experiments = [await log(writer, project, 0)];
          let count = 0;
          const compare = async () => {
            await using files = await openComposite(filesAlone(rootDir));
            await using fresh = await openComposite({ persistence: "filesystem", rootDir });
            const expected = await toTable(files, project);
            assert.deepEqual(await toTable(fresh, project), expected);
            assert.deepEqual(await toTable(reader, project), expected);
            assert.deepEqual(
              await listExperiments(reader, project),
              await listExperiments(files, project),
            );
            const newest = { order: "newest", limit: 2 } as const;
            assert.deepEqual(
              await listExperiments(fresh, project, newest),
              await listExperiments(files, project, newest),
            );
            const slow = experiments[0]!;
            const found = (await listExperiments(reader, project)).find(({ id }) => id === slow.id);
            if (found) {
              assert.deepEqual(found, await getExperiment(fresh, project, { id: slow.id }));
            }
          };
          for (const [act, which] of acts) {
            const experiment = experiments[which % experiments.length]!;
            const folder = `${rootDir}/p/experiments/${experiment.id}`;
            const isThere = experiments.includes(experiment);
            count++;
            switch (act) {
              case "log":
                experiments.push(await log(writer, project, count));
                break;
              case "metric":
                if (isThere) {
                  await logMetric(writer, experiment, { name: `m${count}`, value: count });
                }
                break;
              case "parameter":
                await logParameter(writer, experiment, { name: `p${count}`, value: count });
                break;
              case "tag":
                await addTags(writer, experiment, [`t${which % 3}`]);
                break;
              case "untag":
                await removeTags(writer, experiment, [`t${which % 3}`]);
                break;
              case "comment":
                await addComments(writer, experiment, [`c${count}`]);
                break;
              case "artifact": {
                const artifact = await logArtifact(writer, experiment, { name: "a", data: "a" });
                if (which % 2) await deleteArtifact(writer, artifact);
                break;
              }
              case "remove":
                if (experiments.length < 2) break;
                experiments.splice(experiments.indexOf(experiment), 1);
                Deno.removeSync(folder, { recursive: true });
                break;
              case "python experiment":
                python.experiment(rootDir, count);
                break;
              case "python metric":
                python.metric(folder, `py${count}`, count);
                break;
              case "python tag":
                python.tag(folder, `py${count}`);
                break;
              case "settle":
                await later(compare);
                break;
              case "repair":
                await later(() => repair(writer));
                break;
              case "read":
                await compare();
            }
          }
          await compare();
        });
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("A metric that repair() replaced is seen by who has read it before, with a bundle or without", async () => {
  await withFolder(async (base) => {
    const [rootDir, other] = [`${base}/a`, `${base}/b`];
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(rubicon, { name: "p" });
    const experiment = await logExperiment(rubicon, project, { name: "by hand" });
    await logMetric(rubicon, experiment, { name: "loss", value: 2 });
    await logExperiment(rubicon, project, { name: "at once", metrics: { a: 1, b: 2, loss: 2 } });
    await using both = await openComposite([
      { persistence: "filesystem", rootDir: other },
      { persistence: "filesystem", rootDir },
    ], { onWarning() {} });
    await later(() => repair(both));
    const before = await later(() => toTable(rubicon, project));
    assert.deepEqual(before.rows.map(({ loss }) => loss), [2, 2]);
    for (const { id } of await listExperiments(rubicon, project)) {
      const path = `${other}/p/experiments/${id}/metrics/loss/metadata.json`;
      const text = Deno.readTextFileSync(path);
      Deno.writeTextFileSync(path, text.replace('"value": 2', '"value": 3'));
    }
    assert.ok((await repair(both, { conflicts: "first" })).clean);
    for (const reader of [rubicon, await openComposite({ persistence: "filesystem", rootDir })]) {
      const { rows } = await later(() => toTable(reader, project));
      assert.deepEqual(rows.map(({ loss }) => loss), [3, 3]);
    }
  });
});

Deno.test("A folder whose time was set back after something came is looked at again", async () => {
  await withFolder(async (rootDir) => {
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(rubicon, { name: "p" });
    const { id } = await log(rubicon, project, 1);
    const folder = `${rootDir}/p/experiments/${id}`;
    await later(() => toTable(rubicon, project));
    const { mtime } = Deno.statSync(folder);
    // The time that tells is in whole seconds, by a clock that is some milliseconds late.
    while (Deno.statSync(folder).ctime!.getTime() >= Date.now() - 1_050) await turn();
    python.tag(folder, "late");
    Deno.utimeSync(folder, mtime!, mtime!);
    assert.deepEqual((await toTable(rubicon, project)).rows[0]!.tags, ["late"]);
  });
});

const turn = () => new Promise((resolve) => setTimeout(resolve, 10));
