/**
 * Uploads in parts, of which only a few are in memory. What is not completed is taken back: it would take up space
 * that nobody sees.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import { abortable } from "../abortable.ts";
import type { ObjectMeta } from "../driver.ts";
import { dateOf, readDeleted, readText, tags } from "./answer.ts";
import { isRefusal } from "./errors.ts";
import { type Body, putBytes } from "./parts.ts";
import type { Call } from "./request.ts";
import { encodeEntities, isDocument, text } from "./xml.ts";

/** This many parts are sent at once. Memory grows with each; the network is busy with two. */
const PARTS_AT_ONCE = 2;
/** How long taking back an upload may take, in milliseconds. */
const TAKE_BACK_LIMIT = 10_000;

/** One upload. */
export interface PartsOf {
  /** Carries out requests. */
  call: Call;
  /** The object's name in the bucket. */
  name: string;
  /** What is done, for messages. */
  what: string;
  /** The headers that make it conditional. */
  condition: Record<string, string>;
  /** The headers that say what the object is. */
  type: Record<string, string>;
  /** Stops it. */
  signal: AbortSignal | undefined;
  /** Gets the parts that are done with, to be filled again. */
  free: Body[];
}

/** Uploads of one bucket, and those of them that could not be taken back. */
export interface Multipart {
  /** Stores the parts as one object, or nothing. */
  upload(work: PartsOf, parts: AsyncGenerator<Body, void, void>): Promise<ObjectMeta>;
  /** Takes back what could not be taken back before, as far as that can be done now. */
  takeBackLeft(): Promise<void>;
}

/** Makes the uploads of a bucket. */
export function makeMultipart(): Multipart {
  /** Takes back by the upload's id. */
  const left = new Map<string, () => Promise<void>>();

  async function takeBack({ call, name, what }: PartsOf, uploadId: string): Promise<void> {
    const run = async () => {
      await call(
        { method: "DELETE", name, query: { uploadId } },
        // With a signal of its own: the caller's may be what ended the upload.
        { what: `${what}: clean up`, signal: AbortSignal.timeout(TAKE_BACK_LIMIT) },
        readDeleted,
      ).catch((error) => {
        if (!isRefusal(error, "NoSuchUpload")) throw error;
      });
      left.delete(uploadId);
    };
    left.set(uploadId, run);
    await run();
  }

  async function takeBackLeft(): Promise<void> {
    await Promise.allSettled(Array.from(left.values(), (run) => run()));
  }

  async function upload(
    work: PartsOf,
    parts: AsyncGenerator<Body, void, void>,
  ): Promise<ObjectMeta> {
    const { signal } = work;
    await takeBackLeft();
    // This cannot be stopped half-way: without an answer nobody knows what there is to take back.
    const uploadId = await unlessAborted(begin(work), signal, (id) => takeBack(work, id));
    try {
      return await complete(work, uploadId, await sendAll(work, uploadId, parts));
    } catch (error) {
      const isLeft = await takeBack(work, uploadId).then(() => false, () => true);
      if (signal?.aborted || !isLeft || !(error instanceof RubiconException)) throw error;
      throw new RubiconException(
        error.code,
        `${error.message} Nor could it be taken back: its parts may stay in the bucket, unseen. End ` +
          "incomplete uploads there, best by a lifecycle rule.",
        { ...(error.backend !== undefined && { backend: error.backend }), cause: error.cause },
      );
    } finally {
      await parts.return();
    }
  }

  return { upload, takeBackLeft };
}

/** Begins an upload; gives its id. */
const begin = ({ call, name, what, type }: PartsOf): Promise<string> =>
  call(
    { method: "POST", name, query: { uploads: "" }, headers: type, body: new Uint8Array() },
    { what },
    async (response) => {
      const xml = await readText(response);
      const id = text(xml, "UploadId");
      if (id && isDocument(xml, "InitiateMultipartUploadResult")) return id;
      throw new Error("the answer begins no upload");
    },
  );

interface Sent {
  size: number;
  etags: string[];
}

/** Sends all parts. Nothing of it is under way any more when it ends, nor when it fails. */
async function sendAll(
  { call, name, what, signal, free }: PartsOf,
  uploadId: string,
  parts: AsyncIterable<Body>,
): Promise<Sent> {
  const sent: Sent = { size: 0, etags: [] };
  const running = new Set<Promise<void>>();
  try {
    for await (const body of parts) {
      const at = sent.etags.push("") - 1;
      sent.size += body.length;
      const query = { partNumber: String(at + 1), uploadId };
      const work = putBytes(call, { name, query, body }, { what, signal })
        .then(({ etag }) => {
          sent.etags[at] = etag!;
          free.push(body);
          // One that failed stays, so that the race or the wait below sees it.
          running.delete(work);
        });
      running.add(work);
      work.catch(() => {});
      if (running.size >= PARTS_AT_ONCE) await Promise.race(running);
    }
    await Promise.all(running);
    return sent;
  } finally {
    // A part that comes after the upload was taken back would stay for good.
    await Promise.allSettled(running);
  }
}

/** Makes one object of the parts. */
async function complete(
  { call, name, what, condition, signal }: PartsOf,
  uploadId: string,
  { size, etags }: Sent,
): Promise<ObjectMeta> {
  const xml = etags.map((etag, at) =>
    `<Part><PartNumber>${at + 1}</PartNumber><ETag>${encodeEntities(`"${etag}"`)}</ETag></Part>`
  );
  const body = new TextEncoder().encode(
    `<CompleteMultipartUpload>${xml.join("")}</CompleteMultipartUpload>`,
  );
  return await call(
    { method: "POST", name, query: { uploadId }, headers: condition, body },
    { what, signal },
    async (response) => {
      const xml = await readText(response);
      const etag = text(xml, "ETag");
      if (etag && isDocument(xml, "CompleteMultipartUploadResult")) {
        return { size, lastModified: dateOf(response), ...tags(etag) };
      }
      // S3 may say 200 first, and find out later that it failed.
      const code = isDocument(xml, "Error") ? text(xml, "Code") ?? "" : "";
      if (!/^[\w.-]{1,64}$/.test(code)) throw new Error("the answer completes no upload");
      const why = `the upload could not be completed (${code})`;
      if (/^(?:InternalError|SlowDown|ServiceUnavailable|RequestTimeout)$/.test(code)) {
        throw new Error(why);
      }
      throw new RubiconException(
        code === "PreconditionFailed" ? "already-exists" : "unavailable",
        `${what}: ${why}.`,
        { cause: { status: 200, code } },
      );
    },
  );
}

/** Waits for `work` until there is an abort; what comes after that is for `late`. */
async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  late: (result: T) => Promise<unknown>,
): Promise<T> {
  try {
    return await abortable(work, signal);
  } catch (error) {
    // If there is nothing to take back then, or it is remembered, nobody needs to hear of it.
    if (signal?.aborted) work.then(late).catch(() => {});
    throw error;
  }
}
