/**
 * What a folder's times are worth, and stamps that stand for what is in a folder.
 */
import fc from "npm:fast-check@4.10.2";
import assert from "node:assert/strict";
import { text } from "../../drivers/conformance/case.ts";
import type { Driver } from "../../drivers/driver.ts";
import { breathe } from "../../drivers/source.ts";
import { type MovedClock, movedClock } from "../support/clock.ts";
import { openFolder as open, temporary } from "../support/folders.ts";
import { type FaultyMount, faultyMount, ignoredMounts } from "../support/mounts.ts";
import { systemFaults } from "../support/system_faults.ts";

const HOUR = 3_600_000;
/** Longer than a folder that changed is looked at again. */
const SETTLED = 10_000;
const ignore = ignoredMounts("filesystem, times");

Deno.test({
  name: "filesystem: times() finds coarse times and a clock that is off",
  ignore,
  async fn() {
    for (const [step, ahead] of [[2000, -HOUR], [1000, HOUR], [2000, 0]] as const) {
      await using mount = await faultyMount({ step, ahead });
      const driver = open(mount.folder);
      const times = await driver.times!();
      assert.equal(times.step, step);
      assert.ok(Math.abs(times.ahead - ahead) <= step, `${times.ahead} instead of ${ahead}`);
      assert.deepEqual([...Deno.readDirSync(mount.folder)], []);
    }
  },
});

Deno.test("filesystem: times() goes by what is there if it may not write", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    const readOnly = () =>
      systemFaults((call) => /^write/.test(call) ? { code: "EROFS", when: "before" } : undefined);
    for (let at = 0; at < 4; at++) await driver.put(`${at}/a/b/c`, text("1"));
    for (const [seconds, step] of [[1_000_000_000, 2000], [1_000_000_000.5, 20]] as const) {
      for (const { name } of Deno.readDirSync(folder)) {
        Deno.utimeSync(`${folder}/${name}`, seconds, seconds);
      }
      Deno.utimeSync(folder, 1_000_000_000, 1_000_000_000);
      using _ = readOnly();
      assert.equal((await open(folder).times!()).step, step);
    }
  }));

Deno.test("filesystem: a folder whose time was set back has another stamp", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await driver.put("a/b/c/d", text("1"));
    let before: string | undefined;
    while (before === undefined) {
      await breathe(); // It has just changed, and has a stamp a moment later.
      before = (await driver.stamps!(["a/b"]))[0]!.stamp;
    }
    assert.equal((await driver.stamps!(["a/b"]))[0]!.stamp, before);
    const { mtime } = Deno.statSync(`${folder}/a/b`);
    Deno.mkdirSync(`${folder}/a/b/new`);
    Deno.utimeSync(`${folder}/a/b`, mtime!, mtime!);
    const [after] = await driver.stamps!(["a/b"]);
    assert.notEqual(after!.stamp, before);
  }));

/** The paths that are looked at, as `systemFaults` is asked before each call. */
async function looksOf(work: () => Promise<unknown>): Promise<string[]> {
  const looks: string[] = [];
  using _ = systemFaults((call, path) => {
    if (call === "lstatSync") looks.push(path);
    return undefined;
  });
  await work();
  return looks;
}

Deno.test("filesystem: a folder that was missing in one with the same stamp is not looked for", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await driver.put("a/run/x", text("1"));
    await driver.put("a/run/metrics/x/x", text("1"));
    // A link that leads nowhere yet is a name, and no folder.
    Deno.symlinkSync(`${folder}/a/later`, `${folder}/a/run/link`);
    const folders = ["a/run", "a/run/metrics", "a/run/none", "a/run/link"];
    // Long ago, so that what comes next comes at another time by any clock.
    Deno.utimeSync(`${folder}/a/run`, 1_000_000_000, 1_000_000_000);
    using _ = movedClock(SETTLED);
    const known = await driver.stamps!(folders);
    assert.deepEqual(known.map((one) => one !== undefined), [true, true, false, false]);
    const again = await looksOf(async () => {
      const stamps = await driver.stamps!(folders, { known });
      assert.ok(stamps[0] === known[0] && stamps[1] === known[1], "what holds is given back");
    });
    const looked = (name: string) => again.some((path) => path.endsWith(`/run/${name}`));
    assert.deepEqual(["metrics", "none", "link"].map(looked), [true, false, true]);
    Deno.mkdirSync(`${folder}/a/later`);
    assert.ok((await driver.stamps!(folders, { known }))[3], "the link leads somewhere by now");
    await driver.put("a/run/none/x/x", text("1"));
    const [own, , none] = await driver.stamps!(folders, { known });
    assert.notEqual(own, known[0]);
    assert.ok(none, "the folder that came is looked for");
  }));

Deno.test("filesystem: what was known before a folder had a stamp is not given back", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await driver.put("a/run/x", text("1"));
    using clock = movedClock(-SETTLED);
    const [known] = await driver.stamps!(["a/run"]);
    assert.equal(known!.stamp, undefined, "it has changed a moment ago");
    clock.move(2 * SETTLED);
    const [now] = await driver.stamps!(["a/run"], { known: [known] });
    assert.notEqual(now, known);
    assert.notEqual(now!.stamp, undefined);
  }));

Deno.test({
  name: "filesystem: there are no stamps if folders' times do not change",
  ignore,
  async fn() {
    await using mount = await faultyMount({ folderTimes: false, ahead: -HOUR });
    const driver = open(mount.folder);
    await driver.put("a/b", text("1"));
    await mount.set({ ahead: 0 });
    using _ = movedClock(SETTLED);
    assert.deepEqual(await driver.stamps!(["", "a"]), [undefined, undefined]);
  },
});

const FOLDERS = ["", "a", "a/b"];
const step = fc.oneof(
  fc.record({ does: fc.constant("look" as const) }),
  fc.record({ does: fc.constant("wait" as const), ms: fc.nat(5000) }),
  fc.record({
    does: fc.constantFrom("put" as const, "delete" as const),
    key: fc.constantFrom("a/x", "a/b/x", "a/b/y", "d/x"),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What is directly in a folder, read anew. */
const contents = async (driver: Driver, folder: string): Promise<string[]> => [
  ...await driver.folders(folder),
  ...await Array.fromAsync(driver.list(folder, { depth: 1 }), ({ key, etag }) => `${key} ${etag}`),
];

/** Reads folders as a cache does, and anew. Returns how often the cache had the answer. */
async function isNeverStale(
  steps: Step[],
  mount: FaultyMount,
  clock: MovedClock,
  time: { ahead: number },
  rootDir: string,
): Promise<number> {
  const [writer, reader] = [open(rootDir), open(rootDir)];
  await writer.put("a/b/c/d", text("1"));
  const cache = new Map<string, { stamp: string; found: string[] }>();
  let hits = 0;
  for (const step of steps) {
    if (step.does === "put") await writer.put(step.key, text("1"));
    if (step.does === "delete") await writer.delete(step.key);
    if (step.does === "wait") {
      clock.move(step.ms);
      await mount.set({ ahead: time.ahead += step.ms });
    }
    if (step.does !== "look") continue;
    const stamps = await reader.stamps!(FOLDERS);
    for (const [at, folder] of FOLDERS.entries()) {
      const stamp = stamps[at]?.stamp;
      const found = await contents(reader, folder);
      const cached = cache.get(folder);
      if (stamp === undefined) cache.delete(folder);
      else if (cached?.stamp === stamp) {
        assert.deepEqual(cached.found, found, `${folder || "the root"} is stale`);
        hits++;
      } else cache.set(folder, { stamp, found });
    }
  }
  return hits;
}

Deno.test({
  name: "filesystem: what goes by stamps is never stale, with times of 2 s",
  ignore,
  async fn() {
    await using mount = await faultyMount({ step: 2000 });
    using clock = movedClock();
    const time = { ahead: 0 };
    let [count, hits] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
        const rootDir = `${mount.folder}/${count++}`;
        hits += await isNeverStale(steps, mount, clock, time, rootDir);
      }),
      { numRuns: 25 },
    );
    assert.ok(hits > 10, `only ${hits} answers came by a stamp`);
  },
});
