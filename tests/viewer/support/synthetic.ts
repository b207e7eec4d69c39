/**
 * Sites that are too large to be logged each time somebody looks at the page: their files are made without a store.
 */
import { RubiconException } from "../../../errors.ts";
import type { Composite, Project } from "../../../mod.ts";
import {
  historyPath,
  projectPath,
  runsPath,
  sparksPath,
  type Wanted,
} from "../../../viewer/server/paths.ts";
import {
  columnFile,
  type RunsFiles,
  runsFiles,
  type ViewedRun,
} from "../../../viewer/server/runs_file.ts";
import { type Sealed, sealed } from "../../../viewer/server/sealed.ts";
import { Site, type SiteFile, type SiteOptions } from "../../../viewer/server/site.ts";
import type {
  HistoryFile,
  HistorySeries,
  ProjectFile,
  RunFile,
  SparksFile,
  ViewerIndex,
} from "../../../viewer/contract.ts";
import { encodeCell } from "../../../viewer/server/encode.ts";
import { randomOf } from "./random.ts";
import { SWEEP, type SweepSize, sweptRuns } from "./sweep.ts";

/** What sites there are. */
export const SYNTHETIC = {
  big: "10,000 runs × 50 columns",
  wide: "150 runs × 1,500 metrics",
  huge: "1,500 runs × 1,500 metrics",
  curves: "100 runs × 3 curves of 10,000 points",
} as const;

/** The name of one of {@linkcode SYNTHETIC}. */
export type SyntheticName = keyof typeof SYNTHETIC;

const SIZES: Readonly<Record<SyntheticName, SweepSize & { points: number }>> = {
  big: { runs: 10_000, parameters: 20, metrics: 24, points: 0 },
  wide: { runs: 150, parameters: 6, metrics: 1_500, points: 0 },
  huge: { runs: 1_500, parameters: 6, metrics: 1_500, points: 0 },
  curves: { runs: 100, parameters: 6, metrics: 4, points: 10_000 },
};

const SLUG = "image-classifier";
const CURVES = ["accuracy", "loss", "grad norm"];
const PROJECT: Project = {
  kind: "project",
  id: "6f1c0f2e-0000-4000-8000-000000000001",
  createdAt: "2026-10-01T07:00:00.000000+00:00",
  trainingMetadata: null,
  ...SWEEP,
};

/** Runs of a size, as a store would have them. */
export function syntheticRuns(name: SyntheticName): ViewedRun[] {
  const { points, ...size } = SIZES[name];
  return sweptRuns(size).map(({ parameters, metrics, ...fields }): ViewedRun => {
    const base = { createdAt: fields.createdAt, description: null, comments: [], tags: [] };
    const child = { ...base, id: fields.id, projectName: PROJECT.name, experimentId: fields.id };
    return {
      experiment: {
        ...{ ...base, kind: "experiment", projectName: PROJECT.name, trainingMetadata: null },
        ...{ ...fields, tags: [...fields.tags] },
      },
      parameters: Object.entries(parameters).map(([name, value]) => ({
        ...{ ...child, kind: "parameter", name, value },
      })),
      metrics: metrics.map((metric) => ({ ...child, kind: "metric", ...metric })),
      status: points > 0 ? { state: "finished", durationMs: points * 1_000 } : null,
      history: points > 0 ? historyPath(SLUG, fields.id) : null,
    };
  });
}

/** A site without a store. */
export class SyntheticSite extends Site {
  readonly #runs: ViewedRun[];
  readonly #files: RunsFiles;
  readonly #points: number;

  constructor(rubicon: Composite, options: SiteOptions, name: SyntheticName) {
    super(rubicon, options);
    this.#runs = syntheticRuns(name);
    this.#files = runsFiles(PROJECT, SLUG, this.#runs);
    this.#points = SIZES[name].points;
  }

  override index(): Promise<Sealed> {
    const { title, live, edit } = this.options;
    const hasCurves = this.#points > 0;
    const index: Omit<ViewerIndex, "format" | "checksum" | "madeAt"> = {
      ...{ title, live, edit, error: null, backends: [], views: [] },
      projects: [{
        ...{ ...SWEEP, slug: SLUG, id: PROJECT.id, createdAt: PROJECT.createdAt, error: null },
        experiments: this.#runs.length,
        states: hasCurves ? { finished: this.#runs.length } : {},
        lastRunAt: this.#runs.at(-1)!.experiment.createdAt,
        runs: { path: runsPath(SLUG), checksum: this.#files.checksum },
        sparks: hasCurves ? { path: sparksPath(SLUG), checksum: "sparks" } : null,
        project: { path: projectPath(SLUG), checksum: "project" },
      }],
    };
    const made = { format: 1, madeAt: new Date().toISOString() };
    return Promise.resolve(sealed(index, made));
  }

  // deno-lint-ignore require-await -- it rejects, and never throws where it is called.
  override async file(wanted: Exclude<Wanted, { what: "index" }>): Promise<SiteFile> {
    const file = this.#made(wanted);
    if (file) return { what: "json", ...file };
    throw new RubiconException("not-found", "There is no such file.");
  }

  #made(wanted: Exclude<Wanted, { what: "index" }>): Sealed | undefined {
    if (wanted.slug !== SLUG) return undefined;
    switch (wanted.what) {
      case "runs":
        return this.#files;
      case "column":
        return columnFile(this.#files, wanted.at);
      case "project": {
        const { kind: _kind, ...fields } = PROJECT;
        const file: Omit<ProjectFile, "checksum"> = {
          ...{ ...fields, slug: SLUG, artifacts: [], dataframes: [], trainingMetadata: null },
        };
        return sealed(file);
      }
      case "run":
        return this.#runFile(wanted.id);
      case "sparks":
        return this.#points > 0 ? this.#sparks() : undefined;
      case "history": {
        const at = this.#runs.findIndex(({ experiment }) => experiment.id === wanted.id);
        if (at < 0 || this.#points === 0) return undefined;
        const file: Omit<HistoryFile, "checksum"> = {
          experimentId: wanted.id,
          series: CURVES.map((name) => curve(name, at, this.#points)),
        };
        return sealed(file);
      }
      default:
        return undefined;
    }
  }

  #runFile(id: string): Sealed | undefined {
    const run = this.#runs.find(({ experiment }) => experiment.id === id);
    if (!run) return undefined;
    const { name, createdAt, modelName, branchName, commitHash, tags } = run.experiment;
    const file: Omit<RunFile, "checksum"> = {
      ...{ id, name, description: null, createdAt, modelName, branchName, commitHash, tags },
      commitUrl: `https://github.com/example/classifier/commit/${commitHash}`,
      ...{ comments: [], trainingMetadata: null, features: [], parents: [], children: [] },
      ...{ artifacts: [], dataframes: [], environment: null, history: run.history },
      status: run.status && { ...run.status, since: createdAt, reason: null },
      parameters: run.parameters.map((one) => ({
        ...{ name: one.name, description: null, tags: [] },
        value: encodeCell(one.value),
      })),
      metrics: run.metrics.map((one) => ({
        ...{ name: one.name, description: null, tags: [] },
        ...{ value: encodeCell(one.value), directionality: one.directionality },
      })),
    };
    return sealed(file);
  }

  #sparks(): Sealed {
    const file: Omit<SparksFile, "checksum"> = {
      sparks: Object.fromEntries(CURVES.map((name) => [
        name,
        Object.fromEntries(this.#runs.map(({ experiment }, at) => {
          const values = curve(name, at, 40).values.map((value) =>
            typeof value === "number" ? value : null
          );
          return [experiment.id, values];
        })),
      ])),
    };
    return sealed(file);
  }
}

/** A noisy curve with some spikes, and here and there no number. */
function curve(name: string, run: number, points: number): HistorySeries {
  const random = randomOf(run * 31 + name.length);
  const pace = points / (4 + random() * 8);
  const end = 0.7 + random() * 0.28;
  const rises = name === "accuracy";
  const values = Array.from({ length: points }, (_, step): HistorySeries["values"][number] => {
    if (name === "grad norm" && step % 997 === 500) return "NaN";
    const spike = random() < 0.001 ? 2 : 0;
    const share = 1 - Math.exp(-step / pace);
    const noise = (random() - 0.5) * 0.08;
    return rises ? end * share + noise : 2.5 * (1 - end * share) + noise + spike;
  });
  const start = Date.parse("2026-10-01T08:00:00Z") + run * 7 * 60_000;
  return {
    name,
    steps: values.map((_, step) => step),
    times: values.map((_, step) => start + step * 1_000),
    values,
  };
}
