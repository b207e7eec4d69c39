/**
 * The outbox of a background backend: a journal of what it still has to get, and a worker that brings it. Entries are
 * replayed in order, as often as needed, also by a later process.
 *
 * @module
 */
import type { Backend, Outbox } from "../plan.ts";
import { Journal, type Warn } from "./journal.ts";
import { Worker } from "./worker.ts";

/** Opens the outbox of one background backend. */
export async function openOutbox(
  backend: Backend,
  keepers: readonly Backend[],
  warn: Warn,
): Promise<Outbox> {
  const journal = await Journal.open(backend, keepers, warn);
  const worker = new Worker(journal);
  return {
    async keep(plan, candidates) {
      const queued = await journal.keep(plan, candidates);
      return () => worker.add(queued);
    },
    resume: async () => worker.addEarlier(await journal.found()),
    pending: () => worker.left,
    async drained(signal) {
      worker.wake();
      if (worker.isIdle || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const forget = worker.onIdle(done);
        function done() {
          forget();
          signal.removeEventListener("abort", done);
          resolve();
        }
        signal.addEventListener("abort", done);
      });
    },
    stop: () => worker.stop(),
  };
}
