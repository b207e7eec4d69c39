/**
 * The runs of a project a page at a time, in bounded memory. Each page is a read of its own, with all that a read
 * promises: it falls through to the next backend, merges, and is never stale. Nothing is open between two pages.
 *
 * @module
 */
import type { Receipt } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Answer, Backend, Core } from "../../composite/plan.ts";
import { experimentFolder, projectFolder } from "../format/layout.ts";
import type { Project } from "../format/entities.ts";
import { cellsOf } from "../query/cells.ts";
import { predicate, runQuery } from "../query/evaluate.ts";
import { checkColumns, type Compiled, needsChildren } from "../query/query.ts";
import { isStatus, type QueryColumn, readsStatus, splitOwn, testsOf } from "../query/tree.ts";
import type { Experiment } from "../format/entities.ts";
import { Deletions, hasTrace, isNotedDeletion, marksIn, readAttached, traceOf } from "./deleted.ts";
import { olderFirst } from "./entity_files.ts";
import { ALL, type Choice } from "./filter.ts";
import type { Wanted } from "./folder_list.ts";
import { experimentIds, runsOf } from "./run_page.ts";
import { mergeRuns, type Run } from "./runs.ts";

/** So many runs are in memory at once. */
export const PAGE = 256;

/** Which runs of a project are wanted. */
export interface StreamedRuns {
  project: Project;
  query: Compiled;
  passes: Choice["passes"];
  limit: number;
  /** Whether parameters and metrics are wanted. */
  children: boolean;
  /** Whether the states of runs are wanted. */
  status: boolean;
  /** By creation; missing: as the store has them. */
  order?: "oldest" | "newest" | undefined;
}

const NO_CHILDREN = { parameters: [], metrics: [] };

/**
 * The runs that are wanted, a page at a time. The ids of the experiments are asked for once, at the start, and each is read
 * when its page comes up: one that is gone by then is left out.
 *
 * @throws {RubiconException} if no backend is able to read; at the end, `invalid-argument` for a column that no run had.
 */
export async function* streamRuns(
  rubicon: Core,
  asked: StreamedRuns,
  call: CallOptions,
): AsyncGenerator<Run[], void, void> {
  const { query, order, limit } = asked;
  const { own, rest } = splitOwn(query.where);
  const isOwn = own && predicate(own);
  const passes: Choice["passes"] = isOwn
    ? (one, status) =>
      asked.passes(one) && isOwn({ ...NO_CHILDREN, experiment: one as Experiment, status })
    : asked.passes;
  const decides = [...testsOf(own)].some(({ column }) => isStatus(column));
  const shows = asked.status || readsStatus(query);
  const wanted: Wanted = {
    children: asked.children || needsChildren(query),
    status: decides ? "decides" : shows ? "shown" : "none",
  };
  const toOrder: Wanted = { children: false, status: decides ? "decides" : "none" };
  const pages = new Pages(rubicon, asked.project, call);
  let ids = await pages.begin();
  if (limit === 0) return;
  if (order && ids.length > PAGE) ids = await inOrder(pages, passes, order, toOrder);
  const isWhole = passes === ALL.passes && limit === Infinity;
  const columns = isWhole && needsChildren(query) ? new Map<string, QueryColumn>() : undefined;
  // Of what all are wanted of, no more is read than is wanted.
  const step = passes === ALL.passes && !rest ? Math.min(PAGE, limit) : PAGE;
  let left = limit;
  let count = 0;
  for (let at = 0; at < ids.length && left > 0; at += step) {
    let runs = await pages.read(ids.slice(at, at + step), passes, wanted);
    count += runs.length;
    for (const one of columns ? cellsOf(runs).columns() : []) {
      columns!.set(`${one.kind} ${one.name}`, one);
    }
    if (rest) runs = runQuery({ where: rest, orderBy: [] }, runs);
    if (order) runs.sort((a, b) => byCreation(a.experiment, b.experiment, order));
    runs = runs.slice(0, left);
    left -= runs.length;
    if (runs.length > 0) yield runs;
  }
  if (columns) checkColumns(query, { length: count, columns: () => [...columns.values()] });
}

const byCreation = (a: Aged, b: Aged, order: "oldest" | "newest"): number =>
  order === "oldest" ? olderFirst(a, b) : olderFirst(b, a);

type Aged = Pick<Experiment, "id" | "createdAt">;

/** Ids by creation. Each experiment is looked at for it, and no more of it is kept than that. */
async function inOrder(
  pages: Pages,
  passes: Choice["passes"],
  order: "oldest" | "newest",
  wanted: Wanted,
): Promise<readonly string[]> {
  const all: Aged[] = [];
  // There may come more on the way.
  for (let at = 0; at < pages.ids.length; at += PAGE) {
    for (const { experiment } of await pages.read(pages.ids.slice(at, at + PAGE), passes, wanted)) {
      all.push({ id: experiment.id, createdAt: experiment.createdAt });
    }
  }
  return all.sort((a, b) => byCreation(a, b, order)).map(({ id }) => id);
}

/** The pages of one stream: what is known of ids and deletions, and reads. */
class Pages {
  readonly #rubicon: Core;
  readonly #project: Project;
  readonly #call: CallOptions;
  readonly #what: string;
  readonly #ids: string[] = [];
  readonly #known = new Set<string>();
  /** What any backend that is asked knows to be deleted. */
  readonly #deleted = new Deletions();
  /** The backends whose ids are known. */
  readonly #learned = new Set<string>();
  #receipts: readonly Receipt[] = [];

  constructor(rubicon: Core, project: Project, call: CallOptions) {
    this.#rubicon = rubicon;
    this.#project = project;
    this.#what = `the experiments of project "${project.name}"`;
    const { signal, timeoutMs, read, onReceipts } = call;
    this.#call = {
      signal,
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(read && { read }),
      onReceipts: (receipts) => {
        this.#receipts = receipts;
        onReceipts?.(receipts);
      },
    };
  }

  /** The ids so far. A backend that is asked later may have more. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Asks for the ids. */
  async begin(): Promise<readonly string[]> {
    await readAttached<string[]>(
      this.#rubicon,
      projectFolder(this.#project.name),
      this.#what,
      (backend) => this.#learn(backend),
      this.#call,
      (all) => all.flat(),
    );
    return this.#ids;
  }

  /** Asks a backend which experiments it has and which it knows to be deleted. */
  async #learn(backend: Backend): Promise<Answer<string[]>> {
    const answer = await experimentIds(backend, this.#project, this.#deleted);
    this.#learned.add(backend.label);
    for (const id of answer.value) {
      if (!this.#known.has(id)) this.#ids.push(id);
      this.#known.add(id);
    }
    return answer;
  }

  /** Reads runs of these ids: those that pass. */
  async read(
    ids: readonly string[],
    passes: Choice["passes"],
    wanted: Wanted,
  ): Promise<Run[]> {
    const left = ids.filter((id) => !this.#isDeleted(id));
    if (left.length === 0) return [];
    const there = new Set<string>();
    const runs = await this.#rubicon.read<Run[]>({
      what: this.#what,
      run: (backend) => this.#readFrom(backend, left, passes, wanted, there),
      merge: mergeRuns,
    }, this.#call);
    this.#tellOfLost(left.filter((id) => !there.has(id) && !this.#isDeleted(id)));
    return runs.filter(({ experiment, status }) =>
      !this.#isDeleted(experiment.id) && passes(experiment, status ?? null)
    );
  }

  async #readFrom(
    backend: Backend,
    ids: readonly string[],
    passes: Choice["passes"],
    wanted: Wanted,
    there: Set<string>,
  ): Promise<Answer<Run[]>> {
    // A backend that answers for another one brings what it has more, and its traces of deletions.
    if (!this.#learned.has(backend.label)) await this.#learn(backend);
    const { missing, ...answer } = await runsOf(backend, this.#project, ids, passes, wanted);
    const lacking = new Set<string>();
    for (const id of missing) {
      const folder = experimentFolder(this.#project.name, id);
      if (await hasTrace(backend, folder)) this.#deleted.add(traceOf(folder));
      for (const key of await marksIn(backend, folder)) this.#deleted.add(key);
      if (!this.#deleted.has(folder)) lacking.add(id);
    }
    for (const id of ids) if (!lacking.has(id)) there.add(id);
    // Another one may have what is missing here.
    return lacking.size === 0 ? answer : { ...answer, weak: "damaged" };
  }

  #isDeleted(id: string): boolean {
    const folder = experimentFolder(this.#project.name, id);
    return this.#deleted.has(folder) || isNotedDeletion(this.#rubicon, folder);
  }

  /** What is not there any more in any backend is gone; if one cannot be asked, nobody knows. */
  #tellOfLost(ids: readonly string[]): void {
    const failed = this.#receipts.find(({ outcome }) => outcome !== "ok");
    if (ids.length === 0 || !failed) return;
    this.#rubicon.options.onWarning(
      `${this.#what}: ${ids.length} that were there at the start cannot be read now, ${
        ids[0]
      } for one: ` +
        `${failed.error?.message ?? `${failed.backend} was not asked.`}`,
    );
  }
}
