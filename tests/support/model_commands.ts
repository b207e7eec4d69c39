/**
 * What the random sequences on composites have in common: backends that break and are mended, and artifacts that are
 * there or not.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  type Artifact,
  type Composite,
  type Experiment,
  listArtifacts,
  readArtifact,
} from "../../mod.ts";
import { contents, type Fault, type Faulty } from "./faulty.ts";

const VERBS = ["put", "get", "open", "stat", "list", "folders", "delete", "all"] as const;

/** What a command acts on, whatever else its model has. */
interface Backends {
  drivers: Faulty[];
}

class Break implements fc.AsyncCommand<object, Backends> {
  constructor(readonly at: number, readonly verb: typeof VERBS[number], readonly fault: Fault) {}
  check = () => true;
  run(_: object, { drivers }: Backends): Promise<void> {
    drivers[this.at]!.faults[this.verb] = this.fault;
    return Promise.resolve();
  }
  toString = () => `break ${this.verb} of ${this.at}: ${JSON.stringify(this.fault)}`;
}

class Mend implements fc.AsyncCommand<object, Backends> {
  constructor(readonly at: number) {}
  check = () => true;
  run(_: object, { drivers }: Backends): Promise<void> {
    drivers[this.at]!.faults = {};
    return Promise.resolve();
  }
  toString = () => `mend ${this.at}`;
}

/**
 * A metadata.json is cut short in one backend, as by a disk that was full. All others have it whole and the same: what
 * only one has is lost with it, and of two contents the one that is left over would win.
 */
class Damage implements fc.AsyncCommand<object, Backends> {
  constructor(readonly at: number, readonly which: number, readonly length: number) {}
  check = () => true;
  async run(_: object, { drivers }: Backends): Promise<void> {
    const [faults, others] = [drivers.map(({ faults }) => faults), drivers.toSpliced(this.at, 1)];
    for (const driver of drivers) driver.faults = {};
    const [mine, ...theirs] = await Promise.all([drivers[this.at]!, ...others].map(contents));
    const keys = Object.keys(mine!).filter((key) =>
      key.endsWith("/metadata.json") && theirs.every((other) => other[key] === mine![key])
    );
    const key = keys[this.which % keys.length];
    if (key !== undefined) {
      const text = mine![key]!.slice(0, this.length);
      await drivers[this.at]!.put(key, new TextEncoder().encode(text));
    }
    drivers.forEach((driver, at) => driver.faults = faults[at]!);
  }
  toString = () => `damage ${this.which} of ${this.at}`;
}

/** Somebody else leaves an object in one backend. */
class Stray implements fc.AsyncCommand<object, Backends> {
  constructor(readonly at: number, readonly key: string) {}
  check = () => true;
  async run(_: object, { drivers }: Backends): Promise<void> {
    const driver = drivers[this.at]!;
    const { faults } = driver;
    driver.faults = {};
    await driver.put(this.key, new Uint8Array(1));
    driver.faults = faults;
  }
  toString = () => `${this.key} in ${this.at}`;
}

const STRAY = ["stray?.txt", "p/stray?.txt", "p/experiments/stray", "p/artifacts/stray/notes.txt"];

/** Whether a key is of what somebody else left. */
export const isStray = (key: string): boolean => key.includes("stray");

/** Commands that damage objects in one of so many backends, and leave some there that belong to nobody. */
export function damages(backends: number): fc.Arbitrary<fc.AsyncCommand<object, Backends>>[] {
  const at = fc.integer({ min: 0, max: backends - 1 });
  return [
    fc.tuple(at, fc.nat(), fc.integer({ min: 0, max: 40 })).map((args) => new Damage(...args)),
    fc.tuple(at, fc.constantFrom(...STRAY)).map((args) => new Stray(...args)),
  ];
}

/** Commands that break and mend one of so many backends. */
export function faults(
  backends: number,
  fault: fc.Arbitrary<Fault>,
): fc.Arbitrary<fc.AsyncCommand<object, Backends>>[] {
  const at = fc.integer({ min: 0, max: backends - 1 });
  return [
    fc.tuple(at, fc.constantFrom(...VERBS), fault).map((args) => new Break(...args)),
    at.map((at) => new Mend(at)),
  ];
}

/** An artifact, as a model knows it: there, deleted, or either, after a deletion that failed. */
export interface Modelled {
  artifact: Artifact;
  state: "there" | "deleted" | "either";
}

/** Each artifact is there or not as the model says, and whatever is listed has its own data: its name. */
export async function checkArtifacts(
  artifacts: Iterable<Modelled>,
  rubicon: Composite,
  experiment: Experiment,
): Promise<Artifact[]> {
  const listed = await listArtifacts(rubicon, experiment);
  for (const { artifact, state } of artifacts) {
    const found = listed.filter(({ id }) => id === artifact.id);
    if (state === "there") assert.deepEqual(found, [artifact], "it is there");
    if (state === "deleted") assert.deepEqual(found, [], "what was deleted stays so");
  }
  for (const artifact of listed) {
    const bytes = await readArtifact(rubicon, artifact);
    assert.equal(new TextDecoder().decode(bytes), artifact.name);
  }
  return listed;
}
