import assert from "node:assert/strict";
import { holds, keysOf, refused, text } from "../../drivers/conformance/case.ts";
import { openFolder as open, temporary, tree } from "../support/folders.ts";

Deno.test("filesystem: no symbolic link leads out of the root", () =>
  temporary(async (folder) => {
    const [root, out] = [`${folder}/root`, `${folder}/out`];
    const driver = open(root);
    await driver.put("in/object", text("inside"));
    Deno.mkdirSync(out);
    Deno.writeTextFileSync(`${out}/secret`, "secret");
    Deno.symlinkSync(out, `${root}/out`);
    Deno.symlinkSync(`${out}/secret`, `${root}/file`);
    Deno.symlinkSync("../..", `${root}/in/up`);
    Deno.symlinkSync("in", `${root}/alias`);
    Deno.symlinkSync("object", `${root}/in/same`);
    Deno.symlinkSync("nowhere", `${root}/dangling`);
    Deno.symlinkSync("..", `${root}/in/circle`);
    Deno.symlinkSync("itself", `${root}/itself`);
    for (const key of ["out/secret", "file", "in/up/out/secret", "itself"]) {
      await refused(driver.get(key), "permission-denied");
      await refused(driver.open(key), "permission-denied");
      await refused(driver.stat(key), "permission-denied");
    }
    const outside = ["out/new", "out/secret", "out/a/new", "out/a/b/new", "in/up/out/a/new"];
    for (const key of outside) {
      for (const ifAbsent of [true, false]) {
        await refused(driver.put(key, text("x"), { ifAbsent }), "permission-denied");
      }
    }
    for (const key of ["out/new", "out/secret", "in/up/out/secret"]) {
      await refused(driver.delete(key), "permission-denied");
    }
    for (const prefix of ["out", "in/up/out"]) {
      await refused(driver.folders(prefix), "permission-denied");
      await refused(keysOf(driver, prefix), "permission-denied");
    }
    assert.deepEqual([...tree(out)], [`${out}/secret`]);
    // Links that stay inside are followed, but never in a circle.
    await holds(driver, "alias/object", text("inside"));
    const keys = await keysOf(driver);
    for (const key of ["in/object", "in/same", "alias/object"]) assert.ok(keys.includes(key), key);
    for (const key of ["file", "out/secret", "dangling"]) assert.ok(!keys.includes(key), key);
    assert.deepEqual(keys.filter((key) => /circle|up/.test(key)), []);
    assert.deepEqual((await driver.folders("")).sort(), ["alias", "in"]);
    // What is written to the key of a link replaces the link, and not what it leads to.
    await driver.put("file", text("mine"));
    await driver.delete("dangling");
    await holds(driver, "file", text("mine"));
    assert.equal(Deno.readTextFileSync(`${out}/secret`), "secret");
  }));

Deno.test("filesystem: the root may be a symbolic link, also one that changes", () =>
  temporary(async (folder) => {
    Deno.mkdirSync(`${folder}/one`);
    Deno.mkdirSync(`${folder}/two`);
    Deno.symlinkSync("one", `${folder}/root`);
    const driver = open(`${folder}/root`);
    await driver.put("a/b", text("1"));
    Deno.removeSync(`${folder}/root`);
    Deno.symlinkSync("two", `${folder}/root`);
    await refused(driver.get("a/b"), "not-found");
    await driver.put("a/b", text("2"));
    assert.equal(Deno.readTextFileSync(`${folder}/one/a/b`), "1");
    assert.equal(Deno.readTextFileSync(`${folder}/two/a/b`), "2");
  }));
