/** Processes that end in the middle of deleting, restoring and emptying, and two of them at once. */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  addTags,
  type Composite,
  createProject,
  deleteExperiment,
  deleteProject,
  emptyTrash,
  type Experiment,
  getExperiment,
  hasCode,
  isRubiconException,
  listArtifacts,
  listExperiments,
  listMetrics,
  logArtifact,
  logExperiment,
  openComposite,
  type Project,
  readArtifact,
  repair,
  restoreExperiment,
  restoreProject,
  toTable,
  verify,
} from "../../mod.ts";
import type { Driver } from "../../drivers/driver.ts";
import { RubiconException } from "../../errors.ts";
import { contents, type Faulty, faulty } from "../support/faulty.ts";

/** A process that ends at one of its writes: before it, or once it is done but nobody knows. */
interface Life {
  left: number;
  end: "before" | "after";
}

const VERBS = ["get", "open", "put", "stat", "folders", "delete"] as const;

/** A driver as a process has it that ends after so many writes. */
function mortal(inner: Driver, life: Life): Driver {
  const died = () => new RubiconException("unavailable", `${inner.label}: the process has ended`);
  const driver: Record<string, unknown> = { ...inner };
  for (const verb of VERBS) {
    driver[verb] = async (...args: unknown[]) => {
      if (life.left <= 0) throw died();
      const isWrite = verb === "put" || verb === "delete";
      if (isWrite) life.left--;
      if (isWrite && life.left <= 0 && life.end === "before") throw died();
      const result = await (inner[verb] as (...args: unknown[]) => Promise<unknown>)(...args);
      if (isWrite && life.left <= 0) throw died();
      return result;
    };
  }
  driver.list = async function* (...args: Parameters<Driver["list"]>) {
    if (life.left <= 0) throw died();
    yield* inner.list(...args);
  };
  return driver as unknown as Driver;
}

async function world(count = 2) {
  const drivers = Array.from({ length: count }, (_, at) => faulty(`d${at}`));
  await using rubicon = await openComposite(drivers);
  const project = await createProject(rubicon, { name: "p" });
  const logged = await logExperiment(rubicon, project, {
    name: "e",
    metrics: { m: 1, n: 2 },
    parameters: { p: 1 },
  });
  const experiment = await addTags(rubicon, logged, ["t"]);
  await logArtifact(rubicon, experiment, { name: "a", data: "bytes" });
  return { drivers, project, experiment };
}

/** Whether an experiment shows. If it does, all of it has to; if it does not, nothing may. */
async function isThere(
  rubicon: Composite,
  project: Project,
  experiment: Experiment,
  read: "first" | "merge",
): Promise<boolean> {
  let listed: Experiment[];
  try {
    listed = await listExperiments(rubicon, project, { read });
  } catch (error) {
    assert.ok(hasCode(error, "not-found"), String(error)); // The project is in the trash.
    return false;
  }
  const { rows } = await toTable(rubicon, project, { read });
  const found = await getExperiment(rubicon, project, { id: experiment.id, read })
    .catch((error) => assert.ok(hasCode(error, "not-found"), String(error)));
  assert.equal(rows.length, listed.length);
  assert.deepEqual(found ? [found] : [], listed);
  if (!found) return false;
  assert.deepEqual(found, experiment);
  assert.equal((await listMetrics(rubicon, found, { read })).length, 2);
  assert.equal(rows[0]!.m, 1);
  const [artifact] = await listArtifacts(rubicon, found, { read });
  assert.equal(new TextDecoder().decode(await readArtifact(rubicon, artifact!, { read })), "bytes");
  return true;
}

type Work = (rubicon: Composite, project: Project, experiment: Experiment) => Promise<unknown>;
const WORKS: Record<string, { before: Work[]; work: Work; again: Work }> = {
  deleteExperiment: {
    before: [],
    work: (rubicon, _, experiment) => deleteExperiment(rubicon, experiment),
    again: (rubicon, project, { id }) => restoreExperiment(rubicon, project, { id }),
  },
  restoreExperiment: {
    before: [(rubicon, _, experiment) => deleteExperiment(rubicon, experiment)],
    work: (rubicon, project, { id }) => restoreExperiment(rubicon, project, { id }),
    again: (rubicon, project, { id }) => restoreExperiment(rubicon, project, { id }),
  },
  deleteProject: {
    before: [],
    work: (rubicon, project) => deleteProject(rubicon, project),
    again: (rubicon) => restoreProject(rubicon, { name: "p" }),
  },
  restoreProject: {
    before: [(rubicon, project) => deleteProject(rubicon, project)],
    work: (rubicon) => restoreProject(rubicon, { name: "p" }),
    again: (rubicon) => restoreProject(rubicon, { name: "p" }),
  },
};

for (const [name, { before, work, again }] of Object.entries(WORKS)) {
  for (const end of ["before", "after"] as const) {
    for (const mending of ["repair", "again"] as const) {
      Deno.test(`${name}(): a process that ends ${end} any write loses nothing, by ${mending}`, async () => {
        let isDone = false;
        let steps = 0;
        for (let left = 1; !isDone; left++) {
          const { drivers, project, experiment } = await world();
          await using whole = await openComposite(drivers);
          for (const one of before) await one(whole, project, experiment);
          const life: Life = { left, end };
          const dying = await openComposite(drivers.map((one) => mortal(one, life)), {
            onWarning() {},
          });
          isDone = await work(dying, project, experiment).then(() => true, (error) => {
            assert.ok(isRubiconException(error), String(error));
            return false;
          });
          if (!isDone) steps++;
          const look = async () => {
            await using fresh = await openComposite(drivers, { onWarning() {} });
            return await isThere(fresh, project, experiment, "merge");
          };
          await using first = await openComposite(drivers, { onWarning() {} });
          await isThere(first, project, experiment, "first");
          const was = await look();
          if (mending === "repair") {
            await using mender = await openComposite(drivers);
            const { clean, failures } = await repair(mender);
            assert.deepEqual(failures, []);
            assert.ok(clean && (await verify(mender)).clean, `${left}`);
            assert.equal(await look(), was, "a repair changes nothing of what shows");
          }
          await using last = await openComposite(drivers);
          // Not deleted yet, if the mark had not been written.
          await again(last, project, experiment).catch((error) => {
            assert.ok(hasCode(error, "not-found") && was, String(error));
          });
          assert.ok(await look(), "all of it is back");
          await repair(last);
          assert.deepEqual((await verify(last)).differences, []);
        }
        assert.ok(steps > 4, `${steps} steps`);
      });
    }
  }
}

Deno.test("emptyTrash(): a process that ends at any write leaves all of it or nothing", async () => {
  for (const end of ["before", "after"] as const) {
    let isDone = false;
    for (let left = 1; !isDone; left++) {
      const { drivers, project, experiment } = await world();
      await using whole = await openComposite(drivers);
      await deleteExperiment(whole, experiment);
      const life: Life = { left, end };
      const dying = await openComposite(drivers.map((one) => mortal(one, life)), {
        onWarning() {},
      });
      isDone = await emptyTrash(dying, project).then(() => true, () => false);
      await using fresh = await openComposite(drivers);
      await repair(fresh);
      assert.deepEqual((await verify(fresh)).differences, []);
      const isBack = await restoreExperiment(fresh, project, { id: experiment.id })
        .then(() => true, (error) => {
          assert.ok(hasCode(error, "not-found"), String(error));
          return false;
        });
      assert.equal(await isThere(fresh, project, experiment, "first"), isBack);
      await emptyTrash(fresh, project);
      await repair(fresh);
      for (const driver of drivers) {
        const keys = Object.keys(await contents(driver));
        assert.deepEqual(keys.filter((key) => key.endsWith(".zip")), []);
        if (!isBack) assert.ok(!keys.some((key) => key.includes(`/${experiment.id}/`)));
      }
    }
  }
});

/** Puts a random number of turns of the event loop before each verb, so that processes meet in any way. */
function shuffled(inner: Faulty, turns: () => number): Driver {
  const driver: Record<string, unknown> = { ...inner };
  const wait = async () => {
    for (let left = turns(); left > 0; left--) await new Promise((go) => setImmediate(go));
  };
  for (const verb of VERBS) {
    driver[verb] = async (...args: unknown[]) => {
      await wait();
      return await (inner[verb] as (...args: unknown[]) => Promise<unknown>)(...args);
    };
  }
  return driver as unknown as Driver;
}

const RUNS = Deno.env.get("CI") === "true" ? 1_000 : 60;

Deno.test(`processes that delete, restore and repair at once end in one state, ${RUNS} times`, async () => {
  const act = fc.constantFrom("delete", "restore", "repair");
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 2, maxLength: 4 }),
      fc.boolean(),
      fc.array(fc.nat(4), { minLength: 1, maxLength: 40 }),
      async (acts, isDeleted, delays) => {
        const { drivers, project, experiment } = await world();
        await using whole = await openComposite(drivers);
        if (isDeleted) await deleteExperiment(whole, experiment);
        let at = 0;
        const turns = () => delays[at++ % delays.length]!;
        await Promise.all(acts.map(async (act) => {
          await using rubicon = await openComposite(
            drivers.map((one) => shuffled(one, turns)),
            { onWarning() {} },
          );
          try {
            if (act === "delete") await deleteExperiment(rubicon, experiment);
            if (act === "restore") await restoreExperiment(rubicon, project, experiment as never);
            if (act === "repair") await repair(rubicon);
          } catch (error) {
            assert.ok(isRubiconException(error), String(error));
          }
        }));
        await using fresh = await openComposite(drivers);
        const { failures } = await repair(fresh);
        assert.deepEqual(failures, []);
        assert.deepEqual((await verify(fresh)).differences, []);
        const was = await isThere(fresh, project, experiment, "first");
        if (!acts.includes("delete") && !isDeleted) assert.ok(was);
        if (!was) await restoreExperiment(fresh, project, { id: experiment.id });
        assert.ok(await isThere(fresh, project, experiment, "merge"));
      },
    ),
    { numRuns: RUNS },
  );
});

/** The same backends for a process that waits before it deletes anything, and what lets it go on. */
function gated(drivers: readonly Faulty[]) {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const waiting = drivers.map((inner): Driver => ({
    ...inner,
    async delete(...args) {
      reach();
      await gate;
      await inner.delete(...args);
    },
  }));
  return { waiting, open, reached };
}

Deno.test("What a deletion takes away under the hands of a restoration comes back", async () => {
  const { drivers, project, experiment } = await world();
  const { waiting, open, reached } = gated(drivers);
  await using slow = await openComposite(waiting);
  const deleting = deleteExperiment(slow, experiment);
  await reached;
  await using rubicon = await openComposite(drivers);
  await restoreExperiment(rubicon, project, { id: experiment.id });
  open();
  await deleting;
  await using fresh = await openComposite(drivers);
  assert.ok(await isThere(fresh, project, experiment, "first"));
  assert.deepEqual((await verify(fresh)).differences, []);
});

Deno.test("What a repair takes away under the hands of a restoration comes back", async () => {
  const { drivers, project, experiment } = await world();
  {
    await using alone = await openComposite(drivers[0]!);
    await deleteExperiment(alone, experiment);
  }
  const { waiting, open, reached } = gated(drivers);
  await using slow = await openComposite(waiting);
  const repairing = repair(slow);
  await reached;
  await using rubicon = await openComposite(drivers);
  await restoreExperiment(rubicon, project, { id: experiment.id });
  open();
  await repairing;
  await using fresh = await openComposite(drivers);
  assert.ok(await isThere(fresh, project, experiment, "first"));
  assert.deepEqual((await verify(fresh)).differences, []);
});
