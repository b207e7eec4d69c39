/**
 * Real mounts on a bad day: they hang, fill up, are taken away or replaced.
 */
import assert from "node:assert/strict";
import { createProject, logExperiment, openComposite, type RubiconException } from "../../mod.ts";
import { holds, keysOf, pattern, refused, text } from "../../drivers/conformance/case.ts";
import { movedClock } from "../support/clock.ts";
import { openFolder as open, stagedIn } from "../support/folders.ts";
import { faultyMount, ignoredMounts, memoryDisk, smallDisk } from "../support/mounts.ts";

const ignore = ignoredMounts("filesystem, mounts");
/** Longer than the root counts as looked at. */
const LATER = 1000;
/** So long a mount hangs: a call that waits for it would be done at last, and the test would see that. */
const HANGS = 10_000;

Deno.test({
  name: "filesystem: a mount that hangs costs its own backend's time limit, not the process",
  ignore,
  async fn() {
    await using mount = await faultyMount();
    const rootDir = mount.folder;
    await using rubicon = await openComposite([
      { persistence: "filesystem", rootDir, label: "hangs", timeoutMs: 200 },
      { persistence: "memory", rootDir: crypto.randomUUID(), label: "memory" },
    ]);
    const project = await createProject(rubicon, { name: "Iris" });
    using clock = movedClock();
    clock.move(LATER);
    await mount.set({ hangs: HANGS });
    for (let at = 0; at < 3; at++) {
      const logged = logExperiment(rubicon, project, { write: "all" });
      await assert.rejects(logged, (error: RubiconException) => {
        const [first, second] = error.receipts;
        assert.match(first!.error!.message, /no progress for 200 ms/);
        assert.equal(second!.outcome, "ok");
        return true;
      });
    }
    await mount.set({ hangs: 0 });
  },
});

Deno.test({
  name: "filesystem: a verb that waits for a mount is aborted at once",
  ignore,
  async fn() {
    await using mount = await faultyMount();
    const driver = open(mount.folder);
    await driver.put("a", text("a"));
    using clock = movedClock();
    clock.move(LATER);
    await mount.set({ hangs: HANGS });
    const abort = new AbortController();
    const { signal } = abort;
    const verbs = [
      driver.get("a", { signal }),
      driver.put("a", text("b"), { signal }),
      Array.fromAsync(driver.list("", { signal })),
    ];
    const reason = new Error("mine");
    queueMicrotask(() => abort.abort(reason));
    for (const verb of verbs) await assert.rejects(verb, (error) => error === reason);
    await mount.set({ hangs: 0 });
    await holds(driver, "a", text("a"));
  },
});

Deno.test({
  name: "filesystem: a full disk that is told of at the close is no success",
  ignore,
  async fn() {
    await using mount = await faultyMount();
    const driver = open(mount.folder);
    await driver.put("p/e/old/data", text("old"));
    await mount.set({ room: 1000 });
    const bytes = pattern(2000);
    const sources = [bytes, () => new Blob([bytes]).stream()];
    for (const source of sources) {
      for (const key of ["p/e/old/data", "p/e/new/data"]) {
        await refused(driver.put(key, source), "unavailable");
        const created = driver.put(`${key}2`, source, { ifAbsent: true });
        await assert.rejects(created, { code: "unavailable", message: /of 2000 bytes.*make room/ });
      }
    }
    assert.equal(await driver.putTree!("p/e/tree", [["data", bytes]]), false);
    assert.deepEqual(await keysOf(driver), ["p/e/old/data"]);
    await holds(driver, "p/e/old/data", text("old"));
    assert.deepEqual(stagedIn(mount.folder), []);
  },
});

Deno.test({
  name: "filesystem: on a disk that fills up, what is acknowledged is whole",
  ignore,
  async fn() {
    await using disk = await smallDisk(2);
    const driver = open(`${disk.folder}/root`);
    const there: string[] = [];
    let full = 0;
    for (let at = 0; full < 20; at++) {
      const key = `p/e/${at}/data`;
      try {
        await driver.put(key, pattern(20_000, at), { ifAbsent: at % 2 === 0 });
        there.push(key);
      } catch (error) {
        assert.equal((error as { code: string }).code, "unavailable");
        full++;
      }
    }
    assert.ok(there.length > 10);
    assert.deepEqual(await keysOf(driver), there.sort());
    for (const key of there) await holds(driver, key, pattern(20_000, Number(key.split("/")[2])));
    assert.deepEqual(stagedIn(disk.folder), []);
  },
});

for (const below of ["", "/runs"]) {
  Deno.test({
    name: `filesystem: a root${below && " below one"} that is unmounted takes no writes`,
    ignore,
    async fn() {
      await using disk = await smallDisk(2);
      const driver = open(disk.folder + below);
      await driver.put("a/b/c/d", text("old"));
      using clock = movedClock();
      await disk.unmount();
      clock.move(LATER);
      const put = driver.put("a/b/c/e", text("new"));
      await assert.rejects(put, { code: "unavailable", message: /Mount the disk again/ });
      await refused(driver.get("a/b/c/d"), "unavailable");
      await refused(keysOf(driver), "unavailable");
      assert.deepEqual(
        [...Deno.readDirSync(disk.folder)],
        [],
        "something was written into nothing",
      );
      await disk.mount();
      clock.move(LATER);
      await driver.put("a/b/c/e", text("new"));
      assert.deepEqual(await keysOf(driver), ["a/b/c/d", "a/b/c/e"]);
    },
  });
}

Deno.test({
  name: "filesystem: a root that a disk is mounted over takes no writes",
  ignore,
  async fn() {
    await using disk = await memoryDisk(1);
    await disk.unmount();
    const driver = open(disk.folder);
    await driver.put("a/b", text("old"));
    using clock = movedClock();
    await disk.mount();
    clock.move(LATER);
    await refused(driver.put("a/c", text("new")), "unavailable");
    assert.deepEqual([...Deno.readDirSync(disk.folder)], []);
    await open(disk.folder).put("a/c", text("meant"));
  },
});
