/**
 * MLflow's file store, brought over.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import { checkComposite, checkFields, refuse, show } from "../check.ts";
import { CALL_FIELDS } from "../inputs.ts";
import { nearest } from "../../messages.ts";
import { type ProgressOption, reporter } from "../progress.ts";
import type { MlflowExperiment } from "./files.ts";
import type { ImportedRuns } from "../imports/run.ts";

export type { ImportedRuns } from "../imports/run.ts";

/** Options of {@linkcode importMlruns}. */
export interface ImportMlrunsOptions extends CallOptions, ProgressOption {
  /** The names of MLflow's experiments to bring over. Default: all that have a run. */
  experiments?: readonly string[] | undefined;
  /** Whether what is deleted in MLflow comes, too. Default: `false`. */
  deleted?: boolean | undefined;
  /**
   * Parameters are texts in MLflow. `guess` takes those that are written as Python writes numbers, `True` and `False` for such;
   * `text` leaves them. Default: `guess`. As they were they are in the artifact `mlflow.json` of each experiment.
   */
  parameters?: "guess" | "text" | undefined;
}

const OPTIONS = new Set([
  ...["experiments", "deleted", "parameters", "onProgress"],
  ...CALL_FIELDS,
]);

/**
 * Brings over a file store of MLflow (`mlruns`), which MLflow itself is giving up. An experiment of MLflow becomes a project, a run
 * an experiment with the same id, name, times and state; parameters, metrics with all points, tags (`key:value`), notes, commits,
 * parents and artifacts come along, and what `meta.yaml` and MLflow's own tags say is in the artifact `mlflow.json`. What was
 * brought over is read back and counted.
 *
 * It may be called again, also after it broke off: what is there, whole, is passed over. A metric of which all points have step 0
 * was logged without steps: they are counted in the order of their times.
 *
 * @param path The folder, such as `./mlruns`.
 * @throws {RubiconException} `not-found` if there is no such store, `corrupt` for files that MLflow did not write and links, or if what
 * was read back is not what was there.
 *
 * @example
 * ```ts
 * import { importMlruns, listExperiments, listProjects, openComposite } from "../../mod.ts";
 *
 * const mlruns = await Deno.makeTempDir();
 * const run = `${mlruns}/1/aaaaaaaabbbb4ccc8dddeeeeeeeeeeee`;
 * await Deno.mkdir(`${run}/metrics`, { recursive: true });
 * await Deno.writeTextFile(`${mlruns}/1/meta.yaml`, "name: Iris\nexperiment_id: '1'\n");
 * await Deno.writeTextFile(
 *   `${run}/meta.yaml`,
 *   "run_id: aaaaaaaabbbb4ccc8dddeeeeeeeeeeee\nrun_name: forest\nstatus: 3\nstart_time: 1795836738389\n",
 * );
 * await Deno.writeTextFile(`${run}/metrics/loss`, "1795836738400 0.5 0\n1795836738500 0.25 1\n");
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "importMlruns" });
 * const { points } = await importMlruns(rubicon, mlruns);
 * const [project] = await listProjects(rubicon);
 * const [experiment] = await listExperiments(rubicon, project!);
 * if (experiment?.name !== "forest" || points !== 2) throw new Error("the run with its curve");
 * await Deno.remove(mlruns, { recursive: true });
 * ```
 */
export async function importMlruns(
  rubicon: Composite,
  path: string | URL,
  options: ImportMlrunsOptions = {},
): Promise<ImportedRuns> {
  const where = "importMlruns";
  checkComposite(rubicon, where);
  checkFields(options, OPTIONS, where);
  const { experiments, deleted = false, parameters = "guess", onProgress: _told, ...rest } =
    options;
  if (experiments !== undefined && !Array.isArray(experiments)) {
    refuse(`${where}: experiments must be a list of names, not ${show(experiments)}.`);
  }
  if (parameters !== "guess" && parameters !== "text") {
    refuse(`${where}: parameters must be "guess" or "text", not ${show(parameters)}.`);
  }
  const { report, signal } = reporter("objects", options, where);
  const call: CallOptions = { ...rest, ...(signal && { signal }) };
  const [files, { foreignRun, projectFor }, { addTo, importRun, nothing }, { toPath }] =
    await Promise.all([
      import("./files.ts"),
      import("./run.ts"),
      import("../imports/run.ts"),
      import("../files/disk.ts"),
    ]);
  const { childrenOf, readMlflow, readRun, runFolders } = files;
  const root = toPath(path);
  const all = await readMlflow(root);
  if (all.length === 0) {
    throw new RubiconException("not-found", `${where}: ${root} is no file store of MLflow.`);
  }
  const chosen = choose(all, experiments, deleted, where);
  const folders = await Promise.all(
    chosen.map(async (one) => ({ one, runs: await runFolders(one) })),
  );
  const total = folders.reduce((sum, { runs }) => sum + runs.length, 0);
  const sum = nothing();
  let done = 0;
  for (const { one, runs } of folders) {
    // The one that MLflow makes by itself is often empty.
    if (runs.length === 0 && experiments === undefined) continue;
    const project = await projectFor(rubicon, one, call);
    sum.projects++;
    const children = await childrenOf(runs);
    for (const folder of runs) {
      signal?.throwIfAborted();
      const run = await readRun(folder);
      if (run && (deleted || !run.isDeleted)) {
        const options = { parameters, children: children.get(run.id) ?? [] };
        const foreign = await foreignRun(one, run, options);
        addTo(sum, await importRun(rubicon, project, foreign, call));
      }
      report(`import ${one.name}`, ++done, total);
    }
  }
  return sum;
}

function choose(
  all: readonly MlflowExperiment[],
  names: readonly string[] | undefined,
  deleted: boolean,
  where: string,
): MlflowExperiment[] {
  const there = all.filter(({ isDeleted }) => deleted || !isDeleted);
  for (const name of names ?? []) {
    if (there.some((one) => one.name === name)) continue;
    const near = nearest(name, there.map((one) => one.name));
    refuse(
      `${where}: there is no experiment ${show(name)}.${
        near ? ` Did you mean ${show(near)}?` : ""
      }`,
    );
  }
  return there.filter(({ name }) => names === undefined || names.includes(name));
}
