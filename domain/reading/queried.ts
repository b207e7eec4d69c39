/**
 * The runs of a project that a query asks for. Reading and evaluating are apart: backends give runs, and what the query
 * says is decided on them.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Backend, Core } from "../../composite/plan.ts";
import { entityFolder, projectFolder } from "../format/layout.ts";
import { cellsOf } from "../query/cells.ts";
import { predicate, runQuery } from "../query/evaluate.ts";
import { checkColumns, type Compiled, needsChildren } from "../query/query.ts";
import { isStatus, readsStatus, splitOwn, testsOf } from "../query/tree.ts";
import { ALL, type Choice } from "./filter.ts";
import { Deletions, hasNotedDeletions, isNotedDeletion, readAttached } from "./deleted.ts";
import { olderFirst } from "./entity_files.ts";
import { readEntities } from "./list.ts";
import type { Wanted } from "./folder_list.ts";
import { mergeRuns, type Run, runsIn } from "./runs.ts";
import type { Experiment, Project } from "../format/entities.ts";

/**
 * Reads the runs of a project, which others may have, too. What their own files and tags decide is decided before metrics and parameters are read;
 * these are not read at all if neither the query nor the caller needs them.
 *
 * @param needs Whether the caller needs metrics and parameters, and the states of the runs.
 */
export async function readQueried(
  rubicon: Core,
  project: Project,
  query: Compiled,
  choice: Choice,
  call: CallOptions,
  needs: { children: boolean; status: boolean },
): Promise<Run[]> {
  const { own, rest } = splitOwn(query.where);
  const isOwn = own && predicate(own);
  const passes: Choice["passes"] = isOwn
    ? (one, status) =>
      choice.passes(one) && isOwn({ ...NO_CHILDREN, experiment: one as Experiment, status })
    : choice.passes;
  const decides = [...testsOf(own)].some(({ column }) => isStatus(column));
  const shows = needs.status || readsStatus(query);
  // If the rest decides as well, or another order, so many are not enough.
  const limit = rest || query.orderBy.length > 0 ? Infinity : choice.limit;
  const what = `the experiments of project "${project.name}"`;
  const wanted: Wanted = {
    children: needs.children || needsChildren(query),
    status: decides ? "decides" : shows ? "shown" : "none",
  };
  const isBare = !wanted.children;
  const runs = isBare && wanted.status === "none"
    ? (await readEntities(rubicon, "experiment", { projectName: project.name }, what, call, {
      passes,
      newest: choice.newest,
      limit,
    })).map((experiment): Run => ({ ...NO_CHILDREN, experiment }))
    : await readRuns(
      rubicon,
      project,
      { passes, newest: choice.newest, limit },
      call,
      what,
      wanted,
    );
  if (!isBare && passes === ALL.passes && limit === Infinity) checkColumns(query, cellsOf(runs));
  if (!rest && query.orderBy.length === 0) return runs.slice(0, choice.limit);
  return runQuery({ ...(rest && { where: rest }), orderBy: query.orderBy }, runs)
    .slice(0, choice.limit);
}

const NO_CHILDREN = { parameters: [], metrics: [] };

async function readRuns(
  rubicon: Core,
  project: Project,
  choice: Choice,
  call: CallOptions,
  what: string,
  wanted: Wanted,
): Promise<Run[]> {
  // The newest few are found without reading the others; the oldest are not.
  const asked = choice.newest ? choice : { ...choice, limit: Infinity };
  const deleted = new Deletions();
  const run = (backend: Backend) => runsIn(backend, project, asked, wanted, deleted);
  const folder = projectFolder(project.name);
  const all = await readAttached(rubicon, folder, what, run, call, mergeRuns);
  const isNothingGone = deleted.isEmpty && !hasNotedDeletions(rubicon);
  const runs = isNothingGone ? all : all.filter(({ experiment }) => {
    const folder = entityFolder(experiment);
    return !deleted.has(folder) && !isNotedDeletion(rubicon, folder);
  });
  const ordered = runs.sort((a, b) => olderFirst(a.experiment, b.experiment));
  return (choice.newest ? ordered.reverse() : ordered).slice(0, choice.limit);
}
