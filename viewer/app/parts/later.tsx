/**
 * Components that come in a second script when one of them is first shown, so that the first one is small.
 *
 * @module
 */
/// <reference lib="dom" />
import { signal } from "npm:@preact/signals@^2.11.4";
import type { ComponentType, VNode } from "npm:preact@^11.2.0";
import { MORE_SCRIPT } from "../../contract.ts";
import { LoadError, loadText } from "../data/load.ts";
import { Loading, Problem } from "./bits.tsx";

type All = typeof import("../later.ts");

const all = signal<All | undefined>(undefined);
const problem = signal<string | undefined>(undefined);
let asked = false;

/** A component of the second script. Until that is here, it says so. */
export function later<P>(pick: (all: All) => ComponentType<P>): (props: P) => VNode {
  return function Later(props: P): VNode {
    if (all.value) {
      const Shown = pick(all.value) as ComponentType<Record<string, unknown>>;
      return <Shown {...props as Record<string, unknown>} />;
    }
    if (problem.value !== undefined) {
      return (
        <Problem
          title="This part of the page could not be read"
          message={problem.value}
          onRetry={() => problem.value = undefined}
        />
      );
    }
    void ask();
    return <Loading what="this part of the page" />;
  };
}

async function ask(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    all.value = run(await loadText(MORE_SCRIPT));
  } catch (error) {
    asked = false;
    problem.value = (error as Error).message;
  }
}

/** Runs the script, which the policy allows by its checksum, and no other one. */
function run(text: string): All {
  const script = document.createElement("script");
  script.textContent = text;
  document.head.append(script);
  script.remove();
  const found = (globalThis as unknown as Record<symbol, All>)[Symbol.for("rubicon.later")];
  if (found) return found;
  throw new LoadError("There is another version of the page by now: load the page again.");
}
