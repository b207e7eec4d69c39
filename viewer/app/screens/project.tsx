/**
 * A project: its tabs, and what stands above them.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { Empty, Loading, Problem } from "../parts/bits.tsx";
import { later } from "../parts/later.tsx";
import { SelectionBar } from "../parts/selection_bar.tsx";
import { change, go } from "../state/navigate.ts";
import { retryRuns } from "../state/project.ts";
import { found, rows } from "../state/rows.ts";
import { index, project, route, runs, runsProblem, slug, view } from "../state/store.ts";
import { Grid } from "../table/grid.tsx";
import { ChartTab } from "./charts.tsx";
import { Toolbar } from "./toolbar.tsx";
import { NoIndex } from "./no_index.tsx";

const About = later(({ About }) => About);
const Compare = later(({ Compare }) => Compare);

/** What is in the way of showing a project, if something is. */
export function ProjectTrouble(): VNode | null {
  if (!index.value) return <NoIndex onRetry={retryRuns} />;
  const shown = project.value;
  if (!shown) {
    return (
      <Empty icon="folder" title={`There is no project “${slug.value}”`}>
        <p>It may have been deleted, or the link is from another store.</p>
        <button type="button" class="button primary" onClick={() => go({ screen: "projects" })}>
          See all projects
        </button>
      </Empty>
    );
  }
  const problem = runsProblem.value ?? (runs.value ? undefined : shown.error ?? undefined);
  if (problem !== undefined) {
    return (
      <Problem
        title={`The runs of ${shown.name} could not be read`}
        message={problem}
        onRetry={retryRuns}
      />
    );
  }
  if (!runs.value) return <Loading what={`the runs of ${shown.name}`} />;
  return null;
}

/** The screen of a project. */
export function Project(): VNode {
  const trouble = ProjectTrouble();
  if (trouble) return trouble;
  const { value } = route;
  const tab = value.screen === "project" ? value.tab : "table";
  if (tab === "about") return <About />;
  if (runs.value!.count === 0) {
    return (
      <Empty icon="table" title="This project has no run yet">
        <p>
          The first run that is logged shows up here{index.value!.live
            ? " by itself"
            : " after the next export"}.
        </p>
      </Empty>
    );
  }
  return (
    <div class="project">
      <h1 class="unseen">{project.value!.name}</h1>
      <Toolbar />
      {tab === "table" && <TableTab />}
      {tab === "compare" && <Compare />}
      {tab !== "table" && tab !== "compare" &&
        (isNothing() ? <NothingFound /> : <ChartTab tab={tab} />)}
      <SelectionBar />
    </div>
  );
}

const isNothing = (): boolean => rows.value.length === 0 && found.value?.kind !== "error";

function TableTab(): VNode {
  return isNothing() ? <NothingFound /> : <Grid />;
}

/** No run has what was asked for. */
export function NothingFound(): VNode {
  return (
    <Empty icon="search" title="No run has this">
      <p class="mono clip">{view.value.q}</p>
      <button type="button" class="button primary" onClick={() => change({ q: "" }, "filter")}>
        Clear the search
      </button>
    </Empty>
  );
}
