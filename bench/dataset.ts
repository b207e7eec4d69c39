/**
 * A dataset of 10,000 runs with 10 M points, from a folder to a folder: each step in a process of its own. Time is the
 * processor's, since that is the same on a machine that others use.
 */
import type { Row } from "./lib.ts";

const RUNS = 10_000;
const POINTS = 1_000;

/** What a process of its own measured. */
interface Measured {
  seconds: number;
  processor: number;
  peak: number;
}

async function measure(action: string, folder: string, runs: number): Promise<Measured> {
  const worker = new URL("dataset_worker.ts", import.meta.url).pathname;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", worker, action, folder, String(runs), String(POINTS)],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(action);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Measures it with so many runs. */
async function withRuns(runs: number): Promise<Record<"all" | "since", Measured>> {
  const folder = await Deno.makeTempDir({ prefix: "rubicon-bench-" });
  try {
    await measure("write", folder, runs);
    const all = await measure("export", folder, runs);
    return { all, since: await measure("since", folder, runs) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

export async function dataset(): Promise<Row[]> {
  const few = await withRuns(RUNS / 10);
  const many = await withRuns(RUNS);
  const limit = { limit: true } as const;
  const { all, since } = many;
  return [
    {
      ...{ what: "dataset: 10,000 runs, 10 M points", ours: all.processor, theirs: 300, unit: "s" },
      ...{ against: "the goal", ratio: all.processor / 300, goal: 1, ...limit },
    },
    {
      ...{ what: "dataset: the same again since last", ours: since.processor, unit: "s" },
      ...{ theirs: all.processor, against: "all of it", ratio: since.processor / all.processor },
    },
    {
      ...{ what: "dataset: the peak of 10,000 runs", ours: all.peak, theirs: few.all.peak },
      ...{ unit: "MiB", against: "1,000 runs", ratio: all.peak / few.all.peak, goal: 2, ...limit },
    },
  ];
}
