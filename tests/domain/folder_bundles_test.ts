/**
 * Bundles in folders: a table reads one object an experiment, and what came or went since is seen all the same.
 */
import assert from "node:assert/strict";
import { openFilesystem } from "../../drivers/filesystem.ts";
import type { Driver } from "../../drivers/driver.ts";
import {
  addTags,
  type Composite,
  createProject,
  deleteExperiment,
  type Experiment,
  logExperiment,
  logMetric,
  openComposite,
  type Project,
  repair,
  restoreExperiment,
  toTable,
} from "../../mod.ts";

/** A store in a folder, with the index of its experiments or without, and what was read of it in bulk. */
function counted(rootDir: string, hasIndex: boolean) {
  const driver = openFilesystem({ persistence: "filesystem", rootDir });
  const read: string[] = [];
  const bulk = driver.bulk!;
  const store: Driver = {
    ...driver,
    bulk: {
      ...bulk,
      stat: (keys) => hasIndex ? bulk.stat(keys) : Promise.resolve(keys.map(() => undefined)),
      get(keys) {
        read.push(...keys);
        return bulk.get(keys);
      },
    },
  };
  return { store, read };
}

interface World {
  rootDir: string;
  rubicon: Composite;
  project: Project;
  experiment: Experiment;
}

async function world(work: (world: World) => Promise<void>): Promise<void> {
  const base = await Deno.makeTempDir({ prefix: "rubicon-bundles-" });
  try {
    const rootDir = `${base}/root`;
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(rubicon, { name: "p" });
    const experiment = await logExperiment(rubicon, project, {
      name: "run",
      parameters: { depth: 3, rate: 0.25 },
      metrics: { accuracy: 0.5, loss: 2 },
    });
    await work({ rootDir, rubicon, project, experiment });
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

/**
 * The table by a composite that has read nothing yet, and the names of what it read where there is no index. With one
 * it is the same table.
 */
async function freshTable(rootDir: string, project: Project) {
  const tables = [true, false].map(async (hasIndex) => {
    const { store, read } = counted(rootDir, hasIndex);
    await using rubicon = await openComposite(store);
    const { rows } = await toTable(rubicon, project);
    return { rows, read: read.map((key) => key.split("/").slice(3).join("/")).sort() };
  });
  const [indexed, found] = await Promise.all(tables);
  assert.deepEqual(indexed!.rows, found!.rows);
  return found!;
}

const CELLS = { depth: 3, rate: 0.25, accuracy: 0.5, loss: 2, tags: [] as string[] };

/** Whether a row has these cells. */
function has(row: Record<string, unknown>, cells: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(cells)) assert.deepEqual(row[name], value, name);
}

/** Whether a bundle was made in one second: else the folder's time of change says that it may be another copy. */
const inOneSecond = (rootDir: string, { id }: Experiment): boolean => {
  const folder = `${rootDir}/p/experiments/${id}`;
  return Deno.statSync(folder).ctime! <= Deno.statSync(`${folder}/digest.json`).mtime!;
};

Deno.test("A table of a folder reads one object of an experiment that was logged at once", async () => {
  await world(async ({ rootDir, rubicon, project, experiment }) => {
    // The clock may turn to another second between the bundle and its folder.
    for (let last = experiment; !inOneSecond(rootDir, last);) {
      Deno.removeSync(`${rootDir}/p/experiments/${last.id}`, { recursive: true });
      last = await logExperiment(rubicon, project, {
        parameters: { depth: 3, rate: 0.25 },
        metrics: { accuracy: 0.5, loss: 2 },
      });
    }
    const { rows, read } = await freshTable(rootDir, project);
    has(rows[0]!, CELLS);
    assert.deepEqual(read, ["digest.json"]);
  });
});

Deno.test("A bundle holds what JSON cannot, in the order of the runs' own files", async () => {
  const metrics = { nan: NaN, more: Infinity, big: 2n ** 70n, list: [1, NaN], b: 1, a: 2 };
  const names = ["nan", "more", "big", "list", "b", "a"];
  await world(async ({ rootDir, rubicon, project, experiment }) => {
    for (let last = experiment;;) {
      Deno.removeSync(`${rootDir}/p/experiments/${last.id}`, { recursive: true });
      last = await logExperiment(rubicon, project, { metrics, features: ["f"] });
      if (inOneSecond(rootDir, last)) break;
    }
    const { rows, read } = await freshTable(rootDir, project);
    assert.deepEqual(read, ["digest.json"]);
    has(rows[0]!, metrics);
    assert.deepEqual(Object.keys(rows[0]!).slice(-names.length), names);
  });
});

Deno.test("A bundle of an older version is read, too", async () => {
  await world(async ({ rootDir, rubicon, project, experiment }) => {
    let last = experiment;
    for (; !inOneSecond(rootDir, last);) {
      Deno.removeSync(`${rootDir}/p/experiments/${last.id}`, { recursive: true });
      last = await logExperiment(rubicon, project, {
        name: "run",
        metrics: { loss: 2, accuracy: 1 },
      });
    }
    const folder = `${rootDir}/p/experiments/${last.id}`;
    const text = (path: string) => Deno.readTextFileSync(`${folder}/${path}`);
    // Other numbers than in the files, to see which of them are read.
    const metric = text("metrics/loss/metadata.json").replace('"value": 2', '"value": 3');
    const objects = `{"metadata.json": ${text("metadata.json")}, ` +
      `"metrics/loss/metadata.json": ${metric}}`;
    const stamp = Deno.statSync(folder).mtime!.getTime();
    Deno.writeTextFileSync(`${folder}/digest.json`, `{"stamp": ${stamp}, "objects": ${objects}}`);
    Deno.removeSync(`${rootDir}/p/digests.jsonl`);
    const { rows, read } = await freshTable(rootDir, project);
    assert.deepEqual(read, ["digest.json"]);
    has(rows[0]!, { loss: 3, name: "run" });
  });
});

Deno.test("A tag that came after the bundle of a folder is seen", async () => {
  await world(async ({ rootDir, rubicon, project, experiment }) => {
    await addTags(rubicon, experiment, ["late"]);
    has((await freshTable(rootDir, project)).rows[0]!, { ...CELLS, tags: ["late"] });
  });
});

Deno.test("A metric that came after the bundle of a folder is seen, and one that went is not", async () => {
  await world(async ({ rootDir, rubicon, project, experiment }) => {
    await logMetric(rubicon, experiment, { name: "late", value: 7 });
    has((await freshTable(rootDir, project)).rows[0]!, { ...CELLS, late: 7 });
    Deno.removeSync(`${rootDir}/p/experiments/${experiment.id}/metrics/loss`, { recursive: true });
    const [row] = (await freshTable(rootDir, project)).rows;
    assert.equal(row!.loss, undefined);
    assert.equal(row!.late, 7);
  });
});

const STRANGE = [
  '{"stamp": 1, "whole": {}}',
  '{"stamp": 1, "whole": {"metadata.json": null}}',
  '{"stamp": 1, "whole": {}, "lists": {"metrics": 1}}',
];

/** Deletes and restores an experiment, again and again, since not each restoration makes a bundle. None may here. */
async function inTrash({ rootDir, rubicon, project, experiment }: World): Promise<void> {
  const { id } = experiment;
  for (let at = 0; at < 12; at++) {
    await deleteExperiment(rubicon, experiment);
    await restoreExperiment(rubicon, project, { id });
    const files = [...Deno.readDirSync(`${rootDir}/p/experiments/${id}`)];
    assert.ok(!files.some(({ name }) => name === "digest.json"), "a bundle that loses something");
  }
}

Deno.test("What JSON cannot hold is seen after its experiment was in the trash", async () => {
  await world(async ({ rootDir, rubicon, project, experiment }) => {
    await logMetric(rubicon, experiment, { name: "big", value: 2n ** 70n });
    await inTrash({ rootDir, rubicon, project, experiment });
    const { rows } = await freshTable(rootDir, project);
    has(rows[0]!, { ...CELLS, big: 2n ** 70n });
  });
});

Deno.test("A tag is seen after its experiment was in the trash", async () => {
  await world(async ({ rootDir, rubicon, project, experiment }) => {
    await addTags(rubicon, experiment, ["late"]);
    await inTrash({ rootDir, rubicon, project, experiment });
    const { rows } = await freshTable(rootDir, project);
    has(rows[0]!, { ...CELLS, tags: ["late"] });
  });
});

Deno.test("A bundle that is broken, or of another folder, changes nothing", async () => {
  for (const bytes of ["", "{", "[]", "null", '{"stamp": 1, "objects": 2}', ...STRANGE]) {
    await world(async ({ rootDir, project, experiment }) => {
      const folder = `${rootDir}/p/experiments/${experiment.id}`;
      const stamp = Deno.statSync(folder).mtime!.getTime();
      const text = bytes.replace('"stamp": 1', `"stamp": ${stamp}`);
      Deno.writeTextFileSync(`${folder}/digest.json`, text);
      has((await freshTable(rootDir, project)).rows[0]!, CELLS);
    });
  }
});

Deno.test("A copy of a store, with or without its times, gives the same table", async () => {
  for (const flags of ["-r", "-a"]) {
    await world(async ({ rootDir, project, experiment }) => {
      const copy = `${rootDir}-copy`;
      const { success } = await new Deno.Command("cp", { args: [flags, rootDir, copy] }).output();
      assert.ok(success);
      has((await freshTable(copy, project)).rows[0]!, CELLS);
      const folder = `${copy}/p/experiments/${experiment.id}`;
      Deno.writeTextFileSync(
        `${folder}/tags_${crypto.randomUUID()}.json`,
        JSON.stringify({ added_tags: ["late"] }),
      );
      has((await freshTable(copy, project)).rows[0]!, { ...CELLS, tags: ["late"] });
    });
  }
});

Deno.test("repair() that replaces a metric takes the bundle of its experiment away", async () => {
  await world(async ({ rootDir, project, experiment }) => {
    const other = `${rootDir}-other`;
    await using both = await openComposite([
      { persistence: "filesystem", rootDir: other },
      { persistence: "filesystem", rootDir },
    ], { onWarning() {} });
    await repair(both);
    const path = `p/experiments/${experiment.id}/metrics/loss/metadata.json`;
    const text = Deno.readTextFileSync(`${other}/${path}`);
    Deno.writeTextFileSync(`${other}/${path}`, text.replace('"value": 2', '"value": 3'));
    assert.ok((await repair(both, { conflicts: "first" })).clean);
    has((await freshTable(rootDir, project)).rows[0]!, { ...CELLS, loss: 3 });
  });
});
