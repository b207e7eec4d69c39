/** The time limit around verbs, and the bound for how many are under way, by a clock of the test's own. */
import assert from "node:assert/strict";
import type { Driver } from "../../drivers/driver.ts";
import { limit, type LimitedOptions } from "../../composite/layers/limit.ts";
import { faulty, refused } from "../support/faulty.ts";
import { FakeTime } from "../support/fake_time.ts";

const bytes = new Uint8Array(1);
/** A driver whose `stat` never answers. */
const hanging = (): Driver => ({ ...faulty(), stat: () => new Promise(() => {}) });

Deno.test("limit: a verb that never answers ends after the limit, with its signal aborted", async () => {
  using time = new FakeTime();
  const driver = faulty("slow");
  let signal: AbortSignal | null | undefined;
  driver.stat = (_key, options) => {
    signal = options?.signal;
    return new Promise(() => {});
  };
  const failure = refused(() => limit(driver, 500).stat("a"));
  await time.tick(499);
  assert.equal(signal!.aborted, false);
  await time.tick(1);
  const { code, message } = await failure;
  assert.deepEqual([code, message.slice(0, 31)], [
    "unavailable",
    "slow: no progress for 500 ms. L",
  ]);
  assert.equal(signal!.aborted, true);
  assert.equal(time.timers, 0);
});

Deno.test("limit: each call may have a limit of its own, longer or shorter", async () => {
  using time = new FakeTime();
  const driver = limit(hanging(), 500);
  const ended: string[] = [];
  for (const timeoutMs of [900, 100]) {
    const options: LimitedOptions = { timeoutMs };
    driver.stat("a", options).catch((error) => ended.push(error.message.match(/\d+ ms/)[0]));
  }
  await time.tick(100);
  assert.deepEqual(ended, ["100 ms"]);
  await time.tick(799);
  assert.deepEqual(ended, ["100 ms"]);
  await time.tick(1);
  assert.deepEqual(ended, ["100 ms", "900 ms"]);
});

Deno.test("limit: a source that goes on is progress", async () => {
  using time = new FakeTime();
  let chunks = 0;
  // deno-lint-ignore require-await -- a source may be a promise of its stream
  const source = async () =>
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise<void>((done) => setTimeout(done, 400));
        if (chunks++ < 5) controller.enqueue(new Uint8Array(1));
        else controller.close();
      },
    }, { highWaterMark: 0 });
  const put = limit(faulty(), 500).put("a", source);
  await time.tick(3_000);
  assert.equal((await put).size, 5);
});

Deno.test("limit: verbs that answer without waiting set no timer", async () => {
  using time = new FakeTime();
  const set = globalThis.setTimeout;
  let count = 0;
  globalThis.setTimeout = ((...args: Parameters<typeof set>) => {
    count++;
    return set(...args);
  }) as typeof set;
  const driver = limit(faulty(), 500);
  for (let at = 0; at < 20; at++) await driver.put(`a${at}`, bytes);
  await time.settle();
  assert.equal(count, 0);
});

Deno.test("limit: an abort rejects at once with its reason, and leaves no timer", async () => {
  using time = new FakeTime();
  let told: AbortSignal | null | undefined;
  const stat: Driver["stat"] = (_key, options) => {
    told = options?.signal;
    return new Promise(() => {});
  };
  const driver = limit({ ...faulty(), stat }, 500);
  const controller = new AbortController();
  const outcome = driver.stat("a", { signal: controller.signal }).catch((error) => error);
  await time.tick(10);
  const reason = new Error("enough");
  controller.abort(reason);
  assert.equal(await outcome, reason);
  assert.equal(told!.reason, reason);
  assert.equal(time.timers, 0);
});

Deno.test("limit: a signal that is aborted already keeps the driver from being asked", async () => {
  const driver = faulty();
  const signal = AbortSignal.abort("enough");
  const outcome = limit(driver, 500).stat("a", { signal }).catch((error) => error);
  assert.equal(await outcome, "enough");
  assert.equal(driver.calls.stat, 0);
});

Deno.test("limit: no listener stays at a signal, and the driver gets no limit of a call", async () => {
  const inner = faulty();
  let given: LimitedOptions | undefined;
  inner.folders = (_prefix, options) => {
    given = options;
    return Promise.resolve([]);
  };
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  const options: LimitedOptions = { signal, timeoutMs: 400 };
  await limit(inner, 500).folders("", options);
  assert.equal(listeners, 0);
  assert.deepEqual(Object.keys(given!), ["signal"]);
});

Deno.test("limit: what waits in line has no limit until the driver starts", async () => {
  using time = new FakeTime();
  let [under, most] = [0, 0];
  const stat: Driver["stat"] = async () => {
    most = Math.max(most, ++under);
    await new Promise<void>((done) => setTimeout(done, 400));
    under--;
    return { size: 1, lastModified: new Date() };
  };
  const driver = limit({ ...faulty(), stat }, 500);
  const all = Promise.all(Array.from({ length: 1_000 }, (_, at) => driver.stat(`${at}`)));
  await time.tick(4_000);
  assert.equal((await all).length, 1_000);
  assert.equal(most, 128);
});

Deno.test("limit: who is aborted in line lets the next one in", async () => {
  using time = new FakeTime();
  const stat: Driver["stat"] = async () => {
    await new Promise<void>((done) => setTimeout(done, 400));
    return { size: 1, lastModified: new Date() };
  };
  const driver = limit({ ...faulty(), stat }, 500);
  const first = Array.from({ length: 128 }, () => driver.stat("a"));
  const controller = new AbortController();
  const aborted = driver.stat("b", { signal: controller.signal }).catch((error) => error);
  const last = driver.stat("c");
  await time.settle();
  controller.abort("enough");
  assert.equal(await aborted, "enough");
  await time.tick(800);
  await Promise.all([...first, last]);
});

Deno.test("limit: a verb that hangs after another one did has its limit as well", async () => {
  using time = new FakeTime();
  const driver = limit(hanging(), 500);
  for (let round = 0; round < 2; round++) {
    const failure = refused(() => driver.stat("a"));
    await time.tick(500);
    assert.equal((await time.atOnce(failure)).code, "unavailable");
  }
});

Deno.test("limit: a stream goes on being read while all places are taken", async () => {
  using time = new FakeTime();
  const inner = faulty();
  await inner.put("a", bytes);
  const driver = limit({ ...hanging(), open: inner.open }, 500);
  const { stream } = await time.atOnce(driver.open("a"));
  const waiting = Array.from({ length: 200 }, () => driver.stat("b").catch(() => {}));
  assert.equal((await time.atOnce(new Response(stream).bytes())).length, 1);
  await time.tick(1_000);
  await Promise.all(waiting);
});
