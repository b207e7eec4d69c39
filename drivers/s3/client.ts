/**
 * One request to S3: signed by s3-lite-client, sent with a time limit and an abort signal.
 *
 * The client's own `makeRequest` takes no signal, so that a server that hangs would hold a request, and
 * the process, for good. Its signed URLs are part of its public interface, cover conditional headers, and
 * leave the sending to us.
 *
 * @module
 */
import { S3Client } from "npm:@bradenmacdonald/s3-lite-client@1.0.0";
import type { S3Credentials } from "./options.ts";
import { RubiconException } from "../../errors.ts";
import type { S3Config } from "./config.ts";
import { LARGE, sendLarge } from "./send_large.ts";

/** What to send. */
export interface S3Request {
  /** The HTTP method. */
  method: "GET" | "PUT" | "HEAD" | "DELETE" | "POST";
  /** The object's name in the bucket; empty for the bucket itself. */
  name: string;
  /** Query parameters. */
  query?: Record<string, string>;
  /** Headers, which are signed. */
  headers?: Record<string, string>;
  /** The body. */
  body?: Uint8Array<ArrayBuffer>;
}

/** A signed URL is used at once; this long it is valid, in seconds, for clocks that are a little off. */
const VALID_SECONDS = 900;
/** Clocks this far apart, in milliseconds, are no matter of seconds on the way. */
const CLOCK_TOLERANCE = 60_000;
/** Keys that end within this time, in milliseconds, are asked for anew. */
const RENEW_BEFORE = 60_000;

/** The client refuses the bucket itself as an object; its check is there to be overridden. */
class BucketClient extends S3Client {
  protected override checkNames(name: string, options?: { bucketName?: string }): string {
    return name === "" ? this.getBucketName(options) : super.checkNames(name, options);
  }
}

/** Whether the environment names a proxy for `fetch`, where reading it is allowed: nobody is asked for that. */
const usesProxy = (): boolean =>
  ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()])
    .some((variable) =>
      Deno.permissions.querySync({ name: "env", variable }).state === "granted" &&
      Deno.env.has(variable)
    );

function checkKeys(keys: S3Credentials | undefined, label: string): S3Credentials {
  for (const name of ["accessKeyId", "secretAccessKey"] as const) {
    if (typeof keys?.[name] === "string" && keys[name] !== "") continue;
    throw new RubiconException(
      "permission-denied",
      `${label}: credentials, the function, gave no ${name}.`,
      { backend: label },
    );
  }
  return keys!;
}

/** What `work` comes to, unless the signal is first. */
async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Signs and sends requests. */
export interface Sender {
  /** Sends one request once. Rejects where there is no answer. */
  send(request: S3Request, signal: AbortSignal): Promise<Response>;
  /** Asks for the keys anew: the server does not take them any more. */
  renew(): void;
  /**
   * Whether the server's clock, from its `Date`, and the one that requests are signed by are so far apart that
   * this may be why it refuses them. Servers have different words for that.
   */
  isClockOff(date: string): boolean;
  /** Takes over the server's clock. */
  setClock(date: string): void;
}

/** Makes the sender of a bucket. */
export function makeSender(config: S3Config): Sender {
  let current: { client: Promise<BucketClient>; until: number } | undefined;
  let clockOffset = 0;

  const clientNow = (): Promise<BucketClient> => {
    if (current && Date.now() + RENEW_BEFORE < current.until) return current.client;
    const made = { client: makeClient(), until: Infinity };
    current = made;
    made.client.catch(() => {
      if (current === made) current = undefined;
    });
    return made.client;

    async function makeClient(): Promise<BucketClient> {
      const keys = checkKeys(await config.credentials(), config.label);
      // Written as JSON, as the AWS CLI gives it, it is a text.
      if (keys.expiration) made.until = new Date(keys.expiration).getTime();
      return new BucketClient({
        endPoint: config.endpoint,
        region: config.region,
        bucket: config.bucket,
        pathStyle: config.pathStyle,
        accessKey: keys.accessKeyId,
        secretKey: keys.secretAccessKey,
        ...(keys.sessionToken !== undefined && { sessionToken: keys.sessionToken }),
      });
    }
  };

  return {
    async send({ method, name, query, headers, body }, signal) {
      const client = await unless(signal, clientNow()).catch((error) => {
        if (!signal.aborted) throw error;
        current = undefined; // The next request asks again.
        throw new RubiconException(
          "unavailable",
          `${config.label}: credentials, the function, gave no keys in time.`,
          { backend: config.label },
        );
      });
      // POST is signed like any other method; the client's type names those it uses itself.
      const url = await client.getPresignedUrl(method as "PUT", name, {
        expirySeconds: VALID_SECONDS,
        requestDate: new Date(Date.now() + clockOffset),
        ...(query && { parameters: query }),
        ...(headers && { extraHeaders: headers }),
      });
      // node:http knows nothing of the proxies that fetch goes through.
      if (body && body.length >= LARGE && !usesProxy()) {
        return await sendLarge(url, method, headers ?? {}, body, signal);
      }
      return await fetch(url, {
        method,
        signal,
        redirect: "manual",
        // Not signed. What is compressed on the way has neither its size nor its ranges.
        headers: { "accept-encoding": "identity", ...headers },
        ...(body && { body }),
      });
    },
    renew: () => current = undefined,
    isClockOff: (date) => Math.abs(Date.parse(date) - Date.now() - clockOffset) > CLOCK_TOLERANCE,
    setClock: (date) => void (clockOffset = Date.parse(date) - Date.now()),
  };
}
