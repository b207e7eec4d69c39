/**
 * One project as the viewer knows it: what the last look told, and the files that were made since.
 *
 * @module
 */
import { listExperiments } from "../../domain/experiment.ts";
import type { Project } from "../../domain/format/entities.ts";
import { compileQuery } from "../../domain/query/query.ts";
import { ALL } from "../../domain/reading/filter.ts";
import { readQueried } from "../../domain/reading/queried.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import type { Receipt } from "../../errors.ts";
import type { RunState, ViewerProject, ViewerView } from "../contract.ts";
import { type ChosenRuns, lacking } from "./chosen.ts";
import type { Lives } from "./history.ts";
import { type Barren, type Look, lookAt } from "./look.ts";
import { projectPath, runsPath, sparksPath } from "./paths.ts";
import { publicUrl } from "./run_file.ts";
import { type RunsFiles, runsFiles, type ViewedRun } from "./runs_file.ts";
import { checksumOf, type Sealed } from "./sealed.ts";
import { freshly, type Kept } from "./shared.ts";
import { listViews } from "./views.ts";

/** Runs that are going on are looked at again after so many milliseconds, also if nothing new is stored: one may be lost. */
const LOST_AFTER = 15_000;

/** What all projects of a site have in common. */
export interface Shared {
  rubicon: Core;
  lives: Lives;
  call: CallOptions;
  /** Gets the runs of a project each time that they were read. */
  onRuns?: ((slug: string, runs: readonly ViewedRun[]) => void) | undefined;
  /** What is kept of the files. */
  kept: Kept<ProjectSite>;
  /** The time, in milliseconds. */
  now: () => number;
}

/** What was made of a project's runs. */
interface Built {
  /** What the look before it told. */
  version: string;
  checksum: string;
  /** Missing if it was given up for others. */
  files: RunsFiles | undefined;
  experiments: number;
  /** The ids of its runs, the newest first. */
  newest: readonly string[];
  states: Partial<Record<RunState, number>>;
  lastRunAt: string | null;
  at: number;
}

/** One project. */
export class ProjectSite {
  #look: Look | undefined;
  readonly #barren: Barren = new Map();
  #weak: ReadonlySet<string> = new Set();
  #built: Built | undefined;
  #lastRunAt: { version: string; time: string | null } | undefined;
  #sparks: { version: string; file: Sealed } | undefined;
  #error: string | null = null;
  /** The views that are files of the store. */
  #saved: readonly ViewerView[] = [];
  /** Those of a catalog, for the runs that were read. */
  #given: readonly ViewerView[] = [];

  /**
   * @param chosen What is shown of it. Default: all.
   */
  constructor(
    readonly shared: Shared,
    readonly project: Project,
    readonly slug: string,
    readonly chosen?: ChosenRuns | undefined,
  ) {}

  /** How many runs there were at the last look. */
  get experiments(): number {
    return this.chosen?.ids.size ?? this.#look?.experiments ?? 0;
  }

  /** The views: those of a catalog, and those of the store, which are the later ones. */
  get views(): ViewerView[] {
    const saved = new Set(this.#saved.map(({ name }) => name));
    return [...this.#given.filter(({ name }) => !saved.has(name)), ...this.#saved];
  }

  /** Whether a view is one of a catalog, which only its file can change. */
  isGiven(name: unknown): boolean {
    const isOfThatName = (one: ViewerView) => one.name === name;
    return !this.#saved.some(isOfThatName) && this.#given.some(isOfThatName);
  }

  /** Whether its runs were read since they last changed. */
  get isBuilt(): boolean {
    const built = this.#built;
    if (!built || built.version !== this.#look?.runs) return false;
    const isGoing = (built.states.running ?? 0) > 0;
    return !isGoing || this.shared.now() - built.at < LOST_AFTER;
  }

  /** Looks whether anything is new. What fails is kept as the project's error. */
  readonly look: () => Promise<void> = freshly(async () => {
    const { rubicon, call } = this.shared;
    try {
      this.#look = await lookAt(rubicon, this.project, this.#barren, this.#weak, call);
      this.#error = null;
    } catch (error) {
      this.fail(error);
    }
  });

  /** Why it could not be read the last time; `null` if it could. */
  get error(): string | null {
    return this.#error;
  }

  /** The runs that have curves, as of the last look. */
  async curvesOf(): Promise<ReadonlyMap<string, string>> {
    if (!this.#look) await this.look();
    return this.#look?.curvesOf ?? new Map();
  }

  /** Notes why the project cannot be read. */
  fail(error: unknown): void {
    if (this.shared.call.signal?.aborted) throw error;
    this.#error = error instanceof Error ? error.message : String(error);
  }

  /** The ids of the runs that are shown, as they are now. */
  async ids(): Promise<ReadonlySet<string>> {
    await this.runs();
    return new Set(this.#built?.newest);
  }

  /** Reads the project's views. */
  async readViews(): Promise<void> {
    const { rubicon, call } = this.shared;
    this.#saved = await listViews(rubicon, this.project, this.slug, call);
  }

  /** Finds out when the last run began, without reading the others. */
  async findLastRun(): Promise<void> {
    const version = this.#look?.runs;
    if (version === undefined || this.#lastRunAt?.version === version) return;
    const { rubicon, call } = this.shared;
    const query = { ...call, order: "newest", limit: 1 } as const;
    const [last] = await listExperiments(rubicon, this.project, query);
    this.#lastRunAt = { version, time: last?.createdAt ?? null };
  }

  /** The file of the runs as they are now. */
  readonly runs: () => Promise<RunsFiles> = freshly(async () => {
    await this.look();
    const { files } = this.#built ?? {};
    if (files && this.isBuilt) return this.#use(files);
    const version = this.#look?.runs ?? "";
    const { rubicon, lives, call, now, onRuns } = this.shared;
    let receipts: readonly Receipt[] = [];
    const query = compileQuery(undefined, undefined, "viewer");
    const all = await readQueried(rubicon, this.project, query, ALL, {
      ...call,
      onReceipts: (all) => receipts = all,
    }, { children: true, status: true });
    const { chosen } = this;
    const read = chosen ? all.filter(({ experiment }) => chosen.ids.has(experiment.id)) : all;
    const runs = lives.ofAll(this.slug, read, this.#look?.curvesOf ?? new Map());
    onRuns?.(this.slug, runs);
    this.#given = chosen?.views(runs) ?? [];
    // All that were asked before the last one were not able to answer alone.
    this.#weak = new Set(receipts.slice(0, -1).map(({ backend }) => backend));
    const made = runsFiles(
      { name: this.project.name, githubUrl: publicUrl(this.project.githubUrl) },
      this.slug,
      runs,
    );
    const states: Built["states"] = {};
    for (const { status } of runs) {
      if (status) states[status.state] = (states[status.state] ?? 0) + 1;
    }
    this.#built = {
      version,
      checksum: made.checksum,
      files: made,
      experiments: runs.length,
      newest: runs.map(({ experiment }) => experiment.id).reverse(),
      states,
      lastRunAt: runs.at(-1)?.experiment.createdAt ?? null,
      at: now(),
    };
    return this.#use(made);
  });

  #use(files: RunsFiles): RunsFiles {
    this.shared.kept.use(this, files.bytes.length);
    return files;
  }

  /** Gives up the file of the runs; it is made again when it is asked for. */
  drop(): void {
    if (this.#built) this.#built.files = undefined;
  }

  /** The file of the sparklines as they are now; nothing if there is no curve. */
  readonly sparks: () => Promise<Sealed | undefined> = freshly(async () => {
    // Which runs are the newest is known once they are read.
    await this.runs();
    const { curves: version, curvesOf } = this.#look ?? {};
    if (version === undefined || curvesOf === undefined) return undefined;
    if (this.#sparks?.version === version) return this.#sparks.file;
    const { lives, call } = this.shared;
    const checksum = sparksChecksum(version);
    const newest = this.#built?.newest ?? [];
    const file = await lives.sparks(this.project, curvesOf, newest, checksum, call);
    this.#sparks = { version, file };
    return file;
  });

  /** What the index says of the project. */
  entry(): ViewerProject {
    const { name, id, description, githubUrl, createdAt } = this.project;
    const look = this.#look;
    const built = look && this.#built?.version === look.runs ? this.#built : undefined;
    const lacks = built && this.chosen ? lacking(this.chosen, built.experiments) : null;
    return {
      ...{ name: this.chosen?.name ?? name, slug: this.slug, id, description, createdAt },
      githubUrl: publicUrl(githubUrl),
      experiments: built?.experiments ?? this.experiments,
      states: built?.states ?? {},
      lastRunAt: built ? built.lastRunAt : this.#lastRunAt?.time ?? null,
      runs: {
        path: runsPath(this.slug),
        checksum: built?.checksum ?? `look-${checksumOf(look?.runs ?? "")}`,
      },
      sparks: look?.curves === undefined
        ? null
        : { path: sparksPath(this.slug), checksum: sparksChecksum(look.curves) },
      project: { path: projectPath(this.slug), checksum: checksumOf(JSON.stringify(this.project)) },
      error: this.#error ?? lacks,
    };
  }
}

const sparksChecksum = (curves: string): string => `curves-${checksumOf(curves)}`;
