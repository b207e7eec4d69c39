/**
 * trackio's store, brought over.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import { nearest } from "../../messages.ts";
import { checkComposite, checkFields, checkTexts, refuse, show } from "../check.ts";
import { CALL_FIELDS } from "../inputs.ts";
import type { ImportedRuns } from "../imports/run.ts";
import { type ProgressOption, reporter } from "../progress.ts";

/** Options of {@linkcode importTrackio}. */
export interface ImportTrackioOptions extends CallOptions, ProgressOption {
  /** The names of trackio's projects to bring over, as their files are called. Default: all. */
  projects?: readonly string[] | undefined;
}

const OPTIONS = new Set(["projects", "onProgress", ...CALL_FIELDS]);

/**
 * Brings over the runs that trackio keeps on this machine, a database of SQLite a project. A run becomes an experiment with the same
 * id and name; its configuration becomes parameters, numbers become the points of metrics with their steps and times (those of an
 * object within have its name before them, those of the machine `system/`), pictures and other media become artifacts. All else that
 * was logged, alerts, and the configuration as it was are in the artifact `trackio.json`. What was brought over is read back and
 * counted. trackio's traces and versioned artifacts stay behind.
 *
 * It may be called again, also after it broke off: what is there, whole, is passed over. A run that has logged more meanwhile is
 * refused, since what is stored does not change: delete the experiment first. trackio does not note how a run ended, so that all are
 * `finished`.
 *
 * @param path The folder, such as `~/.cache/huggingface/trackio` in full, or one project's `.db` file. It takes `--allow-read`, and
 * writes nothing but what SQLite itself keeps beside a database that is read (`-shm`, `-wal`).
 * @throws {RubiconException} `not-found` if there is no such store, `corrupt` for files that trackio did not write and links, or if what
 * was read back is not what was there.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { importTrackio, listExperiments, listProjects, openComposite } from "../../mod.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const db = new DatabaseSync(`${folder}/iris.db`);
 * db.exec(`CREATE TABLE metrics (id INTEGER PRIMARY KEY, run_id TEXT, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT)`);
 * db.exec(`INSERT INTO metrics VALUES
 *   (1, 'aaaaaaaabbbb4ccc8dddeeeeeeeeeeee', '2026-11-28T06:30:03+00:00', 'forest', 0, '{"loss": 0.5}'),
 *   (2, 'aaaaaaaabbbb4ccc8dddeeeeeeeeeeee', '2026-11-28T06:30:04+00:00', 'forest', 1, '{"loss": 0.25}')`);
 * db.close();
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "importTrackio" });
 * const { points } = await importTrackio(rubicon, folder);
 * const [project] = await listProjects(rubicon);
 * const [experiment] = await listExperiments(rubicon, project!);
 * if (experiment?.name !== "forest" || points !== 2) throw new Error("the run with its curve");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function importTrackio(
  rubicon: Composite,
  path: string | URL,
  options: ImportTrackioOptions = {},
): Promise<ImportedRuns> {
  const where = "importTrackio";
  checkComposite(rubicon, where);
  checkFields(options, OPTIONS, where);
  const { projects, onProgress: _told, ...rest } = options;
  const names = projects && checkTexts(projects, `${where}: projects`);
  const { report, signal } = reporter("objects", options, where);
  const call: CallOptions = { ...rest, ...(signal && { signal }) };
  const [
    { TrackioDatabase },
    { databasesIn },
    { foreignRun },
    { addTo, importRun, nothing },
    { toPath },
    project,
  ] = await Promise.all([
    import("./database.ts"),
    import("./folder.ts"),
    import("./run.ts"),
    import("../imports/run.ts"),
    import("../files/disk.ts"),
    import("../project.ts"),
  ]);
  const root = toPath(path);
  const found = choose(await databasesIn(root), names, where);
  const sum = nothing();
  let isOne = false;
  let done = 0;
  for (const { name, file, media } of found) {
    using db = await TrackioDatabase.open(file);
    if (!db) continue;
    isOne = true;
    const runs = db.runs();
    if (runs.length === 0) continue;
    const into = await project.getOrCreateProject(rubicon, { name, ...call });
    sum.projects++;
    for (const run of runs) {
      signal?.throwIfAborted();
      const foreign = await foreignRun(db, name, run, media);
      addTo(sum, await importRun(rubicon, into, foreign, call));
      report(`import ${name}`, ++done);
    }
  }
  if (isOne) return sum;
  throw new RubiconException(
    "not-found",
    `${where}: there is no database of trackio at ${root}. Pass its folder, or a project's .db file; what it keeps on the Hugging ` +
      "Face Hub has to be downloaded by trackio first.",
  );
}

function choose<T extends { name: string }>(
  all: readonly T[],
  names: readonly string[] | undefined,
  where: string,
): T[] {
  for (const name of names ?? []) {
    if (all.some((one) => one.name === name)) continue;
    const near = nearest(name, all.map((one) => one.name));
    refuse(
      `${where}: there is no project ${show(name)}.${near ? ` Did you mean ${show(near)}?` : ""}`,
    );
  }
  return all.filter(({ name }) => names === undefined || names.includes(name));
}
