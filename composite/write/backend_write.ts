/**
 * Carrying out a write in one backend.
 *
 * @module
 */
import { hasCode, type Receipt, type RubiconException } from "../../errors.ts";
import { asException, backendError, reasonOf } from "../failure.ts";
import type { BundledTreeOptions } from "../layers/bundle.ts";
import type { Backend, Step, WritePlan } from "../plan.ts";
import { bringParents } from "./parents.ts";
import { put } from "./put.ts";

/** How a write goes in one backend. */
export class Attempt {
  outcome: Receipt["outcome"] = "pending";
  error: RubiconException | undefined;
  milliseconds = 0;
  bytes = 0;
  /** What it stored, all of which was not there before. */
  readonly stored: Step[] = [];
  /** What was refused, since another content is in the way. */
  readonly refused: Step[] = [];

  constructor(readonly backend: Backend) {}

  /** What a caller gets of it. It does not change any more. */
  receipt(): Receipt {
    return Object.freeze({
      backend: this.backend.label,
      outcome: this.outcome,
      ...(this.error && { error: this.error }),
      milliseconds: this.milliseconds,
      bytes: this.bytes,
    });
  }

  /** Notes a failure. */
  fail(error: unknown): void {
    this.outcome = "failed";
    this.error = asException(error, this.backend);
  }
}

/** Carries out a plan in one backend. Never rejects: the attempt says how it went. */
export async function writeTo(
  attempt: Attempt,
  plan: WritePlan,
  backends: readonly Backend[],
): Promise<void> {
  const { health } = attempt.backend;
  const start = performance.now();
  let isAsked = false;
  health.pending(1);
  try {
    await health.run(() => {
      isAsked = true;
      return carryOut(attempt, plan, backends);
    });
    attempt.outcome = "ok";
    if (plan.exists && attempt.bytes > 0) health.missed(`what belongs to ${plan.what}`);
  } catch (error) {
    attempt.fail(error);
    if (!isAsked) attempt.outcome = "skipped";
  } finally {
    health.pending(-1);
    attempt.milliseconds = performance.now() - start;
  }
}

async function carryOut(
  attempt: Attempt,
  plan: WritePlan,
  backends: readonly Backend[],
): Promise<void> {
  const { backend } = attempt;
  const { driver } = backend;
  // Nearly always all are known, and nothing has to be waited for.
  if (plan.parents?.some((parent) => !driver.knows(parent))) {
    await bringParents(backend, plan, backends);
  }
  const { waves } = plan;
  if (waves.length === 1 && waves[0]!.length === 1) await putStep(attempt, waves[0]![0]!, plan);
  else if (!await putAtOnce(attempt, plan)) {
    for (const [at, wave] of waves.entries()) {
      await putWave(attempt, wave, plan, at === waves.length - 1);
    }
  }
  for (const key of plan.deletes ?? []) await driver.delete(key);
}

/** Stores all objects of a new folder in one step, if the backend is able. */
async function putAtOnce(attempt: Attempt, { folder, waves }: WritePlan): Promise<boolean> {
  const { driver } = attempt.backend;
  if (folder === undefined || !driver.putTree || waves.length < 2) return false;
  const steps = waves.flat();
  const objects = smallObjects(folder, steps);
  if (objects.length < steps.length) return false;
  const options: BundledTreeOptions = { cells: steps.map(({ cell }) => cell) };
  if (!await driver.putTree(folder, objects, options)) return false;
  attempt.stored.push(...steps);
  attempt.bytes = objects.reduce((sum, [, { length }]) => sum + length, 0);
  return true;
}

/** The objects of a plan that are bytes and replace nothing, by their paths in the folder. */
const smallObjects = (folder: string, steps: readonly Step[]): [string, Uint8Array][] =>
  steps.flatMap(({ key, source, present = "same" }) =>
    source instanceof Uint8Array && present === "same"
      ? [[key.slice(folder.length + 1), source]]
      : []
  );

/** Stores the objects of a wave at once. The first that fails is the reason, and names itself. */
async function putWave(
  attempt: Attempt,
  wave: readonly Step[],
  plan: WritePlan,
  isLast: boolean,
): Promise<void> {
  const { folder, waves } = plan;
  const results = await Promise.allSettled([
    ...wave.map((step) => putStep(attempt, step, plan)),
    ...(isLast && folder !== undefined
      ? [bundle(attempt.backend, folder, smallObjects(folder, waves.flat()))]
      : []),
  ]);
  const failures = results.flatMap((one) => one.status === "rejected" ? [one.reason] : []);
  if (failures.length > 0) {
    throw failures.find((error) => hasCode(error, "already-exists")) ?? failures[0];
  }
}

async function bundle(
  backend: Backend,
  folder: string,
  objects: readonly [string, Uint8Array][],
): Promise<void> {
  try {
    await backend.driver.bundle(folder, objects);
  } catch (error) {
    throw named(error, backend, `the digest of ${folder}`);
  }
}

/** A backend's error that says what it is about. */
const named = (error: unknown, backend: Backend, what: string): RubiconException =>
  backendError(
    backend,
    asException(error, backend).code,
    `${what}: ${reasonOf(error, backend.label)}`,
    error,
  );

async function putStep(attempt: Attempt, step: Step, plan: WritePlan): Promise<void> {
  const { backend } = attempt;
  try {
    const bytes = await put(backend, step, plan.what);
    attempt.bytes += bytes;
    if (bytes > 0 && (step.present ?? "same") === "same") attempt.stored.push(step);
  } catch (error) {
    if (hasCode(error, "already-exists")) attempt.refused.push(step);
    else if (step.what !== undefined && step.what !== plan.what) {
      throw named(error, backend, step.what);
    }
    throw error;
  }
}
