/**
 * What a refusal of S3 means. No URL ever gets into a message: a signed one is as good as a key. Nor does anything
 * of the request that a server repeats in its words.
 *
 * @module
 */
import { type RubiconErrorCode, RubiconException } from "../../errors.ts";
import { readText } from "./answer.ts";
import { text } from "./xml.ts";

/** A refusal by the server. */
export interface Refusal {
  /** The HTTP status. */
  status: number;
  /** S3's code, such as `NoSuchKey`; empty if there is none: then no store refused it. */
  code: string;
  /** The server's own words. */
  text: string;
  /** The region of the bucket, if the server tells it. */
  region: string | undefined;
  /** The server's clock, if it tells it. */
  date: string | undefined;
  /** How long to wait before another try, in milliseconds, if the server says. */
  retryAfter: number | undefined;
}

/** More than any refusal has, in bytes. */
const MOST_REFUSAL = 64 * 1024;

/** Reads an answer that refuses. */
export async function readRefusal(response: Response): Promise<Refusal> {
  const { headers, status } = response;
  const body = await readText(response, MOST_REFUSAL).catch(() => ""); // The status says enough.
  const code = text(body, "Code")?.trim() ?? "";
  const region = headers.get("x-amz-bucket-region") ?? text(body, "Region");
  const after = headers.get("retry-after");
  const seconds = after === null ? NaN : Number(after);
  // A date is one of the server's clock.
  const now = Date.parse(headers.get("date") ?? "") || Date.now();
  const wait = Number.isNaN(seconds) ? Date.parse(after ?? "") - now : seconds * 1000;
  return {
    status,
    code: /^[\w.-]{1,64}$/.test(code) ? code : "",
    text: text(body, "Message")?.trim() ?? "",
    region: region !== undefined && /^[\w-]{1,40}$/.test(region) ? region : undefined,
    date: headers.get("date") ?? undefined,
    retryAfter: Number.isNaN(wait) ? undefined : Math.max(wait, 0),
  };
}

type Hint = [code: RubiconErrorCode, hint: string];
const UNKNOWN_KEY: Hint = [
  "permission-denied",
  "the server does not know the access key. Correct accessKeyId",
];
const EXPIRED: Hint = [
  "permission-denied",
  "the session token has expired. Pass a new one, or credentials as a function",
];
const INVALID_TOKEN: Hint = ["permission-denied", "the session token is not valid"];
const ELSEWHERE: Hint = ["unavailable", "the bucket is elsewhere. Correct region or endpoint"];
const ALTERED: Hint = ["unavailable", "the bytes were altered on the way"];

const HINTS: Readonly<Record<string, Hint>> = {
  NoSuchKey: ["not-found", "there is no such object"],
  NoSuchBucket: ["unavailable", "there is no such bucket. Create it, or correct rootDir"],
  NoSuchUpload: ["unavailable", "the upload is gone"],
  InvalidRange: ["unavailable", "the range is past the end of the object"],
  AccessDenied: ["permission-denied", "the keys do not allow it. Look at their policy"],
  InvalidAccessKeyId: UNKNOWN_KEY,
  XAdminUserNotFound: UNKNOWN_KEY, // versitygw's word for it.
  SignatureDoesNotMatch: [
    "permission-denied",
    "the secret does not belong to the access key. Correct secretAccessKey",
  ],
  ExpiredToken: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  InvalidToken: INVALID_TOKEN,
  InvalidTokenId: INVALID_TOKEN, // MinIO's word for it.
  RequestTimeTooSkewed: ["permission-denied", "this machine's clock is off. Set it"],
  PreconditionFailed: ["already-exists", "an object already exists there"],
  ConditionalRequestConflict: ["unavailable", "another write to the same key was under way"],
  BadDigest: ALTERED,
  InvalidDigest: ALTERED,
  IncompleteBody: ALTERED,
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
  PermanentRedirect: ELSEWHERE,
  TemporaryRedirect: ELSEWHERE,
  AuthorizationHeaderMalformed: ELSEWHERE,
  AuthorizationQueryParametersError: ELSEWHERE,
  IllegalLocationConstraintException: ELSEWHERE,
};

/**
 * The error of a refusal.
 *
 * @param secrets What no message may have in it.
 */
export function toException(
  refusal: Refusal,
  label: string,
  what: string,
  secrets: readonly string[],
): RubiconException {
  const { status, code, region } = refusal;
  const [cause, hint] = Object.hasOwn(HINTS, code) ? HINTS[code]! : byStatus(status, code);
  const where = hint === ELSEWHERE[1] && region !== undefined
    ? `the bucket is in the region ${region}. Set region to it`
    : hint;
  const said = code === "" ? `status ${status}` : `${status} ${code}`;
  const words = Object.hasOwn(HINTS, code) ? "" : harmless(refusal.text, secrets);
  return new RubiconException(
    cause,
    `${label}: ${what}: ${where} (${said}${words && `: ${words}`}).`,
    { backend: label, cause: { status, code } },
  );
}

/** Whether an error is a refusal with this code of S3's. */
export const isRefusal = (error: unknown, code: string): error is RubiconException =>
  error instanceof RubiconException &&
  (error.cause as { code?: unknown } | undefined)?.code === code;

function byStatus(status: number, code: string): Hint {
  if (status === 501) return ["unsupported", "the server cannot do it"];
  if (status >= 500) return ["unavailable", "the server failed"];
  if (status === 408 || status === 429) return ["unavailable", "the server has too much to do"];
  // A store always says why: nobody may take such a 404 for an object that is not there.
  if (code === "") {
    return [
      "unavailable",
      "the answer is not the store's. Look for a proxy or a login page on the way, or correct endpoint",
    ];
  }
  if (status === 401 || status === 403) {
    return ["permission-denied", "the server refused the keys, or they do not allow it"];
  }
  return ["unavailable", "the server refused it"];
}

/** Whether another try may help. */
export function isPassing({ status, code }: Refusal): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501) || code === "" ||
    [ALTERED, HINTS.ConditionalRequestConflict].includes(HINTS[code]) ||
    // versitygw says so too while it is removing the empty folders of a deletion.
    code === "ExistingObjectIsDirectory" || code === "OperationAborted" ||
    code === "RequestTimeout";
}

/** How much of a server's words is told, in characters. */
const MOST_WORDS = 200;
/** What a request has in it: signed headers and parameters, URLs, and anything long enough to be a key. */
const REQUEST = /x-amz-|aws4|signature|credential|https?:|[?&][\w-]+=|[\w+/=%-]{40}/i;
/** A part of a secret this long, in characters, is too much of it. */
const TELLING = 8;

/** A server's words, if they have nothing of the request in them; else nothing. */
function harmless(words: string, secrets: readonly string[]): string {
  const isTold = secrets.some((secret) =>
    [secret, encodeURIComponent(secret)].some((form) => words.includes(form.slice(0, TELLING)))
  );
  return isTold || REQUEST.test(words) ? "" : words.slice(0, MOST_WORDS);
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
