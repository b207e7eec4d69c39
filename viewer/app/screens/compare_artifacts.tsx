/**
 * Artifacts of one name, of several runs: pictures beside each other, texts as what changed.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useMemo, useState } from "npm:preact@^11.2.0/hooks";
import type { RunFile, ViewerArtifact } from "../../contract.ts";
import { asPeopleCount } from "../data/cell.ts";
import { bytes, count } from "../data/format.ts";
import { diffLines } from "../data/line_diff.ts";
import { ArtifactContent, canShow, prettyJson, useContent } from "../parts/artifact.tsx";
import { DownloadButton } from "../parts/download.tsx";
import { RunName } from "../parts/bits.tsx";
import { nameOf } from "../state/colours.ts";

interface Props {
  rows: readonly number[];
  files: readonly (RunFile | undefined)[];
}

/** The newest artifact of a name that each run has. */
const named = (files: Props["files"], name: string): (ViewerArtifact | undefined)[] =>
  files.map((file) => file?.artifacts.findLast((one) => one.name === name));

/** Artifacts side by side. */
export function CompareArtifacts({ rows, files }: Props): VNode {
  const names = useMemo(
    () =>
      [...new Set(files.flatMap((file) => file?.artifacts.map(({ name }) => name) ?? []))]
        .sort(asPeopleCount),
    [files.map((file) => file?.checksum ?? "").join()],
  );
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const name = chosen !== undefined && names.includes(chosen) ? chosen : names[0];
  if (name === undefined) return <p class="note">None of these runs has an artifact.</p>;
  const artifacts = named(files, name);
  const kinds = new Set(artifacts.map((one) => one?.show));
  const isText = kinds.has("text") || kinds.has("json");
  return (
    <div class="compare-side">
      <nav class="side-list" aria-label="Artifacts">
        {names.map((one) => {
          const many = named(files, one).filter((artifact) => artifact !== undefined).length;
          return (
            <button
              key={one}
              type="button"
              class="item"
              aria-pressed={one === name}
              onClick={() => setChosen(one)}
            >
              <span class="clip grow">{one}</span>
              <span class="muted">{many} of {rows.length}</span>
            </button>
          );
        })}
      </nav>
      <div class="side-main">
        {isText && artifacts.filter((one) => one?.path).length > 1
          ? <TextDiff key={name} rows={rows} artifacts={artifacts} />
          : (
            <div class="beside">
              {artifacts.map((artifact, at) => (
                <section key={rows[at]} class="beside-one">
                  <h3>
                    <RunName row={rows[at]!} />
                    {artifact?.size != null && <span class="muted">{bytes(artifact.size)}</span>}
                  </h3>
                  {artifact
                    ? <ArtifactContent artifact={artifact} />
                    : <p class="muted">It has none.</p>}
                </section>
              ))}
            </div>
          )}
      </div>
    </div>
  );
}

/** More lines than this are not put into the document. */
const MOST_LINES = 4_000;

function TextDiff(
  { rows, artifacts }: {
    rows: readonly number[];
    artifacts: readonly (ViewerArtifact | undefined)[];
  },
): VNode {
  const having = artifacts.flatMap((artifact, at) => artifact && canShow(artifact) ? [at] : []);
  const [leftAt, setLeft] = useState(having[0]!);
  const [rightAt, setRight] = useState(having[1] ?? having[0]!);
  const [onlyChanges, setOnlyChanges] = useState(true);
  const [left, right] = [useContent(artifacts[leftAt]), useContent(artifacts[rightAt])];
  const textOf = (content: typeof left, at: number) =>
    content.kind !== "text"
      ? undefined
      : artifacts[at]?.show === "json"
      ? prettyJson(content.text)
      : content.text;
  const [a, b] = [textOf(left, leftAt), textOf(right, rightAt)];
  const lines = useMemo(
    () => a === undefined || b === undefined ? undefined : diffLines(a, b),
    [a, b],
  );
  const changed = lines?.filter((line) => line.left !== line.right).length ?? 0;
  const choice = (at: number, set: (at: number) => void, label: string) => (
    <select
      aria-label={label}
      value={String(at)}
      onChange={(event) => set(Number(event.currentTarget.value))}
    >
      {having.map((one) => <option key={one} value={String(one)}>{nameOf.value(rows[one]!)}
      </option>)}
    </select>
  );
  const failed = [left, right].find((content) => content.kind === "failed");
  return (
    <>
      <div class="diff-choice">
        {choice(leftAt, setLeft, "Text at the left")}
        <span class="muted">beside</span>
        {choice(rightAt, setRight, "Text at the right")}
        <label class="switch">
          <input
            type="checkbox"
            checked={onlyChanges}
            onChange={() => setOnlyChanges(!onlyChanges)}
          />
          Only what changed
        </label>
        {lines && (
          <span class="muted">
            {changed === 0 ? "They are the same" : `${count(changed)} lines differ`}
          </span>
        )}
        {artifacts[rightAt]?.path && (
          <DownloadButton path={artifacts[rightAt]!.path!} name={artifacts[rightAt]!.name} />
        )}
      </div>
      {failed?.kind === "failed"
        ? <p class="note bad" role="alert">{failed.message}</p>
        : !lines
        ? <p class="muted">Reading…</p>
        : (
          <div class="text-diff" tabIndex={0} role="region" aria-label="Lines of both texts">
            <table>
              <tbody>
                {near(lines, onlyChanges).slice(0, MOST_LINES).map((line, at) =>
                  line === undefined
                    ? (
                      <tr key={at} class="skip">
                        <td colSpan={4}>⋯</td>
                      </tr>
                    )
                    : (
                      <tr key={at} class={line.left === line.right ? undefined : "changed"}>
                        <td class="line-at">{line.leftAt}</td>
                        <td class={line.left !== line.right ? "line taken" : "line"}>
                          {line.left}
                        </td>
                        <td class="line-at">{line.rightAt}</td>
                        <td class={line.left !== line.right ? "line put" : "line"}>{line.right}</td>
                      </tr>
                    )
                )}
              </tbody>
            </table>
          </div>
        )}
    </>
  );
}

/** Lines around a change that are shown with it. */
const AROUND = 3;

/** What changed with the lines around it; `undefined` stands for lines that are left out. */
function near(
  lines: ReturnType<typeof diffLines>,
  onlyChanges: boolean,
): (ReturnType<typeof diffLines>[number] | undefined)[] {
  if (!onlyChanges || lines.every((line) => line.left === line.right)) return lines;
  const kept = new Set<number>();
  lines.forEach((line, at) => {
    if (line.left === line.right) return;
    for (let one = at - AROUND; one <= at + AROUND; one++) kept.add(one);
  });
  const shown: (ReturnType<typeof diffLines>[number] | undefined)[] = [];
  lines.forEach((line, at) => {
    if (kept.has(at)) shown.push(line);
    else if (at === 0 || kept.has(at - 1)) shown.push(undefined);
  });
  return shown;
}
