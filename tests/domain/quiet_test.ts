/**
 * Nothing that succeeds prints anything.
 */
import assert from "node:assert/strict";
import { runScript } from "../support/script.ts";

Deno.test("archiveProject() and a directory of many files print nothing", async () => {
  const { success, stdout, stderr } = await runScript(`
    import * as rubiconMl from MOD;
    const folder = await Deno.makeTempDir();
    for (let at = 0; at < 30; at++) await Deno.writeTextFile(folder + "/" + at, "x".repeat(1000));
    await using rubicon = await rubiconMl.openComposite([
      { persistence: "memory", rootDir: "a" },
      { persistence: "memory", rootDir: "b" },
    ]);
    const project = await rubiconMl.createProject(rubicon, { name: "p" });
    const metrics = Object.fromEntries(Array.from({ length: 30 }, (_, at) => ["m" + at, at]));
    const experiment = await rubiconMl.logExperiment(rubicon, project, { metrics });
    await rubiconMl.archiveProject(rubicon, project);
    const artifact = await rubiconMl.logArtifact(rubicon, experiment, { directory: folder });
    await rubiconMl.unzipArtifact(rubicon, artifact, folder + "/copy");
    await Deno.remove(folder, { recursive: true });
  `);
  assert.deepEqual({ success, stdout, stderr }, { success: true, stdout: "", stderr: "" });
});
