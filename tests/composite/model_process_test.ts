/**
 * Random operations on a composite with a background backend, in processes that die between any two verbs, against
 * a simple model: what was acknowledged can be read while one backend that took it lives, what was deleted stays so.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  addTags,
  type Composite,
  createProject,
  deleteArtifact,
  type Driver,
  type Experiment,
  flush,
  getExperiment,
  listArtifacts,
  logArtifact,
  logExperiment,
  openComposite,
  type Project,
  readArtifact,
  type Receipt,
  registerDriver,
  removeTags,
  repair,
  RubiconException,
  verify,
  type WritePolicy,
} from "../../mod.ts";
import { contents, type Fault, type Faulty, faulty, plainContents } from "../support/faulty.ts";
import {
  checkArtifacts,
  damages,
  faults,
  isStray,
  type Modelled,
} from "../support/model_commands.ts";

const SYNC = 3;

/** A process, which dies after so many verbs: those that come later never answer, and change nothing. */
interface Process {
  left: number;
}

const processes = new Map<string, { driver: Faulty; process: Process }>();

registerDriver("model-process", ({ rootDir }): Driver => {
  const { driver, process } = processes.get(String(rootDir))!;
  const lives = () => process.left-- > 0 ? undefined : new Promise<never>(() => {});
  const verb = <A extends unknown[], R>(run: (...args: A) => Promise<R>) => async (...args: A) => {
    await lives();
    return await run(...args);
  };
  return {
    ...driver,
    get: verb(driver.get),
    open: verb(driver.open),
    put: verb(driver.put),
    stat: verb(driver.stat),
    folders: verb(driver.folders),
    delete: verb(driver.delete),
    async *list(prefix, options) {
      await lives();
      yield* driver.list(prefix, options);
    },
  };
});

interface Model {
  /** Whether a process died on the way. */
  died: boolean;
  count: number;
  /** Who took it; what was deleted, or may have been. */
  artifacts: Map<string, Modelled & { takers: Set<string> }>;
  /** Names of artifacts that were ever tried. */
  tried: Set<string>;
  tags: Map<string, "there" | "gone" | "either">;
}

interface Real {
  drivers: Faulty[];
  process: Process;
  rubicon: Composite;
  /** All that was warned of since the last recovery. */
  warnings: string[];
  project: Project;
  experiment: Experiment;
  /** The composites of processes that died. */
  dead: Promise<void>[];
}

type Command = fc.AsyncCommand<Model, Real>;

/** Starts a process. The last backend is a background one. */
async function start(
  drivers: Faulty[],
  warnings: string[],
): Promise<Pick<Real, "process" | "rubicon">> {
  const process = { left: Infinity };
  const configs = drivers.map((driver, at) => {
    const rootDir = crypto.randomUUID();
    processes.set(rootDir, { driver, process });
    const mode = at < SYNC ? "sync" as const : "background" as const;
    return { persistence: "model-process", rootDir, mode };
  });
  const onWarning = (message: string) => void warnings.push(message);
  const rubicon = await openComposite(configs, { timeoutMs: 15, onWarning });
  processes.clear();
  return { process, rubicon };
}

/** What a command does; errors of backends are part of the game. */
async function tried(work: () => Promise<void>, failed: () => void): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RubiconException)) throw error;
    failed();
  }
}

const took = (receipts: readonly Receipt[]) =>
  new Set(receipts.filter(({ outcome }) => outcome === "ok").map(({ backend }) => backend));

class Attach implements Command {
  constructor(readonly write: WritePolicy) {}
  check = () => true;
  async run(model: Model, { rubicon, experiment }: Real): Promise<void> {
    const name = `artifact ${++model.count}`;
    model.tried.add(name);
    let takers = new Set<string>();
    await tried(async () => {
      const artifact = await logArtifact(rubicon, experiment, {
        name,
        data: () => new Blob([name]).stream(),
        write: this.write,
        onReceipts: (receipts) => takers = took(receipts),
      });
      model.artifacts.set(artifact.id, { artifact, takers, state: "there" });
    }, () => {});
  }
  toString = () => `attach to ${this.write}`;
}

class Delete implements Command {
  constructor(readonly write: WritePolicy) {}
  check = () => true;
  async run(model: Model, { rubicon }: Real): Promise<void> {
    const one = [...model.artifacts.values()].find(({ state }) => state !== "deleted");
    if (!one) return;
    await tried(async () => {
      await deleteArtifact(rubicon, one.artifact, { write: this.write });
      one.state = "deleted";
    }, () => void (one.state = "either"));
  }
  toString = () => `delete from ${this.write}`;
}

class Tag implements Command {
  constructor(readonly tag: string, readonly remove: boolean, readonly write: WritePolicy) {}
  check = () => true;
  async run(model: Model, { rubicon, experiment }: Real): Promise<void> {
    const change = this.remove ? removeTags : addTags;
    await tried(async () => {
      await change(rubicon, experiment, [this.tag], { write: this.write });
      model.tags.set(this.tag, this.remove ? "gone" : "there");
    }, () => void model.tags.set(this.tag, "either"));
  }
  toString = () => `${this.remove ? "untag" : "tag"} ${this.tag} in ${this.write}`;
}

/** The process dies after some verbs of a command, and another one starts. */
class Die implements Command {
  constructor(readonly verbs: number, readonly during: Command) {}
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    model.died = true;
    const { process, rubicon } = real;
    process.left = this.verbs;
    const running = this.during.run(model, real);
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, 5);
    await Promise.race([running, late.promise]);
    clearTimeout(timer);
    process.left = 0;
    // It is dead, and only its timers are stopped by this: none of its verbs answers.
    real.dead.push(rubicon.close());
    // What it was told by then it was told: its time limits let the command end.
    await running;
    Object.assign(real, await start(real.drivers, real.warnings));
  }
  toString = () => `die after ${this.verbs} verbs of ${this.during}`;
}

/** While one backend that took it lives, what was acknowledged can be read; nothing else ever is. */
class Look implements Command {
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const before = real.drivers.map((driver) => driver.faults);
    for (const { artifact, takers, state } of model.artifacts.values()) {
      if (state !== "there") continue;
      for (const taker of takers) {
        for (const driver of real.drivers) {
          driver.faults = driver.label === taker ? {} : { all: "before" };
        }
        const { rubicon } = await start(real.drivers, real.warnings);
        const bytes = await readArtifact(rubicon, artifact);
        assert.equal(new TextDecoder().decode(bytes), artifact.name, `${taker} took it`);
        const listed = await listArtifacts(rubicon, real.experiment);
        for (const { name } of listed) assert.ok(model.tried.has(name), `${name} was tried`);
        await rubicon.close();
      }
    }
    real.drivers.forEach((driver, at) => driver.faults = before[at]!);
  }
  toString = () => "look";
}

class Recover implements Command {
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    for (const driver of real.drivers) driver.faults = {};
    real.dead.push(real.rubicon.close());
    const { rubicon } = await start(real.drivers, real.warnings);
    const left = await flush(rubicon, { timeoutMs: 2_000 });
    assert.deepEqual(left, [], "all backends are well, so nothing waits");
    if (!real.warnings.some((text) => text.includes("could not be kept"))) {
      await checkBrought(model, real.drivers[SYNC]!);
    }
    real.warnings.length = 0;
    const { failures, conflicts } = await repair(rubicon, { conflicts: "majority" });
    assert.deepEqual(failures, []);
    assert.deepEqual(conflicts, []);
    assert.equal((await verify(rubicon)).clean, true);
    const stores = await Promise.all(real.drivers.map(stored));
    for (const store of stores) assert.deepEqual(store, stores[0]);
    await rubicon.close();
    for (const driver of real.drivers) {
      await using alone = await openComposite(driver);
      await checkAll(model, alone, real);
    }
    for (const one of model.artifacts.values()) {
      one.takers = new Set(real.drivers.map(({ label }) => label));
    }
    Object.assign(real, await start(real.drivers, real.warnings));
  }
  toString = () => "recover";
}

/** What the outbox was for: before any repair the background backend has all that was acknowledged. */
async function checkBrought(model: Model, background: Driver): Promise<void> {
  const keys = Object.keys(await contents(background));
  for (const { artifact, state } of model.artifacts.values()) {
    // Where processes died, an earlier entry may have been done again after a deletion: repair takes that back.
    if (state === "either" || (state === "deleted" && model.died)) continue;
    const shows = keys.some((key) => key.endsWith(`/${artifact.id}/metadata.json`));
    const { name } = artifact;
    assert.equal(shows, state === "there", `${name} is ${state}, in the background backend too`);
    if (shows) assert.ok(keys.some((key) => key.endsWith(`/${artifact.id}/data`)), name);
  }
}

/** All but the outbox, whose entries of a process that died may wait for a while, and tags, which are looked at alone. */
async function stored(driver: Driver): Promise<Record<string, string>> {
  return await plainContents(driver, (key) => key.startsWith("outbox_") || isStray(key));
}

async function checkAll(model: Model, rubicon: Composite, real: Real): Promise<void> {
  const { project, experiment } = real;
  const listed = await checkArtifacts(model.artifacts.values(), rubicon, experiment);
  for (const { name } of listed) assert.ok(model.tried.has(name));
  const { tags } = await getExperiment(rubicon, project, { id: experiment.id });
  for (const [tag, state] of model.tags) {
    if (state !== "either") assert.equal(tags.includes(tag), state === "there", `${tag}: ${state}`);
  }
}

const policy = fc.constantFrom<WritePolicy>("all", "quorum", "any");
// A hang takes its whole time limit, so it is drawn less often.
const fault = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Fault>("before", "during", "after") },
  { weight: 1, arbitrary: fc.constantFrom<Fault>("hang", { late: 5 }) },
);
const changes: fc.Arbitrary<Command>[] = [
  policy.map((policy) => new Attach(policy)),
  policy.map((policy) => new Delete(policy)),
  fc.tuple(fc.constantFrom("x", "y"), fc.boolean(), policy).map((args) => new Tag(...args)),
];
const commands: fc.Arbitrary<Command>[] = [
  ...changes,
  ...faults(SYNC + 1, fault),
  ...damages(SYNC + 1),
  fc.tuple(fc.integer({ min: 0, max: 12 }), fc.oneof(...changes)).map((args) => new Die(...args)),
  fc.constant(new Look()),
  fc.constant(new Recover()),
];

const RUNS = Deno.env.get("CI") === "true" ? 1_000 : 200;

Deno.test({
  name:
    `model: ${RUNS} random sequences with processes that die and a background backend lose nothing`,
  async fn() {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 12 }), async (commands) => {
        const drivers = Array.from({ length: SYNC + 1 }, () => faulty());
        const warnings: string[] = [];
        const { process, rubicon } = await start(drivers, warnings);
        const project = await createProject(rubicon, { name: "p" });
        const experiment = await logExperiment(rubicon, project);
        const real: Real = { drivers, process, rubicon, warnings, project, experiment, dead: [] };
        const model: Model = {
          died: false,
          count: 0,
          artifacts: new Map(),
          tried: new Set(),
          tags: new Map(),
        };
        await fc.asyncModelRun(() => ({ model, real }), commands);
        await new Recover().run(model, real);
        await Promise.all([real.rubicon.close(), ...real.dead]);
      }),
      { numRuns: RUNS, endOnFailure: false },
    );
  },
});
