/**
 * The job for Deno Deploy in this process, with a bucket that hangs: answers, and what they say.
 */
import assert from "node:assert/strict";
import { makeJob } from "../../examples/deploy_job.ts";
import { registerDriver } from "../../mod.ts";
import { contents, type Faulty, faulty } from "../support/faulty.ts";

const buckets = new Map<unknown, Faulty>();
registerDriver("bucket", ({ rootDir }) => buckets.get(rootDir)!);

/** The job on a bucket with faults and on memory, which answers at once, and a way to send it runs. */
function world(write: "all" | "any") {
  const rootDir = crypto.randomUUID();
  const bucket = faulty(`bucket-${rootDir}`);
  buckets.set(rootDir, bucket);
  const job = makeJob({
    project: "runs",
    backends: [{ persistence: "bucket", rootDir }, { persistence: "memory", rootDir }],
    options: { write, onWarning() {} },
    flushMs: 400,
  });
  const send = async (run?: unknown) => {
    const request = new Request("http://localhost/runs", {
      method: run === undefined ? "GET" : "POST",
      ...(run !== undefined && { body: JSON.stringify(run) }),
    });
    // Far beyond what the job promises: without a bound it would take half a minute for each object.
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error("there is no answer")), 25_000);
    const response = await Promise.race([job.fetch(request), late.promise]);
    clearTimeout(timer);
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { bucket, send, [Symbol.asyncDispose]: () => job.close() };
}

Deno.test("deploy job: a run keeps its tags", async () => {
  await using job = world("all");
  assert.equal((await job.send({ name: "a", tags: ["best", "nightly"] })).status, 201);
  const { body } = await job.send();
  assert.deepEqual(body[0].tags, ["best", "nightly"]);
  assert.equal((await job.send({ name: "a", tags: "best" })).status, 400);
});

Deno.test("deploy job: while the bucket hangs, memory's answer comes in time, and says who is behind", async () => {
  await using job = world("any");
  job.bucket.faults = { all: "hang" };
  const { status, body } = await job.send({ name: "a", metrics: { accuracy: 0.8 }, log: "lines" });
  assert.equal(status, 202, JSON.stringify(body));
  assert.match(body.behind[0].backend, /^bucket/);
  assert.equal((await job.send()).body[0].accuracy, 0.8);
});

Deno.test("deploy job: a run that all have to take is a 503 with Retry-After until they can", async () => {
  await using job = world("all");
  assert.equal((await job.send({ name: "first" })).status, 201);
  job.bucket.faults = { all: "hang" };
  const run = { name: "a", metrics: { accuracy: 0.8 }, parameters: { depth: 3 }, log: "lines" };
  const hanging = await job.send(run);
  assert.equal(hanging.status, 503, JSON.stringify(hanging.body));
  assert.match(hanging.headers.get("Retry-After")!, /^[1-9]\d*$/);
  job.bucket.faults = {};
  // The bucket is left alone for a while; the same run is then completed, and logged once.
  let again = hanging;
  while (again.status === 503) {
    again = await job.send(again.body.run);
    assert.ok(again.status === 201 || again.headers.has("Retry-After"), JSON.stringify(again.body));
  }
  const { id } = hanging.body.run;
  assert.equal(again.body.id, id);
  const rows: Record<string, unknown>[] = (await job.send()).body;
  const found = rows.filter(({ name }) => name === "a").map((
    row,
  ) => [row.id, row.accuracy, row.depth]);
  assert.deepEqual(found, [[id, 0.8, 3]]);
  const logs = Object.keys(await contents(job.bucket)).filter((key) => key.endsWith("/data"));
  assert.equal(logs.length, 1);
  assert.equal((await job.send({ id, name: "another" })).status, 409);
});
