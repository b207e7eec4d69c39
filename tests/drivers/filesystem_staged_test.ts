import assert from "node:assert/strict";
import { keysOf, refused, text } from "../../drivers/conformance/case.ts";
import { movedClock } from "../support/clock.ts";
import { openFolder as open, stagedIn, temporary, tree } from "../support/folders.ts";
import { systemFaults } from "../support/system_faults.ts";

const HOUR = 3_600_000;
const STAGED = ".staged-0c7cbc5e-6a3f-4be7-9d1c-0a52c1f6f2aa";

Deno.test("filesystem: staged files never show, and old ones are removed", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await driver.put("a/object", text("1"));
    Deno.mkdirSync(`${folder}/killed`);
    const stale = [`${folder}/killed/${STAGED}`, `${folder}/a/${STAGED}`];
    const hours = (count: number) => new Date(Date.now() - count * 3_600_000);
    for (const path of stale) {
      Deno.writeTextFileSync(path, "half");
      Deno.utimeSync(path, hours(0.5), hours(0.5));
    }
    // A whole folder is staged where an object is the first of its own.
    Deno.mkdirSync(`${folder}/b/${STAGED}`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/b/${STAGED}/object`, "half");
    Deno.utimeSync(`${folder}/b/${STAGED}`, hours(0.5), hours(0.5));
    for (const verb of ["get", "open", "stat"] as const) {
      await refused(driver[verb](`a/${STAGED}`), "not-found");
      await refused(driver[verb](`b/${STAGED}/object`), "not-found");
    }
    assert.deepEqual(await driver.folders("b"), []);
    for (const key of [`a/${STAGED}`, STAGED, `${STAGED}/b`]) {
      await refused(driver.put(key, text("x")), "invalid-key");
      await driver.delete(key);
    }
    assert.deepEqual(await keysOf(driver), ["a/object"]);
    const left = [`${folder}/a/object`, `${folder}/b/${STAGED}/object`, ...stale];
    assert.deepEqual([...tree(folder)].sort(), left.sort());
    for (const path of [...stale, `${folder}/b/${STAGED}`]) {
      Deno.utimeSync(path, hours(2), hours(2));
    }
    assert.deepEqual(await keysOf(driver), ["a/object"]);
    assert.deepEqual([...tree(folder)], [`${folder}/a/object`]);
    // A name that only begins alike is anybody's.
    await driver.put(".staged-mine", text("mine"));
    assert.deepEqual(await keysOf(driver, "", { depth: 1 }), [".staged-mine"]);
  }));

/** A staged file, and when it was last written, in hours from now. */
function stagedAt(folder: string, hours: number): string {
  const path = `${folder}/${STAGED}`;
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(path, "half");
  const time = new Date(Date.now() + hours * HOUR);
  Deno.utimeSync(path, time, time);
  return path;
}

Deno.test("filesystem: staged files are dead by the store's clock, not by this machine's", () =>
  temporary(async (folder) => {
    const live = stagedAt(`${folder}/live`, -0.5);
    const dead = stagedAt(`${folder}/dead`, -1.5);
    {
      using _ = movedClock(2 * HOUR);
      assert.deepEqual(await keysOf(open(folder)), []);
    }
    assert.deepEqual([...tree(folder)], [live], `${dead} is to be removed, and it alone`);
  }));

Deno.test("filesystem: a dead staged folder is renamed away before it is removed", () =>
  temporary(async (folder) => {
    const path = `${folder}/a/${STAGED}`;
    Deno.mkdirSync(path, { recursive: true });
    Deno.writeTextFileSync(`${path}/object`, "half");
    const time = new Date(Date.now() - 2 * HOUR);
    Deno.utimeSync(path, time, time);
    const calls: string[] = [];
    {
      using _ = systemFaults((call, at) => {
        if (at === path && /rename|remove/.test(call)) calls.push(call);
        return undefined;
      });
      assert.deepEqual(await keysOf(open(folder)), []);
    }
    assert.deepEqual(calls, ["renameSync"]);
    assert.deepEqual([...tree(folder)], [`${folder}/`]);
  }));

Deno.test("filesystem: a put whose staged file counted as dead is no success", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await driver.put("a/other", text("1"));
    const source = () =>
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          const [path] = stagedIn(folder);
          Deno.utimeSync(path!, 0, 0);
          assert.deepEqual(await keysOf(driver), ["a/other"]);
          assert.deepEqual(stagedIn(folder), []);
          controller.enqueue(text("late"));
          controller.close();
        },
      }, { highWaterMark: 0 });
    for (const ifAbsent of [false, true]) {
      const put = driver.put("a/late", source, { ifAbsent });
      await assert.rejects(put, { code: "unavailable", message: /staged file was removed/ });
    }
    assert.deepEqual([...tree(folder)], [`${folder}/a/other`]);
  }));
