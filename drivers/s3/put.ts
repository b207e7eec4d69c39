/**
 * Storing an object, and finding out what became of it when an answer was lost.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import type { OpenResult, PutOptions, PutResult, Source } from "../driver.ts";
import { isSame } from "../same.ts";
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
    const isRefused = options.ifAbsent === true && isCutOff(error);
    if (!isLost || !(isTaken || isCompleted || isRefused)) throw error;
    const { stream, ...meta } = await open().catch((missing) => {
      throw hasCode(missing, "not-found") || isRefused ? error : missing;
    });
    if (await isSame(stream, source, options.signal)) return { ...meta, wasThere: true };
    if (!isRefused) throw error;
    throw new RubiconException("already-exists", `${work.what}: the object already exists`, {
      cause: error,
    });
  }
}

/**
 * Whether the connection was closed while a body was being sent. Servers do so when they refuse it, and what they say
 * may be lost with the connection.
 */
const isCutOff = (error: unknown): boolean =>
  hasCode(error, "unavailable") && error.cause instanceof Error &&
  /EPIPE|ECONNRESET|connection (?:was )?(?:closed|reset)/i.test(String(error.cause.message));
