/**
 * The store of the pictures in the documentation: a sweep of 300 runs with curves, as practice has them, whose times are the
 * same each time it is made.
 */
import {
  addComments,
  addTags,
  type BackendConfig,
  type Composite,
  createProject,
  type Experiment,
  listExperiments,
  logArtifact,
  logDataframe,
  logExperiment,
  logFeature,
  logJson,
  openComposite,
  type Project,
  setStatus,
  startRun,
} from "../../../mod.ts";
import { randomOf } from "./random.ts";
import { png, svg } from "./samples.ts";
import { SWEEP, type SweptRun, sweptRuns } from "./sweep.ts";

const RUNS = 300;
const FIRST = Date.parse("2026-10-01T08:00:00Z");
const MINUTE = 60_000;
/** When the pictures are taken: some minutes after the last run began. */
export const TAKEN = FIRST + (RUNS * 7 + 5) * MINUTE;

/** Fills a store, moving the process's clock with the runs. It stands at {@linkcode TAKEN} afterwards, and runs on. */
export async function fillGallery(rubicon: Composite): Promise<Project> {
  const real = Date.now;
  let now = FIRST - 24 * 60 * MINUTE;
  Date.now = () => now;
  await fillOthers(rubicon);
  now = FIRST;
  const project = await createProject(rubicon, SWEEP);
  const runs = sweptRuns({ runs: RUNS, parameters: 6, metrics: 2, seed: 4 });
  let last: Experiment | undefined;
  for (const [at, swept] of runs.entries()) {
    now = FIRST + at * 7 * MINUTE;
    last = await trained(rubicon, project, swept, at, (time) => now = time);
  }
  now = TAKEN - 5_000;
  await setStatus(rubicon, last!, "running");
  await attach(rubicon, last!);
  const begun = real();
  Date.now = () => TAKEN + real() - begun;
  return project;
}

async function trained(
  rubicon: Composite,
  project: Project,
  { parameters, metrics, tags, name, ...fields }: SweptRun,
  at: number,
  setNow: (time: number) => void,
): Promise<Experiment> {
  const random = randomOf(at + 1);
  const score = metrics[0]!.value as number;
  const fails = at % 41 === 17;
  const start = Date.parse(fields.createdAt);
  const epochs = fails ? 9 + at % 12 : at === RUNS - 1 ? 41 : 60;
  const each = (2 + random() * 5) * 1_000;
  const run = await startRun(rubicon, project, {
    ...{ ...fields, name: at === RUNS - 1 ? `bold-maple-${at}` : name, tags, parameters },
    summary: {
      accuracy: "max",
      loss: "min",
      "val/loss": { fold: "min", directionality: "loss" },
    },
  });
  const speed = 4 + random() * 14;
  for (let step = 0; step < epochs; step++) {
    const share = 1 - Math.exp(-(step + 1) / speed);
    const noise = () => (random() - 0.5) * 0.03 * (1.3 - share);
    const blownUp = fails && step > epochs - 5 ? (step - epochs + 5) * 0.35 : 0;
    run.log({
      accuracy: Math.max(0.05, 0.1 + (score - 0.1) * share + noise() - blownUp / 3),
      loss: 2.3 * (1 - share) + (1 - score) * 2 + noise() * 3 + blownUp,
      "val/loss": 2.3 * (1 - share) + (1 - score) * 2.6 + noise() * 6 +
        Math.max(0, step - 35) * 0.004 + blownUp,
    }, { step, time: new Date(start + step * each) });
  }
  setNow(start + epochs * each);
  if (fails) await run.fail(`RangeError: the loss is NaN at epoch ${epochs}`);
  else await run.finish();
  if (at % 83 === 60) {
    await setStatus(rubicon, run.experiment, "cancelled", { reason: "stopped by hand" });
  }
  return run.experiment;
}

/** What the run has whose page is shown. */
async function attach(rubicon: Composite, run: Experiment): Promise<void> {
  const random = randomOf(5);
  await addTags(rubicon, run, ["rerun"]);
  await addComments(rubicon, run, [
    "Warm-up of 500 steps, then cosine. The same seed as calm-delta-298.",
  ]);
  for (const [name, importance] of [["hue", 0.21], ["edges", 0.48], ["texture", 0.31]] as const) {
    await logFeature(rubicon, run, { name, importance });
  }
  await logArtifact(rubicon, run, { name: "confusion.svg", data: svg(0.91) });
  await logArtifact(rubicon, run, { name: "sample.png", data: png(160, 120, 40) });
  await logArtifact(rubicon, run, { name: "notes.txt", data: "Cosine schedule, seed 42.\n" });
  await logJson(rubicon, run, {
    name: "config",
    json: { schedule: { kind: "cosine", warmup: 500 }, augment: ["flip", "crop"], seed: 42 },
  });
  const rows = Array.from({ length: 200 }, (_, at) => ({
    image: `val/${String(at).padStart(5, "0")}.png`,
    truth: ["cat", "dog", "fox"][at % 3]!,
    predicted: ["cat", "dog", "fox"][random() < 0.9 ? at % 3 : (at + 1) % 3]!,
    confidence: Math.round((0.6 + random() * 0.4) * 1e3) / 1e3,
  }));
  await logDataframe(rubicon, run, { name: "predictions", rows });
}

/** Logs to one backend alone, as if the other had been away. */
export async function differ(backend: BackendConfig, project: Project): Promise<void> {
  await using one = await openComposite(backend);
  const [best] = await listExperiments(one, project, {
    orderBy: "metrics.accuracy desc",
    limit: 1,
  });
  await addTags(one, best!, ["champion"]);
  await addComments(one, best!, ["Goes to production on Monday."]);
}

/** Projects beside it, so that the first screen has some. */
async function fillOthers(rubicon: Composite): Promise<void> {
  const random = randomOf(9);
  const others = [
    { name: "Churn model", description: "Nightly retraining of the churn forest", runs: 14 },
    { name: "Prompt evals", description: "Each prompt against the golden set", runs: 32 },
  ];
  for (const { runs, ...input } of others) {
    const project = await createProject(rubicon, input);
    for (let at = 0; at < runs; at++) {
      await logExperiment(rubicon, project, {
        name: `night ${at + 1}`,
        parameters: { seed: at },
        metrics: { auc: 0.8 + random() * 0.1 },
      });
    }
  }
}
