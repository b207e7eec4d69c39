/**
 * How long the driver waits for a server and for its keys, by a clock of the tests' own and a store in this process.
 */
import assert from "node:assert/strict";
import type { S3Config } from "../../drivers/s3/config.ts";
import { s3Driver } from "../../drivers/s3/driver.ts";
import { answered, fakeConfig, fakeS3 } from "../support/fake_s3.ts";
import { FakeTime } from "../support/fake_time.ts";
import { refused } from "../support/faulty.ts";

const bytes = new TextEncoder().encode("x");

/** A driver of a store whose first answers are others. */
function open(first: (() => Response)[], changes: Partial<S3Config> = {}) {
  const store = fakeS3();
  const driver = s3Driver(fakeConfig({ retries: 1, ...changes }), async (...request) => {
    const response = await store.transport(...request);
    return first.shift()?.() ?? response;
  });
  return { store, driver };
}

Deno.test("s3: a server that wants to be left alone for long is", async () => {
  using time = new FakeTime();
  for (const after of ["3600", new Date(Date.now() + 3_600_000).toUTCString()]) {
    const busy = () => answered(429, null, { "retry-after": after });
    const { store, driver } = open([busy, busy]);
    const error = await time.atOnce(refused(() => driver.put("a", bytes)));
    assert.equal(error.code, "unavailable");
    assert.equal(store.requests.length, 1);
  }
});

Deno.test("s3: a Retry-After that is a date is by the server's clock", async () => {
  using time = new FakeTime();
  // The server's clock is half a minute behind, which is not enough to matter for signatures.
  const server = Math.floor(Date.now() / 1_000) * 1_000 - 30_000;
  const [date, after] = [server, server + 2_000].map((at) => new Date(at).toUTCString());
  const busy = () => answered(503, null, { date: date!, "retry-after": after! });
  const { store, driver } = open([busy]);
  const put = driver.put("a", bytes);
  await time.tick(1_999);
  assert.equal(store.requests.length, 1);
  await time.tick(1);
  await put;
  assert.equal(store.requests.length, 2);
});

Deno.test("s3: credentials that do not come have the limit of a request, and its abort", async () => {
  using time = new FakeTime();
  const asked = Promise.withResolvers<void>();
  const credentials = () => {
    asked.resolve();
    return new Promise<never>(() => {});
  };
  const { store, driver } = open([], { credentials, requestTimeoutMs: 300 });
  const controller = new AbortController();
  const reason = new Error("enough");
  const aborted = driver.get("a", { signal: controller.signal }).catch((error) => error);
  await asked.promise;
  controller.abort(reason);
  assert.equal(await time.atOnce(aborted), reason);
  const late = refused(() => driver.get("a"));
  await time.tick(299);
  await assert.rejects(time.atOnce(late), /waits for time/);
  await time.tick(1);
  const error = await time.atOnce(late);
  assert.equal(error.code, "unavailable");
  assert.match(error.message, /credentials/);
  assert.equal(store.requests.length, 0);
});

Deno.test("s3: credentials whose end is text are taken, and those that lack a part refused", async () => {
  const keys = { accessKeyId: "key", secretAccessKey: "secret" };
  // As the AWS CLI and STS give it, in JSON.
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const texts = { ...keys, expiration } as never;
  await open([], { credentials: () => texts }).driver.put("a", bytes);
  const temporary = { ...keys, accessKeyId: "ASIAkey" };
  const odd = [undefined, {}, { accessKeyId: "key" }, { ...keys, secretAccessKey: "" }, temporary];
  for (const some of odd) {
    let asked = 0;
    const { driver } = open([], { credentials: () => (asked++, some as never) });
    const error = await refused(() => driver.get("a"));
    assert.equal(error.code, "permission-denied");
    assert.match(error.message, /credentials.*(?:accessKeyId|secretAccessKey|sessionToken)/);
    assert.equal(asked, 1, "another try does not help");
  }
});
