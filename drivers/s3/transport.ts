/**
 * Sending a request that is signed. `fetch` sends most of them. It copies a body twice before it sends it, and
 * leaves the copies to the garbage collector: for an upload of 1 GiB that came to 100 MiB more than piece by
 * piece, so that large bodies go through `node:http`.
 *
 * @module
 */
import type { ClientRequest, IncomingMessage } from "node:http";

/** What to send. */
export interface S3Request {
  /** The HTTP method. */
  method: "GET" | "PUT" | "DELETE" | "POST";
  /** The object's name in the bucket; empty for the bucket itself. */
  name: string;
  /** Query parameters. */
  query?: Record<string, string>;
  /** Headers, which are signed. */
  headers?: Record<string, string>;
  /** The body. */
  body?: Uint8Array<ArrayBuffer>;
}

/** Sends a request to its signed URL, once. Rejects if there is no answer. */
export type Transport = (
  url: string,
  request: S3Request,
  signal: AbortSignal,
) => Promise<Response>;

/** Bodies from this size on, in bytes, are worth a connection that is not fetch's. */
const LARGE = 1024 * 1024;
const PIECE = 64 * 1024;

/** Whether the environment names a proxy for `fetch`, if reading it is allowed: nobody is asked for that. */
const usesProxy = (): boolean =>
  ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()])
    .some((variable) =>
      Deno.permissions.querySync({ name: "env", variable }).state === "granted" &&
      Deno.env.has(variable)
    );

/** Sends by HTTP. */
export const transport: Transport = (url, { method, headers, body }, signal) => {
  // node:http knows nothing of the proxies that fetch goes through.
  if (body && body.length >= LARGE && !usesProxy()) {
    return sendLarge(url, method, headers ?? {}, body, signal);
  }
  return fetch(url, {
    method,
    signal,
    redirect: "manual",
    // Not signed. What is compressed on the way has neither its size nor its ranges.
    headers: { "accept-encoding": "identity", ...headers },
    ...(body && { body }),
  });
};

/** Sends a large body and collects its answer, which is small. */
async function sendLarge(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<Response> {
  const { request } = url.startsWith("https:")
    ? await import("node:https")
    : await import("node:http");
  signal.throwIfAborted();
  const outgoing: ClientRequest = request(url, {
    method,
    headers: { ...headers, "content-length": String(body.length) },
  });
  const stop = () => outgoing.destroy(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const answered = Promise.withResolvers<IncomingMessage>();
    outgoing.on("response", answered.resolve);
    outgoing.on("error", answered.reject);
    outgoing.on("close", () => answered.reject(new Error("the connection was closed")));
    answered.promise.catch(() => {}); // It may fail while the body is still being written.
    const progress = { written: 0 };
    await Promise.race([answered.promise, write(outgoing, body, progress)]);
    const incoming = await answered.promise;
    const status = incoming.statusCode ?? 500;
    if (status < 300 && progress.written < body.length) {
      throw new Error("it was answered before the body was sent");
    }
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of incoming) chunks.push(new Uint8Array(chunk));
    const fields = Object.entries(incoming.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]]
    );
    return new Response(status === 204 ? null : new Blob(chunks), { status, headers: fields });
  } catch (error) {
    outgoing.destroy();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function write(
  outgoing: ClientRequest,
  body: Uint8Array,
  progress: { written: number },
): Promise<void> {
  while (progress.written < body.length) {
    const piece = body.subarray(progress.written, progress.written + PIECE);
    progress.written += piece.length;
    if (outgoing.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const go = () => {
        outgoing.off("drain", go);
        outgoing.off("close", go);
        resolve();
      };
      outgoing.on("drain", go);
      outgoing.on("close", go);
    });
    if (outgoing.destroyed) return;
  }
  outgoing.end();
}
