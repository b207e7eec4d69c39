/**
 * Requests that are tried again if that may help, a bounded number at once.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import { abortable } from "../abortable.ts";
import { Line } from "../line.ts";
import { makeSender, type Session } from "./client.ts";
import type { S3Config } from "./config.ts";
import { isPassing, noAnswer, readRefusal, type Refusal, toException } from "./errors.ts";
import type { S3Request, Transport } from "./transport.ts";

/** How a request is to be carried out. */
export interface CallSettings {
  /** What is done, for messages: `put a/b`. */
  what: string;
  /** Stops it. */
  signal?: AbortSignal | undefined;
  /** The answer's body is streamed: reading it may take longer than the time limit for an answer. */
  streams?: boolean;
  /** Gets told when a try may have taken effect though its answer was lost. */
  onLost?: () => void;
}

/** Settings of a verb's requests. */
export const settings = (verb: string, key: string, signal?: AbortSignal): CallSettings => ({
  what: key === "" ? verb : `${verb} ${key}`,
  signal,
});

/**
 * Carries out a request.
 *
 * @param read Reads the answer, as part of a try: what it throws is tried again, as an answer that is none.
 */
export type Call = <T>(
  request: S3Request,
  settings: CallSettings,
  read: (response: Response) => Promise<T>,
) => Promise<T>;

const LONGEST_PAUSE = 5_000;
/** A server that wants to be left alone for longer than this, in milliseconds, is unavailable. */
const LONGEST_RETRY_AFTER = 20_000;

/** Makes the function that carries out a bucket's requests. */
export function makeCall(config: S3Config, transport: Transport): Call {
  const sender = makeSender(config, transport);
  const line = new Line(config.concurrency);

  return async function call(request, settings, read) {
    const { what, signal } = settings;
    let clockSet = false;
    let renewed = false;

    /** Whether the same request with another clock or other keys is worth a try at once. */
    function mend({ status, code, date }: Refusal, session: Session): boolean {
      // Only a store's word counts: a router without a clock of its own knows nothing of the time.
      const isRefused = code !== "" && [400, 401, 403].includes(status);
      if (isRefused && date && !clockSet && sender.isClockOff(date)) {
        sender.setClock(date);
        return clockSet = true;
      }
      if (!/^(?:ExpiredToken|InvalidToken(?:Id)?|TokenRefreshRequired)$/.test(code) || renewed) {
        return false;
      }
      sender.renew(session);
      return renewed = true;
    }

    for (let tries = 0;; tries++) {
      signal?.throwIfAborted();
      let pause = 0;
      let failure: RubiconException;
      let response: Response | undefined;
      if (!line.enter()) await line.turn(signal);
      const limit = new AbortController();
      const expiry = setTimeout(() => {
        limit.abort(new Error(`it took longer than ${config.requestTimeoutMs} ms`));
      }, config.requestTimeoutMs);
      try {
        const either = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
        const session = await sender.session(either);
        response = await sender.send(session, request, either);
        if (response.ok) {
          // A body that is streamed outlives the limit for the answer; readers have one of their own.
          if (settings.streams) clearTimeout(expiry);
          return await read(response);
        }
        const refusal = await readRefusal(response);
        if (mend(refusal, session)) continue;
        failure = toException(refusal, config.label, what, session.secrets);
        if (!isPassing(refusal)) throw failure;
        // A server may fail after it has done what it was asked to do.
        if (refusal.status >= 500) settings.onLost?.();
        pause = refusal.retryAfter ?? 0;
        if (pause > LONGEST_RETRY_AFTER) throw failure;
      } catch (error) {
        response?.body?.cancel().catch(() => {/* It is being read, or broken. */});
        if (signal?.aborted) throw signal.reason;
        if (error instanceof RubiconException) throw error;
        settings.onLost?.();
        failure = noAnswer(limit.signal.aborted ? limit.signal.reason : error, config.label, what);
        if (failure.code === "permission-denied") throw failure;
      } finally {
        clearTimeout(expiry);
        line.leave();
      }
      if (tries >= config.retries) throw failure;
      // Also on top of what the server says, which it says to all of them.
      await sleep(pause + jitter(tries, config.firstPauseMs), signal);
    }
  };
}

/** Full jitter: clients that failed together do not come back together. */
const jitter = (tries: number, first: number): number =>
  Math.random() * Math.min(first * 2 ** tries, LONGEST_PAUSE);

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await abortable(promise, signal).finally(() => clearTimeout(timer));
}
