/**
 * Bytes that went bad on the disk of a real server, behind its back: its checksums still say what they were.
 */
import assert from "node:assert/strict";
import {
  createProject,
  logArtifact,
  logExperiment,
  openComposite,
  readArtifact,
  repair,
  verify,
} from "../../mod.ts";
import { inside } from "../support/core.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksServers, makeBucket, s3Config, startVersitygw } from "../support/servers.ts";

Deno.test({
  name: "repair() replaces what went bad on a server's disk, and copies none of it",
  ignore: ignoredFor("bytes that go bad on a server", await lacksServers()),
  async fn() {
    await using server = await startVersitygw();
    await makeBucket(server, "rot");
    const rootDir = await Deno.makeTempDir();
    try {
      const [one, two] = ["one", "two"].map((root) => s3Config(server, `s3://rot/${root}`));
      await using before = await openComposite([one!, two!]);
      const project = await createProject(before, { name: "p" });
      const experiment = await logExperiment(before, project);
      const artifact = await logArtifact(before, experiment, { name: "x", data: "whole" });
      const key = `p/experiments/${experiment.id}/artifacts/${artifact.id}/data`;
      const path = `${server.folder}/rot/one/${key}`;
      using file = await Deno.open(path, { write: true });
      await file.write(new TextEncoder().encode("W"));
      await using all = await openComposite([one!, two!, { persistence: "filesystem", rootDir }]);
      const { clean, mended } = await repair(all);
      assert.equal(clean, true);
      assert.deepEqual(mended.filter((one) => one.key === key).map(({ action }) => action), [
        "copy",
        "replace",
      ]);
      for (const { driver } of inside(all).backends) {
        await using alone = await openComposite(driver);
        assert.equal(new TextDecoder().decode(await readArtifact(alone, artifact)), "whole");
      }
      assert.deepEqual((await verify(all, { compare: "bytes" })).differences, []);
    } finally {
      await Deno.remove(rootDir, { recursive: true });
    }
  },
});
