/**
 * The configuration of the `s3` driver: from options and the environment, all checked.
 *
 * @module
 */
import { refuse } from "../../messages.ts";
import type { DriverConfig } from "../registry.ts";
import type { S3Credentials, S3Options } from "./options.ts";
import { isTemporary } from "./keys.ts";

/** A configuration with everything in it. */
export interface S3Config {
  /** For messages; never with a secret. */
  label: string;
  /** The bucket's name. */
  bucket: string;
  /** What every key starts with: empty, or ends with a slash. */
  prefix: string;
  /** The server's URL. */
  endpoint: string;
  /** The region. */
  region: string;
  /** Whether the bucket is in the path. */
  pathStyle: boolean;
  /** Gives the keys. */
  credentials: () => S3Credentials | Promise<S3Credentials>;
  /** Size of a part, in bytes. */
  partSize: number;
  /** How many requests at once. */
  concurrency: number;
  /** The longest time until an answer, in milliseconds. */
  requestTimeoutMs: number;
  /** How often a request is tried again. */
  retries: number;
  /** The longest pause before the second try, in milliseconds; twice as long before each further one. */
  firstPauseMs: number;
}

const MIB = 1024 * 1024;

function invalid(message: string): never {
  return refuse(`s3: ${message}`, "invalid-config");
}

/** Checks a configuration, and fills in what it lacks from the environment. */
export function readConfig(config: DriverConfig & S3Options): S3Config {
  const { bucket, prefix } = readRoot(config.rootDir);
  const region = text(config.region, "region") ?? env("AWS_REGION") ?? env("AWS_DEFAULT_REGION") ??
    "us-east-1";
  if (!/^[\w-]+$/.test(region)) invalid('region must be a name such as "us-east-1" or "auto".');
  const own = text(config.endpoint, "endpoint") ?? env("AWS_ENDPOINT_URL_S3") ??
    env("AWS_ENDPOINT_URL");
  const endpoint = readEndpoint(own ?? `https://s3.${region}.amazonaws.com`);
  if (config.pathStyle !== undefined && typeof config.pathStyle !== "boolean") {
    invalid(`pathStyle must be true or false${shown(config.pathStyle)}.`);
  }
  if (config.pathStyle === false && endpoint.pathname !== "/") {
    invalid(
      "the endpoint has a path, so that the bucket cannot be in the host's name. Leave out pathStyle.",
    );
  }
  return {
    label: `s3://${bucket}${prefix && `/${prefix.slice(0, -1)}`}${
      own ? ` at ${endpoint.host}` : ""
    }`,
    bucket,
    prefix,
    endpoint: endpoint.href.replace(/\/$/, ""),
    region,
    // Amazon's certificates are good for one name before theirs: a bucket with dots would be several.
    pathStyle: config.pathStyle ?? (own !== undefined || bucket.includes(".")),
    credentials: readCredentials(config),
    partSize: number(config.partSize, "partSize", 8 * MIB, 5 * MIB),
    concurrency: number(config.concurrency, "concurrency", 64, 1),
    requestTimeoutMs: number(config.requestTimeoutMs, "requestTimeoutMs", 30_000, 1),
    retries: number(config.retries, "retries", 4, 0),
    firstPauseMs: 50,
  };
}

function readRoot(rootDir: unknown): { bucket: string; prefix: string } {
  const [, bucket, rest = ""] = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(String(rootDir ?? "")) ?? [];
  // A secret has slashes in it, so that of "s3://KEY:SECRET@bucket" any part may be one.
  if (/[:@]/.test(bucket ?? "") || /^\w+:\/\/[^/]*[:@]/.test(String(rootDir))) {
    invalid("rootDir has a user or password in it. Pass accessKeyId and secretAccessKey.");
  }
  if (bucket === undefined) {
    invalid(`rootDir must be "s3://bucket/prefix"${shown(rootDir)}.`);
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes("..")) {
    invalid(
      "the bucket's name must be 3 to 63 lower case letters, digits, single dots and " +
        `hyphens${shown(bucket)}.`,
    );
  }
  const prefix = rest.replace(/(?<!\/)\/+$/, "");
  if (
    // deno-lint-ignore no-control-regex -- control characters are what it is about.
    /[\0-\x1f\x7f\ufffe\uffff]|\\|\/\/|^\/|(?:^|\/)\.{1,2}(?:\/|$)/.test(prefix) ||
    !prefix.isWellFormed()
  ) {
    invalid(
      `the prefix ${JSON.stringify(prefix)} has an empty, "." or ".." segment, a backslash, a ` +
        "control character, or half a surrogate pair.",
    );
  }
  return { bucket, prefix: prefix && `${prefix}/` };
}

/** What was given in place of something else, if it is nothing that could be a secret. */
const shown = (value: unknown): string =>
  /^[\w ./-]{0,80}$/.test(String(value)) ? `, not ${JSON.stringify(value)}` : "";

function readEndpoint(text: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // Without the text: it may hold a password.
  }
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    return invalid(
      'the endpoint must be a URL such as "http://127.0.0.1:9000" or "https://s3.example.com".',
    );
  }
  if (url.username || url.password) {
    invalid("the endpoint has a user or password in it. Pass accessKeyId and secretAccessKey.");
  }
  return url;
}

function readCredentials(config: S3Options): S3Config["credentials"] {
  if (config.credentials !== undefined) {
    if (typeof config.credentials === "function") return config.credentials;
    return invalid(
      "credentials must be a function that gives { accessKeyId, secretAccessKey, … }.",
    );
  }
  const accessKeyId = text(config.accessKeyId, "accessKeyId") ?? env("AWS_ACCESS_KEY_ID");
  const secretAccessKey = text(config.secretAccessKey, "secretAccessKey") ??
    env("AWS_SECRET_ACCESS_KEY");
  // A token of the environment belongs to the keys of the environment.
  const sessionToken = text(config.sessionToken, "sessionToken") ??
    (config.accessKeyId === undefined ? env("AWS_SESSION_TOKEN") : undefined);
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const [option, variable] = accessKeyId === undefined
      ? ["accessKeyId", "AWS_ACCESS_KEY_ID"]
      : ["secretAccessKey", "AWS_SECRET_ACCESS_KEY"];
    invalid(
      `${option} is missing. Pass it, or set ${variable} in the environment (and allow reading it with ` +
        `--allow-env=${variable}).`,
    );
  }
  if (isTemporary(accessKeyId) && sessionToken === undefined) {
    invalid(
      "sessionToken is missing, which the temporary keys have. Pass it, or set AWS_SESSION_TOKEN.",
    );
  }
  const keys = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
  };
  return () => keys;
}

function text(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  // Without the value: it may be a secret.
  return typeof value === "string" && value !== ""
    ? value
    : invalid(`${name} must be text, and not empty.`);
}

function number(value: unknown, name: string, otherwise: number, least: number): number {
  if (value === undefined) return otherwise;
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  return invalid(`${name} must be a whole number of at least ${least}${shown(value)}.`);
}

/** A variable of the environment; `undefined` also if reading it is not allowed. */
function env(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
