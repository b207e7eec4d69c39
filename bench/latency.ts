// deno-lint-ignore-file no-console -- it prints its figures.
/**
 * How long a write to three backends takes that answer after 5, 50 and 200 ms, beside rubicon-ml's composite, whose
 * backends are slowed down by as much.
 *
 *     deno run -A bench/latency.ts
 */
import {
  createProject,
  logExperiment,
  logMetric,
  openComposite,
  type WritePolicy,
} from "../mod.ts";
import { faulty } from "../tests/support/faulty.ts";
import { python } from "../tests/support/python.ts";

const DELAYS = [5, 50, 200];
const RUNS = 11;

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function ours(write: WritePolicy): Promise<number> {
  const drivers = DELAYS.map(() => faulty());
  const times: number[] = [];
  {
    await using rubicon = await openComposite(drivers);
    const project = await createProject(rubicon, { name: "p" });
    const experiment = await logExperiment(rubicon, project);
    drivers.forEach((driver, at) => driver.faults = { put: { late: DELAYS[at]! } });
    for (let run = 0; run < RUNS; run++) {
      const start = performance.now();
      await logMetric(rubicon, experiment, { name: `m${run}`, value: run, write });
      times.push(performance.now() - start);
      // The slow ones of a quorum are still at it.
      await rubicon.settled(AbortSignal.timeout(1_000));
    }
  }
  return median(times);
}

const theirs = await python(
  `
import tempfile, time
from rubicon_ml import Rubicon
r = Rubicon(composite_config=[{"persistence": "filesystem", "root_dir": tempfile.mkdtemp()} for _ in input["delays"]])
e = r.create_project("p").log_experiment()
for repository, delay in zip(r.repositories, input["delays"]):
    def slow(path, repository=repository, delay=delay, write=repository._persist_domain):
        return lambda domain, path: (time.sleep(delay / 1000), write(domain, path))
    repository._persist_domain = slow(None)
output = []
for run in range(input["runs"]):
    start = time.perf_counter()
    e.log_metric(f"m{run}", run)
    output.append((time.perf_counter() - start) * 1000)
`,
  { delays: DELAYS, runs: RUNS },
) as number[];

const rows: [string, number, number, string][] = [
  ["all", await ours("all"), DELAYS[2]!, "the slowest"],
  ["quorum", await ours("quorum"), DELAYS[1]!, "the middle one"],
  ["any", await ours("any"), DELAYS[0]!, "the fastest"],
  ["rubicon-ml", median(theirs), DELAYS.reduce((sum, delay) => sum + delay), "the sum"],
];
console.log(`backends that answer after ${DELAYS.join(", ")} ms; median of ${RUNS} writes`);
for (const [what, time, against, name] of rows) {
  console.log(
    `${what.padEnd(12)} ${time.toFixed(1).padStart(6)} ms = ${
      (time / against).toFixed(2)
    } × ${name} (${against} ms)`,
  );
}
