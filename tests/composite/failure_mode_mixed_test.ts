import assert from "node:assert/strict";
import { addTags, createProject, deleteArtifact, logArtifact, openComposite } from "../../mod.ts";
import { RubiconException } from "../../errors.ts";
import { faulty } from "../support/faulty.ts";

Deno.test("rubicon-ml set_failure_mode: backends that fail each in its way are no reason to stop", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite([a, b], { failureMode: "warn", onWarning() {} });
  const project = await createProject(rubicon, { name: "p" });
  const artifact = await logArtifact(rubicon, project, { name: "a", data: "x" });
  a.faults = { all: "before" };
  const denied = () => new RubiconException("permission-denied", "b: no rights");
  b.list = () => {
    throw denied();
  };
  const reject = (): Promise<never> => Promise.reject(denied());
  Object.assign(b, { put: reject, get: reject, stat: reject, delete: reject });
  assert.deepEqual((await addTags(rubicon, artifact, ["t"])).tags, ["t"]);
  await deleteArtifact(rubicon, artifact);
});
