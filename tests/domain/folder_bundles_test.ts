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
  type Experiment,
  logExperiment,
  logMetric,
  openComposite,
  type Project,
  repair,
  toTable,
} from "../../mod.ts";

/** A store in a folder, and what was read of it in bulk. */
function counted(rootDir: string) {
  const driver = openFilesystem({ persistence: "filesystem", rootDir });
  const read: string[] = [];
  const bulk = driver.bulk!;
  const store: Driver = {
    ...driver,
    bulk: {
      ...bulk,
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

/** The table by a composite that has read nothing yet, and the names of what it read. */
async function freshTable(rootDir: string, project: Project) {
  const { store, read } = counted(rootDir);
  await using rubicon = await openComposite(store);
  const { rows } = await toTable(rubicon, project);
  return { rows, read: read.map((key) => key.split("/").slice(3).join("/")).sort() };
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

Deno.test("A bundle that is broken, or of another folder, changes nothing", async () => {
  for (const bytes of ["", "{", "[]", "null", '{"stamp": 1, "objects": 2}']) {
    await world(async ({ rootDir, project, experiment }) => {
      Deno.writeTextFileSync(`${rootDir}/p/experiments/${experiment.id}/digest.json`, bytes);
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
