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
  RubiconException,
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
  assert.deepEqual([trashed?.name, trashed?.kind], ["gone", "experiment"]);
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

Deno.test("emptyTrash() by age takes what is as old, and leaves the rest", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const { project, experiment } = await filled(rubicon);
  await deleteExperiment(rubicon, experiment);
  const { now } = Date;
  try {
    Date.now = () => now() + 3_600_000;
    assert.deepEqual(
      (await emptyTrash(rubicon, project, { olderThanMs: 7_200_000 })).emptied,
      [],
    );
    const { emptied } = await emptyTrash(rubicon, project, { olderThanMs: 1_800_000 });
    assert.deepEqual(emptied.map(({ id }) => id), [experiment.id]);
  } finally {
    Date.now = now;
  }
  assert.deepEqual(await listTrash(rubicon, project), []);
});

Deno.test("A deletion that failed and only warned hides nothing", async () => {
  const driver = faulty();
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  await using rubicon = await openComposite(driver, { failureMode: "warn", onWarning });
  const { project, experiment } = await filled(rubicon);
  driver.faults = { put: "before" };
  await deleteExperiment(rubicon, experiment);
  driver.faults = {};
  assert.match(warnings[0]!, /the deletion of experiment/);
  assert.ok((await listExperiments(rubicon, project)).some(({ id }) => id === experiment.id));
  assert.equal((await listMetrics(rubicon, experiment)).length, 2);
});

Deno.test("repair() takes nothing away that could not be put into a zip", async () => {
  const drivers = [faulty("a"), faulty("b"), faulty("c")];
  let isFull = false;
  for (const driver of drivers) {
    const { put } = driver;
    driver.put = async (key, ...rest) => {
      if (!isFull || !key.endsWith(".zip")) return await put(key, ...rest);
      throw new RubiconException("unavailable", "no room for a zip");
    };
  }
  await using rubicon = await openComposite(drivers, { write: "quorum", onWarning() {} });
  const { project, experiment } = await filled(rubicon);
  await rubicon.settled(AbortSignal.timeout(1_000));
  await using alone = await openComposite(drivers[2]!);
  await logMetric(alone, experiment, { name: "alone", value: 1 });
  down(drivers, 2);
  await deleteExperiment(rubicon, experiment);
  await rubicon.settled(AbortSignal.timeout(1_000));
  down(drivers);
  const before = await left(drivers[2]!, experiment);
  await using fresh = await openComposite(drivers);
  isFull = true;
  const { failures, clean } = await repair(fresh);
  assert.equal(clean, false);
  assert.ok(failures.some(({ error }) => error.message.includes("no room for a zip")));
  assert.deepEqual(await left(drivers[2]!, experiment), before);
  isFull = false;
  await using later = await openComposite(drivers);
  assert.equal((await repair(later)).clean, true);
  assert.deepEqual(await left(drivers[2]!, experiment), []);
  await restoreExperiment(later, project, { id: experiment.id });
  assert.equal((await listMetrics(later, experiment)).length, 3);
});

for (const what of ["an experiment", "a project"]) {
  Deno.test(`verify() sees that a backend lacks the zip of ${what}, and repair() brings it`, async () => {
    const drivers = [faulty("a"), faulty("b")];
    await using rubicon = await openComposite(drivers);
    const { project, experiment } = await filled(rubicon);
    if (what === "a project") await deleteProject(rubicon, project);
    else await deleteExperiment(rubicon, experiment);
    const before = await contents(drivers[1]!);
    const [zip] = Object.keys(before).filter((key) => key.endsWith(".zip"));
    await drivers[1]!.delete(zip!);
    await using fresh = await openComposite(drivers);
    const { differences } = await verify(fresh);
    assert.deepEqual(differences.map(({ key, lacks }) => [key, lacks]), [[zip, ["b"]]]);
    assert.equal((await repair(fresh)).clean, true);
    assert.deepEqual(await contents(drivers[1]!), before);
  });
}

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
  assert.deepEqual([trashed?.name, trashed?.kind], ["p", "project"]);
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

const down = (drivers: Faulty[], ...which: number[]) =>
  drivers.forEach((driver, at) => driver.faults = which.includes(at) ? { all: "before" } : {});

for (const missed of [0, 1, 2]) {
  Deno.test(`repair() ends a deletion that backend ${missed} missed, and loses nothing`, async () => {
    const drivers = [faulty("a"), faulty("b"), faulty("c")];
    const { project, experiment } = await (async () => {
      await using rubicon = await openComposite(drivers, { write: "quorum", onWarning() {} });
      const all = await filled(rubicon);
      await rubicon.settled(AbortSignal.timeout(60_000));
      // One backend alone has it.
      await using alone = await openComposite(drivers[missed]!);
      await logMetric(alone, all.experiment, { name: "alone", value: 1 });
      down(drivers, missed);
      await deleteExperiment(rubicon, all.experiment);
      await deleteProject(rubicon, await createProject(rubicon, { name: "q" }));
      assert.deepEqual(await shows(rubicon, all.project, all.experiment), []);
      down(drivers);
      assert.deepEqual(await shows(rubicon, all.project, all.experiment), []);
      return all;
    })();
    await using rubicon = await openComposite(drivers);
    const { clean, differences } = await verify(rubicon);
    assert.ok(!clean && differences.some(({ kind }) => kind === "deleted"));
    const dry = await repair(rubicon, { dryRun: true });
    const { clean: isClean, failures, mended } = await repair(rubicon);
    assert.deepEqual(failures, []);
    assert.ok(isClean && mended.length === dry.mended.length);
    assert.deepEqual(await verify(rubicon).then(({ differences }) => differences), []);
    for (const driver of drivers) assert.deepEqual(await left(driver, experiment), []);
    assert.deepEqual(await shows(rubicon, project, experiment), []);
    await restoreExperiment(rubicon, project, { id: experiment.id });
    const names = (await listMetrics(rubicon, experiment)).map(({ name }) => name).sort();
    assert.deepEqual(names, ["alone", "loss", "m"]);
    assert.equal((await verify(rubicon)).clean, true);
  });

  Deno.test(`Deleting again ends a deletion that backend ${missed} missed, and keeps nothing twice`, async () => {
    const drivers = [faulty("a"), faulty("b"), faulty("c")];
    await using rubicon = await openComposite(drivers, { write: "quorum", onWarning() {} });
    const { experiment } = await filled(rubicon);
    await rubicon.settled(AbortSignal.timeout(1_000));
    down(drivers, missed);
    await deleteExperiment(rubicon, experiment);
    await rubicon.settled(AbortSignal.timeout(1_000));
    down(drivers);
    // To the first composite the backend is still away.
    await using fresh = await openComposite(drivers);
    await deleteExperiment(fresh, experiment);
    for (const driver of drivers) {
      assert.deepEqual(await left(driver, experiment), []);
      const keys = Object.keys(await contents(driver));
      assert.equal(keys.filter((key) => key.endsWith(".zip")).length, 1, driver.label);
    }
    assert.equal((await verify(fresh)).clean, true);
  });

  Deno.test(`repair() ends a restoration and an emptying that backend ${missed} missed`, async () => {
    const drivers = [faulty("a"), faulty("b"), faulty("c")];
    await using rubicon = await openComposite(drivers, { write: "quorum", onWarning() {} });
    const { project, experiment, other } = await filled(rubicon);
    await deleteExperiment(rubicon, experiment);
    await deleteExperiment(rubicon, other);
    await rubicon.settled(AbortSignal.timeout(60_000));
    down(drivers, missed);
    await restoreExperiment(rubicon, project, { id: experiment.id });
    await emptyTrash(rubicon, project);
    await rubicon.settled(AbortSignal.timeout(60_000));
    down(drivers);
    assert.equal((await repair(rubicon)).clean, true);
    assert.deepEqual((await verify(rubicon)).differences, []);
    const packs = await contents(drivers[missed]!);
    assert.deepEqual(Object.keys(packs).filter((key) => key.endsWith(".zip")), []);
    await using alone = await openComposite(drivers[missed]!);
    assert.equal((await listMetrics(alone, experiment)).length, 2);
    assert.deepEqual((await listExperiments(alone, project)).map(({ id }) => id), [experiment.id]);
  });
}

Deno.test("emptyTrash() succeeds only if as many backends as the policy says show their trash", async () => {
  const drivers = [faulty("a"), faulty("b"), faulty("c")] as const;
  await using rubicon = await openComposite([...drivers], { onWarning() {} });
  const { project, experiment } = await filled(rubicon);
  drivers[0].faults = { put: "before" };
  await deleteExperiment(rubicon, experiment, { write: "quorum" });
  drivers[0].faults = {};
  for (const one of drivers.slice(1)) one.faults = { list: "before" };
  for (const write of ["all", "quorum"] as const) {
    const { code, message } = await refused(() => emptyTrash(rubicon, project, { write }));
    assert.equal(code, "write-failed");
    assert.match(
      message,
      /1 of 3 backends say what is in the trash, [23] are needed: b, c did not/,
    );
  }
  assert.deepEqual((await emptyTrash(rubicon, project, { write: "any" })).emptied, []);
  for (const one of drivers) one.faults = {};
  // Without the circuit breakers that are open by now.
  await using fresh = await openComposite([...drivers], { onWarning() {} });
  const { emptied } = await emptyTrash(fresh, project, { timeoutMs: 20_000 });
  assert.deepEqual(emptied.map(({ id }) => id), [experiment.id]);
  assert.deepEqual(await listTrash(fresh, project), []);
});

Deno.test("An outbox brings deletions, restorations and emptyings to a background backend", async () => {
  const [front, back] = [faulty("front"), faulty("back")];
  const backends = [front, { driver: back, mode: "background" as const }];
  await using rubicon = await openComposite(backends);
  const settled = () => rubicon.settled(AbortSignal.timeout(60_000));
  const { project, experiment, other } = await filled(rubicon);
  await settled();
  await deleteExperiment(rubicon, experiment);
  await deleteExperiment(rubicon, other);
  await settled();
  assert.deepEqual(await left(back, experiment), []);
  await restoreExperiment(rubicon, project, { id: experiment.id });
  await emptyTrash(rubicon, project);
  await settled();
  await using alone = await openComposite(back);
  assert.equal((await listMetrics(alone, experiment)).length, 2);
  assert.deepEqual(await contents(back), await contents(front));
});

Deno.test("syncProject() takes deletions along, and brings back nothing that was deleted there", async () => {
  const [here, there] = [faulty("here"), faulty("there")];
  await using rubicon = await openComposite(here);
  await using to = await openComposite(there);
  const { project, experiment, other } = await filled(rubicon);
  await syncProject(rubicon, project, { to });
  await deleteExperiment(to, other);
  await deleteExperiment(rubicon, experiment);
  await syncProject(rubicon, project, { to });
  assert.deepEqual(await listExperiments(to, project), []);
  assert.deepEqual(await left(there, experiment), []);
  await restoreExperiment(to, project, { id: experiment.id });
  assert.equal((await listMetrics(to, experiment)).length, 2);
  await syncProject(rubicon, project, { to });
  assert.equal((await listMetrics(to, experiment)).length, 2);
  await deleteProject(to, project);
  const { message } = await refused(() => syncProject(rubicon, project, { to }));
  assert.match(message, /is in the trash/);
});

Deno.test("Archives have nothing of the trash, and bring back nothing that is in it", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver, { onWarning: assert.fail });
  const { project, experiment, other } = await filled(rubicon);
  await archiveProject(rubicon, project);
  await deleteExperiment(rubicon, experiment);
  await restoreArchives(rubicon, project);
  assert.deepEqual((await listExperiments(rubicon, project)).map(({ id }) => id), [other.id]);
  assert.deepEqual(await left(driver, experiment), []);
  await archiveProject(rubicon, project);
  await using to = await openComposite(faulty(), { onWarning: assert.fail });
  await restoreArchives(rubicon, project, { to, latestOnly: true });
  assert.deepEqual((await listExperiments(to, project)).map(({ id }) => id), [other.id]);
});

Deno.test("The name of a project is free once the trash is emptied and no backend has any of it", async () => {
  const drivers = [faulty("a"), faulty("b"), faulty("c")];
  await using rubicon = await openComposite(drivers, { write: "quorum", onWarning() {} });
  const { project, experiment } = await filled(rubicon);
  await rubicon.settled(AbortSignal.timeout(60_000));
  down(drivers, 2);
  await deleteProject(rubicon, project);
  await emptyTrash(rubicon);
  const create = (by: Composite) => createProject(by, { name: "p" });
  const { code, message } = await refused(() => create(rubicon));
  assert.equal(code, "unavailable");
  assert.match(message, /c may still have something of it/);
  await rubicon.settled(AbortSignal.timeout(60_000));
  down(drivers);
  await using fresh = await openComposite(drivers);
  const { id } = await create(fresh);
  assert.notEqual(id, project.id);
  assert.equal((await repair(fresh)).clean, true);
  assert.deepEqual((await verify(fresh)).differences, []);
  assert.deepEqual(await listExperiments(fresh, project), []);
  assert.equal((await refused(() => listMetrics(fresh, experiment))).code, "not-found");
  assert.equal((await getProject(fresh, { name: "p" })).id, id);
});

Deno.test("The name of a project is not taken before a backend has it that it is free", async () => {
  const driver = faulty();
  const { put } = driver;
  let isFull = false;
  driver.put = async (key, ...rest) => {
    // The file of the project itself would be stored.
    if (!isFull || !key.includes("restored_")) return await put(key, ...rest);
    throw new RubiconException("unavailable", `no room for ${key}`);
  };
  await using rubicon = await openComposite(driver);
  await deleteProject(rubicon, await createProject(rubicon, { name: "p" }));
  await emptyTrash(rubicon);
  isFull = true;
  const { message } = await refused(() => createProject(rubicon, { name: "p" }));
  assert.match(message, /the name of project "p".*no room for restored_p_1/s);
  assert.deepEqual(await listProjects(rubicon), []);
  isFull = false;
  assert.equal((await createProject(rubicon, { name: "p" })).name, "p");
});

Deno.test("What a process logs that does not know of a deletion is hidden, and comes back with the rest", async () => {
  const drivers = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite(drivers);
  await using other = await openComposite(drivers);
  const { project, experiment } = await filled(rubicon);
  await logMetric(other, experiment, { name: "before", value: 1 });
  await deleteExperiment(rubicon, experiment);
  await logMetric(other, experiment, { name: "late", value: 2 });
  assert.deepEqual(await shows(rubicon, project, experiment), []);
  await using fresh = await openComposite(drivers);
  assert.deepEqual(await shows(fresh, project, experiment), []);
  assert.equal((await refused(() => listMetrics(fresh, experiment))).code, "not-found");
  // It does not stay where rubicon-ml would warn of it.
  await repair(fresh);
  for (const driver of drivers) assert.deepEqual(await left(driver, experiment), []);
  await logMetric(other, experiment, { name: "later", value: 3 });
  await restoreExperiment(fresh, project, { id: experiment.id });
  const names = (await listMetrics(fresh, experiment)).map(({ name }) => name).sort();
  assert.deepEqual(names, ["before", "late", "later", "loss", "m"]);
  assert.equal((await verify(fresh)).clean, true);
});

Deno.test("A deletion goes on if another process takes away what it is about to keep", async () => {
  const driver = faulty();
  const { open } = driver;
  let gone: string | undefined;
  driver.open = async (key, ...rest) => {
    if (key === gone) {
      gone = undefined;
      await driver.delete(key);
    }
    return await open(key, ...rest);
  };
  await using rubicon = await openComposite(driver);
  const { project, experiment } = await filled(rubicon);
  gone = (await left(driver, experiment)).find((key) => key.endsWith("/loss/metadata.json"));
  await deleteExperiment(rubicon, experiment);
  assert.equal(gone, undefined);
  assert.deepEqual(await left(driver, experiment), []);
  await restoreExperiment(rubicon, project, { id: experiment.id });
  assert.deepEqual((await listMetrics(rubicon, experiment)).map(({ name }) => name), ["m"]);
});

Deno.test("What all backends have damaged is not in the way of a deletion", async () => {
  const drivers = [faulty("a"), faulty("b")];
  const warnings: string[] = [];
  await using rubicon = await openComposite(drivers, { onWarning: (text) => warnings.push(text) });
  const { project, experiment, artifact } = await filled(rubicon);
  const data = new Uint8Array(9 << 20);
  const large = await logArtifact(rubicon, experiment, { name: "large", data });
  for (const driver of drivers) {
    const { open, get } = driver;
    const isBad = (key: string) =>
      key.endsWith("/data") && [artifact, large].some(({ id }) => key.includes(id));
    const bad = { checksum: `md5:${"0".repeat(32)}` };
    driver.open = async (key, options) => ({
      ...await open(key, options),
      ...(isBad(key) && bad),
    });
    driver.get = async (key, options) => ({ ...await get(key, options), ...(isBad(key) && bad) });
  }
  await using damaged = await openComposite(drivers, { onWarning: (text) => warnings.push(text) });
  await deleteExperiment(damaged, experiment);
  assert.match(warnings.join(), /2 of its objects are damaged in all backends/);
  await restoreExperiment(damaged, project, { id: experiment.id });
  assert.equal((await listMetrics(damaged, experiment)).length, 2);
});

Deno.test("Another name or description for an experiment that exists is refused, and says what to do", async () => {
  const drivers = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite(drivers);
  const { project, experiment } = await filled(rubicon);
  const before = await contents(drivers[0]!);
  const works: [object, RegExp][] = [
    [{ name: "new" }, /another name\. Names and descriptions are written once.*addComments/],
    [{ description: "new" }, /another description/],
    [{ name: "new", description: "new" }, /another name and description/],
  ];
  for (const [change, says] of works) {
    const { code, message } = await refused(() =>
      logExperiment(rubicon, project, { ...experiment, ...change })
    );
    assert.equal(code, "already-exists");
    assert.match(message, says);
  }
  assert.deepEqual(await contents(drivers[0]!), before);
});
