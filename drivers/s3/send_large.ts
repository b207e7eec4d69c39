/**
 * Sending a large body. `fetch` copies a body twice before it sends it, and leaves the copies to the garbage
 * collector: for an upload of 1 GiB that came to 100 MiB more than this way, piece by piece.
 *
 * @module
 */
import type { ClientRequest, IncomingMessage } from "node:http";

/** Bodies from this size on, in bytes, are worth a connection that is not fetch's. */
export const LARGE = 1024 * 1024;
const PIECE = 64 * 1024;

/** Sends a request and collects its answer, which for an upload is small. */
export async function sendLarge(
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
    await Promise.race([answered.promise, write(outgoing, body)]);
    const incoming = await answered.promise;
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of incoming) chunks.push(new Uint8Array(chunk));
    const fields = Object.entries(incoming.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]]
    );
    return new Response(new Blob(chunks), { status: incoming.statusCode ?? 500, headers: fields });
  } catch (error) {
    outgoing.destroy();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function write(outgoing: ClientRequest, body: Uint8Array): Promise<void> {
  for (let at = 0; at < body.length; at += PIECE) {
    if (outgoing.write(body.subarray(at, at + PIECE))) continue;
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
