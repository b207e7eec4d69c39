/**
 * One request to S3, with keys that are asked for anew when they end, and by the server's clock.
 *
 * s3-lite-client's own `makeRequest` takes no signal, so that a server that hangs would hold a request, and
 * the process, for good: it reads the endpoint and checks names, and the sending is ours.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import { abortable } from "../abortable.ts";
import type { S3Config } from "./config.ts";
import { checkKeys } from "./keys.ts";
import { makeSign, type Sign } from "./sign.ts";
import type { S3Request, Transport } from "./transport.ts";

/** Clocks this far apart, in milliseconds, are no matter of seconds on the way. */
const CLOCK_TOLERANCE = 60_000;
/** Keys that end within this time, in milliseconds, are asked for anew. */
const RENEW_BEFORE = 60_000;

/** Keys, and what is done with them. */
export interface Session {
  /** Signs with the keys. */
  sign: Sign;
  /** What no message may have in it. */
  secrets: readonly string[];
}

/** Signs and sends requests. */
export interface Sender {
  /** The keys of now. */
  session(signal: AbortSignal): Promise<Session>;
  /** Sends one request once. Rejects if there is no answer. */
  send(session: Session, request: S3Request, signal: AbortSignal): Promise<Response>;
  /** Asks for other keys than these, which the server does not take any more. */
  renew(session: Session): void;
  /**
   * Whether the server's clock, from its `Date`, and the one that requests are signed by are so far apart that
   * this may be why it refuses them. Servers have different words for that.
   */
  isClockOff(date: string): boolean;
  /** Takes over the server's clock. */
  setClock(date: string): void;
}

/** Makes the sender of a bucket. */
export function makeSender(config: S3Config, transport: Transport): Sender {
  let current: { session: Promise<Session>; made?: Session; until: number } | undefined;
  let clockOffset = 0;

  async function makeSession(entry: { made?: Session; until: number }): Promise<Session> {
    const keys = checkKeys(await config.credentials(), config.label);
    // Written as JSON, as the AWS CLI gives it, it is a text.
    if (keys.expiration) entry.until = new Date(keys.expiration).getTime();
    const { accessKeyId, secretAccessKey, sessionToken } = keys;
    return entry.made = {
      sign: makeSign(config, keys),
      secrets: [accessKeyId, secretAccessKey, ...(sessionToken ? [sessionToken] : [])],
    };
  }

  function sessionNow(): Promise<Session> {
    if (current && Date.now() + RENEW_BEFORE < current.until) return current.session;
    const entry: NonNullable<typeof current> = { session: undefined!, until: Infinity };
    entry.session = makeSession(entry);
    current = entry;
    entry.session.catch(() => {
      if (current === entry) current = undefined;
    });
    return entry.session;
  }

  return {
    session: (signal) =>
      abortable(sessionNow(), signal).catch((error) => {
        if (!signal.aborted) throw error;
        current = undefined; // The next request asks again.
        throw new RubiconException(
          "unavailable",
          `${config.label}: credentials, the function, gave no keys in time.`,
          { backend: config.label },
        );
      }),
    send: (session, request, signal) =>
      transport(session.sign(request, new Date(Date.now() + clockOffset)), request, signal),
    renew(session) {
      // Of many requests that are refused at once, the first one renews for all.
      if (current?.made === session) current = undefined;
    },
    isClockOff: (date) => Math.abs(Date.parse(date) - Date.now() - clockOffset) > CLOCK_TOLERANCE,
    setClock: (date) => void (clockOffset = Date.parse(date) - Date.now()),
  };
}
