/**
 * A source as the parts of an upload, and the request that stores one.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dateOf, readStored } from "./answer.ts";
import type { Call, CallSettings } from "./request.ts";
import type { S3Request } from "./transport.ts";

/** Bytes that fetch takes: never of shared memory. */
export type Body = Uint8Array<ArrayBuffer>;

/** After this many parts they get larger, since S3 takes 10,000 parts at most. */
const PARTS_OF_ONE_SIZE = 1_000;

/**
 * Chunks of any size as parts of one size, which slowly grows.
 *
 * @param free Parts that are done with, to be filled again: new ones would pile up as garbage.
 */
export async function* cut(
  chunks: AsyncIterable<Uint8Array>,
  partSize: number,
  free: Body[],
): AsyncGenerator<Body, undefined, void> {
  let parts = 0;
  const sizeNow = () => partSize * 2 ** Math.floor(parts / PARTS_OF_ONE_SIZE);
  let part = new Uint8Array(0);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      if (part.length === 0) {
        const used = free.pop();
        part = used?.length === sizeNow() ? used : new Uint8Array(sizeNow());
      }
      const length = Math.min(part.length - filled, chunk.length - at);
      part.set(chunk.subarray(at, at + length), filled);
      filled += length;
      at += length;
      if (filled < part.length) continue;
      parts++;
      yield part;
      [part, filled] = [new Uint8Array(0), 0];
    }
  }
  if (filled > 0) yield part.slice(0, filled);
  return undefined;
}

/** Puts bytes in one request, as an object or as a part of one. */
export async function putBytes(
  call: Call,
  { headers, body, ...rest }: Omit<S3Request, "method"> & { body: Body },
  settings: CallSettings,
): Promise<{ lastModified: Date; etag?: string; checksum?: string }> {
  const md5 = createHash("md5").update(body).digest();
  // The bytes are not part of the signature; with this the server still refuses altered ones.
  const all = { "content-md5": md5.toString("base64"), ...headers };
  return await call({ method: "PUT", ...rest, headers: all, body }, settings, async (response) => ({
    lastModified: dateOf(response),
    ...await readStored(response, md5.toString("hex")),
  }));
}
