/**
 * The lives of runs: their states and curves. This is the one file of the viewer's server that knows of them.
 *
 * @module
 */
import type { Experiment, Project } from "../../domain/format/entities.ts";
import { type History, readSeries } from "../../domain/history/read.ts";
import type { Columns } from "../../domain/history/series.ts";
import { experimentStatus } from "../../domain/history/status.ts";
import { pooled } from "../../domain/pool.ts";
import type { Run } from "../../domain/reading/runs.ts";
import { hasCode, isRubiconException, RubiconException } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import type { HistoryFile, HistorySeries, RunFile, SparksFile } from "../contract.ts";
import { packCurves, type RunCurves } from "../curves_file.ts";
import { historyPath } from "./paths.ts";
import type { ViewedRun } from "./runs_file.ts";
import { checksumOf, type Sealed, sealed } from "./sealed.ts";
import { thinned } from "./thin.ts";

/** What a run's page says of its life. */
export interface Life {
  status: RunFile["status"];
  /** Path of its curves; `null` if it has none. */
  history: string | null;
}

/** So many numbers a preview has, and so many of the newest runs have one. */
const SPARK = 40;
const MAX_SPARKED = 500;
/** A curve that is thinned has so many points at least. */
const MIN_POINTS = 40;
/** So many runs are read at once for one answer, which is ended once it has so many points. */
const AT_ONCE = 4;
const MAX_POINTS = 500_000;
/** So many previews are remembered for all projects. */
const REMEMBERED = 5_000;

type Spark = Record<string, (number | null)[]>;

/** The lives of the experiments of a store. */
export class Lives {
  /** Previews by the run, and by what its curves were then. */
  readonly #sparks = new Map<string, { version: string; spark: Spark }>();

  constructor(readonly rubicon: Core) {}

  /** The life of one run. */
  async of(
    experiment: Experiment,
    slug: string,
    hasCurves: boolean,
    call: CallOptions,
  ): Promise<Life> {
    const status = await experimentStatus(this.rubicon, experiment, call);
    return {
      status: status
        ? {
          state: status.state,
          since: status.startedAt,
          reason: status.reason,
          durationMs: status.durationMs,
        }
        : null,
      history: hasCurves ? historyPath(slug, experiment.id) : null,
    };
  }

  /**
   * The lives of a project's runs.
   *
   * @param curvesOf The runs that have curves, by their ids.
   */
  ofAll(
    slug: string,
    runs: readonly Run[],
    curvesOf: ReadonlyMap<string, string>,
  ): ViewedRun[] {
    return runs.map(({ status, durationMs = null, ...run }) => ({
      ...run,
      status: status ? { state: status, durationMs } : null,
      history: curvesOf.has(run.experiment.id) ? historyPath(slug, run.experiment.id) : null,
    }));
  }

  /** The curves of runs as columns of numbers, all of their points; of the first runs alone, if these have very many. */
  async packedCurves(
    project: Project,
    ids: readonly string[],
    call: CallOptions,
  ): Promise<Sealed> {
    const found: [id: string, RunCurves][] = [];
    // No file of a history ever changes, so their names say as much as all of the points.
    const marks: string[] = [];
    let points = 0;
    for (let at = 0; at < ids.length && points < MAX_POINTS; at += AT_ONCE) {
      const some = ids.slice(at, at + AT_ONCE);
      await pooled(some, async (id, place) => {
        try {
          const { series, files } = await this.#curves(placeholder(project, id), call);
          for (const { values } of series.values()) points += values.length;
          found[at + place] = [id, curvesIn(series)];
          marks[at + place] = [...files].sort().join();
        } catch (error) {
          if (call.signal?.aborted || !isRubiconException(error)) throw error;
          found[at + place] = [id, { error: error.message }];
          marks[at + place] = error.message;
        }
      });
    }
    return { checksum: checksumOf([...ids, ...marks].join("\n")), bytes: packCurves(found) };
  }

  async #curves(experiment: Experiment, call: CallOptions): Promise<History> {
    const found = await readSeries(this.rubicon, experiment, call);
    if (found.series.size > 0) return found;
    throw new RubiconException("not-found", `Run ${experiment.id} has no curves.`);
  }

  /**
   * The curves of one run.
   *
   * @param most So many points it has at most, in all of its curves together. Default: all.
   * @throws {RubiconException} `not-found` if it has none.
   */
  async curves(experiment: Experiment, call: CallOptions, most = Infinity): Promise<Sealed> {
    const { id } = experiment;
    const { series } = await this.#curves(experiment, call);
    const each = Math.max(MIN_POINTS, Math.floor(most / series.size));
    const file: Omit<HistoryFile, "checksum"> = {
      experimentId: id,
      series: Array.from(series, ([name, columns]) => seriesOf(name, columns, each)),
    };
    return sealed(file);
  }

  /** Previews of the curves of a project's newest runs. */
  async sparks(
    project: Project,
    curvesOf: ReadonlyMap<string, string>,
    newest: readonly string[],
    checksum: string,
    call: CallOptions,
  ): Promise<Sealed> {
    const ids = newest.filter((id) => curvesOf.has(id)).slice(0, MAX_SPARKED);
    const found = await pooled(ids, (id) => this.#spark(project, id, curvesOf.get(id)!, call));
    const sparks: SparksFile["sparks"] = {};
    for (const [at, spark] of found.entries()) {
      for (const [name, numbers] of Object.entries(spark)) {
        const all = Object.hasOwn(sparks, name) ? sparks[name]! : {};
        all[ids[at]!] = numbers;
        // A plain assignment to `__proto__` would not make a property.
        const property = { value: all, enumerable: true, writable: true, configurable: true };
        Object.defineProperty(sparks, name, property);
      }
    }
    const file: SparksFile = { checksum, sparks };
    return { checksum, bytes: new TextEncoder().encode(JSON.stringify(file)) };
  }

  async #spark(
    project: Project,
    id: string,
    version: string,
    call: CallOptions,
  ): Promise<Spark> {
    const known = this.#sparks.get(id);
    if (known?.version === version) return known.spark;
    try {
      const { series } = await readSeries(this.rubicon, placeholder(project, id), call);
      const spark: Spark = Object.create(null);
      for (const [name, { values }] of series) {
        spark[name] = thinned(values, SPARK).map((at) => finite(values[at]!));
      }
      this.#sparks.delete(id);
      if (this.#sparks.size >= REMEMBERED) this.#sparks.delete(this.#sparks.keys().next().value!);
      this.#sparks.set(id, { version, spark });
      return spark;
    } catch (error) {
      // One that cannot be read, or is gone meanwhile, has no preview.
      if (hasCode(error, "not-found", "corrupt", "read-failed", "unsupported")) return {};
      throw error;
    }
  }
}

/** Curves, with their times in milliseconds. */
const curvesIn = (series: History["series"]): RunCurves =>
  new Map(Array.from(series, ([name, { steps, times, values }]) => [
    name,
    { steps, times: inMilliseconds(times), values },
  ]));

function inMilliseconds(micros: Float64Array): Float64Array<ArrayBuffer> {
  const times = new Float64Array(micros.length);
  for (let at = 0; at < micros.length; at++) times[at] = micros[at]! / 1000;
  return times;
}

const finite = (value: number): number | null => Number.isFinite(value) ? value : null;

/** A curve, with its times in milliseconds. */
function seriesOf(name: string, { steps, times, values }: Columns, most: number): HistorySeries {
  const kept = values.length > most ? thinned(values, most) : undefined;
  const pick = <T>(column: Float64Array, of: (value: number) => T): T[] =>
    kept ? kept.map((at) => of(column[at]!)) : Array.from(column, of);
  return {
    name,
    steps: pick(steps, (step) => step),
    times: pick(times, (micros) => micros / 1000),
    values: pick(values, (value) => Number.isFinite(value) ? value : String(value) as "NaN"),
    ...(kept && { thinnedFrom: values.length }),
  };
}

/** An experiment by its id, as far as the place of what belongs to it goes. */
export const placeholder = (project: Pick<Project, "name">, id: string): Experiment => ({
  ...{ kind: "experiment", id, projectName: project.name, name: null, description: null },
  ...{ createdAt: "", tags: [], comments: [], branchName: null, commitHash: null },
  ...{ modelName: null, trainingMetadata: null },
});
