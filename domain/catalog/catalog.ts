/**
 * Catalogs: files that say where experiments are, for intake of Python and for this module.
 *
 * @module
 */
import {
  type BackendConfig,
  type Composite,
  type CompositeOptions,
  openComposite,
} from "../../composite.ts";
import { RubiconException } from "../../errors.ts";
import {
  checkAddress,
  checkComposite,
  checkExperiment,
  checkFields,
  refuse,
  show,
} from "../check.ts";
import { getExperiment } from "../experiment.ts";
import type { Experiment, Project } from "../format/entities.ts";
import { suggest } from "../../messages.ts";
import { getProject } from "../project.ts";
import {
  type CatalogExperiment,
  type CatalogView,
  experimentSource,
  readSources,
  sourceName,
  viewSource,
} from "./source.ts";

/** Options of {@linkcode publish}. */
export interface PublishOptions {
  /** Where the catalog goes: a file's path, a `file:` URL, or `s3://bucket/folder/name.yml`. Default: it is only returned. */
  to?: string | URL | undefined;
  /** A catalog whose sources are kept, but for those that are published again. Without `to` it is written to itself. */
  base?: string | URL | undefined;
  /** How the experiments are to be looked at. */
  views?: readonly CatalogView[] | undefined;
  /** The roots of the backends, where the composite's own are not what readers need. */
  backends?: readonly string[] | undefined;
  /** Whether roots are told from the catalog's folder (`{{ CATALOG_DIR }}`), so that both move together. Default: `false`. */
  relative?: boolean | undefined;
  /** The configuration of the bucket that `to` and `base` are in. Default: by the environment. */
  configure?: ((root: string) => BackendConfig) | undefined;
  /** Stops the call: it rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
}

const PUBLISH = new Set([
  ...["to", "base", "views", "backends", "relative", "configure", "signal"],
]);

/**
 * Writes a catalog of experiments: the YAML file that Python's intake opens, as rubicon-ml's `publish` does, and
 * {@linkcode openCatalog}. It names all backends; Python reads the first of them.
 *
 * @returns The catalog's text.
 * @throws {RubiconException} `invalid-argument` if no backend is a folder or a bucket, which alone can be found again;
 * `corrupt` for a base that is no catalog.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite, publish } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "publish" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project, { name: "forest" });
 * const yaml = await publish(rubicon, [experiment], { backends: ["s3://bucket/rubicon-root"] });
 * if (!yaml.includes(experiment.id)) throw new Error("a source for each experiment");
 * ```
 */
export async function publish(
  rubicon: Composite,
  experiments: readonly Experiment[],
  options: PublishOptions = {},
): Promise<string> {
  const where = "publish";
  checkComposite(rubicon, where);
  if (!Array.isArray(experiments)) {
    refuse(`${where} takes a list of experiments, not ${show(experiments)}.`);
  }
  for (const experiment of experiments) checkExperiment(experiment, `${where}: experiments`);
  checkFields(options, PUBLISH, where);
  const { base, to = base, configure, signal, relative = false } = options;
  if (relative && to === undefined) {
    refuse(`${where}: relative needs to know the catalog's folder. Pass \`to\` as well.`);
  }
  const views = (options.views ?? []).map((view, at) => viewSource(view, `${where}: views[${at}]`));
  const given = options.backends ?? rootsOf(rubicon);
  if (!Array.isArray(given) || given.length === 0 || !given.every(isRoot)) {
    refuse(`${where}: backends must be a list of roots, not ${show(given)}.`);
  }
  const [{ literal, readYaml, writeYaml }, files] = await Promise.all([
    import("./yaml.ts"),
    import("../files/location.ts"),
  ]);
  const { byEnvironment, folderOf, readText, relativeRoot, writeText } = files;
  const access = { configure: configure ?? byEnvironment, signal };
  const backends = given.map((root) =>
    relative && relativeRoot(folderOf(to!), root) || literal(root)
  );
  const catalog = base === undefined
    ? { sources: {} }
    : readYaml(await readText(base, `${where}: ${base}`, access), `${where}: ${base}`);
  for (const { id, projectName } of experiments) {
    const name = sourceName(id);
    catalog.sources[name] = experimentSource({
      name,
      id,
      projectName: literal(projectName),
      backends,
    });
  }
  for (const [name, source] of views) catalog.sources[name] = source;
  const text = writeYaml(catalog);
  if (to !== undefined) await writeText(to, text, `${where}: ${to}`, access);
  return text;
}

const isRoot = (root: unknown): root is string => typeof root === "string" && root !== "";

/** The roots by which others find the backends, in order; those that nobody finds are left out. */
export const placesOf = (rubicon: Composite): string[] =>
  rubicon.backends.flatMap(({ persistence, place, rootDir }) => {
    // A place is spelled in full.
    if (persistence === "filesystem") return [place.slice("filesystem:".length)];
    return persistence === "s3" && rootDir !== undefined ? [rootDir] : [];
  });

function rootsOf(rubicon: Composite): string[] {
  const roots = placesOf(rubicon);
  if (roots.length === 0) {
    refuse(
      "publish: no backend is a folder or a bucket, so that nobody could find it by a catalog. Pass their roots as " +
        "`backends`.",
    );
  }
  return roots;
}

/** Options of {@linkcode openCatalog}. */
export interface CatalogOptions {
  /**
   * The configuration of a backend by its root, such as one with credentials; also of the bucket that the catalog is in.
   * Default: a folder, or a bucket by the environment.
   */
  configure?: ((root: string) => BackendConfig) | undefined;
  /** Settings of the composites that are opened. */
  composite?: CompositeOptions | undefined;
  /** Stops reading the file: the call rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
}

const OPEN = new Set(["configure", "composite", "signal"]);

/** A catalog that was read. Composites are opened as they are needed, one for each list of roots, and closed with it. */
export interface Catalog extends AsyncDisposable {
  /** The experiments that it names. */
  readonly experiments: readonly CatalogExperiment[];
  /** How they were looked at. */
  readonly views: readonly CatalogView[];
  /** Sources of other drivers, which are nothing of rubicon-ml's. */
  readonly others: readonly string[];
  /**
   * The composite that an experiment is in, its project, and the experiment itself.
   *
   * @param experiment One of `experiments`, or its source's name or id.
   * @throws {RubiconException} `not-found` if the catalog, or its store, does not have it.
   */
  get(experiment: CatalogExperiment | string): Promise<CatalogEntry>;
  /**
   * The composite that an experiment is in, whether that has it or not. All that name the same roots share one.
   *
   * @throws {RubiconException} What `openComposite` throws.
   */
  composite(experiment: CatalogExperiment): Promise<Composite>;
  /** The composites of all experiments, each once. */
  composites(): Promise<Composite[]>;
}

/** An experiment of a catalog, with all that functions need to read more of it. */
export interface CatalogEntry {
  /** The composite that has it. */
  rubicon: Composite;
  /** Its project. */
  project: Project;
  /** The experiment. */
  experiment: Experiment;
}

/**
 * Reads a catalog that {@linkcode publish} wrote, or Python's. A root that is a relative path is one from the current
 * directory, as in Python.
 *
 * @param at A file's path, a URL, or `s3://bucket/folder/name.yml`.
 * @throws {RubiconException} `not-found` if it is not there, `corrupt` if it is no catalog.
 *
 * @example
 * ```ts
 * import * as rubiconMl from "../../mod.ts";
 *
 * const { createProject, listExperiments, logExperiment, openCatalog, openComposite, publish } = rubiconMl;
 * const folder = await Deno.makeTempDir();
 * await using rubicon = await openComposite({ persistence: "filesystem", rootDir: `${folder}/root` });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const { id } = await logExperiment(rubicon, project, { name: "forest" });
 * await publish(rubicon, await listExperiments(rubicon, project), { to: `${folder}/catalog.yml` });
 *
 * await using catalog = await openCatalog(`${folder}/catalog.yml`);
 * const { experiment } = await catalog.get(id);
 * if (experiment.name !== "forest") throw new Error("the same experiment");
 * ```
 */
export async function openCatalog(
  at: string | URL,
  options: CatalogOptions = {},
): Promise<Catalog> {
  const where = "openCatalog";
  checkAddress(at, where);
  checkFields(options, OPEN, where);
  const [{ expander, readYaml }, { byEnvironment, folderOf, readText }] = await Promise.all([
    import("./yaml.ts"),
    import("../files/location.ts"),
  ]);
  const { configure = byEnvironment, signal } = options;
  const what = `${where}: ${at}`;
  const { sources } = readYaml(await readText(at, what, { configure, signal }), what);
  const content = readSources(sources, expander(folderOf(at)), what);
  const opened = new Map<string, Promise<Composite>>();
  const open = ({ backends }: CatalogExperiment): Promise<Composite> => {
    const key = JSON.stringify(backends);
    const found = opened.get(key) ?? openComposite(backends.map(configure), options.composite);
    opened.set(key, found);
    // One that could not be opened may be tried again.
    found.catch(() => opened.delete(key));
    return found;
  };
  return {
    ...content,
    async get(wanted) {
      const found = typeof wanted === "string"
        ? content.experiments.find(({ name, id }) => name === wanted || id === wanted)
        : wanted;
      if (!found) {
        const names = content.experiments.map(({ name }) => name);
        throw new RubiconException(
          "not-found",
          `${what} has no experiment ${show(wanted)}.${suggest(String(wanted), names)}`,
        );
      }
      const rubicon = await open(found);
      const project = await getProject(rubicon, { name: found.projectName });
      return {
        rubicon,
        project,
        experiment: await getExperiment(rubicon, project, { id: found.id }),
      };
    },
    composite: open,
    composites: async () => [...new Set(await Promise.all(content.experiments.map(open)))],
    async [Symbol.asyncDispose]() {
      const all = await Promise.allSettled(opened.values());
      await Promise.all(all.map((one) => one.status === "fulfilled" && one.value.close()));
    },
  };
}
