/**
 * All projects of the store.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useState } from "npm:preact@^11.2.0/hooks";
import type { RunState, ViewerProject } from "../../contract.ts";
import { asPeopleCount } from "../data/cell.ts";
import { ago, count, counted, time } from "../data/format.ts";
import { Empty, Problem } from "../parts/bits.tsx";
import { Icon } from "../parts/icon.tsx";
import { go, hrefOf } from "../state/navigate.ts";
import { refresh } from "../state/project.ts";
import { index } from "../state/store.ts";
import { NoIndex } from "./no_index.tsx";

const ORDER: readonly RunState[] = ["running", "finished", "failed", "cancelled", "lost"];

/** The first screen. */
export function Projects(): VNode {
  const [part, setPart] = useState("");
  const all = index.value;
  if (!all) return <NoIndex onRetry={() => void refresh()} />;
  if (all.error !== null && all.projects.length === 0) {
    return (
      <Problem
        title="The projects could not be listed"
        message={all.error}
        onRetry={() => void refresh()}
      />
    );
  }
  if (all.projects.length === 0) {
    return (
      <Empty icon="folder" title="There is no project yet">
        <p>
          Log a first run, and it shows up here{all.live ? " by itself" : " after the next export"}:
        </p>
        <pre>{FIRST_STEPS}</pre>
      </Empty>
    );
  }
  const last = (project: ViewerProject) => project.lastRunAt ?? project.createdAt;
  const projects = all.projects
    .filter(({ name, description }) =>
      `${name}\n${description ?? ""}`.toLowerCase().includes(part.trim().toLowerCase())
    )
    .sort((a, b) => last(a) < last(b) ? 1 : last(a) > last(b) ? -1 : asPeopleCount(a.name, b.name));
  const runs = all.projects.reduce((sum, { experiments }) => sum + experiments, 0);
  return (
    <div class="page projects">
      <div class="page-head">
        <h1>Projects</h1>
        <span class="muted">
          {counted(all.projects.length, "project")}, {counted(runs, "run")}
        </span>
        {all.projects.length > 5 && (
          <input
            type="search"
            id="search"
            class="small-search"
            placeholder="Find a project"
            aria-label="Find a project"
            value={part}
            onInput={(event) => setPart(event.currentTarget.value)}
          />
        )}
      </div>
      {all.error !== null && <p class="note bad" role="alert">{all.error}</p>}
      <ul class="cards">
        {projects.map((project) => <Card key={project.slug} project={project} />)}
      </ul>
      {projects.length === 0 && <p class="muted">No project has “{part}” in its name.</p>}
    </div>
  );
}

const FIRST_STEPS = `import { createExperiment, createProject, logMetric } from "…/mod.ts";

const project = await createProject(rubicon, { name: "my project" });
const run = await createExperiment(rubicon, project, { name: "first run" });
await logMetric(rubicon, run, { name: "accuracy", value: 0.91 });`;

function Card({ project }: { project: ViewerProject }): VNode {
  const { name, slug, description, experiments, states, lastRunAt, createdAt, error } = project;
  const to = { screen: "project", slug, tab: "table" } as const;
  const present = ORDER.filter((state) => (states[state] ?? 0) > 0);
  const known = present.reduce((sum, state) => sum + states[state]!, 0);
  return (
    <li class="card">
      <h2>
        <a
          href={hrefOf(to)}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            go(to);
          }}
        >
          {name}
        </a>
      </h2>
      {description && <p class="card-text" title={description}>{description}</p>}
      {error !== null && (
        <p class="note bad">
          <Icon name="warning" size={14} /> {error}
        </p>
      )}
      <div class="card-foot">
        <span class="card-count">
          <strong>{count(experiments)}</strong> {experiments === 1 ? "run" : "runs"}
        </span>
        <span class="muted" title={time(lastRunAt ?? createdAt)}>
          {lastRunAt ? `last ${ago(lastRunAt)}` : `made ${ago(createdAt)}`}
        </span>
      </div>
      {known > 0 && (
        <>
          <div class="states" aria-hidden="true">
            {present.map((state) => (
              <span
                key={state}
                class={`states-part ${state}`}
                style={{ flexGrow: states[state]! }}
              />
            ))}
          </div>
          <p class="states-text">
            {present.map((state) => (
              <span key={state} class={`state-word ${state}`}>
                {count(states[state]!)} {state}
              </span>
            ))}
          </p>
        </>
      )}
    </li>
  );
}
