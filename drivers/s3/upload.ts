/**
 * Storing an object: in one request if it fits, else in parts.
 *
 * @module
 */
import type { ObjectMeta, PutOptions, Source } from "../driver.ts";
import { chunksOf } from "../source.ts";
import type { Multipart } from "./multipart.ts";
import { type Body, cut, putBytes } from "./parts.ts";
import type { Call } from "./request.ts";

/** What an upload needs to know. */
export interface Upload {
  /** Carries out requests. */
  call: Call;
  /** Carries out uploads in parts. */
  multipart: Multipart;
  /** The object's name in the bucket. */
  name: string;
  /** What is done, for messages. */
  what: string;
  /** Size of the first parts, in bytes. */
  partSize: number;
}

/** Stores a source. */
export async function upload(
  { call, multipart, name, what, partSize }: Upload,
  source: Source,
  { ifAbsent, contentType, signal }: PutOptions,
): Promise<ObjectMeta> {
  const condition: Record<string, string> = ifAbsent ? { "if-none-match": "*" } : {};
  const type: Record<string, string> = contentType ? { "content-type": contentType } : {};
  const whole = async (body: Body): Promise<ObjectMeta> => ({
    size: body.length,
    ...await putBytes(
      call,
      { name, headers: { ...condition, ...type }, body },
      { what, signal },
    ),
  });
  if (source instanceof Uint8Array) return await whole(asBody(source));
  const free: Body[] = [];
  const parts = cut(chunksOf(source, signal), partSize, free);
  const first = await parts.next();
  if (first.done) return await whole(new Uint8Array());
  const second = await parts.next();
  if (second.done) return await whole(first.value);
  async function* all(): AsyncGenerator<Body, void, void> {
    try {
      yield first.value as Body;
      yield second.value as Body;
      yield* parts;
    } finally {
      await parts.return(undefined);
    }
  }
  return await multipart.upload({ call, name, what, condition, type, signal, free }, all());
}

/** fetch takes no bytes of shared memory. */
const asBody = (bytes: Uint8Array): Body =>
  bytes.buffer instanceof ArrayBuffer ? bytes as Body : new Uint8Array(bytes);
