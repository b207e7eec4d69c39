/** A worker, or an instance that is stopped after its answer: logs points, and answers once they are acknowledged. */
import { openComposite, resumeRun } from "../../mod.ts";

// The library of types that a checkout has is a window's.
const worker = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage">;

worker.onmessage = async ({ data: { backends, experiment, steps } }: MessageEvent) => {
  const rubicon = await openComposite(backends);
  const run = await resumeRun(rubicon, experiment, { worker: true });
  for (const step of steps) run.log({ loss: step }, { step });
  await run.flush();
  worker.postMessage("acknowledged");
};
