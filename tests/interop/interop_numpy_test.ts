import assert from "node:assert/strict";
import { createProject, listMetrics, logExperiment, logMetric, openComposite } from "../../mod.ts";
import { refused } from "../support/faulty.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";

Deno.test({
  name:
    "rubicon-ml: numpy arrays of every type are read, and none that numpy cannot read is written",
  ignore: ignoredFor("rubicon-ml", await lacksPython()),
  async fn() {
    const root = await Deno.makeTempDir();
    try {
      await using rubicon = await openComposite({ persistence: "filesystem", rootDir: root });
      const project = await createProject(rubicon, { name: "p" });
      const experiment = await logExperiment(rubicon, project);
      const log = (dtype: unknown, size: number) =>
        logMetric(rubicon, experiment, {
          name: `m ${String(dtype).replace(/[<>|=[\],]/g, (sign) => String(sign.charCodeAt(0)))}`,
          value: { dtype: dtype as string, shape: [2], data: new Uint8Array(2 * size) },
        });
      const good: (readonly [dtype: unknown, size: number])[] = [
        ...[["|u1", 1], [">i4", 4], ["<c16", 16], ["|S3", 3], ["<U2", 8], ["|V2", 2]] as const,
        ...[["<M8[us]", 8], ["<m8[ns]", 8], ["<M8[25s]", 8]] as const,
        [[["a", "<i4"], ["b", "<f8", [2]]], 20],
        [[["a", [["b", "<i4"]]]], 4],
      ];
      for (const [dtype, size] of good) await log(dtype, size);
      const bad: (readonly [dtype: unknown, size: number])[] = [
        ...[["|O", 8], ["foo", 1], ["", 1], ["<f3", 3], ["<i16", 16], ["<M8[x]", 8]] as const,
        [[["a", "|O"]], 8],
        [[["a", [["b", "foo"]]]], 4],
        [[], 1],
      ];
      for (const [dtype, size] of bad) {
        const error = await refused(() => log(dtype, size));
        assert.equal(error.code, "invalid-argument", JSON.stringify(dtype));
      }
      const dtypes = await python(
        `
from rubicon_ml import Rubicon
[e] = Rubicon(persistence="filesystem", root_dir=input).get_project("p").experiments()
output = [m.value.dtype.str if m.value.dtype.names is None else "struct" for m in e.metrics()]`,
        root,
      );
      assert.deepEqual(
        dtypes,
        good.map(([dtype]) => typeof dtype === "string" ? dtype : "struct"),
      );
      assert.equal((await listMetrics(rubicon, experiment)).length, good.length);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});
