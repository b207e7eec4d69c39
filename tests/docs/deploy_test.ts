/**
 * The job for Deno Deploy, with network access to its own address and the bucket's host alone, against a real S3
 * server. What it logged is looked for from outside as soon as it has answered.
 */
import assert from "node:assert/strict";
import {
  getProject,
  listArtifacts,
  listExperiments,
  listMetrics,
  openComposite,
  readArtifact,
} from "../../mod.ts";
import { ignoredFor } from "../support/parts.ts";
import {
  freePort,
  lacksServers,
  makeBucket,
  s3Config,
  type S3Server,
  startToxiproxy,
  startVersitygw,
} from "../support/servers.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const ignore = ignoredFor("the job for Deno Deploy", await lacksServers());
const PROJECT = "deployed";
const BUCKET = "s3://jobs/runs";

/** The job's configuration, and the permissions that it needs. */
function configure(server: S3Server, endpoint = server.endpoint, options = {}) {
  const port = freePort();
  const backends = [
    { ...s3Config(server, BUCKET), endpoint },
    { persistence: "memory", rootDir: `deploy-${port}` },
  ];
  return {
    config: { listen: { hostname: "127.0.0.1", port }, project: PROJECT, backends, options },
    net: [`127.0.0.1:${port}`, new URL(endpoint).host],
    url: `http://127.0.0.1:${port}/runs`,
  };
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      return await (await fetch(url)).body?.cancel();
    } catch {
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  throw new Error(`nothing answers at ${url}`);
}

async function post(url: string, run: unknown) {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(run) });
  return { status: response.status, body: await response.json() };
}

/** Sends a run, and reads it from the bucket by another composite once the answer has ended. */
async function sendAndLook(server: S3Server, url: string, log: string): Promise<void> {
  const name = `run-${crypto.randomUUID()}`;
  const { status, body } = await post(url, { name, metrics: { accuracy: 0.8 }, log });
  assert.deepEqual([status, body.behind], [201, []], JSON.stringify(body));
  await using bucket = await openComposite(s3Config(server, BUCKET));
  const project = await getProject(bucket, { name: PROJECT });
  const found = (await listExperiments(bucket, project)).filter(({ id }) => id === body.id);
  assert.equal(found[0]?.name, name);
  assert.equal((await listMetrics(bucket, found[0]!))[0]?.value, 0.8);
  const [artifact] = await listArtifacts(bucket, found[0]!);
  assert.equal(new TextDecoder().decode(await readArtifact(bucket, artifact!)), log);
  const rows: { name: string; accuracy: number }[] = await (await fetch(url)).json();
  assert.equal(rows.find((row) => row.name === name)?.accuracy, 0.8);
}

/** The job in a process of its own. */
function startJob(net: string[], config: unknown): AsyncDisposable {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...[`--config=${ROOT}deno.json`, `--allow-net=${net}`, `${ROOT}examples/deploy_job.ts`, "-"],
    ],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    env: { NO_COLOR: "1" },
  }).spawn();
  const writer = child.stdin.getWriter();
  const sent = writer.write(new TextEncoder().encode(JSON.stringify(config)))
    .then(() => writer.close());
  return {
    async [Symbol.asyncDispose]() {
      await sent;
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

Deno.test({
  name: "deploy: a process with network access to its bucket alone, and nothing else",
  ignore,
  async fn() {
    await using server = await startVersitygw();
    await makeBucket(server, "jobs");
    const { config, net, url } = configure(server);
    await using _job = startJob(net, config);
    await answers(url);
    const none = await fetch(url);
    await none.body?.cancel();
    assert.equal(none.status, 404);
    await sendAndLook(server, url, "two lines\nof a log");
    // More than a mebibyte takes another way through the driver.
    await sendAndLook(server, url, "0123456789abcdef".repeat(150_000));
    assert.equal((await post(url, { name: "no", metrics: { "!!!": 1 } })).status, 400);
    assert.equal((await post(url, null)).status, 400);
  },
});

Deno.test({
  name: "deploy: an answer waits for a slow bucket that the write did not wait for",
  ignore,
  async fn() {
    await using server = await startVersitygw();
    await makeBucket(server, "jobs");
    await using proxy = await startToxiproxy(server);
    const { config, net, url } = configure(server, proxy.endpoint, { write: "any" });
    await using _job = startJob(net, config);
    await answers(url);
    await proxy.toxic("latency", { latency: 150 });
    for (let times = 0; times < 3; times++) await sendAndLook(server, url, "slow");
    // Where the bucket cannot take it at all, the answer says so.
    await proxy.enable(false);
    const { status, body } = await post(url, { name: "while it is down" });
    assert.equal(status, 202, JSON.stringify(body));
    assert.equal(body.behind.length, 1);
  },
});

Deno.test({
  name: "deploy: a worker with network access to its bucket alone, and a tick that mends",
  ignore,
  async fn() {
    await using server = await startVersitygw();
    await makeBucket(server, "jobs");
    await using proxy = await startToxiproxy(server);
    const { config, net, url } = configure(server, proxy.endpoint, { write: "any" });
    const worker = new Worker(new URL("../support/deploy_worker.ts", import.meta.url), {
      type: "module",
      deno: {
        permissions: {
          ...{ net, read: false, write: false, env: false, run: false, sys: false, ffi: false },
          import: false,
        },
      },
    });
    try {
      const states = await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(config);
      });
      // "prompt" is what a worker has in place of "denied".
      assert.deepEqual(states, Array(6).fill("prompt"));
      await sendAndLook(server, url, "from a worker");
      await proxy.enable(false);
      const { status, body } = await post(url, { name: "while it is down" });
      assert.equal(status, 202, JSON.stringify(body));
      await proxy.enable(true);
      await mended(server, url.replace("/runs", "/tick"), body.id);
    } finally {
      worker.terminate();
    }
  },
});

/** Ticks until a run is in the bucket: a backend that failed is left alone for a while first. */
async function mended(server: S3Server, tick: string, id: string): Promise<void> {
  await using bucket = await openComposite(s3Config(server, BUCKET));
  const project = await getProject(bucket, { name: PROJECT });
  for (let tries = 0; tries < 100; tries++) {
    await (await fetch(tick)).body?.cancel();
    const found = await listExperiments(bucket, project);
    if (found.some((one) => one.id === id)) {
      assert.ok(found.some(({ tags }) => tags.includes("cron")));
      return;
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error("the tick did not bring the bucket what it missed");
}
