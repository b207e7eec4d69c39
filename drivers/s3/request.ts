/**
 * Requests that are tried again where that may help, a bounded number at once.
 *
 * @module
 */
import type { RubiconException } from "../../errors.ts";
import { makeSender, type S3Request } from "./client.ts";
import type { S3Config } from "./config.ts";
import { isPassing, noAnswer, readRefusal, toException } from "./errors.ts";

/** How a request is to be carried out. */
export interface CallSettings {
  /** What is done, for messages: `put a/b`. */
  what: string;
  /** Stops it. */
  signal?: AbortSignal;
  /** Statuses that are no failure beside 2xx. */
  accept?: readonly number[];
  /**
   * Reads the answer, within the time limit and as part of a try: where it breaks off, the request is
   * tried again.
   */
  bodyWithin?: boolean;
  /** Gets told where a try may have taken effect though its answer was lost. */
  onLost?: () => void;
}

/** An answer. */
export interface Answered<T> {
  /** The answer's status and headers. */
  response: Response;
  /** What was made of its body. */
  body: T;
}

/** Carries out requests. */
export type Call = <T>(
  request: S3Request,
  settings: CallSettings,
  read: (response: Response) => Promise<T>,
) => Promise<Answered<T>>;

const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 5_000;
/** A server that wants to be left alone for longer than this, in milliseconds, is unavailable. */
const LONGEST_RETRY_AFTER = 20_000;

/** Makes the function that carries out a bucket's requests. */
export function makeCall(config: S3Config): Call {
  const sender = makeSender(config);
  const slots = semaphore(config.concurrency);

  return async function call(request, settings, read) {
    const { what, signal, accept = [] } = settings;
    let clockSet = false;
    let renewed = false;
    for (let tries = 0;; tries++) {
      signal?.throwIfAborted();
      let pause: number | undefined;
      let failure: RubiconException;
      const release = await slots(signal);
      const limit = new AbortController();
      const expiry = setTimeout(() => {
        limit.abort(new Error(`it took longer than ${config.requestTimeoutMs} ms`));
      }, config.requestTimeoutMs);
      try {
        const either = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
        const response = await sender.send(request, either);
        if (response.ok || accept.includes(response.status)) {
          // A body that is streamed outlives the limit for the answer; readers have one of their own.
          if (!settings.bodyWithin) clearTimeout(expiry);
          return { response, body: await read(response) };
        }
        const refusal = await readRefusal(response);
        failure = toException(refusal, config.label, what);
        if (refusal.date && !clockSet && sender.isClockOff(refusal.date)) {
          sender.setClock(refusal.date);
          clockSet = true;
          continue;
        }
        if (/^(?:ExpiredToken|InvalidToken)$/.test(refusal.code) && !renewed) {
          sender.renew();
          renewed = true;
          continue;
        }
        if (!isPassing(refusal)) throw failure;
        // A server may fail after it has done what it was asked to do.
        if (refusal.status >= 500) settings.onLost?.();
        pause = refusal.retryAfter;
        if (pause !== undefined && pause > LONGEST_RETRY_AFTER) throw failure;
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (error === failure!) throw error;
        if (isOurs(error)) throw error;
        settings.onLost?.();
        failure = noAnswer(limit.signal.aborted ? limit.signal.reason : error, config.label, what);
        if (failure.code === "permission-denied") throw failure;
      } finally {
        clearTimeout(expiry);
        release();
      }
      if (tries >= config.retries) throw failure;
      // Also on top of what the server says, which it says to all of them.
      await sleep((pause ?? 0) + jitter(tries), signal);
    }
  };
}

/** An error that was made on purpose, not by the network. */
const isOurs = (error: unknown): boolean =>
  error instanceof Error && error.name === "RubiconException";

/** Full jitter: clients that failed together do not come back together. */
const jitter = (tries: number): number =>
  Math.random() * Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE);

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Lets a bounded number in; the others wait in line. */
function semaphore(width: number): (signal?: AbortSignal) => Promise<() => void> {
  let free = width;
  const line: (() => void)[] = [];
  const release = () => {
    const next = line.shift();
    if (next) next();
    else free++;
  };
  return async (signal) => {
    if (free > 0) free--;
    else {
      await new Promise<void>((resolve, reject) => {
        const stop = () => {
          const at = line.indexOf(enter);
          if (at >= 0) line.splice(at, 1);
          reject(signal!.reason);
        };
        const enter = () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        };
        line.push(enter);
        signal?.addEventListener("abort", stop, { once: true });
      });
    }
    return release;
  };
}
