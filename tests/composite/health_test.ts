/** The circuit breaker, by a clock of the test's own. */
import assert from "node:assert/strict";
import { breaker } from "../../composite/layers/breaker.ts";
import { Health } from "../../composite/layers/health.ts";
import { FakeTime } from "../support/fake_time.ts";
import { faulty, refused } from "../support/faulty.ts";

/** A backend whose circuit opened by three failures. */
async function opened() {
  const inner = faulty("b");
  const health = new Health("b", "faulty");
  const driver = breaker(inner, health);
  inner.faults = { all: "before" };
  for (let at = 0; at < 3; at++) await refused(() => health.run(() => driver.folders("")));
  return { inner, health, driver };
}

Deno.test("health: three failures in a row open the circuit, and a success closes it", async () => {
  using time = new FakeTime();
  const { inner, health, driver } = await opened();
  assert.equal(health.circuit, "open");
  assert.match(health.status().lastError!, /folders is out of order$/);
  const { code, message } = await refused(() => health.run(() => driver.folders("")));
  assert.equal(code, "unavailable");
  assert.match(
    message,
    /^b: left alone for a while after 3 failures in a row, the last: folders is/,
  );
  assert.equal(inner.calls.folders, 3);
  await time.tick(1_000);
  assert.equal(health.circuit, "half-open");
  inner.faults = {};
  await health.run(() => driver.folders(""));
  assert.deepEqual([health.circuit, health.status().failures], ["closed", 0]);
});

Deno.test("health: each failed try doubles the pause, up to a minute", async () => {
  using time = new FakeTime();
  const { health, driver } = await opened();
  for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    await time.tick(pause - 1);
    assert.equal(health.circuit, "open", `${pause}`);
    await time.tick(1);
    assert.equal(health.circuit, "half-open", `${pause}`);
    await refused(() => health.run(() => driver.folders("")));
  }
});

Deno.test("health: of failures at once one counts once the circuit is open", async () => {
  using _time = new FakeTime();
  const { health, driver } = await opened();
  await Promise.all(Array.from({ length: 9 }, () => driver.folders("").catch(() => {})));
  assert.equal(health.status().failures, 3);
});

Deno.test("health: one operation alone tries a half-open circuit; the others wait for it", async () => {
  using time = new FakeTime();
  const { inner, health, driver } = await opened();
  inner.faults = { folders: { late: 100 } };
  await time.tick(1_000);
  const all = Promise.all(Array.from({ length: 5 }, () => health.run(() => driver.folders(""))));
  await time.tick(50);
  assert.equal(inner.calls.folders, 4);
  await time.tick(500);
  await all;
  assert.equal(inner.calls.folders, 8);
});

Deno.test("health: the first answer that a try gets lets the others go on", async () => {
  using time = new FakeTime();
  const { inner, health, driver } = await opened();
  inner.faults = {};
  await time.tick(1_000);
  const rest = Promise.withResolvers<void>();
  const trial = health.run(async () => {
    await driver.folders("");
    await rest.promise;
  });
  let done = false;
  const other = health.run(() => driver.folders("")).then(() => done = true);
  await time.settle();
  assert.ok(done);
  rest.resolve();
  await Promise.all([trial, other]);
});

Deno.test("health: those that wait for a try that fails are refused", async () => {
  using time = new FakeTime();
  const { inner, health, driver } = await opened();
  await time.tick(1_000);
  const all = Promise.allSettled(
    Array.from({ length: 5 }, () => health.run(() => driver.folders(""))),
  );
  await time.settle();
  assert.ok((await all).every(({ status }) => status === "rejected"));
  assert.equal(inner.calls.folders, 4);
});

Deno.test("health: an operation that asks nothing of the backend is no trial that never ends", async () => {
  using time = new FakeTime();
  const { health } = await opened();
  await time.tick(1_000);
  for (let at = 0; at < 3; at++) await health.run(() => Promise.resolve());
  assert.equal(health.circuit, "half-open");
});

Deno.test("health: a missing key, a bad one and an abort are no trouble of the backend", async () => {
  const inner = faulty("b");
  const health = new Health("b", "faulty");
  const driver = breaker(inner, health);
  for (let at = 0; at < 4; at++) await refused(() => driver.get("missing"));
  const reason = new Error("enough");
  inner.get = () => Promise.reject(reason);
  for (let at = 0; at < 4; at++) {
    await driver.get("a", { signal: AbortSignal.abort(reason) }).catch(() => {});
  }
  assert.equal(health.status().failures, 0);
});

Deno.test("health: a stream that breaks off counts as a failure", async () => {
  const inner = faulty("b");
  const health = new Health("b", "faulty");
  const driver = breaker(inner, health);
  await inner.put("a", new Uint8Array(8));
  inner.faults = { open: "during" };
  const { stream } = await driver.open("a");
  await refused(() => Array.fromAsync(stream));
  assert.equal(health.status().failures, 1);
});

Deno.test("health: lacks() tells how much was missed, the first of it, and why", () => {
  const health = new Health("b", "faulty");
  assert.equal(health.lacks(), undefined);
  health.missed('metric "0"', new Error("disk full"));
  assert.equal(
    health.lacks(),
    'b: 1 write is missing there: metric "0" (disk full). Run repair() when it can be written to.',
  );
  for (let at = 1; at < 3; at++) health.missed(`metric "${at}"`);
  assert.match(
    health.lacks()!,
    /^b: 3 writes are missing there: metric "0", metric "1", metric "2" \(disk full\)\./,
  );
  health.missed('metric "3"');
  assert.match(health.lacks()!, /^b: 4 writes are .* metric "2", … \(disk full\)\./);
  health.repaired(3);
  assert.match(health.lacks()!, /^b: 1 write is missing there: metric "0", .* \(disk full\)/);
  health.repaired(1);
  assert.deepEqual([health.lacks(), health.status().missed], [undefined, 0]);
  health.missed('metric "4"');
  assert.match(health.lacks()!, /^b: 1 write is missing there: metric "4"\. Run repair/);
});
