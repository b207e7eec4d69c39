/**
 * A store as the viewer's files, made when they are asked for.
 *
 * @module
 */
import { getArtifact } from "../../domain/artifact.ts";
import { checkComposite } from "../../domain/check.ts";
import { getDataframe } from "../../domain/dataframe.ts";
import type { Artifact, Dataframe, Project } from "../../domain/format/entities.ts";
import { projectFolder } from "../../domain/format/layout.ts";
import { pooled } from "../../domain/pool.ts";
import { listProjects } from "../../domain/project.ts";
import { type CallOptions, type Composite, status } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { RubiconException } from "../../errors.ts";
import type { ViewerBackend, ViewerIndex } from "../contract.ts";
import { placesOf } from "../../domain/catalog/catalog.ts";
import { type Known, Sniffer } from "./attached.ts";
import { checkChosen, type Chosen } from "./chosen.ts";
import { frameFile } from "./frame_file.ts";
import { Lives, placeholder } from "./history.ts";
import { framePath, type Wanted } from "./paths.ts";
import { ProjectSite, type Shared } from "./project_site.ts";
import { type Means, readProject, readRun } from "./run_file.ts";
import { columnFile, type ViewedRun } from "./runs_file.ts";
import { type Sealed, sealed } from "./sealed.ts";
import { freshly, Kept } from "./shared.ts";

/** Of a store whose one project is shown, the others are looked at again after so many milliseconds. */
const OTHERS_AFTER = 30_000;
/** Projects with more runs are read when somebody asks for them; so are further ones beyond so many runs in all. */
const READ_AHEAD = 2_000;
const READ_AHEAD_IN_ALL = 5_000;
/** For so long, in milliseconds, an index waits for all backends to say that they are there. */
const PATIENCE = 500;
/** So many bytes of JSON are kept. */
const KEPT_BYTES = 128 * 2 ** 20;

/** Settings of a site. */
export interface SiteOptions {
  /** What the page is called. */
  title: string;
  /** Whether a server answers. */
  live: boolean;
  /** Whether it may be written to. */
  edit: boolean;
  /** Only these projects, by name. */
  projects?: ReadonlySet<string> | undefined;
  /** Only these runs, of a catalog. */
  chosen?: Chosen | undefined;
  /** What tells this store from the others of a catalog. */
  label?: string | undefined;
  /** Whether pages may have catalogs, which say where the store is. Default: `false`. */
  catalogs?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** The time, in milliseconds. Default: `Date.now`. */
  now?: (() => number) | undefined;
  /** Gets the runs of a project each time that they were read. */
  onRuns?: ((slug: string, runs: readonly ViewedRun[]) => void) | undefined;
}

/** A file that is no JSON. */
export type SiteFile =
  | ({ what: "json" | "packed" } & Sealed)
  | { what: "artifact"; artifact: Artifact; known: Exclude<Known, { missing: string }> }
  | { what: "parquet"; dataframe: Dataframe };

/** What an index says, before its checksum is known. */
export type IndexParts = Omit<ViewerIndex, "format" | "checksum" | "madeAt">;

/** An index as a file. */
export const sealedIndex = (parts: IndexParts, now: number): Sealed =>
  sealed(parts, { format: 1, madeAt: new Date(now).toISOString() });

/** A store as files. */
export class Site {
  readonly rubicon: Core;
  readonly sniffer: Sniffer;
  readonly lives: Lives;
  readonly #shared: Shared;
  readonly #projects = new Map<string, ProjectSite>();
  readonly #answered = new Map<string, boolean>();
  #error: string | null = null;
  #names: readonly string[] = [];
  #lookedAt = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(rubicon: Composite, readonly options: SiteOptions) {
    checkComposite(rubicon, "the viewer");
    this.rubicon = rubicon;
    this.sniffer = new Sniffer(rubicon);
    this.lives = new Lives(rubicon);
    const { signal, now = Date.now, onRuns } = options;
    const kept = new Kept<ProjectSite>(KEPT_BYTES, (one) => one.drop());
    this.#shared = {
      rubicon,
      lives: this.lives,
      call: signal ? { signal } : {},
      kept,
      now,
      onRuns,
    };
  }

  /** The options of its reads. */
  get call(): CallOptions {
    return this.#shared.call;
  }

  /** What pages are made with. */
  get means(): Means {
    const { rubicon, sniffer, lives, call } = this;
    return { rubicon, sniffer, lives, call };
  }

  /** Why the projects could not be listed the last time; `null` if they could. */
  get error(): string | null {
    return this.#error;
  }

  /** The names of all projects of the store, also of those that were not chosen. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The projects, as of the last look. */
  get projects(): readonly ProjectSite[] {
    return [...this.#projects.values()];
  }

  /** The stores that are served: this one. */
  get sites(): readonly Site[] {
    return [this];
  }

  /** The store that a project is in, by its slug. */
  siteOf(_slug: string): Site {
    return this;
  }

  /** What there is. With the slug of a project: as of now for that one, as of a while ago for the others. */
  async index(at?: string): Promise<Sealed> {
    await this.look(at);
    return this.indexFile();
  }

  /**
   * Looks whether anything is new.
   *
   * @param at The slug of the project that is shown; the others are looked at now and then. `null`: none of these is shown.
   */
  async look(at?: string | null): Promise<void> {
    const one = typeof at === "string" ? this.#projects.get(at) : undefined;
    const isRecent = this.#shared.now() - this.#lookedAt < OTHERS_AFTER;
    if (isRecent && at === null) return;
    if (one && isRecent) {
      await one.look();
      await this.#readAhead([one]);
    } else await this.#lookAtAll();
  }

  /** The time, in milliseconds. */
  now(): number {
    return this.#shared.now();
  }

  /** What there is, as far as it is known. */
  indexFile(): Sealed {
    return sealedIndex(this.parts(), this.#shared.now());
  }

  /** What the index says, before its checksum is known. */
  parts(): IndexParts {
    const { title, live, edit, catalogs } = this.options;
    const sites = this.projects;
    return {
      ...{ title, live, edit },
      ...(catalogs && placesOf(this.rubicon).length > 0 && { catalog: true as const }),
      projects: sites.map((one) => one.entry()),
      error: this.#error ?? this.#lacking(),
      backends: live ? this.#backends() : [],
      views: sites.flatMap(({ views }) => views),
    };
  }

  /** What the catalog names and the store does not have; `null` if it has all. */
  #lacking(): string | null {
    if (this.#lookedAt === -Infinity) return null;
    const lacking = Array.from(this.options.chosen ?? []).filter(([, { slug }]) =>
      !this.#projects.has(slug)
    );
    if (lacking.length === 0) return null;
    const names = lacking.map(([, { name }]) => JSON.stringify(name)).join(", ");
    return `The catalog names runs of ${names}, and its store has no such project. See whether the store has moved.`;
  }

  #backends(): ViewerBackend[] {
    return status(this.rubicon).map(({ backend, lastError, ...rest }) => ({
      label: this.labelOf(backend),
      ...rest,
      answered: this.#answered.get(backend) ?? null,
      lastError: lastError ?? null,
    }));
  }

  /** How a page calls a backend: of several stores, each may have one of that label. */
  labelOf(backend: string): string {
    const { label } = this.options;
    return label === undefined ? backend : `${label}: ${backend}`;
  }

  /** Lists the projects, and looks at each. */
  readonly #lookAtAll: () => Promise<void> = freshly(async () => {
    const { rubicon, call, now } = this.#shared;
    const begun = now();
    await this.#askForAWhile();
    try {
      this.#take(await listProjects(rubicon, call));
      this.#error = null;
    } catch (error) {
      if (call.signal?.aborted || !(error instanceof RubiconException)) throw error;
      // What was known before is still worth being seen.
      this.#error = error.message;
      return;
    }
    await pooled(this.projects, async (one) => {
      await one.look();
      await one.readViews().catch((error) => one.fail(error));
    }, 8);
    await this.#readAhead(this.projects);
    this.#lookedAt = begun;
  });

  /** Reads the runs of projects that are not large, and of the others when their last run was. */
  async #readAhead(sites: readonly ProjectSite[]): Promise<void> {
    let left = READ_AHEAD_IN_ALL;
    for (const one of sites) {
      if (one.isBuilt) continue;
      // Which of the chosen runs are there is known once they are read.
      const isSmall = one.chosen !== undefined || one.experiments <= Math.min(READ_AHEAD, left);
      try {
        if (isSmall) await one.runs();
        else await one.findLastRun();
      } catch (error) {
        one.fail(error);
      }
      if (isSmall) left -= one.experiments;
    }
  }

  #take(projects: readonly Project[]): void {
    const { projects: only, chosen } = this.options;
    this.#names = projects.map(({ name }) => name);
    const slugs = new Set<string>();
    for (const project of projects) {
      if (only && !only.has(project.name)) continue;
      const folder = projectFolder(project.name);
      const runs = chosen?.get(folder);
      if (chosen && !runs) continue;
      const slug = runs?.slug ?? folder;
      slugs.add(slug);
      if (this.#projects.get(slug)?.project.id === project.id) continue;
      this.#projects.set(slug, new ProjectSite(this.#shared, project, slug, runs));
    }
    for (const [slug, one] of this.#projects) {
      if (slugs.has(slug)) continue;
      this.#projects.delete(slug);
      this.#shared.kept.forget(one);
    }
  }

  /** Asks the backends, and waits only so long: one that hangs does not keep the page from what the others have. */
  async #askForAWhile(): Promise<void> {
    const asking = this.#asking ??= this.#askBackends().finally(() => this.#asking = undefined);
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, PATIENCE);
    // What comes later than that shows at the next look; so does why it failed.
    asking.catch(() => {});
    await Promise.race([asking, enough]).finally(() => clearTimeout(timer));
  }

  /** Asks each backend whether it is there. */
  async #askBackends(): Promise<void> {
    if (!this.options.live) return;
    const { rubicon, call } = this.#shared;
    try {
      await rubicon.read({
        what: "whether the backends answer",
        run: async ({ driver }) => ({ value: await driver.folders("") }),
        merge: ([first]) => first!,
      }, {
        ...call,
        read: "merge",
        onReceipts: (receipts) => {
          for (const { backend, outcome } of receipts) {
            this.#answered.set(backend, outcome === "ok");
          }
        },
      });
    } catch (error) {
      if (call.signal?.aborted || !(error instanceof RubiconException)) throw error;
      // None does: listing the projects says why.
    }
  }

  /**
   * A project by its slug.
   *
   * @throws {RubiconException} `not-found` if there is none.
   */
  async project(slug: string): Promise<ProjectSite> {
    let found = this.#projects.get(slug);
    if (!found) {
      await this.#lookAtAll();
      found = this.#projects.get(slug);
    }
    if (found) return found;
    if (this.#error !== null) throw new RubiconException("unavailable", this.#error);
    throw new RubiconException("not-found", `There is no project ${JSON.stringify(slug)} here.`);
  }

  /**
   * A file, other than the index.
   *
   * @throws {RubiconException} `not-found` if the store has nothing of the kind; what reading throws.
   */
  async file(wanted: Exclude<Wanted, { what: "index" }>): Promise<SiteFile> {
    const { rubicon, sniffer, lives, call } = this;
    const one = await this.project(wanted.slug);
    const { project, slug, chosen } = one;
    const { means } = this;
    if ("owner" in wanted) checkChosen(chosen, wanted.owner);
    else if ("id" in wanted) checkChosen(chosen, wanted.id);
    else if ("ids" in wanted) { for (const id of wanted.ids) checkChosen(chosen, id); }
    switch (wanted.what) {
      case "runs":
        return json(await one.runs());
      case "sparks":
        return json(await one.sparks());
      case "project":
        return json(sealed(await readProject(means, project, slug)));
      case "column":
        return json(columnFile(await one.runs(), wanted.at));
      case "run":
        return json(sealed(
          await readRun(means, project, slug, wanted.id, {
            hasCurves: (await one.curvesOf()).has(wanted.id),
            among: chosen?.ids,
          }),
        ));
      case "history":
        return json(await lives.curves(placeholder(project, wanted.id), call));
      case "curves":
        return { what: "packed", ...await lives.packedCurves(project, wanted.ids, call) };
    }
    const { id, owner } = wanted;
    const parent = owner === null ? project : placeholder(project, owner);
    if (wanted.what === "artifact" || wanted.what === "table") {
      const artifact = await getArtifact(rubicon, parent, { ...call, id });
      const known = await sniffer.of(artifact, call);
      if ("missing" in known) {
        throw new RubiconException("not-found", `Artifact ${id}: ${known.missing}.`);
      }
      if (wanted.what === "artifact") return { what: "artifact", artifact, known };
      if (known.show !== "parquet") return json(undefined);
      return json(await frameFile(rubicon, artifact, null, call));
    }
    const dataframe = await getDataframe(rubicon, parent, { ...call, id });
    if (wanted.what === "parquet") return { what: "parquet", dataframe };
    const download = framePath(slug, owner, id, "parquet");
    return json(await frameFile(rubicon, dataframe, download, call));
  }
}

function json(file: Sealed | undefined): SiteFile {
  if (file) return { what: "json", ...file };
  throw new RubiconException("not-found", "There is no such file. Ask for index.json again.");
}
