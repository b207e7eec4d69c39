import assert from "node:assert/strict";
import {
  createProject,
  getOrCreateProject,
  logArtifact,
  logExperiment,
  logMetric,
  openComposite,
  verify,
} from "../../mod.ts";
import { faulty, refused } from "../support/faulty.ts";

const TIME = "2026-11-24T00:09:37.240755+00:00";
const LEGACY = /"2026-11-24 00:09:37\.240755"/;
const text = async (driver: ReturnType<typeof faulty>, key: string) =>
  new TextDecoder().decode((await driver.get(key)).bytes);

Deno.test("legacyTimes: logging again completes an entity that has the other form", async () => {
  for (const legacyTimes of [false, true]) {
    const [a, b] = [faulty("a"), faulty("b")];
    await using one = await openComposite(a, { legacyTimes: !legacyTimes });
    const project = await createProject(one, { name: "p" });
    const input = {
      id: crypto.randomUUID(),
      createdAt: TIME,
      parameters: [{ name: "n", value: new Date(0), id: crypto.randomUUID(), createdAt: TIME }],
    };
    const run = await logExperiment(one, project, input);
    const artifact = await logArtifact(one, run, { name: "x", data: "1" });
    const metric = await logMetric(one, run, { name: "m", value: [new Date(0)] });

    await using both = await openComposite([a, b], { legacyTimes });
    await getOrCreateProject(both, { name: "p" });
    await logExperiment(both, project, input);
    await logArtifact(both, run, { ...artifact, data: "1" });
    await logMetric(both, run, metric);

    assert.deepEqual(await verify(both, { compare: "bytes" }).then(({ clean }) => clean), true);
    const key = `p/experiments/${run.id}/metadata.json`;
    assert.equal(LEGACY.test(await text(a, key)), !legacyTimes);
    assert.equal(await text(b, key), await text(a, key));
    const other = await refused(() => logMetric(both, run, { ...metric, value: 2 }));
    assert.equal(other.code, "already-exists");
  }
});

Deno.test("legacyTimes must be true or false", async () => {
  const options = { legacyTimes: "yes" as unknown as boolean };
  const error = await refused(() => openComposite(faulty(), options));
  assert.deepEqual([error.code, /legacyTimes must be/.test(error.message)], [
    "invalid-config",
    true,
  ]);
});
