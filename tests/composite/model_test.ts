/**
 * Random operations, faults, restarts and repairs on a composite, against a simple model of what was acknowledged.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  addTags,
  type Composite,
  createProject,
  deleteArtifact,
  type Experiment,
  getExperiment,
  getMetric,
  listMetrics,
  logArtifact,
  logExperiment,
  logMetric,
  type Metric,
  openComposite,
  type Project,
  repair,
  RubiconException,
  verify,
  type WritePolicy,
} from "../../mod.ts";
import { type Fault, type Faulty, faulty, plainContents } from "../support/faulty.ts";
import {
  checkArtifacts,
  damages,
  faults,
  isStray,
  type Modelled,
} from "../support/model_commands.ts";

const BACKENDS = 3;
const NAMES = ["a", "b", "c", "d"];

/** What was acknowledged, what was ever tried, and who took what. */
interface Model {
  /** By id. A name can be given away twice where one backend was enough for it. */
  acknowledged: Map<string, { metric: Metric; policy: WritePolicy }>;
  tried: Map<string, Set<unknown>>;
  count: number;
  /** By id. */
  artifacts: Map<string, Modelled>;
  /** Tags that were acknowledged, and that were ever tried. */
  tags: { acknowledged: Set<string>; tried: Set<string> };
}

interface Real {
  drivers: Faulty[];
  rubicon: Composite;
  project: Project;
  experiment: Experiment;
  /** What failed, to be written again. */
  failed: Metric[];
}

type Command = fc.AsyncCommand<Model, Real>;

const open = (drivers: Faulty[]) => openComposite(drivers, { timeoutMs: 20, onWarning: () => {} });

/** A metric is written under a policy. Each has a value of its own, so that a mix-up would show. */
class Write implements Command {
  constructor(readonly name: string, readonly policy: WritePolicy) {}
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const value = ++model.count;
    const tried = model.tried.get(this.name) ?? new Set();
    model.tried.set(this.name, tried.add(value));
    try {
      const metric = await logMetric(real.rubicon, real.experiment, {
        name: this.name,
        value,
        write: this.policy,
      });
      model.acknowledged.set(metric.id, { metric, policy: this.policy });
      givenOnce(model, this.name);
    } catch (error) {
      if (!(error instanceof RubiconException)) throw error;
      assert.equal(error.receipts.length, BACKENDS);
      if (error.code !== "already-exists") real.failed.push(error.entity as Metric);
    }
  }
  toString = () => `write ${this.name} to ${this.policy}`;
}

/** What failed before is written again, as the exception says. */
class Again implements Command {
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    for (const metric of real.failed.splice(0)) {
      try {
        await logMetric(real.rubicon, real.experiment, metric);
        model.acknowledged.set(metric.id, { metric, policy: "all" });
        givenOnce(model, metric.name);
      } catch (error) {
        if (!(error instanceof RubiconException)) throw error;
        if (error.code !== "already-exists") real.failed.push(metric);
      }
    }
  }
  toString = () => "again";
}

/** Two majorities have a backend in common: so a name cannot be given away twice by `all` or `quorum`. */
function givenOnce(model: Model, name: string): void {
  const all = [...model.acknowledged.values()]
    .filter(({ metric, policy }) => metric.name === name && policy !== "any");
  assert.ok(all.length <= 1, "a name is given away once");
}

/** An artifact is logged, with data that says which it is. */
class Attach implements Command {
  constructor(readonly policy: WritePolicy) {}
  check = () => true;
  async run(model: Model, { rubicon, experiment }: Real): Promise<void> {
    const name = `artifact ${++model.count}`;
    try {
      const artifact = await logArtifact(rubicon, experiment, {
        name,
        data: name,
        write: this.policy,
      });
      model.artifacts.set(artifact.id, { artifact, state: "there" });
    } catch (error) {
      if (!(error instanceof RubiconException)) throw error;
    }
  }
  toString = () => `attach to ${this.policy}`;
}

/** The oldest artifact that is there is deleted. */
class Delete implements Command {
  constructor(readonly policy: WritePolicy) {}
  check = () => true;
  async run(model: Model, { rubicon }: Real): Promise<void> {
    const one = [...model.artifacts.values()].find(({ state }) => state === "there");
    if (!one) return;
    try {
      await deleteArtifact(rubicon, one.artifact, { write: this.policy });
      one.state = "deleted";
    } catch (error) {
      if (!(error instanceof RubiconException)) throw error;
      one.state = "either";
    }
  }
  toString = () => `delete from ${this.policy}`;
}

/** The experiment gets a tag. */
class Tag implements Command {
  constructor(readonly policy: WritePolicy) {}
  check = () => true;
  async run(model: Model, { rubicon, experiment }: Real): Promise<void> {
    const tag = `tag ${++model.count}`;
    model.tags.tried.add(tag);
    try {
      await addTags(rubicon, experiment, [tag], { write: this.policy });
      model.tags.acknowledged.add(tag);
    } catch (error) {
      if (!(error instanceof RubiconException)) throw error;
    }
  }
  toString = () => `tag in ${this.policy}`;
}

/** Each artifact is there or not as the model says, with its own data, and each tag. */
async function checkRest(
  model: Model,
  rubicon: Composite,
  { project, experiment }: Real,
): Promise<void> {
  await checkArtifacts(model.artifacts.values(), rubicon, experiment);
  const { tags } = await getExperiment(rubicon, project, { id: experiment.id });
  for (const tag of model.tags.acknowledged) assert.ok(tags.includes(tag), `${tag} is there`);
  for (const tag of tags) assert.ok(model.tags.tried.has(tag), `${tag} was tried`);
}

/** The process ends and another one starts: only the stores remain. */
class Restart implements Command {
  check = () => true;
  async run(_: Model, real: Real): Promise<void> {
    real.rubicon = await open(real.drivers);
  }
  toString = () => "restart";
}

/** No read gives what was never written, whatever is broken. */
class Read implements Command {
  constructor(readonly name: string) {}
  check = () => true;
  async run(model: Model, { rubicon, experiment }: Real): Promise<void> {
    const look = ({ name, value }: Metric) =>
      assert.ok(model.tried.get(name)?.has(value), `${name} = ${value}`);
    try {
      look(await getMetric(rubicon, experiment, { name: this.name }));
      for (const metric of await listMetrics(rubicon, experiment)) look(metric);
    } catch (error) {
      if (!(error instanceof RubiconException)) throw error;
    }
  }
  toString = () => `read ${this.name}`;
}

/** With all backends well again, everything acknowledged is there; after a repair they are all the same. */
class Repair implements Command {
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    await recover(model, real);
  }
  toString = () => "repair";
}

async function recover(model: Model, real: Real): Promise<void> {
  for (const driver of real.drivers) driver.faults = {};
  await using rubicon = await open(real.drivers);
  for (const { metric } of model.acknowledged.values()) {
    const found = (await listMetrics(rubicon, real.experiment, { read: "merge" }))
      .filter(({ id }) => id === metric.id);
    assert.deepEqual(found, [metric], "what was acknowledged is there");
  }
  const { failures } = await repair(rubicon, { conflicts: "majority" });
  assert.deepEqual(failures, []);
  assert.equal((await verify(rubicon)).clean, true);
  const [first, ...others] = await Promise.all(
    real.drivers.map((driver) => plainContents(driver, isStray)),
  );
  for (const other of others) assert.deepEqual(other, first);
  await checkRest(model, rubicon, real);
  for (const driver of real.drivers) {
    await using alone = await openComposite(driver);
    await checkRest(model, alone, real);
  }
  for (const { metric, policy } of [...model.acknowledged.values()]) {
    const { id } = await getMetric(rubicon, real.experiment, { name: metric.name });
    if (id === metric.id) continue;
    // By the stated rule only what one backend was enough for can lose to another writer.
    assert.equal(policy, "any", "what a majority took survives a repair");
    model.acknowledged.delete(metric.id);
  }
  real.failed = [];
  real.rubicon = await open(real.drivers);
}

const name = fc.constantFrom(...NAMES);
const policy = fc.constantFrom<WritePolicy>("all", "quorum", "any");
// A hang takes its whole time limit, so it is drawn less often.
const fault = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<Fault>("before", "after") },
  { weight: 1, arbitrary: fc.constantFrom<Fault>("hang", { late: 5 }) },
);
const commands = [
  fc.tuple(name, policy).map((args) => new Write(...args)),
  ...faults(BACKENDS, fault),
  ...damages(BACKENDS),
  policy.map((policy) => new Attach(policy)),
  policy.map((policy) => new Delete(policy)),
  policy.map((policy) => new Tag(policy)),
  name.map((name) => new Read(name)),
  fc.constant(new Again()),
  fc.constant(new Restart()),
  fc.constant(new Repair()),
];

const RUNS = Deno.env.get("CI") === "true" ? 10_000 : 500;

Deno.test({
  name:
    `model: ${RUNS} random sequences of writes, faults, damage, restarts and repairs lose nothing`,
  async fn() {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 12 }), async (commands) => {
        const drivers = Array.from({ length: BACKENDS }, () => faulty());
        const rubicon = await open(drivers);
        const project = await createProject(rubicon, { name: "p" });
        const experiment = await logExperiment(rubicon, project);
        const real: Real = { drivers, rubicon, project, experiment, failed: [] };
        const model: Model = {
          acknowledged: new Map(),
          tried: new Map(),
          count: 0,
          artifacts: new Map(),
          tags: { acknowledged: new Set(), tried: new Set() },
        };
        await fc.asyncModelRun(() => ({ model, real }), commands);
        await recover(model, real);
      }),
      { numRuns: RUNS, endOnFailure: false },
    );
  },
});
