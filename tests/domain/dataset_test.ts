/** Projects as a dataset of Parquet files: what is in it, what is written again, and what becomes of it if an export fails. */
import assert from "node:assert/strict";
import { plan } from "../../domain/dataset/groups.ts";
import { Points, Rows } from "../../domain/dataset/columns.ts";
import { MANIFEST, type Manifest } from "../../domain/dataset/manifest.ts";
import { decodeTable } from "../../domain/parquet/parquet.ts";
import {
  addTags,
  type BackendConfig,
  createProject,
  deleteArtifact,
  deleteExperiment,
  type Driver,
  exportParquet,
  type ExportParquetOptions,
  isRubiconException,
  logArtifact,
  logExperiment,
  logMetric,
  logParameter,
  openComposite,
  type Progress,
  type Project,
  registerDriver,
  startRun,
} from "../../mod.ts";
import { faulty } from "../support/faulty.ts";
import { temporary } from "../support/folders.ts";
import { serveFake } from "../support/on_fake.ts";
import { fakeS3 } from "../support/fake_s3.ts";

/** Where datasets of these tests are, by the name that `to` has. */
const places = new Map<string, Driver>();
registerDriver("dataset-test", ({ rootDir }) => places.get(String(rootDir))!);

/** A place in memory that can fail, and the options that name it. */
function place() {
  const driver = faulty();
  places.set(driver.label, driver);
  const options: ExportParquetOptions = {
    to: driver.label,
    configure: (rootDir) => ({ persistence: "dataset-test", rootDir }),
  };
  return { driver, options };
}

async function keysOf(driver: Driver): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of driver.list("")) keys.push(key);
  return keys.sort();
}

const manifestOf = async (driver: Driver): Promise<Manifest> =>
  JSON.parse(new TextDecoder().decode((await driver.get(MANIFEST)).bytes));

/** The rows of a part, by the files that the manifest names. */
async function rowsOf(driver: Driver, part: string): Promise<Record<string, unknown>[]> {
  const { files } = await manifestOf(driver);
  const all = files.filter((file) => file.part === part).map(async ({ path }) => {
    const { rows } = await decodeTable([
      { name: path, bytes: (await driver.get(path)).bytes },
    ], path);
    return rows;
  });
  return (await Promise.all(all)).flat();
}

/** Expects a refusal with this code and message. */
const refusedAs = (work: Promise<unknown>, code: string, message: RegExp) =>
  assert.rejects(work, (error) => {
    assert.ok(isRubiconException(error), String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });

const memory = () => ({ persistence: "memory", rootDir: crypto.randomUUID() } as const);

Deno.test("dataset: each thing is a row, with its own fields and whatever its value is", async () => {
  await using rubicon = await openComposite(memory());
  const { driver, options } = place();
  const project = await createProject(rubicon, { name: "Größe 1" });
  const run = await startRun(rubicon, project, { name: "run", tags: ["base"] });
  for (const [step, value] of [[0, 1], [0.5, NaN], [2, -Infinity]] as const) {
    run.log({ loss: value }, { step });
  }
  await run.finish();
  const { experiment } = run;
  await addTags(rubicon, experiment, ["late"]);
  const values = { n: 1.5, i: 2n ** 60n, t: "text", b: true, l: [1, null], z: null, nan: NaN };
  for (const [name, value] of Object.entries(values)) {
    await logParameter(rubicon, experiment, { name, value });
  }
  await logMetric(rubicon, experiment, { name: "err", value: 1, directionality: "loss" });
  const data = new Uint8Array(5);
  const artifact = await logArtifact(rubicon, experiment, { name: "a.bin", data, tags: ["x"] });
  const gone = await logArtifact(rubicon, experiment, { name: "gone.bin", data });
  await deleteArtifact(rubicon, gone);
  await logArtifact(rubicon, project, { name: "own.bin", data });

  const done = await exportParquet(rubicon, project, options);
  assert.deepEqual(
    { ...done, bytes: 0 },
    {
      experiments: 1,
      values: 9,
      points: 3,
      artifacts: 2,
      written: 4,
      kept: 0,
      removed: 0,
      bytes: 0,
    },
  );
  const [own] = await rowsOf(driver, "experiments");
  assert.equal(String(own!.created_at), experiment.createdAt.replace(/0*\+00:00$/, "Z"));
  assert.deepEqual([own!.id, own!.status, own!.tags], [experiment.id, "finished", [
    "base",
    "late",
  ]]);
  const rows = await rowsOf(driver, "values");
  const cells = Object.fromEntries(
    rows.map(({ name, number, text, json, directionality }) => [
      name,
      [number, text, json, directionality],
    ]),
  );
  assert.deepEqual(cells, {
    ...{ n: [1.5, null, null, null], i: [2 ** 60, null, "1152921504606846976", null] },
    ...{ t: [null, "text", null, null], b: [null, null, "true", null] },
    ...{ l: [null, null, "[1,null]", null], z: [null, null, null, null] },
    ...{ nan: [NaN, null, null, null], err: [1, null, null, "loss"] },
    loss: [-Infinity, null, null, "score"],
  });
  const points = await rowsOf(driver, "history");
  assert.deepEqual(points.map(({ name, step, value }) => [name, step, value]), [
    ...[["loss", 0, 1], ["loss", 0.5, NaN], ["loss", 2, -Infinity]],
  ]);
  const artifacts = await rowsOf(driver, "artifacts");
  assert.deepEqual(
    artifacts.map(({ name, experiment_id, size, key }) => [name, experiment_id, size, key]),
    [
      ["own.bin", null, 5, artifacts[0]!.key as string],
      [
        "a.bin",
        experiment.id,
        5,
        `größe-1/experiments/${experiment.id}/artifacts/${artifact.id}/data`,
      ],
    ],
  );
  assert.ok(
    (await keysOf(driver)).every((key) =>
      key === MANIFEST || key.split("/")[1] === "project=größe-1"
    ),
  );
});

Deno.test("dataset: since last only groups with something new are written again", async () => {
  await using rubicon = await openComposite(memory());
  const { driver, options } = place();
  const project = await createProject(rubicon, { name: "p" });
  const other = await createProject(rubicon, { name: "other" });
  await logExperiment(rubicon, other, { metrics: { m: 1 } });
  const all = await Promise.all(
    Array.from(
      { length: 300 },
      (_, at) => logExperiment(rubicon, project, { name: `e${at}`, metrics: { m: at } }),
    ),
  );
  const last = { ...options, since: "last" } as const;
  const first = await exportParquet(rubicon, [project, other], last);
  assert.deepEqual([first.experiments, first.values, first.written], [301, 301, 6]);
  const before = await manifestOf(driver);
  assert.equal((await exportParquet(rubicon, [project, other], last)).written, 0);
  assert.deepEqual(await manifestOf(driver), before);

  // In the order of the groups.
  const sorted = all.toSorted((a, b) => a.id < b.id ? -1 : 1);
  await addTags(rubicon, sorted[0]!, ["new"]);
  await deleteExperiment(rubicon, sorted[1]!);
  const changed = await exportParquet(rubicon, project, last);
  assert.deepEqual(
    [changed.experiments, changed.written, changed.kept, changed.removed],
    [299, 2, 2, 2],
  );
  const rows = await rowsOf(driver, "experiments");
  assert.deepEqual(
    [
      rows.length,
      new Set(rows.map(({ id }) => id)).size,
      rows.find(({ id }) => id === sorted[0]!.id)!.tags,
    ],
    [300, 300, ["new"]],
  );
  assert.ok(!rows.some(({ id }) => id === sorted[1]!.id));

  const fresh = await logExperiment(rubicon, project, { name: "fresh", metrics: { m: 1 } });
  const added = await exportParquet(rubicon, [project, other], last);
  assert.deepEqual([added.experiments, added.written, added.kept], [301, 2, 4]);
  assert.ok((await rowsOf(driver, "experiments")).some(({ id }) => id === fresh.id));
  // What somebody took away is written again.
  const [file] = (await manifestOf(driver)).files;
  await driver.delete(file!.path);
  await exportParquet(rubicon, [project, other], last);
  assert.equal((await rowsOf(driver, "experiments")).length, 301);
  assert.deepEqual(
    (await keysOf(driver)).filter((key) => key.endsWith(".parquet")),
    (await manifestOf(driver)).files.map(({ path }) => path).sort(),
  );
});

Deno.test("dataset: a run that goes on is written again, and once it has ended no more", async () => {
  await using rubicon = await openComposite(memory());
  const { driver, options } = place();
  const project = await createProject(rubicon, { name: "p" });
  const run = await startRun(rubicon, project);
  run.log({ loss: 1 });
  await run.flush();
  const last = { ...options, since: "last" } as const;
  const states = async () => {
    const { written } = await exportParquet(rubicon, project, last);
    return [written > 0, (await rowsOf(driver, "experiments"))[0]!.status];
  };
  assert.deepEqual(await states(), [true, "running"]);
  assert.deepEqual(await states(), [true, "running"]);
  await run.finish();
  assert.deepEqual(await states(), [true, "finished"]);
  assert.deepEqual(await states(), [false, "finished"]);
});

async function world(count = 3) {
  const rubicon = await openComposite(memory());
  const project = await createProject(rubicon, { name: "p" });
  for (let at = 0; at < count; at++) {
    await logExperiment(rubicon, project, { name: `e${at}`, metrics: { m: at } });
  }
  return { rubicon, project };
}

Deno.test("dataset: an export that fails anywhere leaves the one before whole, and nothing else", async () => {
  const { rubicon, project } = await world();
  await using _ = rubicon;
  const { driver, options } = place();
  await exportParquet(rubicon, project, options);
  const before = await keysOf(driver);
  const rows = await rowsOf(driver, "values");
  await logExperiment(rubicon, project, { metrics: { m: 9 } });
  const put = driver.put;
  // Two parts and the list of sources; then the manifest.
  for (let fail = 1; fail <= 3; fail++) {
    let count = 0;
    driver.put = (key, ...rest) => {
      if (++count === fail) throw new Error("the disk is full");
      return put(key, ...rest);
    };
    await assert.rejects(exportParquet(rubicon, project, options), /disk is full/);
    assert.equal(count, fail);
    assert.deepEqual(await keysOf(driver), before, `put ${fail}`);
  }
  driver.put = (key, ...rest) => {
    if (key === MANIFEST) throw new Error("the disk is full");
    return put(key, ...rest);
  };
  await assert.rejects(exportParquet(rubicon, project, options), /disk is full/);
  assert.deepEqual(await rowsOf(driver, "values"), rows);
  // Whether that manifest was written nobody knew, so what it names was left, and goes now.
  driver.put = put;
  assert.equal((await exportParquet(rubicon, project, options)).removed, 4);
  assert.equal((await rowsOf(driver, "values")).length, 4);
  assert.equal((await keysOf(driver)).length, before.length);
});

Deno.test("dataset: what onProgress throws, and an abort, end an export and leave nothing", async () => {
  const { rubicon, project } = await world();
  await using _ = rubicon;
  const { driver, options } = place();
  const seen: Progress[] = [];
  const stop = new Error("enough");
  await assert.rejects(
    exportParquet(rubicon, project, {
      ...options,
      onProgress: () => {
        throw stop;
      },
    }),
    stop,
  );
  const controller = new AbortController();
  const put = driver.put;
  driver.put = async (...args) => {
    const done = await put(...args);
    controller.abort(stop);
    return done;
  };
  await assert.rejects(
    exportParquet(rubicon, project, { ...options, signal: controller.signal }),
    stop,
  );
  assert.deepEqual(await keysOf(driver), []);
  driver.put = put;
  await exportParquet(rubicon, project, { ...options, onProgress: (one) => void seen.push(one) });
  assert.deepEqual(seen.map(({ done, total, unit }) => [done, total, unit]), [
    ...[[0, undefined, "experiments"], [3, 3, "experiments"]],
  ]);
});

Deno.test("dataset: what a process left that was killed goes with the next export", async () => {
  const { rubicon, project } = await world();
  await using _ = rubicon;
  const { driver, options } = place();
  const [left, other] = ["values/project=p/00000-dead-0.parquet", "values/notes.txt"];
  await driver.put(left, new Uint8Array([1]));
  await driver.put(other, new Uint8Array([1]));
  const { removed } = await exportParquet(rubicon, project, options);
  const keys = await keysOf(driver);
  assert.deepEqual([removed, keys.includes(left), keys.includes(other)], [1, false, true]);
});

Deno.test("dataset: of two exports at once to one place one is refused, and the other is whole", async () => {
  const { rubicon, project } = await world();
  await using _ = rubicon;
  const { driver, options } = place();
  const put = driver.put;
  let isFirst = true;
  driver.put = async (...args) => {
    const done = await put(...args);
    if (isFirst) {
      isFirst = false;
      // The other one begins later and ends earlier: it takes what nothing names for leftovers.
      await exportParquet(rubicon, project, options);
    }
    return done;
  };
  await refusedAs(exportParquet(rubicon, project, options), "already-exists", /another export/);
  assert.equal((await rowsOf(driver, "experiments")).length, 3);
  assert.equal((await keysOf(driver)).length, 4);
});

Deno.test("dataset: experiments that only a backend has that is away are not taken for deleted", async () => {
  const [a, b] = [faulty(), faulty()];
  await using rubicon = await openComposite([a, b], { onWarning() {}, write: "any" });
  const { driver, options } = place();
  const project = await createProject(rubicon, { name: "p" });
  await logExperiment(rubicon, project, { name: "in both" });
  await using alone = await openComposite([b], { onWarning() {} });
  await logExperiment(alone, project, { name: "in b" });
  await exportParquet(rubicon, project, options);
  assert.equal((await rowsOf(driver, "experiments")).length, 2);
  b.faults = { all: "before" };
  for (const since of ["last", undefined] as const) {
    await refusedAs(
      exportParquet(rubicon, project, { ...options, since }),
      "unavailable",
      /1 experiments of the dataset/,
    );
  }
  assert.equal((await rowsOf(driver, "experiments")).length, 2);
});

Deno.test("dataset: what is whole nowhere is left out with a warning, and comes once it is whole", async () => {
  const [a, warnings] = [faulty(), [] as string[]];
  await using rubicon = await openComposite([a], {
    onWarning: (message) => void warnings.push(message),
  });
  const { driver, options } = place();
  const project = await createProject(rubicon, { name: "p" });
  const { id } = await logExperiment(rubicon, project, { metrics: { m: 1, n: 2 } });
  const key = `p/experiments/${id}/metrics/n/metadata.json`;
  const { bytes } = await a.get(key);
  await a.put(key, bytes.subarray(0, 20));
  const last = { ...options, since: "last" } as const;
  assert.equal((await exportParquet(rubicon, project, last)).values, 1);
  assert.match(warnings.join(), /left out: .*metrics\/n\/metadata\.json/);
  await a.put(key, bytes);
  assert.equal((await exportParquet(rubicon, project, last)).values, 2);
  assert.equal((await rowsOf(driver, "values")).length, 2);
});

Deno.test("dataset: a folder and a bucket get the same", async () => {
  const { rubicon, project } = await world();
  await using _ = rubicon;
  await temporary(async (folder) => {
    await using server = serveFake(fakeS3());
    const configure = (rootDir: string): BackendConfig => ({
      ...{ persistence: "s3", rootDir, endpoint: server.endpoint },
      ...{ accessKeyId: "key", secretAccessKey: "secret" },
    });
    const inFolder = await exportParquet(rubicon, project, { to: folder });
    const to = "s3://bucket/set";
    const inBucket = await exportParquet(rubicon, project, { to, configure });
    assert.deepEqual(inBucket, inFolder);
    const again = await exportParquet(rubicon, project, { to, configure, since: "last" });
    assert.deepEqual([again.written, again.kept], [0, 2]);
  });
});

Deno.test("dataset: what cannot be meant is refused before anything is written", async () => {
  const { rubicon, project } = await world(0);
  await using _ = rubicon;
  const { driver, options } = place();
  const call = exportParquet as (...args: unknown[]) => Promise<unknown>;
  for (
    const [projects, changes, message] of [
      [project, { to: "" }, /to must be a folder or s3/],
      [project, { to: "gs://bucket/x" }, /to must be a folder or s3/],
      [project, { since: "yesterday" }, /since must be "last"/],
      [project, { configure: {} }, /configure must be a function/],
      [project, { from: "x" }, /from/],
      [[project, { ...project, name: "P!" }], {}, /in the list twice/],
      [[{ kind: "experiment" }], {}, /project/],
    ] as [Project, object, RegExp][]
  ) {
    await refusedAs(
      call(rubicon, projects, { ...options, ...changes }),
      "invalid-argument",
      message,
    );
  }
  assert.deepEqual(await keysOf(driver), []);
  await driver.put(MANIFEST, new TextEncoder().encode("{}"));
  await refusedAs(exportParquet(rubicon, project, options), "corrupt", /is not what exportParquet/);
  await driver.put(MANIFEST, new TextEncoder().encode('{"format":2,"projects":[],"files":[]}'));
  await refusedAs(exportParquet(rubicon, project, options), "unsupported", /format 2/);
  await temporary(async (folder) => {
    await using own = await openComposite({ persistence: "filesystem", rootDir: folder });
    const p = await createProject(own, { name: "p" });
    await refusedAs(exportParquet(own, p, { to: folder }), "invalid-argument", /the store itself/);
  });
});

Deno.test("dataset: files are of bounded size, and no row is lost between them", () => {
  const rows = new Rows("values");
  const row = (text: string) => ({
    ...{ experiment_id: "e", kind: "metric", name: "m", number: null, text, json: null },
    ...{ directionality: null, tags: [], created_at: 0 },
  });
  const long = "x".repeat(15_000_000);
  const full = Array.from({ length: 5 }, (_, at) => rows.add(row(`${at}${long}`)));
  assert.deepEqual(full.map((batch) => batch?.rows), [undefined, undefined, 2, undefined, 2]);
  assert.equal(rows.take()!.rows, 1);
  assert.equal(rows.take(), undefined);
  const points = new Points();
  const steps = Float64Array.from({ length: 1_500_000 }, (_, at) => at);
  const columns = { steps, times: steps, values: steps };
  const batches = [...points.add("e", "m", columns), ...points.add("e", "n", columns)];
  assert.deepEqual(batches.map((batch) => batch.rows), [1e6, 1e6, 1e6]);
  assert.equal(points.take(), undefined);
  const [ids, names, found] = batches[1]!.columns();
  assert.deepEqual(
    [ids!.values.length, names!.values[499_999], names!.values[500_000]],
    [1e6, "m", "n"],
  );
  assert.deepEqual([found!.values[0], found!.values[500_000]], [1e6, 0]);
});

Deno.test("dataset: an experiment stays in its group, and each is in one", () => {
  const ids = Array.from({ length: 600 }, (_, at) => String(at).padStart(4, "0"));
  const groupsOf = (all: ReturnType<typeof plan>) =>
    all.map(({ name, ids }) => ({
      ...{ name, files: [], counts: { experiments: 0, values: 0, history: 0, artifacts: 0 } },
      sources: ids.map((id) => ({ id, checksum: "" })),
    }));
  const first = plan(ids, []);
  assert.deepEqual(first.map(({ ids }) => ids.length), [256, 256, 89]);
  const same = plan(ids, groupsOf(first));
  assert.ok(same.every(({ old }) => old));
  const without = ids.filter((_, at) => at < 100 || at >= 400);
  const more = [...without, ...Array.from({ length: 200 }, (_, at) => `n${at}`)].sort();
  const next = plan(more, groupsOf(first));
  assert.deepEqual(next.map(({ name, ids, old }) => [name, ids.length, old !== undefined]), [
    ...[["00000", 101, false], ["00001", 111, false], ["00002", 256, false], ["00003", 33, false]],
  ] as never);
  assert.deepEqual(next.flatMap(({ ids }) => ids).sort(), ["", ...more]);
});
