/**
 * Everything of one run.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import type { RunFile } from "../../contract.ts";
import { time } from "../data/format.ts";
import { Empty, Loading, Problem, Status, Swatch } from "../parts/bits.tsx";
import { runPath, useFile } from "../parts/file.ts";
import { Icon } from "../parts/icon.tsx";
import { MenuButton } from "../parts/popover.tsx";
import { StylePicker } from "../parts/selection_bar.tsx";
import { copy } from "../parts/toast.tsx";
import { colourOf } from "../state/colours.ts";
import { go, goTab, openRun } from "../state/navigate.ts";
import { rows, select, selected } from "../state/rows.ts";
import { project, route, runs, slug } from "../state/store.ts";
import { RunCurves } from "./charts.tsx";
import { Fact, Origin } from "./facts.tsx";
import { ProjectTrouble } from "./project.tsx";
import { Annotations, Artifacts, Dataframes, Family } from "./run_more.tsx";
import { Environment, Features, Metrics, Parameters, Training } from "./run_values.tsx";

/** A run's page. */
export function Run(): VNode {
  const trouble = ProjectTrouble();
  if (trouble) return trouble;
  const { value } = route;
  const id = value.screen === "run" ? value.id : "";
  return <RunOf key={id} id={id} />;
}

function RunOf({ id }: { id: string }): VNode {
  const row = runs.value!.rowOf(id);
  const { file, retry } = useFile<RunFile>(
    runPath(slug.value!, id),
    project.value!.runs.checksum,
  );
  if (file.state === "loading") return <Loading what="the run" />;
  if (file.state === "failed" && row === undefined) {
    return (
      <Empty icon="file" title="There is no such run in this project">
        <p>It may have been deleted since the link was made.</p>
        <button type="button" class="button primary" onClick={() => goTab("table")}>
          See the runs that there are
        </button>
      </Empty>
    );
  }
  if (file.state === "failed") {
    return <Problem title="The run could not be read" message={file.message} onRetry={retry} />;
  }
  const run = file.value;
  return (
    <article class="page run">
      <Head run={run} row={row} />
      <div class="run-body">
        <div class="run-main">
          <Metrics run={run} row={row} />
          {run.history !== null && row !== undefined && <RunCurves row={row} />}
          <Parameters run={run} />
          <Features run={run} />
          <Artifacts run={run} />
          <Dataframes run={run} />
        </div>
        <aside class="run-side" aria-label="About this run">
          <About run={run} />
          <Annotations run={run} />
          <Family run={run} />
          <Training run={run} />
          <Environment run={run} />
        </aside>
      </div>
    </article>
  );
}

function Head({ run, row }: { run: RunFile; row: number | undefined }): VNode {
  const at = row === undefined ? -1 : rows.value.indexOf(row);
  const [before, after] = [rows.value[at - 1], at < 0 ? undefined : rows.value[at + 1]];
  const isChosen = row !== undefined && selected.value.has(row);
  return (
    <header class="run-head">
      <div class="run-title">
        {row !== undefined && (
          <MenuButton
            class="quiet"
            title="Colour and dash of this run"
            label={<Swatch style={colourOf.value(row)} />}
          >
            {(close) => <StylePicker rows={[row]} onDone={close} />}
          </MenuButton>
        )}
        <h1 class="clip">{run.name ?? run.id.slice(0, 8)}</h1>
        {run.status && (
          <Status state={run.status.state} milliseconds={run.status.durationMs ?? undefined} />
        )}
        <span class="grow" />
        {row !== undefined && (
          <button
            type="button"
            class={isChosen ? "button on" : "button"}
            aria-pressed={isChosen}
            aria-label={isChosen ? "Selected" : "Select"}
            title={isChosen ? "Selected (x)" : "Select (x)"}
            onClick={() => select([row], "toggle")}
          >
            <Icon name="check" />
            <span class="wide">{isChosen ? "Selected" : "Select"}</span>
          </button>
        )}
        <button
          type="button"
          class="button"
          aria-label="The run before, as they are sorted"
          title="The run before (k)"
          disabled={before === undefined}
          onClick={() => openRun(before!)}
        >
          <Icon name="left" />
        </button>
        <button
          type="button"
          class="button"
          aria-label="The next run, as they are sorted"
          title="The next run (j)"
          disabled={after === undefined}
          onClick={() => openRun(after!)}
        >
          <Icon name="right" />
        </button>
      </div>
      {run.description && <p class="run-text">{run.description}</p>}
      {run.status?.reason && (
        <p class={run.status.state === "failed" ? "note bad" : "note"}>
          <Icon name="warning" size={14} /> {run.status.reason}
        </p>
      )}
    </header>
  );
}

function About({ run }: { run: RunFile }): VNode {
  const { id, createdAt, status, modelName, branchName, commitHash, commitUrl } = run;
  const safe = commitUrl !== null && /^https:\/\//.test(commitUrl) ? commitUrl : undefined;
  return (
    <section class="panel">
      <h2>About</h2>
      <dl class="facts">
        <Origin {...{ id, createdAt }} />
        {status && (
          <Fact icon="clock" name="Started">
            <span title={status.since}>{time(status.since)}</span>
          </Fact>
        )}
        {modelName && <Fact icon="tag" name="Model">{modelName}</Fact>}
        {branchName && (
          <Fact icon="branch" name="Branch">
            <span class="mono">{branchName}</span>
          </Fact>
        )}
        {commitHash && (
          <Fact icon="commit" name="Commit">
            {safe
              ? (
                <a class="mono" href={safe} target="_blank" rel="noopener noreferrer" title={safe}>
                  {commitHash.slice(0, 10)} <Icon name="outside" size={12} />
                </a>
              )
              : (
                <button
                  type="button"
                  class="link mono"
                  title="Copy the commit"
                  onClick={() => void copy(commitHash, "Commit")}
                >
                  {commitHash.slice(0, 10)}
                </button>
              )}
          </Fact>
        )}
        <Fact icon="folder" name="Project">
          <button
            type="button"
            class="link"
            onClick={() => go({ screen: "project", slug: slug.value!, tab: "table" })}
          >
            {project.value?.name}
          </button>
        </Fact>
      </dl>
    </section>
  );
}
