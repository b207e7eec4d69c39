/**
 * Storing an object: in one request where it fits, else in parts, of which only a few are in memory.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ObjectMeta, PutOptions, Source } from "../driver.ts";
import { chunksOf } from "../source.ts";
import { tags } from "./list.ts";
import type { Answered, Call } from "./request.ts";
import { elements, encodeEntities, text } from "./xml.ts";
import { RubiconException } from "../../errors.ts";

type Body = Uint8Array<ArrayBuffer>;

/** So many parts are sent at once. Memory grows with each; the network is busy with two. */
const PARTS_AT_ONCE = 2;
/** After so many parts they get larger, since S3 takes 10,000 parts at most. */
const PARTS_OF_ONE_SIZE = 1_000;
/** How long the clean-up of an upload that failed may take, in milliseconds. */
const ABORT_TIMEOUT = 10_000;

/** What an upload needs to know. */
export interface Upload {
  /** Carries out requests. */
  call: Call;
  /** The object's name in the bucket. */
  name: string;
  /** What is done, for messages. */
  what: string;
  /** Size of the first parts, in bytes. */
  partSize: number;
}

const discard = (response: Response) => response.body?.cancel() ?? Promise.resolve();

/** Stores a source. */
export async function upload(
  { call, name, what, partSize }: Upload,
  source: Source,
  { ifAbsent, signal }: PutOptions,
): Promise<ObjectMeta> {
  const condition = ifAbsent ? { "if-none-match": "*" } : undefined;
  const settings = { what, ...(signal && { signal }) };

  async function whole(body: Body): Promise<ObjectMeta> {
    // The bytes are not part of the signature; with this the server still refuses altered ones.
    const headers = { "content-md5": md5(body), ...condition };
    const answer = await call({ method: "PUT", name, headers, body }, settings, discard);
    return metaOf(answer, body.length);
  }

  if (source instanceof Uint8Array) return await whole(asBody(source));
  const free: Body[] = [];
  const parts = cut(chunksOf(source, signal), partSize, free);
  const first = await parts.next();
  if (first.done) return await whole(new Uint8Array());
  const second = await parts.next();
  if (second.done) return await whole(first.value);

  const takeBack = async (uploadId: string) => {
    // With a signal of its own: the caller's may be what ended the upload.
    await call(
      { method: "DELETE", name, query: { uploadId } },
      { what: `${what}: clean up`, signal: AbortSignal.timeout(ABORT_TIMEOUT), accept: [404] },
      discard,
    ).catch(() => {}); // The first error is what counts; lifecycle rules take care of the rest.
  };
  // Nor can this be stopped half-way: without an answer nobody knows what there is to take back.
  const beginning = call(
    { method: "POST", name, query: { uploads: "" }, body: new Uint8Array() },
    { what, bodyWithin: true },
    async (response) => text(await response.text(), "UploadId"),
  );
  const uploadId = await unlessAborted(beginning, signal, ({ body }) => body && takeBack(body))
    .then(({ body }) => body);
  if (uploadId === undefined) {
    throw new RubiconException("unavailable", `${what}: the server began an upload without an id.`);
  }
  const done: { number: number; etag: string }[] = [];
  let size = 0;
  const running = new Set<Promise<void>>();
  try {
    let number = 0;
    const send = async (body: Body) => {
      const query = { partNumber: String(++number), uploadId };
      const part = { number, etag: "" };
      done.push(part);
      size += body.length;
      const headers = { "content-md5": md5(body) };
      const work = call({ method: "PUT", name, query, headers, body }, settings, discard)
        .then(({ response }) => {
          part.etag = response.headers.get("etag") ?? "";
          free.push(body);
        })
        .finally(() => running.delete(work));
      running.add(work);
      work.catch(() => {}); // Seen by the race or by the wait below.
      if (running.size >= PARTS_AT_ONCE) await Promise.race(running);
    };
    await send(first.value);
    await send(second.value);
    for await (const body of parts) await send(body);
    await Promise.all(running);
    const xml = done.map(({ number, etag }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${encodeEntities(etag)}</ETag></Part>`
    );
    const body = new TextEncoder().encode(
      `<CompleteMultipartUpload>${xml.join("")}</CompleteMultipartUpload>`,
    );
    const ended = await call(
      { method: "POST", name, query: { uploadId }, body, ...(condition && { headers: condition }) },
      { ...settings, bodyWithin: true },
      (response) => response.text(),
    );
    // S3 may say 200 first and find out later that it failed.
    if (elements(ended.body, "Error").length > 0) {
      const why = text(ended.body, "Message") ?? text(ended.body, "Code");
      throw new RubiconException(
        "unavailable",
        `${what}: the upload could not be completed: ${why}`,
      );
    }
    return { size, lastModified: dateOf(ended.response), ...tags(text(ended.body, "ETag")) };
  } catch (error) {
    await parts.return(undefined);
    // A part that comes after the upload was taken back would stay for good.
    await Promise.allSettled(running);
    await takeBack(uploadId);
    throw error;
  }
}

/** Waits for `work` until there is an abort; what comes after that is for `late`. */
async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  late: (result: T) => unknown,
): Promise<T> {
  if (!signal) return await work;
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => {
    reject(signal.reason);
    work.then(late).catch(() => {}); // Then there is nothing to take back.
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function metaOf({ response }: Answered<unknown>, size: number): ObjectMeta {
  return { size, lastModified: dateOf(response), ...tags(response.headers.get("etag")) };
}

/** S3 does not say when it stored an object, but what time it was then. */
function dateOf(response: Response): Date {
  const date = response.headers.get("date");
  return date === null ? new Date() : new Date(date);
}

const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("base64");

/** fetch takes no bytes of shared memory. */
const asBody = (bytes: Uint8Array): Body =>
  bytes.buffer instanceof ArrayBuffer ? bytes as Body : new Uint8Array(bytes);

/**
 * Chunks of any size as parts of one size, which slowly grows.
 *
 * @param free Parts that are done with, to be filled again: new ones would pile up as garbage.
 */
async function* cut(
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
