/**
 * What an answer of S3 means. No URL ever gets into a message: a signed one is as good as a key.
 *
 * @module
 */
import { type RubiconErrorCode, RubiconException } from "../../errors.ts";
import { decodeEntities } from "./xml.ts";

/** A refusal by the server. */
export interface Refusal {
  /** The HTTP status. */
  status: number;
  /** S3's code, such as `NoSuchKey`; empty where the answer has none, as after HEAD. */
  code: string;
  /** The server's own words. */
  text: string;
  /** The server's clock, where it says. */
  date: string | undefined;
  /** How long to wait before another try, in milliseconds, where the server says. */
  retryAfter: number | undefined;
}

/** Reads an answer that is no success. */
export async function readRefusal(response: Response): Promise<Refusal> {
  const body = await response.text().catch(() => ""); // The status alone says enough.
  const field = (name: string) =>
    decodeEntities(new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? "");
  const after = response.headers.get("retry-after");
  const seconds = after === null ? NaN : Number(after);
  // A date is one of the server's clock.
  const now = Date.parse(response.headers.get("date") ?? "") || Date.now();
  const wait = Number.isNaN(seconds) ? Date.parse(after ?? "") - now : seconds * 1000;
  return {
    status: response.status,
    code: field("Code"),
    text: field("Message"),
    date: response.headers.get("date") ?? undefined,
    retryAfter: Number.isNaN(wait) ? undefined : Math.max(wait, 0),
  };
}

const HINTS: Readonly<Record<string, [code: RubiconErrorCode, hint: string]>> = {
  NoSuchKey: ["not-found", "there is no such object"],
  NoSuchBucket: ["unavailable", "there is no such bucket. Create it, or correct rootDir"],
  NoSuchUpload: ["unavailable", "the upload is gone"],
  AccessDenied: ["permission-denied", "the keys do not allow it. Look at their policy"],
  InvalidAccessKeyId: [
    "permission-denied",
    "the server does not know the access key. Correct accessKeyId",
  ],
  // versitygw's words for the same.
  XAdminUserNotFound: [
    "permission-denied",
    "the server does not know the access key. Correct accessKeyId",
  ],
  SignatureDoesNotMatch: [
    "permission-denied",
    "the secret does not belong to the access key. Correct secretAccessKey",
  ],
  ExpiredToken: [
    "permission-denied",
    "the session token has expired. Pass a new one, or credentials as a function",
  ],
  InvalidToken: ["permission-denied", "the session token is not valid"],
  RequestTimeTooSkewed: ["permission-denied", "this machine's clock is off. Set it"],
  PreconditionFailed: ["already-exists", "something is there already"],
  ConditionalRequestConflict: ["unavailable", "another write to the same key was under way"],
  KeyTooLongError: ["invalid-key", "the key is too long"],
  XMinioInvalidObjectName: ["invalid-key", "this server cannot hold such a key"],
  ObjectParentIsFile: [
    "unsupported",
    "a part of the key is an object itself, which this server cannot hold",
  ],
  ExistingObjectIsDirectory: [
    "unsupported",
    "the key is a folder, which this server cannot replace by an object",
  ],
  XMinioStorageFull: ["unavailable", "the server is full"],
};

/** The error of a refusal. */
export function toException(refusal: Refusal, label: string, what: string): RubiconException {
  const { status, code, text } = refusal;
  const [cause, hint] = HINTS[code] ?? byStatus(status, code);
  const said = code === "" ? `status ${status}` : `${status} ${code}`;
  const words = text !== "" && !(code in HINTS) ? `: ${text}` : "";
  return new RubiconException(cause, `${label}: ${what}: ${hint} (${said}${words}).`, {
    backend: label,
  });
}

function byStatus(status: number, code: string): [RubiconErrorCode, string] {
  // Of other things that are not there, nobody may take it for an object that is not there.
  if (status === 404 && /^(?:NotFound)?$/.test(code)) {
    return ["not-found", "there is no such object"];
  }
  if (status === 412) return ["already-exists", "something is there already"];
  if (status === 401 || status === 403) {
    return ["permission-denied", "the server refused the keys, or they do not allow it"];
  }
  if (status === 501) return ["unsupported", "the server cannot do it"];
  if (status >= 300 && status < 400) {
    return ["unavailable", "the bucket is elsewhere. Correct region or endpoint"];
  }
  return ["unavailable", "the server failed"];
}

/** Whether another try may help. */
export function isPassing({ status, code }: Refusal): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501) ||
    code === "ConditionalRequestConflict" ||
    // versitygw says so too while it is removing the empty folders of a deletion.
    code === "ExistingObjectIsDirectory" || code === "OperationAborted" ||
    code === "RequestTimeout";
}

/**
 * The error of a request without an answer. fetch's own messages have the URL in them, and the
 * signature with it: only what comes after is passed on.
 */
export function noAnswer(error: unknown, label: string, what: string): RubiconException {
  const parts: string[] = [];
  for (let at = error; at instanceof Error && parts.length < 5; at = at.cause) {
    parts.push(at.message.replace(/\(?https?:\/\/[^\s)]*\)?/g, "the server"));
  }
  const cause = new Error(parts.join(": "));
  const denied = error instanceof Deno.errors.NotCapable;
  return new RubiconException(
    denied ? "permission-denied" : "unavailable",
    `${label}: ${what}: ${
      denied
        ? "network access is missing. Run with --allow-net for the endpoint's host"
        : "no answer"
    }: ${parts.at(-1) ?? error}.`,
    { backend: label, cause },
  );
}
