/**
 * A run of trackio in this module's words.
 *
 * @module
 */
import { generate as uuidV5 } from "jsr:@std/uuid@^1.1.1/v5";
import { validate } from "jsr:@std/uuid@^1.1.1/common";
import { basename } from "jsr:@std/path@^1.1.6/basename";
import { join } from "jsr:@std/path@^1.1.6/join";
import { RubiconException } from "../../errors.ts";
import { isPlain } from "../check.ts";
import { notAllowed } from "../files/disk.ts";
import type { Value } from "../format/values.ts";
import { SeriesBuilder } from "../history/series.ts";
import { microsOf } from "../history/times.ts";
import { type ForeignFile, type ForeignRun, uuidOf } from "../imports/run.ts";
import type { Logged, TrackioDatabase, TrackioRun } from "./database.ts";

/** Runs without an id of their own get one from their names: always the same. */
const NAMELESS = "5f0c6b1e-6a5e-4c1b-8f6e-2f7a9d3b4c10";
/** What numbers are that JSON has not. */
const WORDS: Readonly<Record<string, number>> = { NaN, Infinity, "-Infinity": -Infinity };

/**
 * A run with all that comes over.
 *
 * @param media The folder that files of runs are in.
 */
export async function foreignRun(
  db: TrackioDatabase,
  project: string,
  run: TrackioRun,
  media: string,
): Promise<ForeignRun> {
  const reader = new RunReader(`importTrackio: ${db.path}: run ${run.name}`);
  for (const logged of db.metrics(run)) reader.add(logged);
  for (const logged of db.system(run)) reader.addSystem(logged);
  const { config, createdAt } = db.config(run);
  const alerts = db.alerts(run);
  for (const { timestamp } of alerts) reader.see(String(timestamp));
  const id = validate(uuidOf(run.key))
    ? uuidOf(run.key)
    : await uuidV5(NAMELESS, new TextEncoder().encode(`${project}\0${run.key}`));
  const noted = typeof config._Created === "string" ? config._Created : createdAt;
  if (noted !== null) reader.see(noted);
  const tag = (name: string, value: unknown) =>
    typeof value === "string" && value !== "" ? [`${name}:${value}`] : [];
  return {
    ...{ where: `importTrackio: run ${run.name}`, foreignId: id.replaceAll("-", ""), id },
    name: run.name,
    tags: [...tag("user", config._Username), ...tag("group", config._Group)],
    ...reader.span(),
    parameters: Object.entries(config).filter(([name]) => !name.startsWith("_"))
      .map(([name, value]) => [name, value as Value]),
    series: reader.series.series(),
    points: reader.points,
    state: "finished",
    reason: "trackio does not note how a run ended",
    files: await filesOf(reader.media, media),
    rest: {
      name: "trackio.json",
      json: written({ config, alerts, logged: reader.others }) as Value,
    },
  };
}

/** Deno has it, TypeScript's library not yet. */
type Raw = JSON & { rawJSON(text: string): unknown };

/** Values as JSON can hold them: integers with all their digits. */
function written(value: unknown): unknown {
  if (typeof value === "bigint") return (JSON as Raw).rawJSON(String(value));
  if (Array.isArray(value)) return value.map(written);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, written(one)]));
}

/** Takes what a run logged apart: numbers are points, all else stays as it is. */
class RunReader {
  readonly series = new SeriesBuilder();
  /** What is no number, with its step. */
  readonly others: { step: number | null; time: string; name: string; value: unknown }[] = [];
  readonly media: { name: string; step: number | null; path: string }[] = [];
  points = 0;
  #first = Infinity;
  #last = -Infinity;
  /** How many points a measure of the machine has so far. */
  readonly #counts = new Map<string, number>();

  /** @param where How messages call the run. */
  constructor(readonly where: string) {}

  /** Notes that something was at a time. */
  see(timestamp: string): number {
    let time: number;
    try {
      time = microsOf(timestamp);
    } catch (cause) {
      const why = (cause as Error).message;
      throw new RubiconException("corrupt", `${this.where}: ${why}`, { cause });
    }
    this.#first = Math.min(this.#first, time);
    this.#last = Math.max(this.#last, time);
    return time;
  }

  /** When the run was. One of which nothing says it is as old as can be. */
  span(): { started: number; ended: number } {
    const isKnown = this.#first <= this.#last;
    return { started: isKnown ? this.#first / 1000 : 0, ended: isKnown ? this.#last / 1000 : 0 };
  }

  add({ timestamp, step, values }: Logged): void {
    const time = this.see(timestamp);
    this.#each("", values, (name, value) => {
      if (typeof value === "number") this.#point(name, step!, time, value);
      else this.#other(name, step, timestamp, value);
    });
  }

  /** These have no step: they are counted. */
  addSystem({ timestamp, values }: Logged): void {
    const time = this.see(timestamp);
    this.#each("system/", values, (name, value) => {
      if (typeof value !== "number") return this.#other(name, null, timestamp, value);
      const count = this.#counts.get(name) ?? 0;
      this.#counts.set(name, count + 1);
      this.#point(name, count, time, value);
    });
  }

  #point(name: string, step: number, time: number, value: number): void {
    this.points++;
    this.series.add(name, step, time, value);
  }

  #other(name: string, step: number | null, time: string, value: unknown): void {
    this.others.push({ step, time, name, value });
    for (const path of pathsIn(value)) this.media.push({ name, step, path });
  }

  /** Values by name; those of an object within have its name before them. */
  #each(
    prefix: string,
    values: Record<string, unknown>,
    take: (name: string, value: unknown) => void,
  ): void {
    for (const [key, value] of Object.entries(values)) {
      const name = prefix + key;
      if (typeof value === "bigint") take(name, Number(value));
      else if (typeof value === "string" && Object.hasOwn(WORDS, value)) take(name, WORDS[value]);
      else if (isPlain(value) && value._type === undefined) this.#each(`${name}/`, value, take);
      else take(name, value);
    }
  }
}

/** The files that a value names: pictures and the like, also within tables. */
function pathsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(pathsIn);
  if (!isPlain(value)) return [];
  const { _type: type, file_path: path } = value;
  const own = typeof type === "string" && type.startsWith("trackio.") && typeof path === "string";
  return [...own ? [path as string] : [], ...Object.values(value).flatMap(pathsIn)];
}

/** The files that are still there. Of what is no file any more, or never was, the reference is in trackio.json. */
async function filesOf(
  found: readonly RunReader["media"][number][],
  media: string,
): Promise<ForeignFile[]> {
  const files = new Map<string, ForeignFile>();
  let root: string | undefined;
  for (const { name, step, path } of found) {
    const outside = () =>
      new RubiconException("corrupt", `importTrackio: a file is outside of ${media}: ${path}`);
    if (/^(?:[a-z]:|[\\/])/i.test(path) || path.split(/[\\/]/).includes("..")) throw outside();
    const own = join(media, path);
    try {
      const { size, isFile } = await Deno.stat(own);
      if (!isFile) continue;
      root ??= join(await Deno.realPath(media), "/");
      // A link would bring any file of this machine over.
      if (!(await Deno.realPath(own)).startsWith(root)) throw outside();
      const called = [name, ...step === null ? [] : [step], basename(path)].join("/");
      files.set(called, { name: called, path: own, size });
    } catch (error) {
      if (error instanceof RubiconException) throw error;
      if (!isNowhere(error)) throw notAllowed(`importTrackio: ${own} cannot be read`, error);
    }
  }
  return [...files.values()];
}

/** Whether an error says that nothing can be at a path; those with a zero byte are none for Deno. */
const isNowhere = (error: unknown): boolean =>
  error instanceof Deno.errors.NotFound || error instanceof TypeError ||
  ["ENOTDIR", "ENAMETOOLONG"].includes((error as { code?: string }).code ?? "");
