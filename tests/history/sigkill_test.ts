/**
 * Processes that log points and are killed at any moment: what was acknowledged is there, once; and a run whose process
 * is gone is lost by the clock of the store.
 */
import assert from "node:assert/strict";
import {
  type Composite,
  experimentStatus,
  getExperiment,
  getMetric,
  getProject,
  listExperiments,
  openComposite,
  readHistoryColumns,
  setStatus,
  toTable,
} from "../../mod.ts";
import { startWriter } from "../support/history_child.ts";
import { temporary } from "../support/folders.ts";
import { ignoredFor } from "../support/parts.ts";
import {
  lacksServers,
  makeBucket,
  type Proxy,
  s3Config,
  startToxiproxy,
  startVersitygw,
} from "../support/servers.ts";

const FOLDER_KILLS = 200;
const BUCKET_KILLS = 50;
const AT_ONCE = 3;

/** Runs `kill` so many times, some at once. */
async function killers(kills: number, kill: (at: number, killer: number) => Promise<void>) {
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async (_, killer) => {
    while (next < kills) await kill(next++, killer);
  }));
}

/**
 * Fails if a point is lost, is there twice, or is not what was logged.
 *
 * @returns How many steps were acknowledged.
 */
async function check(rubicon: Composite, name: string, lines: readonly string[]): Promise<number> {
  const [id, ...steps] = lines;
  if (id === undefined) return 0;
  const project = await getProject(rubicon, { name: "p" });
  const experiment = await getExperiment(rubicon, project, { id });
  assert.equal(experiment.name, name);
  const columns = await readHistoryColumns(rubicon, experiment);
  const said = Math.max(-1, ...steps.map(Number));
  const [loss, acc] = [columns.get("loss"), columns.get("acc")];
  assert.ok(said < (loss?.steps.length ?? 0), `${name}: ${said} was acknowledged and is not there`);
  const wanted = Float64Array.from(loss?.steps ?? [], (_, at) => at);
  assert.deepEqual(loss?.steps ?? wanted, wanted, `${name}: each step once, up to the last`);
  assert.deepEqual(loss?.values ?? wanted, wanted);
  assert.deepEqual(acc?.values ?? wanted, wanted.map((step) => -step));
  assert.equal((await experimentStatus(rubicon, experiment))?.state, "running");
  return said + 1;
}

const pause = (most: number) => new Promise((resolve) => setTimeout(resolve, Math.random() * most));

Deno.test(`history: ${FOLDER_KILLS} killed processes lose no acknowledged point in a folder`, () =>
  temporary(async (rootDir) => {
    const backends = [{ persistence: "filesystem", rootDir }];
    await using rubicon = await openComposite(backends);
    let total = 0;
    await killers(FOLDER_KILLS, async (at) => {
      const child = startWriter(backends, "flush", `run ${at}`);
      await child.said(2);
      await pause(40);
      child.kill("SIGKILL");
      const { status, lines } = await child.end();
      assert.equal(status.signal, "SIGKILL");
      total += await check(rubicon, `run ${at}`, lines);
    });
    assert.ok(total > 10 * FOLDER_KILLS, `${total} steps were acknowledged in all`);
    const project = await getProject(rubicon, { name: "p" });
    // Two heartbeats later, by the disk's clock.
    age(rootDir, new Date(Date.now() - 121_000));
    const { rows } = await toTable(rubicon, project);
    assert.ok(rows.length >= FOLDER_KILLS && rows.every(({ status }) => status === "lost"));
    const [one] = await listExperiments(rubicon, project, { where: { status: "lost" }, limit: 1 });
    const before = await readHistoryColumns(rubicon, one!);
    await setStatus(rubicon, one!, "failed", { reason: "its process was killed" });
    assert.deepEqual(await readHistoryColumns(rubicon, one!), before);
    const last = await getMetric(rubicon, one!, { name: "loss" });
    assert.equal(last.value, before.get("loss")!.values.at(-1));
  }));

/** Gives all files and folders below a time. */
function age(folder: string, time: Date): void {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) age(`${folder}/${name}`, time);
    Deno.utimeSync(`${folder}/${name}`, time, time);
  }
}

/** Each breaks the connection, and gives what mends it. */
const TOXICS: ((proxy: Proxy) => Promise<() => Promise<void>>)[] = [
  async (proxy) => {
    await proxy.enable(false);
    return () => proxy.enable(true);
  },
  (proxy) => proxy.toxic("reset_peer", { timeout: 0 }),
  (proxy) => proxy.toxic("latency", { latency: 30, jitter: 20 }),
  (proxy) => proxy.toxic("limit_data", { bytes: 400 }),
  (proxy) => proxy.toxic("timeout", { timeout: 50 }),
];

Deno.test({
  name: `history: ${BUCKET_KILLS} killed processes lose no acknowledged point behind Toxiproxy`,
  ignore: ignoredFor("histories behind Toxiproxy", await lacksServers()),
  async fn() {
    await using server = await startVersitygw();
    await makeBucket(server, "history");
    const proxies = await Promise.all(
      Array.from({ length: AT_ONCE }, () => startToxiproxy(server)),
    );
    const config = { ...s3Config(server, "s3://history/root") };
    await using rubicon = await openComposite([config]);
    let total = 0;
    try {
      await killers(BUCKET_KILLS, async (at, killer) => {
        const proxy = proxies[killer]!;
        const behind = { ...config, endpoint: proxy.endpoint, retries: 1, requestTimeoutMs: 500 };
        const child = startWriter([behind], "flush", `run ${at}`, { timeoutMs: 2_000 });
        await child.said(2);
        await pause(60);
        const mend = await TOXICS[at % TOXICS.length]!(proxy);
        await pause(200);
        child.kill("SIGKILL");
        const { status, lines } = await child.end();
        assert.equal(status.signal, "SIGKILL");
        await mend();
        total += await check(rubicon, `run ${at}`, lines);
      });
    } finally {
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
    }
    assert.ok(total > 3 * BUCKET_KILLS, `${total} steps were acknowledged in all`);
  },
});
