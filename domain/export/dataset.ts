/**
 * Projects as a dataset of Parquet files, for engines that read many of them at once.
 *
 * @module
 */
import type { BackendConfig, CallOptions, Composite } from "../../composite.ts";
import { checkComposite, checkFields, checkProject, refuse, show } from "../check.ts";
import { projectFolder } from "../format/layout.ts";
import type { Project } from "../format/entities.ts";
import { CALL_FIELDS } from "../inputs.ts";
import { type ProgressOption, reporter } from "../progress.ts";

/** Options of {@linkcode exportParquet}. */
export interface ExportParquetOptions extends CallOptions, ProgressOption {
  /** Where the dataset is: a folder, a `file:` URL, or `s3://bucket/prefix`. */
  to: string | URL;
  /** `"last"`: what did not change since the last export stays as it is. Default: all is written. */
  since?: "last" | undefined;
  /** The configuration of the store that `to` is in, such as one with credentials. Default: by the environment. */
  configure?: ((root: string) => BackendConfig<string>) | undefined;
}

/** What {@linkcode exportParquet} did. */
export interface ExportedDataset {
  /** How many experiments of the projects are in the dataset. */
  experiments: number;
  /** How many parameters, metrics and features they have. */
  values: number;
  /** How many points their histories have. */
  points: number;
  /** How many artifacts they and the projects have. */
  artifacts: number;
  /** How many Parquet files were written. */
  written: number;
  /** How many stayed as they were. */
  kept: number;
  /** How many were removed: older ones, and what exports left that broke off. */
  removed: number;
  /** How many bytes were written. */
  bytes: number;
}

const OPTIONS = new Set(["to", "since", "configure", "onProgress", ...CALL_FIELDS]);

/**
 * Writes projects as a dataset of Parquet files, for DuckDB, polars, Spark and other engines: the folders `experiments`,
 * `values` (parameters, metrics and features), `history` and `artifacts`, in each of them `project=<slug>`, and
 * `manifest.json`, which is written last and names all files that count. Until then the dataset is what it was; an export
 * that fails takes back what it wrote. Other projects of the dataset stay.
 *
 * With `since: "last"` experiments are written again, in groups of up to 256, if one of a group was added, changed or
 * deleted, or was running.
 *
 * @throws {RubiconException} `invalid-argument` for a `to` that is no folder and no bucket; `unavailable` if a backend cannot
 * be read that may have experiments of the dataset; `already-exists` if another export was under way to the same place;
 * `corrupt` if there is a manifest.json of something else.
 *
 * @example
 * ```ts
 * import { createProject, exportParquet, logExperiment, openComposite } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "exportParquet" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { metrics: { accuracy: 0.9 } });
 * const to = await Deno.makeTempDir();
 * const { experiments, values } = await exportParquet(rubicon, project, { to });
 * const again = await exportParquet(rubicon, project, { to, since: "last" });
 * if (experiments !== 1 || values !== 1 || again.written !== 0) throw new Error("nothing is new");
 * await Deno.remove(to, { recursive: true });
 * ```
 */
export async function exportParquet(
  rubicon: Composite,
  projects: Project | readonly Project[],
  options: ExportParquetOptions,
): Promise<ExportedDataset> {
  const where = "exportParquet";
  checkComposite(rubicon, where);
  const list = Array.isArray(projects) ? projects as readonly Project[] : [projects as Project];
  for (const project of list) checkProject(project, where);
  const slugs = new Set(list.map(({ name }) => projectFolder(name)));
  if (slugs.size < list.length) refuse(`${where}: a project is in the list twice.`);
  checkFields(options, OPTIONS, where);
  const { to, since, configure, onProgress: _onProgress, ...rest } = options;
  const root = rootOf(to, where);
  if (since !== undefined && since !== "last") {
    refuse(`${where}: since must be "last", not ${show(since)}.`);
  }
  if (configure !== undefined && typeof configure !== "function") {
    refuse(`${where}: configure must be a function, not ${show(configure)}.`);
  }
  const { report, ...signal } = reporter("experiments", options, where);
  const [{ byEnvironment, openAt }, { runExport }, { sumOf }] = await Promise.all([
    import("../files/location.ts"),
    import("../dataset/export.ts"),
    import("../dataset/manifest.ts"),
  ]);
  const driver = await openAt(root, configure ?? byEnvironment);
  try {
    const isOwn = rubicon.backends.find(({ place }) => place === (driver.place ?? driver.label));
    if (isOwn) refuse(`${where}: to is the store itself (${isOwn.label}). Use another folder.`);
    const call = { ...rest, ...signal };
    const { projects: done, ...outcome } = await runExport({
      ...{ rubicon, driver, projects: list, sinceLast: since === "last", call, report, where },
    });
    const { history: points, ...counts } = sumOf(done.map(({ counts }) => counts));
    return { ...counts, points, ...outcome };
  } finally {
    await driver.close?.();
  }
}

function rootOf(to: unknown, where: string): string {
  const isFile = to instanceof URL && to.protocol === "file:";
  const text = isFile || typeof to === "string" ? String(to) : "";
  if (text !== "" && !/^(?!s3:|file:)[a-z][\w+.-]+:\/\//i.test(text)) return text;
  return refuse(`${where}: to must be a folder or s3://bucket/prefix, not ${show(to)}.`);
}
