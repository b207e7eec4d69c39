/** Keeping stores the same: verify, repair, sync, archives, background stores. */
import assert from "node:assert/strict";
import { makeStore, ok, rubicon } from "../support/cli.ts";

Deno.test("cli: verify is exit 1 if stores differ, repair says what it would do, and does it", async () => {
  await using store = await makeStore();
  const { folder, roots } = store;
  await Deno.remove(`${folder}/b c/iris/experiments`, { recursive: true });
  const conflict = `${folder}/b c/iris/metadata.json`;
  await Deno.writeTextFile(
    conflict,
    (await Deno.readTextFile(conflict)).replace("three species", "other"),
  );
  const [differs, json, dry] = await Promise.all([
    rubicon(["verify", ...roots]),
    rubicon(["verify", "--json", ...roots]),
    rubicon(["repair", "--dry-run", ...roots]),
  ]);
  assert.equal(differs.code, 1);
  assert.match(
    differs.out,
    /^missing +iris\/experiments\/\S+ +filesystem:\S+\/a +filesystem:\S+\/b c$/m,
  );
  assert.match(differs.out, /^conflict +iris\/metadata\.json/m);
  assert.match(differs.err, /repair --dry-run/);
  const { clean, differences } = JSON.parse(json.out);
  assert.equal(clean, false);
  assert.equal(differences.length, differs.out.match(/^(?:missing|conflict) /gm)?.length);
  assert.equal(dry.code, 1);
  assert.match(dry.out, /\d+ objects would be mended, 1 conflicts are left\.\n$/);
  await assert.rejects(Deno.stat(`${folder}/b c/iris/experiments`), Deno.errors.NotFound);
  const repaired = await ok(["repair", "--conflicts", "first", ...roots]);
  assert.match(repaired, /^copy +iris\/experiments\//m);
  assert.match(repaired, /^replace +iris\/metadata\.json/m);
  assert.match(repaired, /\d+ objects are mended\.\n$/);
  assert.match(await ok(["verify", "--compare", "bytes", ...roots]), /^The stores are the same/);
});

Deno.test("cli: sync copies projects to another store, all or some, and can be run again", async () => {
  await using store = await makeStore();
  const { folder, roots } = store;
  const copy = `${folder}/copy`;
  const first = JSON.parse(await ok(["sync", "Iris", "--json", "--to", copy, ...roots]));
  assert.equal(first.length, 1);
  assert.ok(first[0].copied > 10 && first[0].skipped === 0);
  const table = await ok(["sync", "--to", copy, ...roots]);
  assert.match(table, new RegExp(`^Iris +0 +${first[0].copied} +0 B$`, "m"));
  assert.match(table, /^Prüfung 日本 +1 +0 /m);
  const clean = await ok(["verify", ...roots, "--root-dir", copy]);
  assert.match(clean, /in 3 stores/);
});

Deno.test("cli: archive makes a zip in a store, and restore brings it back", async () => {
  await using store = await makeStore();
  const { folder, roots } = store;
  const [zips, back] = [`${folder}/zips`, `${folder}/back`];
  const key = await ok(["archive", "run-1", "2222", "-p", "Iris", "--to", zips, ...roots]);
  assert.match(key, /^iris\/archives\/archive-.*\.zip\n$/);
  const ids = await ok(["restore", "-p", "Iris", "--to", back, "--root-dir", zips]);
  assert.deepEqual(ids.trim().split("\n").map((id) => id[0]).sort(), ["1", "2"]);
  const list = await ok(["ls", "Iris", "--jsonl", "--root-dir", back]);
  assert.deepEqual(list.trim().split("\n").map((line) => JSON.parse(line).name).sort(), [
    ...["run-1", "run-2"],
  ]);
});

Deno.test("cli: flush waits for background stores, and says what is still to be brought", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/rubicon.json`;
    const config = (rootDir: string) =>
      Deno.writeTextFile(
        file,
        JSON.stringify({ backends: [{ rootDir: "front" }, { rootDir, mode: "background" }] }),
      );
    await config("back");
    await ok(["log", "-p", "P", "-m", "a=1", "--config", file]);
    const done = await ok(["flush", "--config", file]);
    assert.equal(done, "All stores have everything.\n");
    assert.match(await ok(["ls", "--root-dir", `${folder}/back`]), /^P /m);
    // A store that cannot be written to keeps its part in the outbox.
    await Deno.writeTextFile(`${folder}/file`, "");
    await config("file");
    await ok(["log", "-p", "P", "-m", "a=1", "-q", "--config", file]);
    const [pending, status] = await Promise.all([
      rubicon(["flush", "--timeout", "0.5", "--json", "--config", file]),
      rubicon(["status", "--json", "--config", file]),
    ]);
    assert.equal(pending.code, 1, pending.err);
    const { done: isDone, pending: left } = JSON.parse(pending.out);
    assert.ok(!isDone && left[0].pending > 0, pending.out);
    assert.equal(status.code, 3);
    const [, background] = JSON.parse(status.out);
    assert.ok(background.mode === "background" && background.pending > 0 && !background.answers);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
