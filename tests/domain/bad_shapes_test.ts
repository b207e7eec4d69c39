/** Input that looks right and is not: holes, maps, other URLs. Nothing is written, and nothing is left out in silence. */
import assert from "node:assert/strict";
import * as rubiconMl from "../../mod.ts";
import {
  createProject,
  getExperiment,
  logArtifact,
  logExperiment,
  openComposite,
} from "../../mod.ts";
import { contents, faulty, refused } from "../support/faulty.ts";

type Anything = (...args: unknown[]) => Promise<unknown>;
const call = rubiconMl as unknown as Record<string, Anything>;

Deno.test("bad input: holes, maps and URLs that are no files", async (t) => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  const artifact = await logArtifact(rubicon, experiment, { name: "a", data: "x" });
  const before = await contents(driver);
  const holes = ["a"];
  holes[2] = "b";
  const web = new URL("https://example.org/a");
  const cases: [what: string, work: () => Promise<unknown>, message: RegExp][] = [
    [
      "tags",
      () => call.addTags!(rubicon, experiment, holes),
      /tags\[1\] must be text, not undefined/,
    ],
    [
      "tags of a new one",
      () => call.logExperiment!(rubicon, project, { tags: holes }),
      /tags\[1\] must be text/,
    ],
    [
      "columns in a map",
      () => call.logDataframe!(rubicon, experiment, { columns: new Map([["x", [1]]]) }),
      /object of columns/,
    ],
    [
      "rows in maps",
      () => call.logDataframe!(rubicon, experiment, { rows: [new Map([["x", 1]])] }),
      /row 0 is an object/,
    ],
    [
      "a type of another column",
      () => call.logDataframe!(rubicon, experiment, { columns: { x: [1] }, types: { X: "int64" } }),
      /types has "X", and there is no such column/,
    ],
    ["a path", () => call.logArtifact!(rubicon, experiment, { path: web }), /file: URL/],
    ["a folder", () => call.logArtifact!(rubicon, experiment, { directory: web }), /file: URL/],
    ["a download", () => call.downloadArtifact!(rubicon, artifact, web), /file: URL/],
    ["a download to 5", () => call.downloadArtifact!(rubicon, artifact, 5), /not 5/],
    ["a download to nowhere", () => call.downloadArtifact!(rubicon, artifact), /not undefined/],
    [
      "an unknown option of a list",
      () => call.listProjects!(rubicon, { raed: "merge" }),
      /no option "raed"/,
    ],
    [
      "an unknown option of a family",
      () => call.listChildExperiments!(rubicon, experiment, { raed: "merge" }),
      /no option "raed"/,
    ],
  ];
  for (const [what, work, message] of cases) {
    await t.step(what, async () => {
      const error = await refused(work);
      assert.equal(error.code, "invalid-argument");
      assert.match(error.message, message);
      assert.deepEqual(await contents(driver), before);
    });
  }
  assert.deepEqual((await getExperiment(rubicon, project, { id: experiment.id })).tags, []);
});
