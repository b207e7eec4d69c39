/** Which backends a read asks if one of them is left alone. */
import assert from "node:assert/strict";
import { createProject, listProjects, logExperiment, openComposite, status } from "../../mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { faulty, refused } from "../support/faulty.ts";

for (const read of ["first", "merge"] as const) {
  Deno.test(`read ${read}: a backend that is left alone is asked if the others have nothing`, async () => {
    using _time = new FakeTime();
    const [empty, full] = [faulty("empty"), faulty("full")];
    const before = await openComposite(full);
    const project = await createProject(before, { name: "p" });
    await before.close();
    const rubicon = await openComposite([empty, full], { read });
    full.faults = { all: "before" };
    while (status(rubicon)[1]!.circuit !== "open") await refused(() => listProjects(rubicon));
    full.faults = {};
    const asked = full.calls.get + full.calls.list + full.calls.folders;
    assert.deepEqual((await listProjects(rubicon)).map(({ id }) => id), [project.id]);
    assert.ok(full.calls.get + full.calls.list + full.calls.folders > asked);
    await rubicon.close();
  });

  Deno.test(`read ${read}: a backend that is left alone is not asked if another one is able`, async () => {
    using _time = new FakeTime();
    const [down, full] = [faulty("down"), faulty("full")];
    const rubicon = await openComposite([down, full], { read, write: "any", onWarning() {} });
    await createProject(rubicon, { name: "p" });
    down.faults = { all: "before" };
    const project = (await listProjects(rubicon))[0]!;
    while (status(rubicon)[0]!.circuit !== "open") await logExperiment(rubicon, project);
    const calls = { ...down.calls };
    assert.equal((await listProjects(rubicon)).length, 1);
    assert.deepEqual(down.calls, calls);
    await rubicon.close();
  });
}
