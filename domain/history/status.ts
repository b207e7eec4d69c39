/**
 * The state of an experiment's run, for users: running, finished, failed, cancelled, or lost.
 *
 * @module
 */
import type { CallOptions, Composite } from "../../composite.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkOptionalText,
  refuse,
  show,
} from "../check.ts";
import { CALL_FIELDS } from "../inputs.ts";
import type { Experiment } from "../format/entities.ts";
import type { Said } from "./end.ts";
import type { RunState } from "../format/run_state.ts";
import type { ExperimentStatus } from "./state.ts";

/** Options of {@linkcode setStatus}. */
export interface SetStatusOptions extends CallOptions {
  /** Why, for people. */
  reason?: string | null | undefined;
}

const SET = new Set(["reason", ...CALL_FIELDS]);
const STATES = ["running", "finished", "failed", "cancelled"] as const;

/**
 * The state of an experiment's run.
 *
 * @returns `undefined` if nobody ever said what state it is in, as of experiments by `logExperiment` or by Python.
 * @throws {RubiconException} `not-found` where no backend has the experiment.
 *
 * @example
 * ```ts
 * import { createProject, experimentStatus, openComposite, startRun } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "experimentStatus" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await using run = await startRun(rubicon, project);
 * const status = await experimentStatus(rubicon, run.experiment);
 * if (status?.state !== "running") throw new Error("it runs");
 * ```
 */
export async function experimentStatus(
  rubicon: Composite,
  experiment: Experiment,
  options: CallOptions = {},
): Promise<ExperimentStatus | undefined> {
  const where = "experimentStatus";
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  checkFields(options, CALL_FIELDS, where);
  const { readState, statusOf } = await import("./state.ts");
  return statusOf(await readState(rubicon, experiment, options));
}

/**
 * Says what state an experiment's run is in: for a run whose process is gone, or one that something else runs. A state
 * that is an end makes one file of the history and writes its summaries, as the run itself would have done.
 *
 * @throws {RubiconException} `not-found` where no backend has the experiment.
 *
 * @example
 * ```ts
 * import { createProject, experimentStatus, logExperiment, openComposite, setStatus } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "setStatus" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * await setStatus(rubicon, experiment, "cancelled", { reason: "the wrong data" });
 * const status = await experimentStatus(rubicon, experiment);
 * if (status?.state !== "cancelled") throw new Error("so it was said");
 * ```
 */
export async function setStatus(
  rubicon: Composite,
  experiment: Experiment,
  state: Exclude<RunState, "lost">,
  options: SetStatusOptions = {},
): Promise<void> {
  const where = "setStatus";
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  if (!STATES.includes(state)) {
    refuse(`${where}: the state must be one of ${STATES.join(", ")}, not ${show(state)}.`);
  }
  checkFields(options, SET, where);
  const said: Said = { state, reason: checkOptionalText(options.reason, `${where}: reason`) };
  const { endRun, writeState } = await import("./end.ts");
  await rubicon.write(async (write) => {
    if (state === "running") await writeState(rubicon, write, experiment, said, options);
    else await endRun(rubicon, write, experiment, said, options);
  });
}
