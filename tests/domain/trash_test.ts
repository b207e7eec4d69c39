/** Deleting and restoring experiments and projects, and emptying the trash. */
import assert from "node:assert/strict";
import {
  addTags,
  archiveProject,
  bestExperiment,
  type Composite,
  createProject,
  deleteExperiment,
  deleteProject,
  emptyTrash,
  type Experiment,
  getExperiment,
  getMetric,
  getOrCreateProject,
  getProject,
  listArtifacts,
  listExperiments,
  listMetrics,
  listProjects,
  listTrash,
  logArtifact,
  logExperiment,
  logMetric,
  openComposite,
  type Project,
  readArtifact,
  repair,
  restoreArchives,
  restoreExperiment,
  restoreProject,
  search,
  syncProject,
  toTable,
  verify,
} from "../../mod.ts";
import { contents, type Faulty, faulty, refused } from "../support/faulty.ts";

/** Two experiments in a project, one of which has a bit of everything. */
async function filled(rubicon: Composite) {
  const project = await createProject(rubicon, { name: "p" });
  const other = await logExperiment(rubicon, project, { name: "other", metrics: { m: 2 } });
  const logged = await logExperiment(rubicon, project, {
    name: "gone",
    parameters: { p: 1 },
    metrics: { m: 1, loss: 3 },
    features: ["f"],
  });
  const experiment = await addTags(rubicon, logged, ["t"]);
  const artifact = await logArtifact(rubicon, experiment, { name: "a", data: "bytes" });
  return { project, other, experiment, artifact };
}

/** All that shows of an experiment, by whatever way there is. */
async function shows(rubicon: Composite, project: Project, { id, name }: Experiment) {
  const found: string[] = [];
  for (const read of ["first", "merge"] as const) {
    const call = { read };
    const ids = async (list: Promise<readonly { id?: string }[]>, what: string) => {
      if ((await list).some((one) => one.id === id)) found.push(`${what} ${read}`);
    };
    await ids(listExperiments(rubicon, project, call), "list");
    await ids(listExperiments(rubicon, project, { ...call, order: "newest", limit: 1 }), "newest");
    await ids(listExperiments(rubicon, project, { ...call, where: "tags.has('t')" }), "where");
    await ids(
      listExperiments(rubicon, project, { ...call, where: "metrics.m < 1.5" }),
      "metrics",
    );
    const { rows } = await toTable(rubicon, project, call);
    if (rows.some((row) => row.id === id)) found.push(`table ${read}`);
    const names = await search(rubicon, { projects: [project] }, "$..experiment[*].id", call);
    if (names.includes(id)) found.push(`search ${read}`);
    for (const query of [{ id }, { name: name! }]) {
      try {
        await getExperiment(rubicon, project, { ...query, ...call });
        found.push(`get ${Object.keys(query)} ${read}`);
      } catch (error) {
        assert.equal((error as { code: string }).code, "not-found");
      }
    }
  }
  const best = await bestExperiment(rubicon, project, "metrics.m", { direction: "lowest" } as never)
    .catch(() => undefined);
  if (best?.id === id) found.push("best");
  return found;
}

/** What a driver has of an experiment's own folder. */
const left = async (driver: Faulty, { id }: { id: string }) =>
  Object.keys(await contents(driver)).filter((key) => key.includes(`/${id}/`));

Deno.test("deleteExperiment() hides an experiment, restoreExperiment() brings all of it back", async () => {
  const drivers = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite(drivers);
  const { project, experiment, artifact } = await filled(rubicon);
  const before = await Promise.all(drivers.map((one) => left(one, experiment)));
  assert.equal((await shows(rubicon, project, experiment)).length > 8, true);
  await deleteExperiment(rubicon, experiment);
  await using fresh = await openComposite(drivers);
  for (const one of [rubicon, fresh]) {
    assert.deepEqual(await shows(one, project, experiment), []);
    for (const read of ["first", "merge"] as const) {
      const works = [
        () => listMetrics(one, experiment, { read }),
        () => getMetric(one, experiment, { name: "m", read }),
        () => listArtifacts(one, experiment, { read }),
        () => readArtifact(one, artifact, { read }),
        () => logMetric(one, experiment, { name: "new", value: 1 }),
        () => addTags(one, experiment, ["new"]),
        () => logArtifact(one, experiment, { name: "new", data: "x" }),
      ];
      for (const work of works) {
        const { code, message } = await refused(work);
        assert.equal(code, "not-found", String(work));
        assert.match(message, /was deleted. restoreExperiment brings it back/);
      }
    }
    const { code } = await refused(() => logExperiment(one, project, experiment));
    assert.equal(code, "already-exists");
  }
  for (const driver of drivers) assert.deepEqual(await left(driver, experiment), []);
  assert.equal((await verify(rubicon)).clean, true);
  const [trashed] = await listTrash(fresh, project);
  assert.equal(trashed?.id, experiment.id);
  assert.equal(trashed?.name, "gone");
  assert.deepEqual(await restoreExperiment(fresh, project, { id: experiment.id }), experiment);
  assert.deepEqual(await Promise.all(drivers.map((one) => left(one, experiment))), before);
  assert.equal((await listMetrics(fresh, experiment)).length, 2);
  assert.equal(new TextDecoder().decode(await readArtifact(fresh, artifact)), "bytes");
  await logMetric(fresh, experiment, { name: "new", value: 1 });
  assert.deepEqual(await listTrash(fresh, project), []);
  assert.equal((await verify(fresh)).clean, true);
});

Deno.test("An experiment can be deleted and restored again and again", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const { project, experiment } = await filled(rubicon);
  const { id } = experiment;
  for (let time = 0; time < 3; time++) {
    await deleteExperiment(rubicon, experiment);
    await deleteExperiment(rubicon, experiment);
    assert.equal((await listExperiments(rubicon, project)).length, 1);
    assert.equal((await listTrash(rubicon, project)).length, 1);
    await restoreExperiment(rubicon, project, { id });
    await restoreExperiment(rubicon, project, { id });
    await logMetric(rubicon, experiment, { name: `again ${time}`, value: time });
    assert.equal((await listMetrics(rubicon, experiment)).length, 3 + time);
  }
});

Deno.test("emptyTrash() leaves no bytes, and what was emptied stays gone", async () => {
  const drivers = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite(drivers);
  const { project, experiment } = await filled(rubicon);
  await deleteExperiment(rubicon, experiment);
  const hour = 3_600_000;
  const later = await emptyTrash(rubicon, project, { olderThanMs: hour });
  assert.deepEqual(later, { emptied: [], bytes: 0 });
  const dry = await emptyTrash(rubicon, project, { dryRun: true });
  assert.equal(dry.emptied[0]?.id, experiment.id);
  assert.ok(dry.bytes > 0);
  assert.equal((await listTrash(rubicon, project)).length, 1);
  assert.deepEqual(await emptyTrash(rubicon, project), dry);
  const { message, code } = await refused(() =>
    restoreExperiment(rubicon, project, { id: experiment.id })
  );
  assert.equal(code, "not-found");
  assert.match(message, /the trash was emptied/);
  for (const driver of drivers) {
    const keys = Object.keys(await contents(driver)).filter((key) => key.includes(experiment.id));
    assert.deepEqual(keys, [
      `p/experiments/deleted_${experiment.id}_1.json`,
      `p/experiments/emptied_${experiment.id}_1.json`,
    ]);
  }
  assert.deepEqual(await listTrash(rubicon, project), []);
  await deleteExperiment(rubicon, experiment);
  assert.equal((await verify(rubicon)).clean, true);
});

Deno.test("deleteProject() hides a project, and its name is taken until it is restored", async () => {
  const drivers = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite(drivers);
  const { project, experiment, artifact } = await filled(rubicon);
  const keep = await createProject(rubicon, { name: "keep" });
  const before = await contents(drivers[0]!);
  await deleteProject(rubicon, project);
  await using fresh = await openComposite(drivers);
  for (const one of [rubicon, fresh]) {
    for (const read of ["first", "merge"] as const) {
      assert.deepEqual(await listProjects(one, { read }), [keep]);
      const works = [
        () => getProject(one, { name: "p", read }),
        () => getProject(one, { id: project.id, read }),
        () => listExperiments(one, project, { read }),
        () => toTable(one, project, { read }),
        () => getExperiment(one, project, { id: experiment.id, read }),
        () => listMetrics(one, experiment, { read }),
        () => readArtifact(one, artifact, { read }),
        () => logExperiment(one, project),
        () => logMetric(one, experiment, { name: "new", value: 1 }),
      ];
      for (const work of works) {
        assert.equal((await refused(work)).code, "not-found", String(work));
      }
    }
    for (const work of [createProject, getOrCreateProject]) {
      const { code, message } = await refused(() => work(one, { name: "P" }));
      assert.equal(code, "already-exists");
      assert.match(message, /in the trash/);
    }
  }
  for (const driver of drivers) assert.deepEqual(await driver.folders(""), ["keep"]);
  assert.equal((await verify(fresh)).clean, true);
  const [trashed] = await listTrash(fresh);
  assert.equal(trashed?.name, "p");
  assert.equal(trashed?.id, project.id);
  assert.deepEqual(await restoreProject(fresh, { name: "p" }), project);
  const after = await contents(drivers[0]!);
  assert.deepEqual(
    Object.fromEntries(Object.entries(after).filter(([key]) => key.includes("/"))),
    before,
  );
  assert.equal((await listMetrics(fresh, experiment)).length, 2);
  await emptyTrash(fresh);
  assert.equal((await listProjects(fresh)).length, 2);
  assert.deepEqual(
    Object.keys(await contents(drivers[1]!)).filter((key) => key.endsWith(".zip")),
    [],
  );
});
