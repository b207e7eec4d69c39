/**
 * What the benchmarks have in common: the same work for this module and for the real rubicon-ml, turns, medians.
 */
import {
  type BackendConfig,
  createProject,
  logExperiment,
  logFeature,
  logMetric,
  logParameter,
  openComposite,
} from "../mod.ts";
import { interpreter } from "../tests/support/python.ts";

/** 20 children an experiment. */
export const CHILDREN = {
  parameters: Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`p${at}`, at])),
  features: Array.from({ length: 5 }, (_, at) => `f${at}`),
  metrics: Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`m${at}`, at / 7])),
};
/** An experiment and its children. */
export const ENTITIES = 21;

/** One line of the table. */
export interface Row {
  what: string;
  /** This module's median. */
  ours: number;
  /** The other's median. */
  theirs: number;
  unit: "entities/s" | "points/s" | "µs" | "ms" | "s" | "requests" | "MiB" | "modules" | "KiB";
  /** Who the other is. */
  against: string;
  /** How the two compare: so many times better, or for `limit` so many times as much. */
  ratio: number;
  /** The least or (for `limit`) the most that the ratio should be. */
  goal?: number;
  /** Whether less is meant to be `theirs` at most, times the goal. */
  limit?: boolean;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Measures several things in turns, so that a machine that gets slower does so for all of them. */
export async function inTurns<K extends string>(
  rounds: number,
  cases: Record<K, () => Promise<number>>,
): Promise<Record<K, number>> {
  const names = Object.keys(cases) as K[];
  const found = new Map(names.map((name) => [name, [] as number[]]));
  // The first round warms up.
  for (let round = rounds > 1 ? -1 : 0; round < rounds; round++) {
    for (const name of names) {
      const value = await cases[name]();
      if (round >= 0) found.get(name)!.push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(found.get(name)!)])) as Record<
    K,
    number
  >;
}

/** So many experiments are logged before those that count: V8 forgets what it has compiled while others have a turn. */
const WARM_UP = 50;

/** Entities a second that this module logs to fresh stores, one by one or a whole experiment at once. */
export async function logged(
  backends: () => BackendConfig<string>[],
  experiments: number,
  bulk: boolean,
): Promise<number> {
  await logTo(backends(), WARM_UP, bulk);
  return await logTo(backends(), experiments, bulk);
}

async function logTo(
  backends: BackendConfig<string>[],
  experiments: number,
  bulk: boolean,
): Promise<number> {
  await using rubicon = await openComposite(backends);
  const project = await createProject(rubicon, { name: `p${crypto.randomUUID()}` });
  const start = performance.now();
  for (let at = 0; at < experiments; at++) {
    if (bulk) {
      await logExperiment(rubicon, project, CHILDREN);
      continue;
    }
    const experiment = await logExperiment(rubicon, project);
    for (const [name, value] of Object.entries(CHILDREN.parameters)) {
      await logParameter(rubicon, experiment, { name, value });
    }
    for (const name of CHILDREN.features) await logFeature(rubicon, experiment, { name });
    for (const [name, value] of Object.entries(CHILDREN.metrics)) {
      await logMetric(rubicon, experiment, { name, value });
    }
  }
  return experiments * ENTITIES / (performance.now() - start) * 1000;
}

/** The real rubicon-ml, in a process of its own. */
export interface Rubicon extends AsyncDisposable {
  /** Runs one function of bench/rubicon.py; gives what it returns, in seconds. */
  run(name: string, ...args: unknown[]): Promise<number>;
}

export async function startRubicon(): Promise<Rubicon> {
  const child = new Deno.Command(await interpreter(), {
    args: ["-W", "ignore", new URL("rubicon.py", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return {
    async run(name, ...args) {
      await writer.write(new TextEncoder().encode(`${JSON.stringify({ run: name, args })}\n`));
      let line = "";
      while (!line.endsWith("\n")) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`rubicon-ml ended in ${name}`);
        line += value;
      }
      return JSON.parse(line);
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      await child.status;
      await reader.cancel();
    },
  };
}
