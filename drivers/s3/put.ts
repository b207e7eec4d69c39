/**
 * Storing an object, and finding out what became of it when an answer was lost.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import type { Bytes, OpenResult, PutOptions, PutResult, Source } from "../driver.ts";
import { chunksOf } from "../source.ts";
import { isRefusal } from "./errors.ts";
import { type Upload, upload } from "./upload.ts";

/**
 * Stores an object. If an answer was lost and the next try finds something there, it may be what the
 * lost one has stored: then that is compared before anybody is told that it is somebody else's.
 *
 * @param open Opens what is there.
 */
export async function put(
  work: Upload,
  source: Source,
  options: PutOptions,
  open: () => Promise<OpenResult>,
): Promise<PutResult> {
  let isLost = false;
  const watching: Upload = {
    ...work,
    call: (request, settings, read) =>
      work.call(request, { ...settings, onLost: () => isLost = true }, read),
  };
  try {
    return await upload(watching, source, options);
  } catch (error) {
    // An upload in parts that was completed, though the answer to that was lost, is not there any more.
    const isCompleted = isRefusal(error, "NoSuchUpload");
    const isTaken = options.ifAbsent && hasCode(error, "already-exists");
    if (!isLost || !(isTaken || isCompleted)) throw error;
    const { stream, ...meta } = await open().catch((missing) => {
      throw hasCode(missing, "not-found") ? error : missing;
    });
    if (await isSame(stream, source, options.signal)) return { ...meta, wasThere: true };
    throw error;
  }
}

async function isSame(
  stream: ReadableStream<Bytes>,
  source: Source,
  signal?: AbortSignal,
): Promise<boolean> {
  const theirs = stream.getReader();
  let rest = new Uint8Array();
  try {
    for await (const ours of chunksOf(source, signal)) {
      for (let at = 0; at < ours.length;) {
        if (rest.length === 0) {
          const { done, value } = await theirs.read();
          if (done) return false;
          rest = value;
          continue;
        }
        const length = Math.min(rest.length, ours.length - at);
        for (let byte = 0; byte < length; byte++) if (rest[byte] !== ours[at + byte]) return false;
        rest = rest.subarray(length);
        at += length;
      }
    }
    while (rest.length === 0) {
      const { done, value } = await theirs.read();
      if (done) return true;
      rest = value;
    }
    return false;
  } finally {
    await theirs.cancel();
  }
}
