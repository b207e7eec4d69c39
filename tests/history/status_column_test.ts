/** The state of runs as a column of tables and queries: what it says, what it costs, and that it is never stale. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  type BulkReader,
  type Composite,
  createProject,
  type Experiment,
  listExperiments,
  logExperiment,
  openComposite,
  type Project,
  type ProjectRow,
  resumeRun,
  type Run,
  setStatus,
  startRun,
  toTable,
} from "../../mod.ts";
import { s3Driver } from "../../drivers/s3/driver.ts";
import { fakeConfig, fakeS3 } from "../support/fake_s3.ts";
import { contents, faulty } from "../support/faulty.ts";
import { movedClock } from "../support/clock.ts";
import { openFolder, temporary } from "../support/folders.ts";

/** Runs a test on memory, on a folder, and on a bucket. */
function onEach(name: string, test: (rubicon: Composite, project: Project) => Promise<void>): void {
  const drivers = {
    memory: () => ({ persistence: "memory", rootDir: crypto.randomUUID() }),
    "a bucket": () => s3Driver(fakeConfig(), fakeS3().transport),
    "a folder": (rootDir: string) => ({ persistence: "filesystem", rootDir }),
  };
  for (const [where, driver] of Object.entries(drivers)) {
    Deno.test(`status column on ${where}: ${name}`, () =>
      temporary(async (folder) => {
        await using rubicon = await openComposite(driver(folder));
        await test(rubicon, await createProject(rubicon, { name: "p" }));
      }));
  }
}

const statusOf = (rows: readonly ProjectRow[], { id }: Experiment) =>
  rows.find((row) => row.id === id)?.status;

/** So many small objects that the store keeps them together, too. */
const MANY = { parameters: { a: 1, b: 2, c: 3 }, metrics: { d: 4, e: 5 } };

onEach("it follows each change, also in a table that was read before", async (rubicon, project) => {
  const plain = await logExperiment(rubicon, project, { name: "plain", ...MANY });
  const run = await startRun(rubicon, project, { name: "run", ...MANY });
  const small = await startRun(rubicon, project, { name: "small" });
  const expects = async (...wanted: unknown[]) => {
    for (const columns of [undefined, ["id", "status"]]) {
      for (let times = 0; times < 2; times++) {
        const { rows } = await toTable(rubicon, project, columns ? { columns } : {});
        const found = [plain, run.experiment, small.experiment]
          .map((one) => statusOf(rows as ProjectRow[], one));
        assert.deepEqual(found, wanted);
      }
    }
  };
  await expects(null, "running", "running");
  run.log({ loss: 1 });
  await run.flush();
  await expects(null, "running", "running");
  await run.finish();
  await small.fail("no data");
  await expects(null, "finished", "failed");
  const again = await resumeRun(rubicon, run.experiment);
  await expects(null, "running", "failed");
  await again.cancel();
  await setStatus(rubicon, plain, "finished");
  await expects("finished", "cancelled", "failed");
});

onEach("where and orderBy take it, in each spelling", async (rubicon, project) => {
  await logExperiment(rubicon, project, { name: "plain", metrics: { acc: 1 } });
  const finished = await startRun(rubicon, project, { name: "finished", metrics: { acc: 0.5 } });
  await finished.finish();
  const failed = await startRun(rubicon, project, { name: "failed", metrics: { acc: 0.7 } });
  await failed.fail("x");
  const running = await startRun(rubicon, project, { name: "running", metrics: { acc: 0.6 } });
  const names = async (options: object) =>
    (await listExperiments(rubicon, project, options)).map(({ name }) => name);
  assert.deepEqual(await names({ where: "status = 'FAILED'" }), ["failed"]);
  assert.deepEqual(await names({ where: { status: "running" } }), ["running"]);
  assert.deepEqual(await names({ where: "attributes.status in ('finished', 'failed')" }), [
    "finished",
    "failed",
  ]);
  assert.deepEqual(await names({ where: { status: { exists: false } } }), ["plain"]);
  assert.deepEqual(await names({ where: "status != 'failed'" }), ["finished", "running"]);
  assert.deepEqual(await names({ where: "status = 'failed' or metrics.acc = 1" }), [
    "plain",
    "failed",
  ]);
  assert.deepEqual(await names({ where: "status = 'failed' and metrics.acc > 0.6" }), ["failed"]);
  assert.deepEqual(await names({ orderBy: "status" }), ["failed", "finished", "running", "plain"]);
  assert.deepEqual(await names({ where: "status = 'finished'", order: "newest", limit: 1 }), [
    "finished",
  ]);
  const { rows } = await toTable(rubicon, project, { where: "status = 'running'" });
  assert.deepEqual(rows.map(({ name, acc, status }) => [name, acc, status]), [
    ["running", 0.6, "running"],
  ]);
  await running.finish();
});

onEach(
  "a run whose process is gone is lost, and one that writes points is not",
  async (rubicon, project) => {
    const options = { heartbeatMs: 60_000 };
    const gone = await startRun(rubicon, project, { ...options, ...MANY });
    const writes = await startRun(rubicon, project, { ...options, ...MANY });
    const states = async () => {
      const { rows } = await toTable(rubicon, project);
      return [gone, writes].map((run) => statusOf(rows, run.experiment));
    };
    assert.deepEqual(await states(), ["running", "running"]);
    // The store of a bucket and the disk keep their time: the reader's is what moves.
    if (rubicon.backends[0]!.persistence === "memory") {
      using clock = movedClock();
      clock.move(119_000);
      writes.log({ loss: 1 });
      await writes.flush();
      clock.move(2_000);
      assert.deepEqual(await states(), ["lost", "running"]);
      const lost = await listExperiments(rubicon, project, { where: { status: "lost" } });
      assert.deepEqual(lost.map(({ id }) => id), [gone.experiment.id]);
    }
    await gone.finish();
    await writes.finish();
  },
);

Deno.test("status column: a folder of long ago is lost, unless its history is of now", () =>
  temporary(async (rootDir) => {
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(rubicon, { name: "p" });
    const [gone, writes] = [
      await startRun(rubicon, project, MANY),
      await startRun(rubicon, project, MANY),
    ];
    await toTable(rubicon, project);
    const old = new Date(Date.now() - 121_000);
    for (const run of [gone, writes]) {
      const folder = `${rootDir}/p/experiments/${run.experiment.id}`;
      for (const { name } of Deno.readDirSync(folder)) {
        Deno.utimeSync(`${folder}/${name}`, old, old);
      }
    }
    // It says when they were made.
    Deno.removeSync(`${rootDir}/p/digests.jsonl`);
    writes.log({ loss: 1 });
    await writes.flush();
    const { rows } = await toTable(rubicon, project);
    assert.deepEqual([gone, writes].map((run) => statusOf(rows, run.experiment)), [
      "lost",
      "running",
    ]);
    await gone.finish();
    await writes.finish();
  }));

Deno.test("status column: without status files it costs no request, with them one a run, once", async () => {
  const store = fakeS3();
  await using rubicon = await openComposite(s3Driver(fakeConfig(), store.transport));
  const project = await createProject(rubicon, { name: "p" });
  const count = async (work: () => Promise<unknown>) => {
    store.requests.length = 0;
    await work();
    // Whether the project was deleted is asked once, whatever is in it.
    return store.requests.filter((one) => /^GET (?!.*deleted_)/.test(one)).length;
  };
  const reader = async () => await openComposite(s3Driver(fakeConfig(), store.transport));
  for (let at = 0; at < 5; at++) await logExperiment(rubicon, project, { name: `e${at}` });
  const first = await reader();
  assert.equal(await count(() => toTable(first, project)), 1 + 5, "a listing, and each experiment");
  let live: Run | undefined;
  for (let at = 0; at < 3; at++) {
    const run = await startRun(rubicon, project);
    for (let step = 0; step < 5; step++) {
      run.log({ loss: step });
      await run.flush();
    }
    if (at > 0) await run.finish();
    else live = run;
  }
  const second = await reader();
  // Of two that are finished the experiment, the summary and the status; of the one that goes on no part is read.
  assert.equal(await count(() => toTable(second, project)), 1 + 5 + 2 * 3 + 2);
  assert.ok(store.requests.every((one) => !one.includes("/history/")), "no part is read");
  assert.equal(await count(() => toTable(second, project)), 1, "what was read is known");
  const third = await reader();
  const bare = () => listExperiments(third, project, { where: "status = 'running'" });
  assert.equal(await count(bare), 1 + 3 + 8, "no metric is read for a state");
  await live!.finish();
});

Deno.test("status column: a status file that is damaged is read from another backend", async () => {
  const [a, b] = [faulty(), faulty()];
  const warnings: string[] = [];
  await using both = await openComposite([a, b], { onWarning: (text) => void warnings.push(text) });
  const project = await createProject(both, { name: "p" });
  const run = await startRun(both, project);
  await run.finish();
  const [key] = Object.keys(await contents(a)).filter((one) => one.includes("/status_"));
  await a.put(key!, new TextEncoder().encode('{"state":"fin'));
  const { rows } = await toTable(both, project);
  assert.equal(rows[0]!.status, "finished");
  assert.deepEqual(warnings, []);
  await b.put(key!, new TextEncoder().encode('{"state":"fin'));
  assert.equal((await toTable(both, project)).rows[0]!.status, null);
  assert.match(warnings[0]!, /status_.*not JSON/);
});

Deno.test("status column: 1,000 finished runs list two objects more each, and no part", async () => {
  const store = fakeS3({ pageSize: 1000 });
  await using rubicon = await openComposite(s3Driver(fakeConfig(), store.transport));
  const project = await createProject(rubicon, { name: "p" });
  const run = await startRun(rubicon, project);
  run.log({ loss: 1 });
  await run.flush();
  run.log({ loss: 2 });
  await run.finish();
  const { id } = run.experiment;
  // The others are the same but for their ids, which is faster than a thousand runs.
  const others = Array.from({ length: 999 }, () => crypto.randomUUID());
  for (const [key, object] of [...store.objects]) {
    if (!key.includes(id)) continue;
    for (const other of others) {
      const text = new TextDecoder().decode(object.bytes);
      const bytes = key.endsWith(".parquet")
        ? object.bytes
        : new TextEncoder().encode(text.replaceAll(id, other));
      const etag = createHash("md5").update(bytes).digest("hex");
      store.objects.set(key.replace(id, other), { ...object, bytes, etag });
    }
  }
  // metadata, the summary, the status and the history.
  assert.equal(store.objects.size, 1 + 1000 * 4);
  store.requests.length = 0;
  await using reader = await openComposite(s3Driver(fakeConfig(), store.transport));
  assert.equal((await toTable(reader, project)).rows.length, 1000);
  const listings = store.requests.filter((one) => one.includes("list-type=2"));
  assert.ok(listings.length <= 5 + 3, `${listings.length} pages of 1,000 for 4,001 objects`);
  assert.ok(store.requests.every((one) => !/GET .*\/history\//.test(one)));
});

Deno.test("status column: a run that ends while a table looks at it is in no other state than it was", () =>
  temporary(async (rootDir) => {
    const inner = openFolder(rootDir);
    let onListed = () => Promise.resolve();
    const bulk = {
      ...inner.bulk!,
      async list(...args: Parameters<BulkReader["list"]>) {
        const found = await inner.bulk!.list(...args);
        if (args[0].some((folder) => /experiments\/[^/]+$/.test(folder))) await onListed();
        return found;
      },
    };
    await using rubicon = await openComposite({ ...inner, bulk });
    const project = await createProject(rubicon, { name: "p" });
    const run = await startRun(rubicon, project);
    onListed = async () => {
      onListed = () => Promise.resolve();
      await run.finish();
    };
    const { rows } = await toTable(rubicon, project);
    assert.equal(rows[0]!.status, "finished", "what was listed is gone, so it looks once more");
    assert.equal((await toTable(rubicon, project)).rows[0]!.status, "finished");
  }));
