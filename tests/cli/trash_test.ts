/** The trash: rm, undelete, empty-trash. */
import assert from "node:assert/strict";
import { idOf, makeStore, ok, rubicon } from "../support/cli.ts";

Deno.test("cli: rm moves experiments to the trash, undelete brings them back", async () => {
  await using store = await makeStore();
  const of = ["-p", "Iris", ...store.roots];
  const names = async () =>
    (await ok(["ls", "Iris", "--jsonl", ...store.roots])).trim().split("\n").filter((line) =>
      line !== ""
    )
      .map((line) => JSON.parse(line).name);
  assert.equal(await ok(["rm", "run-1", "2222", "run-1", ...of]), `${idOf(1)}\n${idOf(2)}\n`);
  assert.deepEqual(await names(), ["run-3"]);
  const [trash, json, empty, missing] = await Promise.all([
    ok(["undelete", ...of]),
    ok(["undelete", "--json", ...of]),
    rubicon(["undelete", "--whole-project", ...store.roots]),
    rubicon(["undelete", "run-11", ...of]),
  ]);
  assert.match(trash, /^ID +NAME +DELETED \(UTC\) +SIZE\n/);
  assert.deepEqual(JSON.parse(json).map((one: { id: string }) => one.id).toSorted(), [
    idOf(1),
    idOf(2),
  ]);
  assert.match(empty.err, /Nothing is in the trash/);
  assert.equal(missing.code, 1);
  assert.match(missing.err, /There is no "run-11" in the trash\. Did you mean "run-1"/);
  assert.equal(await ok(["undelete", "run-1", "2222", ...of]), `${idOf(1)}\n${idOf(2)}\n`);
  assert.deepEqual((await names()).toSorted(), ["run-1", "run-2", "run-3"]);
  assert.match(await ok(["verify", ...store.roots]), /^The stores are the same/);
});

Deno.test("cli: rm takes a project only if it is named, and undelete brings it back", async () => {
  await using store = await makeStore();
  const { roots } = store;
  const [unnamed, both, none] = await Promise.all([
    rubicon(["rm", "--whole-project", ...roots], { env: { RUBICON_PROJECT_NAME: "Iris" } }),
    rubicon(["rm", "run-1", "--whole-project", "-p", "Iris", ...roots]),
    rubicon(["rm", "-p", "Iris", ...roots]),
  ]);
  assert.deepEqual([unnamed.code, both.code, none.code], [2, 2, 2]);
  assert.match(unnamed.err, /Which project goes\?/);
  assert.equal(await ok(["rm", "--whole-project", "-p", "Iris", ...roots]), `${idOf(0)}\n`);
  assert.doesNotMatch(await ok(["ls", ...roots]), /Iris/);
  assert.match(await ok(["undelete", "--whole-project", ...roots]), /Iris/);
  assert.equal(await ok(["undelete", "--whole-project", "Iris", ...roots]), `${idOf(0)}\n`);
  assert.match(await ok(["ls", "--long", ...roots]), /^Iris +3 /m);
});

Deno.test("cli: empty-trash asks for --yes, and what it empties is gone", async () => {
  await using store = await makeStore();
  const of = ["-p", "Iris", ...store.roots];
  await ok(["rm", "run-1", ...of]);
  const [neither, dry, young, span] = await Promise.all([
    rubicon(["empty-trash", ...of]),
    ok(["empty-trash", "--dry-run", ...of]),
    ok(["empty-trash", "--dry-run", "--older-than", "1d", "--json", ...of]),
    rubicon(["empty-trash", "--dry-run", "--older-than", "soon", ...of]),
  ]);
  assert.equal(neither.code, 2);
  assert.match(neither.err, /gone for good: --dry-run says what that is, --yes does it/);
  assert.match(dry, /run-1[^]*1 of them would be gone/);
  assert.deepEqual(JSON.parse(young).emptied, []);
  assert.equal(span.code, 2);
  assert.match(await ok(["undelete", ...of]), /run-1/);
  assert.match(await ok(["empty-trash", "--yes", ...of]), /1 of them are gone/);
  assert.equal((await rubicon(["undelete", "run-1", ...of])).code, 1);
  assert.match(await ok(["verify", ...store.roots]), /^The stores are the same/);
});
