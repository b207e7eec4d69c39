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
import type { Fault, Faulty } from "./faulty.ts";

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
