/**
 * Runs with lives of their own: curves, and each state that a run can be in.
 */
import {
  type Composite,
  createProject,
  type Experiment,
  logExperiment,
  type Project,
  setStatus,
  startRun,
} from "../../../mod.ts";
import type { Core } from "../../../composite/plan.ts";
import { experimentFolder } from "../../../domain/format/layout.ts";
import { encodeStatus, statusName } from "../../../domain/history/status_file.ts";
import { randomOf } from "./random.ts";

/** How the runs end, the oldest first. */
export const ENDS = [
  ...[
    "finished",
    "finished",
    "failed",
    "finished",
    "cancelled",
    "finished",
    "lost",
    "running",
  ] as const,
];
/** How many steps each has. */
export const STEPS = 300;

/** Fills a store with a project of them, and one run that never said what state it is in. */
export async function fillTraining(
  rubicon: Composite,
): Promise<{ project: Project; experiments: Experiment[] }> {
  const project = await createProject(rubicon, {
    name: "Training",
    description: "Curves, and how runs end",
  });
  const experiments: Experiment[] = [];
  for (const [at, end] of ENDS.entries()) {
    experiments.push(await trained(rubicon, project, at, end));
  }
  const metrics = { accuracy: 0.5 };
  experiments.push(await logExperiment(rubicon, project, { name: "by hand", metrics }));
  return { project, experiments };
}

async function trained(
  rubicon: Composite,
  project: Project,
  at: number,
  end: typeof ENDS[number],
): Promise<Experiment> {
  const random = randomOf(at + 100);
  // All end now, so those that began earlier took longer.
  const start = Date.now() - (ENDS.length - at) * 7 * 60_000;
  const lr = [0.1, 0.03, 0.3, 0.01][at % 4]!;
  const run = await startRun(rubicon, project, {
    name: `${end} ${at + 1}`,
    createdAt: new Date(start).toISOString(),
    parameters: { lr, seed: at },
    tags: [`lr:${lr}`],
    summary: { loss: "min", "val/loss": { fold: "last", directionality: "loss" } },
  });
  const steps = end === "failed" ? STEPS / 3 : STEPS;
  for (let step = 0; step < steps; step++) {
    const share = 1 - Math.exp(-step * lr / 4);
    const noise = (random() - 0.5) * 0.05;
    run.log({
      loss: end === "failed" && step === steps - 1 ? NaN : 2.3 * (1 - share * 0.9) + noise,
      accuracy: share * 0.9 + noise,
      ...(step % 10 === 0 && { "val/loss": 2.4 * (1 - share * 0.85) + noise }),
    }, { step, time: new Date(start + step * 1_000) });
  }
  if (end === "failed") await run.fail("RangeError: the loss is NaN at step 99");
  else await run.finish();
  const { experiment } = run;
  if (end === "cancelled") {
    await setStatus(rubicon, experiment, "cancelled", { reason: "stopped by hand" });
  }
  if (end === "running") await setStatus(rubicon, experiment, "running");
  if (end === "lost") await becomeLost(rubicon, experiment);
  return experiment;
}

/** A run whose process is gone: it meant to show a sign of life each millisecond. */
async function becomeLost(rubicon: Composite, experiment: Experiment): Promise<void> {
  const folder = experimentFolder(experiment.projectName, experiment.id);
  for (const { driver } of (rubicon as Core).backends) {
    const names: string[] = [];
    for await (const { key } of driver.list(folder, { depth: 1 })) {
      names.push(key.slice(folder.length + 1));
    }
    const bytes = encodeStatus({
      ...{ state: "running", time: experiment.createdAt, started: experiment.createdAt },
      ...{ writer: "gone", host: null, reason: null, heartbeatMs: 1 },
    });
    await driver.put(`${folder}/${statusName(names)}`, bytes);
  }
}
