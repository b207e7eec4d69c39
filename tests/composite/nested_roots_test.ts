/**
 * Two backends, one of which is inside the other, are no two copies.
 */
import assert from "node:assert/strict";
import { openComposite } from "../../mod.ts";
import { refused } from "../support/faulty.ts";

const folder = (rootDir: string) => ({ persistence: "filesystem", rootDir });
const s3 = (rootDir: string) => ({
  ...{ persistence: "s3", rootDir, endpoint: "http://127.0.0.1:1", region: "us-east-1" },
  ...{ accessKeyId: "key", secretAccessKey: "secret" },
});

Deno.test("openComposite() refuses roots inside each other, also through links", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/a/backup`, { recursive: true });
    await Deno.symlink(`${root}/a`, `${root}/link`);
    for (
      const [one, other] of [
        [folder(`${root}/a`), folder(`${root}/a/backup`)],
        [folder(`${root}/a/backup`), folder(`${root}/a`)],
        [folder(`${root}/link/new/deep`), folder(`${root}/a`)],
        [folder(`${root}/link/backup`), folder(`${root}/a`)],
        [s3("s3://bucket/x"), s3("s3://bucket/x/y")],
        [s3("s3://bucket"), s3("s3://bucket/x")],
      ] as const
    ) {
      const error = await refused(() => openComposite([one, other]));
      assert.equal(error.code, "invalid-config");
      assert.match(error.message, /one is inside the other.* Give one another root\./);
    }
    const same = [folder(`${root}/link`), folder(`${root}/a`)];
    assert.match((await refused(() => openComposite(same))).message, /one copy/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("openComposite() takes roots beside each other", async () => {
  const root = await Deno.makeTempDir();
  try {
    for (
      const backends of [
        [folder(`${root}/a`), folder(`${root}/ab`)],
        [s3("s3://bucket/x"), s3("s3://bucket/xy")],
        [s3("s3://bucket/x"), { ...s3("s3://bucket/x/y"), endpoint: "http://127.0.0.1:2" }],
        [{ persistence: "memory", rootDir: "x" }, { persistence: "memory", rootDir: "x/y" }],
      ]
    ) await (await openComposite(backends)).close();
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
