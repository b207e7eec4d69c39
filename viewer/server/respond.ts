/**
 * Answers over HTTP, with the headers that keep what is in a store from doing anything.
 *
 * @module
 */
import { gzip } from "node:zlib";
import type { Bytes } from "../../drivers/driver.ts";
import { hasCode, isRubiconException } from "../../errors.ts";
import type { ViewerFault } from "../contract.ts";

/** What every answer has. */
const ALWAYS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  // Asked about each time, and sent as it is.
  "cache-control": "private, no-cache, no-transform",
};

/** The policy of answers that are no pages: nothing in them does anything, wherever they are opened. */
export const INERT =
  "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** The policy of an artifact: it may have styles and pictures of its own, in a frame of the page. */
export const FRAMED =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; " +
  "media-src data:; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/** Less is not worth packing. */
const SMALL = 1_024;
/** More is packed fast rather than well, and not at all for this machine: packing takes longer than sending. */
const LARGE = 1024 * 1024;
/** Packed bytes, for as long as those that they are of are kept. */
const packed = new WeakMap<Bytes, Promise<Bytes>>();

function pack(bytes: Bytes): Promise<Bytes> {
  let found = packed.get(bytes);
  if (!found) {
    const { promise, resolve, reject } = Promise.withResolvers<Bytes>();
    gzip(bytes, { level: bytes.length > LARGE ? 1 : 6 }, (error, result) => {
      if (error) reject(error);
      else resolve(new Uint8Array(result));
    });
    packed.set(bytes, found = promise);
  }
  return found;
}

/** What an answer is made of. */
export interface Content {
  type: string;
  /** Changes with the content; nothing if it is not kept. */
  checksum?: string | undefined;
  /** The Content-Security-Policy. Default: {@linkcode INERT}. */
  policy?: string;
  headers?: Readonly<Record<string, string>>;
  /** Whether it may go to another machine. */
  isFar?: boolean | undefined;
  /** Whether it is small already, as numbers are. */
  isPacked?: boolean | undefined;
}

/** An answer with bytes, packed if the browser takes that; without them if it has them. */
export async function answerBytes(
  request: Request,
  bytes: Bytes,
  content: Content,
): Promise<Response> {
  const unchanged = notModified(request, content);
  if (unchanged) return unchanged;
  const headers = headersOf(content);
  headers.set("vary", "accept-encoding");
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/i.test(
    request.headers.get("accept-encoding") ?? "",
  );
  let body = bytes;
  const isLarge = content.isPacked || bytes.length >= LARGE;
  const isWorthIt = bytes.length >= SMALL && (!isLarge || content.isFar);
  if (takesGzip && isWorthIt) {
    body = await pack(bytes);
    headers.set("content-encoding", "gzip");
  }
  headers.set("content-length", String(body.length));
  return new Response(request.method === "HEAD" ? null : body, { headers });
}

/** An answer of 304 if the browser has what is asked for. */
export function notModified(request: Request, content: Content): Response | undefined {
  const { checksum } = content;
  const known = request.headers.get("if-none-match");
  if (checksum === undefined || known === null) return undefined;
  const isKnown = known.split(",").some((one) =>
    one.trim().replace(/^W\//, "") === tagOf(checksum)
  );
  return isKnown ? new Response(null, { status: 304, headers: headersOf(content) }) : undefined;
}

const tagOf = (checksum: string): string => `"${checksum}"`;

/** The headers of an answer. */
export function headersOf({ type, checksum, policy = INERT, headers = {} }: Content): Headers {
  return new Headers({
    ...ALWAYS,
    "content-type": type,
    "content-security-policy": policy,
    ...(checksum !== undefined && { etag: tagOf(checksum) }),
    ...headers,
  });
}

export const JSON_TYPE = "application/json; charset=utf-8";

/** An answer that says what is wrong. */
export function answerFault(status: number, fault: ViewerFault): Response {
  return new Response(JSON.stringify(fault), { status, headers: headersOf({ type: JSON_TYPE }) });
}

/** An answer that says what failed. What is no error of this module is told to `warn`, and to nobody else. */
export function answerError(
  error: unknown,
  warn: (message: string, cause: unknown) => void,
): Response {
  if (!isRubiconException(error)) {
    warn("The viewer's server failed at a request.", error);
    return answerFault(500, {
      error: "The server failed at this. Its own output says why.",
      code: "internal",
    });
  }
  const { message, code } = error;
  return answerFault(statusOf(error), { error: message, code });
}

function statusOf(error: unknown): number {
  if (hasCode(error, "not-found")) return 404;
  if (hasCode(error, "invalid-argument")) return 400;
  return hasCode(error, "read-failed", "write-failed", "unavailable", "closed") ? 503 : 500;
}
