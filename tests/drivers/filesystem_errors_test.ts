import assert from "node:assert/strict";
import { holds, keysOf, pattern, refused, text } from "../../drivers/conformance/case.ts";
import { openFolder as open, temporary, tree } from "../support/folders.ts";
import { systemFaults } from "../support/system_faults.ts";

Deno.test("filesystem: errors name the cause, the place and what to do", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await assert.rejects(driver.get("a/b/c"), {
      message: `filesystem:${folder}: there is no a/b/c`,
      backend: `filesystem:${folder}`,
    });
    await driver.put("file", text("x"));
    await refused(driver.put("file/below", text("y")), "unsupported");
    await refused(driver.put(`new/${"n".repeat(256)}`, text("y")), "invalid-key");
    await refused(driver.put(`new/${"é".repeat(128)}/y`, text("y")), "invalid-key");
    // Where it fails before the bytes are there, and where it fails after.
    for (const name of ["writeFileSync", "renameSync"] as const) {
      for (
        const [code, expected] of [
          ["ENOSPC", "unavailable"],
          ["EIO", "unavailable"],
          ["EROFS", "unavailable"],
          ["EACCES", "permission-denied"],
        ] as const
      ) {
        using _ = systemFaults((call) => call === name ? { code, when: "before" } : undefined);
        const put = driver.put("new/key", text("y"));
        await refused(put, expected);
        await assert.rejects(put, ({ cause, message }) => {
          assert.match(message, /Make room|system's log|mounted read-only|owner or the mode/);
          return cause.code === code;
        });
      }
    }
    assert.deepEqual([...tree(folder)], [`${folder}/file`]);
  }));

Deno.test("filesystem: a full disk leaves nothing behind", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await driver.put("old", text("old"));
    {
      using _ = systemFaults((call) =>
        /[wW]rite/.test(call) ? { code: "ENOSPC", when: "before" } : undefined
      );
      for (const key of ["old", "new/folder/key"]) {
        const stream = () => new Blob(["y"]).stream();
        for (const source of [text("y"), pattern(2_000_000), stream]) {
          await refused(driver.put(key, source), "unavailable");
        }
      }
    }
    await holds(driver, "old", text("old"));
    assert.deepEqual([...tree(folder)], [`${folder}/old`]);
  }));

Deno.test("filesystem: what is no regular file is never opened", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await driver.put("p/metadata.json", text("whole"));
    const { success } = await new Deno.Command("mkfifo", { args: [`${folder}/p/fifo`] }).output();
    assert.ok(success);
    using _socket = Deno.listen({ transport: "unix", path: `${folder}/p/socket` });
    Deno.symlinkSync("fifo", `${folder}/p/link`);
    const odd = ["p/fifo", "p/socket", "p/link"];
    const opened: string[] = [];
    {
      // An open of a FIFO would wait for ever, and the test with it.
      using _ = systemFaults((call, path) => {
        if (!call.startsWith("open") || !/fifo|socket|link/.test(path)) return;
        opened.push(path);
        return { code: "EIO", when: "before" };
      });
      for (const key of odd) {
        for (const verb of ["get", "open", "stat"] as const) {
          await refused(driver[verb](key), "not-found");
        }
      }
      assert.deepEqual(opened, []);
      await assert.rejects(driver.get("p/fifo"), /p\/fifo: what is there is no regular file/);
      assert.deepEqual(await keysOf(driver), ["p/metadata.json"]);
    }
    // It gives way to an object, as a link does.
    for (const key of odd) await driver.put(key, text(key));
    for (const key of odd) await holds(driver, key, text(key));
  }));

Deno.test("filesystem: rootDir that is a file says so", () =>
  temporary(async (folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "not a folder");
    for (const rootDir of [`${folder}/file`, `${folder}/file/below`]) {
      const driver = open(rootDir);
      const verbs = [
        driver.get("a"),
        driver.put("a", text("x")),
        driver.folders(""),
        keysOf(driver),
      ];
      for (const verb of verbs) {
        await assert.rejects(verb, {
          code: "invalid-config",
          message: /must be a folder.*is a file/,
        });
      }
    }
    assert.equal(Deno.readTextFileSync(`${folder}/file`), "not a folder");
  }));

Deno.test("filesystem: rootDir that begins with ~ is refused", () => {
  for (const rootDir of ["~", "~/runs", "~someone/runs"]) {
    assert.throws(() => open(rootDir), { code: "invalid-config", message: /\.\/~/ });
  }
  assert.equal(open("./~/runs").label, "filesystem:./~/runs");
});
