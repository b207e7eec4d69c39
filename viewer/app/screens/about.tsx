/**
 * What belongs to a project itself, beside its runs.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import type { ProjectFile } from "../../contract.ts";
import { count } from "../data/format.ts";
import { Loading, Problem } from "../parts/bits.tsx";
import { useFile } from "../parts/file.ts";
import { Icon } from "../parts/icon.tsx";
import { project } from "../state/store.ts";
import { Fact, Origin } from "./facts.tsx";
import { Artifacts, Dataframes } from "./run_more.tsx";
import { Training } from "./run_values.tsx";

/** The tab about the project. */
export function About(): VNode {
  const { project: at, experiments } = project.value!;
  const { file, retry } = useFile<ProjectFile>(at.path, at.checksum);
  if (file.state === "loading") return <Loading what="the project" />;
  if (file.state === "failed") {
    return <Problem title="The project could not be read" message={file.message} onRetry={retry} />;
  }
  const { value } = file;
  const { name, id, description, createdAt, githubUrl } = value;
  const url = githubUrl !== null && /^https:\/\//.test(githubUrl) ? githubUrl : undefined;
  return (
    <article class="page run">
      <header class="run-head">
        <h1>{name}</h1>
        {description && <p class="run-text">{description}</p>}
      </header>
      <div class="run-body">
        <div class="run-main">
          <Artifacts run={value} />
          <Dataframes run={value} />
          {value.artifacts.length + value.dataframes.length === 0 && (
            <p class="note">
              The project itself has no artifacts and no dataframes. Those of its runs are on the
              runs' pages.
            </p>
          )}
        </div>
        <aside class="run-side" aria-label="About this project">
          <section class="panel">
            <h2>About</h2>
            <dl class="facts">
              <Origin {...{ id, createdAt }} />
              <Fact icon="list" name="Runs">{count(experiments)}</Fact>
              {url !== undefined && (
                <Fact icon="branch" name="Repository">
                  <a href={url} target="_blank" rel="noopener noreferrer">
                    {url.replace(/^https:\/\//, "")} <Icon name="outside" size={12} />
                  </a>
                </Fact>
              )}
            </dl>
          </section>
          <Training run={value} />
        </aside>
      </div>
    </article>
  );
}
