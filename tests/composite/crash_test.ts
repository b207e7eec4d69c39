/**
 * A folder, versitygw and MinIO behind one composite; a process that writes and is killed; connections that are
 * cut, slowed down and reset meanwhile. What was acknowledged is there, and a repair makes all three the same.
 */
import assert from "node:assert/strict";
import {
  type Experiment,
  getProject,
  listExperiments,
  listMetrics,
  type Metric,
  openComposite,
  repair,
  verify,
} from "../../mod.ts";
import { ignoredFor } from "../support/parts.ts";
import {
  lacksServers,
  makeBucket,
  type Proxy,
  s3Config,
  startMinio,
  startToxiproxy,
  startVersitygw,
} from "../support/servers.ts";

const ROUNDS = Deno.env.get("CI") === "true" ? 100 : 10;
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Each breaks the connections to one server, and gives what mends them. */
const TOXICS: ((proxy: Proxy) => Promise<() => Promise<void>>)[] = [
  async (proxy) => {
    await proxy.enable(false);
    return () => proxy.enable(true);
  },
  (proxy) => proxy.toxic("reset_peer", { timeout: 0 }),
  (proxy) => proxy.toxic("latency", { latency: 30, jitter: 20 }),
  (proxy) => proxy.toxic("limit_data", { bytes: 200 }),
  (proxy) => proxy.toxic("timeout", { timeout: 50 }),
];

Deno.test({
  name: `crash: ${ROUNDS} rounds of killed writers and broken connections lose nothing`,
  ignore: ignoredFor("crashes against real servers", await lacksServers()),
  async fn() {
    const folder = await Deno.makeTempDir();
    await using versitygw = await startVersitygw();
    await using minio = await startMinio();
    await using proxyV = await startToxiproxy(versitygw);
    await using proxyM = await startToxiproxy(minio);
    for (const server of [versitygw, minio]) await makeBucket(server, "crash");
    const local = { persistence: "filesystem", rootDir: folder };
    const behind = (endpoint: string, server: typeof minio) => ({
      ...s3Config(server, "s3://crash/root"),
      endpoint,
      retries: 1,
      requestTimeoutMs: 500,
    });
    const writing = [local, behind(proxyV.endpoint, versitygw), behind(proxyM.endpoint, minio)];
    await using rubicon = await openComposite([
      local,
      s3Config(versitygw, "s3://crash/root"),
      s3Config(minio, "s3://crash/root"),
    ]);
    let total = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const told = await writeAndKill(writing, `round ${round}`, async () => {
        await sleep(Math.random() * 60);
        const proxy = Math.random() < 0.5 ? proxyV : proxyM;
        return await TOXICS[Math.floor(Math.random() * TOXICS.length)]!(proxy);
      });
      const [experiment, ...metrics] = told as [Experiment?, ...Metric[]];
      if (!experiment) continue;
      total += metrics.length;
      const found = await listMetrics(rubicon, experiment, { read: "merge" });
      const ids = new Set(found.map(({ id }) => id));
      for (const { id, name } of metrics) assert.ok(ids.has(id), `round ${round}: ${name} is lost`);
      if (round % 10 === 9 || round === ROUNDS - 1) {
        const { failures } = await repair(rubicon, { conflicts: "majority" });
        assert.deepEqual(failures, []);
        const { clean, differences } = await verify(rubicon);
        assert.ok(clean, JSON.stringify(differences.slice(0, 3)));
      }
    }
    assert.ok(total > ROUNDS, `${total} metrics were acknowledged in all`);
    const project = await getProject(rubicon, { name: "crash" });
    assert.ok((await listExperiments(rubicon, project)).length <= ROUNDS);
    await Deno.remove(folder, { recursive: true });
  },
});

/** Runs a writer, breaks something meanwhile, kills it, mends what was broken. Returns what it told of. */
async function writeAndKill(
  backends: unknown[],
  name: string,
  breakSomething: () => Promise<() => Promise<void>>,
): Promise<unknown[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      new URL("../support/crash_writer.ts", import.meta.url).pathname,
      JSON.stringify(backends),
      name,
    ],
    cwd: new URL("../..", import.meta.url).pathname,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  const { promise: started, resolve: begin } = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      begin();
    }
    begin();
  })();
  await started;
  const mend = await breakSomething();
  await sleep(Math.random() * 250);
  child.kill("SIGKILL");
  await child.status;
  await reading;
  await mend();
  // The last line may be cut: it was not told.
  return text.slice(0, text.lastIndexOf("\n") + 1).trim().split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
