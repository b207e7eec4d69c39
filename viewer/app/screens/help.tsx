/**
 * Keys, and how searches are written.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ComponentChildren, VNode } from "npm:preact@^11.2.0";
import { useEffect, useRef } from "npm:preact@^11.2.0/hooks";
import { Icon } from "../parts/icon.tsx";
import { overlay } from "../state/store.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["/", "Search"],
  ["1 … 8", "The tabs: table, compare, curves, …"],
  ["j k", "Next run, run before (arrows too, once the table has the focus)"],
  ["← →", "Next column, column before"],
  ["x", "Select the run, with Shift all up to it"],
  ["Enter", "Open the run or the group; in the header, the column's menu"],
  ["s", "Sort by the column, with Shift by several"],
  ["m", "The column's menu: filter, group, pin, move"],
  ["d", "Compare the selected runs"],
  ["b", "Compare all with this run: make it the baseline"],
  ["h", "Hide the run in charts, or show it"],
  ["Esc", "Clear the selection; close what is open"],
  ["?", "This help"],
];

const QUERIES: readonly (readonly [string, string])[] = [
  ["adam resnet", "Words that a run has in its name, id, tags, texts or parameters"],
  ["metrics.accuracy > 0.9", "A metric as a number"],
  ['params.opt == "adam" and params.lr < 0.01', "Parameters; and, or, not, ( )"],
  ['tags.has("base*")', "A tag; * stands for any text"],
  ['name =~ "run-[12]."', "A regular expression"],
  ['params.opt in ("adam", "sgd")', "One of several"],
  ["metrics.loss between 0.1 and 0.2", "A range"],
  ['status == "failed" and createdAt > "2026-11-01"', "State and time"],
  ["max(metrics.curve) > 0.8", "A list, by its last, min, max or mean"],
  ["exists(metrics.f1)", "Runs that have it"],
  ["metrics.`top 5` > 0.9 order by metrics.loss", "Names with spaces; an order at the end"],
];

/** The help, above everything else. */
export function Help(): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  const close = () => overlay.value = undefined;
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="help-title"
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <div class="dialog-inner">
        <div class="panel-head">
          <h1 id="help-title">Keys and searches</h1>
          <span class="grow" />
          <button type="button" class="button quiet" aria-label="Close the help" onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        <div class="help">
          <section>
            <h2>Keys</h2>
            <List
              items={KEYS}
              wrap={(text) => text.split(" ").map((one) => <kbd key={one}>{one}</kbd>)}
            />
          </section>
          <section>
            <h2>What can be searched for</h2>
            <List items={QUERIES} wrap={(text) => <code>{text}</code>} />
          </section>
        </div>
      </div>
    </dialog>
  );
}

function List(
  { items, wrap }: {
    items: readonly (readonly [string, string])[];
    wrap(text: string): ComponentChildren;
  },
): VNode {
  return (
    <dl class="help-list">
      {items.map(([term, text]) => (
        <div key={term}>
          <dt>{wrap(term)}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
