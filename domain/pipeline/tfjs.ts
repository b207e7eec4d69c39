/**
 * Training with TensorFlow.js that logs itself.
 *
 * @module
 */
import { refuse, show } from "../check.ts";
import type { Run } from "../history/run.ts";

/** What `model.fit` of tfjs takes among its `callbacks`. */
export interface TfjsCallback {
  /** Called by tfjs at the end of each epoch. */
  onEpochEnd(epoch: number, logs?: Readonly<Record<string, unknown>>): Promise<void>;
}

/**
 * A callback for tfjs that logs the loss and the metrics of each epoch as points of a run. It needs nothing of tfjs itself.
 *
 * @throws {RubiconException} `invalid-argument` for what is no run.
 *
 * @example
 * ```ts
 * import { createProject, openComposite, readHistory, tfjsCallback, withRun } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "tfjsCallback" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await withRun(rubicon, project, { name: "dense" }, async (run) => {
 *   const callback = tfjsCallback(run);
 *   // await model.fit(x, y, { epochs: 20, callbacks: [callback] }); which calls, for each epoch:
 *   await callback.onEpochEnd(0, { loss: 0.7, acc: 0.5 });
 *   return run.experiment;
 * });
 * if ((await readHistory(rubicon, experiment)).length !== 2) throw new Error("loss and acc");
 * ```
 */
export function tfjsCallback(run: Run): TfjsCallback {
  if (typeof run?.log !== "function") {
    refuse(`tfjsCallback takes a run, from startRun() or withRun(), not ${show(run)}.`);
  }
  return {
    onEpochEnd(epoch, logs = {}) {
      const numbers = Object.entries(logs)
        .filter((one): one is [string, number] => typeof one[1] === "number");
      run.log(Object.fromEntries(numbers), { step: epoch });
      return Promise.resolve();
    },
  };
}
