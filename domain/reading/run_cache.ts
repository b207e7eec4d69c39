/**
 * Runs that were read before, by the version of their folders. A run is taken from here only if the store says at this
 * very moment that the version is the same, so nothing is ever stale.
 *
 * @module
 */
import type { Cell, MetricCell } from "../format/cell.ts";
import type { Experiment } from "../format/entities.ts";
import type { RunState } from "../format/run_state.ts";
import { olderFirst } from "./entity_files.ts";
import type { Life } from "./lives.ts";

/** A run; without its children if nobody asked for them. */
export interface KnownRun {
  readonly experiment: Experiment;
  readonly children?: {
    readonly parameters: readonly Cell[];
    readonly metrics: readonly MetricCell[];
  };
  /** The latest of its status files, if it has one. */
  readonly life?: Life;
  /** The state that it is in, if somebody asked for that. It is no part of what is kept: time changes it. */
  readonly status?: RunState | null;
  /** How long it took, in milliseconds: likewise. */
  readonly durationMs?: number;
}

/** An experiment that its owner may change. */
export function ownCopy(experiment: Experiment): Experiment {
  const copy = { ...experiment, tags: [...experiment.tags], comments: [...experiment.comments] };
  if (copy.trainingMetadata) copy.trainingMetadata = ownValue(copy.trainingMetadata);
  return copy;
}

/** A value whose lists and objects its owner may change. Everything else in it never changes, but for bytes. */
export function ownValue<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(ownValue) as T;
  if (value instanceof Set) return new Set(value) as T;
  if (ArrayBuffer.isView(value)) return (value as unknown as Uint8Array).slice() as T;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, ownValue(one)])) as T;
}

/** The versions of what a run is read from; `undefined` if one of them is not sure. */
export interface RunVersion {
  /** Of the experiment's own folder. */
  own: string | undefined;
  /** Of the folders of its parameters and metrics, if somebody looked. */
  children?: string | undefined;
}

/** The runs of one folder of experiments in one store. */
export class RunCache {
  #runs = new Map<string, { version: RunVersion; run: KnownRun }>();
  #isSorted = true;

  /** A run of this version, with its children if they are asked for. */
  get(id: string, { own, children }: RunVersion, wantsChildren: boolean): KnownRun | undefined {
    const found = this.#runs.get(id);
    if (own === undefined || found?.version.own !== own) return undefined;
    if (!wantsChildren) return found.run;
    return children !== undefined && found.version.children === children ? found.run : undefined;
  }

  /** Keeps a run, if its version is sure. The caller changes nothing in it from now on. */
  set(id: string, version: RunVersion, run: KnownRun): void {
    if (version.own === undefined || run.children && version.children === undefined) return;
    if (!this.#runs.has(id)) this.#isSorted = false;
    this.#runs.set(id, { version, run });
  }

  /** Forgets all runs but these. Gives these: those that are known first, the oldest before the others. */
  keepOnly(ids: readonly string[]): string[] {
    if (this.#runs.size === 0) return [...ids];
    const left = new Set(ids);
    const known: string[] = [];
    for (const id of this.#runs.keys()) {
      if (left.delete(id)) known.push(id);
      else this.#runs.delete(id);
    }
    return [...known, ...left];
  }

  /** Has the oldest first from now on: to sort what is sorted takes no time. */
  sort(): void {
    if (this.#isSorted) return;
    const all = [...this.#runs].sort(([, a], [, b]) =>
      olderFirst(a.run.experiment, b.run.experiment)
    );
    this.#runs = new Map(all);
    this.#isSorted = true;
  }
}
