/**
 * Dataframes of one name, of several runs, side by side.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useMemo, useState } from "npm:preact@^11.2.0/hooks";
import type { RunFile } from "../../contract.ts";
import { asPeopleCount } from "../data/cell.ts";
import { RunName } from "../parts/bits.tsx";
import { FrameContent } from "../parts/frame.tsx";

interface Props {
  rows: readonly number[];
  files: readonly (RunFile | undefined)[];
}

const UNNAMED = "(no name)";

/** Dataframes side by side. */
export function CompareFrames({ rows, files }: Props): VNode {
  const names = useMemo(
    () =>
      [
        ...new Set(
          files.flatMap((file) => file?.dataframes.map(({ name }) => name ?? UNNAMED) ?? []),
        ),
      ].sort(asPeopleCount),
    [files.map((file) => file?.checksum ?? "").join()],
  );
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const name = chosen !== undefined && names.includes(chosen) ? chosen : names[0];
  if (name === undefined) return <p class="note">None of these runs has a dataframe.</p>;
  const frames = files.map((file) =>
    file?.dataframes.findLast((one) => (one.name ?? UNNAMED) === name)
  );
  return (
    <div class="compare-side">
      <nav class="side-list" aria-label="Dataframes">
        {names.map((one) => (
          <button
            key={one}
            type="button"
            class="item"
            aria-pressed={one === name}
            onClick={() => setChosen(one)}
          >
            <span class="clip grow">{one}</span>
          </button>
        ))}
      </nav>
      <div class="side-main">
        <div class="beside">
          {frames.map((frame, at) => (
            <section key={rows[at]} class="beside-one wide">
              <h3>
                <RunName row={rows[at]!} />
              </h3>
              {frame ? <FrameContent frame={frame} /> : <p class="muted">It has none.</p>}
            </section>
          ))}
        </div>
      </div>
    </div>
  );
}
