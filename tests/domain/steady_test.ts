/**
 * Sources that change while they are read: every backend has the same bytes, or none of its own.
 */
import assert from "node:assert/strict";
import {
  addTags,
  archiveProject,
  type ArtifactInput,
  createProject,
  logArtifact,
  logExperiment,
  openComposite,
} from "../../mod.ts";
import type { Driver } from "../../drivers/driver.ts";
import { contents, faulty, refused } from "../support/faulty.ts";

/** Two backends, of which the second one stores data only once the first one has it and `meanwhile` has run. */
async function world() {
  const first = faulty("first");
  const second = faulty("second");
  const state = { meanwhile: (_first: Driver): unknown => undefined };
  const stored = Promise.withResolvers<void>();
  const isData = (key: string) => /\/data$|\.zip$/.test(key);
  const rubicon = await openComposite([
    {
      ...first,
      async put(key, source, options) {
        const result = await first.put(key, source, options);
        if (isData(key)) stored.resolve();
        return result;
      },
    },
    {
      ...second,
      async put(key, source, options) {
        if (isData(key)) await stored.promise.then(() => state.meanwhile(first));
        return await second.put(key, source, options);
      },
    },
  ]);
  return { first, second, rubicon, state, project: await createProject(rubicon, { name: "p" }) };
}

async function withFolder(work: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const MEBIBYTE = 2 ** 20;
const append = { append: true };

Deno.test("logArtifact() of a growing file stores what was there when it was called", () =>
  withFolder(async (folder) => {
    const { first, second, rubicon, state, project } = await world();
    await using _ = rubicon;
    await Deno.writeFile(`${folder}/log`, new Uint8Array(2 * MEBIBYTE).fill(1));
    state.meanwhile = () => Deno.writeFile(`${folder}/log`, Uint8Array.of(2, 2), append);
    await logArtifact(rubicon, project, { path: `${folder}/log` });
    const { [await dataKey(first)]: data } = await contents(first);
    assert.equal(data?.length, 2 * MEBIBYTE);
    assert.deepEqual(await contents(second), await contents(first));
  }));

Deno.test("logArtifact() of a directory stores its files as they were when it was called", () =>
  withFolder(async (folder) => {
    const { first, second, rubicon, state, project } = await world();
    await using _ = rubicon;
    await Deno.writeTextFile(`${folder}/log`, "line\n");
    state.meanwhile = async () => {
      await Deno.writeTextFile(`${folder}/log`, "another\n", append);
      await Deno.writeTextFile(`${folder}/new`, "");
    };
    await logArtifact(rubicon, project, { directory: folder });
    assert.deepEqual(await contents(second), await contents(first));
  }));

Deno.test("logArtifact() refuses a source that gives each backend another content", () =>
  withFolder(async (folder) => {
    const file = `${folder}/weights`;
    const rewritten = (bytes: Uint8Array) => () => Deno.writeFile(file, bytes);
    let calls = 0;
    const cases: [ArtifactInput, () => unknown, RegExp][] = [
      [
        { path: file },
        rewritten(new Uint8Array(2 * MEBIBYTE).fill(2)),
        /changed while it was read/,
      ],
      [{ path: file }, rewritten(new Uint8Array(MEBIBYTE)), /became shorter while it was read/],
      [{ directory: folder }, rewritten(new Uint8Array(2 * MEBIBYTE).fill(2)), /changed while/],
      [
        { name: "f", data: () => new Blob([`call ${calls++}`]).stream() },
        () => {},
        /data changed while it was read/,
      ],
    ];
    for (const [input, meanwhile, message] of cases) {
      await Deno.writeFile(file, new Uint8Array(2 * MEBIBYTE).fill(1));
      const { first, second, rubicon, state, project } = await world();
      await using _ = rubicon;
      state.meanwhile = meanwhile;
      const error = await refused(() => logArtifact(rubicon, project, input));
      assert.match(error.message, message);
      assert.equal(error.code, "invalid-argument");
      assert.deepEqual(error.receipts.map(({ outcome }) => outcome), ["ok", "failed"]);
      assert.ok(await dataKey(first), "the first backend has it");
      assert.equal(await dataKey(second), "", "the second one has nothing of it");
    }
  }));

Deno.test("archiveProject() gives each backend the same archive if tags change meanwhile", async () => {
  const { first, second, rubicon, state, project } = await world();
  await using _ = rubicon;
  await addTags(rubicon, await logExperiment(rubicon, project), ["a", "b"]);
  let changes = 0;
  state.meanwhile = async (first) => {
    for await (const { key } of first.list("")) {
      if (!key.includes("/tags_")) continue;
      await first.put(key, new TextEncoder().encode('{"added_tags": ["b"]}'));
      changes++;
    }
  };
  const key = await archiveProject(rubicon, project);
  assert.ok(changes > 0);
  assert.deepEqual((await first.get(key)).bytes, (await second.get(key)).bytes);
});

async function dataKey(driver: Driver): Promise<string> {
  return Object.keys(await contents(driver)).find((key) => key.endsWith("/data")) ?? "";
}
