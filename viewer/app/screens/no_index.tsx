/**
 * What is shown for as long as it is not known what there is.
 *
 * @module
 */
import type { VNode } from "npm:preact@^11.2.0";
import { Loading, Problem } from "../parts/bits.tsx";
import { indexProblem } from "../state/store.ts";

/** That the store is being read, or why it could not be. */
export function NoIndex({ onRetry }: { onRetry(): void }): VNode {
  const problem = indexProblem.value;
  return problem === undefined
    ? <Loading what="the store" />
    : <Problem title="The store could not be read" message={problem} onRetry={onRetry} />;
}
