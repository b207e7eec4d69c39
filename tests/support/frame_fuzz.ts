/**
 * Whether damaged Parquet files are read in bounded work, and end in an answer, `corrupt` or `unsupported`.
 */
import assert from "node:assert/strict";

/** A file that takes so long is never done with: all of them take some seconds. */
const FOREVER = 120_000;

/** Reads some thousand damaged copies of files; gives how often each outcome came of it. */
export async function readDamaged(
  files: Record<string, Uint8Array>,
): Promise<Record<string, number>> {
  const worker = new Worker(new URL("frame_fuzz_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<
    { failure?: string; codes: Record<string, number> }
  >();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  const timer = setTimeout(() => reject(new Error("a damaged file is read for ever")), FOREVER);
  try {
    worker.postMessage(files);
    const { failure, codes } = await promise;
    assert.equal(failure, undefined);
    return codes;
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
