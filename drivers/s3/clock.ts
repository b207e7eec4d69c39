/**
 * The clock of a bucket, as its answers tell it.
 *
 * @module
 */
import type { StoreTimes } from "../driver.ts";
import type { Transport } from "./transport.ts";

/** Some servers tell the times of objects in whole seconds, as HTTP tells its own. */
const SECOND = 1_000;
/** Those that tell more go by a clock that ticks every few milliseconds. */
const FINE_STEP = 20;

/** What is known of a bucket's clock. */
export interface BucketClock {
  /** A transport whose answers tell what time it is. */
  watching(send: Transport): Transport;
  /** Takes note of the time of an object. */
  saw(time: Date): void;
  /** What the bucket's times are worth. As long as there was no answer, its clock counts as right. */
  times(): StoreTimes;
}

/** Makes one, which knows nothing yet. */
export function makeClock(): BucketClock {
  let ahead = 0;
  let step = SECOND;
  return {
    watching: (send) => async (url, request, signal) => {
      const before = Date.now();
      const response = await send(url, request, signal);
      const told = Date.parse(response.headers.get("date") ?? "");
      // Cut to the second, it is half a second behind on average.
      const off = told + SECOND / 2 - (before + Date.now()) / 2;
      if (!Number.isNaN(told)) ahead = Math.abs(off) <= SECOND + (Date.now() - before) ? 0 : off;
      return response;
    },
    saw(time) {
      if (time.getTime() % SECOND !== 0) step = FINE_STEP;
    },
    times: () => ({ step, ahead }),
  };
}
