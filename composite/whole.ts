/**
 * One object as a stream that goes on in another backend if the one it comes from fails half-way.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { hasCode, RubiconException } from "../errors.ts";
import type { Bytes } from "../drivers/driver.ts";
import { byteStream, CHUNK_BYTES, readInto } from "../drivers/source.ts";
import { verifiedStream } from "./layers/verified.ts";
import type { Answer, Backend } from "./plan.ts";
import type { CallOptions } from "./types.ts";

/** An object's bytes, and how many there are. */
export interface WholeStream {
  /** The bytes. */
  stream: ReadableStream<Bytes>;
  /** How many there are. */
  size: number;
}

/** Reads from the first backend that is able, as `Composite.read` does. */
export type ReadFirst = <T>(
  run: (backend: Backend) => Promise<Answer<T>>,
  call: CallOptions,
) => Promise<T>;

/**
 * An object that can be opened again and again, in backends that have it whole: one that failed while it was read is
 * not asked again.
 *
 * - A stream that breaks off goes on in another backend, once the bytes so far are found to be the same there.
 * - Damage that a store's checksum tells of shows at the end, when the bytes are handed out already: then the stream
 *   fails with `corrupt`, and opening it again gives another backend's.
 *
 * @param read Reads by the composite.
 * @param key The object's key.
 * @param call The options of the call. The receipts are those of the first opening.
 * @returns Opens the object. It rejects if no backend is left, with the reason of each.
 */
export function wholeObject(
  read: ReadFirst,
  key: string,
  { onReceipts, ...call }: CallOptions,
): () => Promise<WholeStream> {
  const failed: Reasons = new Map();
  let options: CallOptions = { ...call, ...(onReceipts && { onReceipts }) };
  const openNext = async (passedOver?: Reasons): Promise<Opened> => {
    const opened = await read(async (backend) => {
      const reason = failed.get(backend.label) ?? passedOver?.get(backend.label);
      if (reason !== undefined) throw reason;
      const found = await backend.driver.open(key);
      const stream = await verifiedStream(found, `${backend.label}: ${key}`);
      return { value: { ...readInto(stream), backend, size: found.size } };
    }, options);
    options = call;
    return opened;
  };
  return async () => {
    let from = await openNext();
    const { size } = from;
    let [done, sum] = [0, 0];
    const stream = byteStream(async (into) => {
      while (true) {
        try {
          const length = await from.read(into);
          if (length === 0 && done < size) throw cutOff(from.backend, key, done, size);
          done += length;
          sum = crc32(into.subarray(0, length), sum);
          return length;
        } catch (error) {
          if (call.signal?.aborted) throw call.signal.reason;
          failed.set(from.backend.label, error);
          // All of it was handed out, and is not what it should be.
          if (done === size && hasCode(error, "corrupt")) throw error;
          from = await openAt(openNext, { size, done, sum });
        }
      }
    }, (reason) => from.cancel(reason));
    return { stream, size };
  };
}

/** Why backends are not asked, by their labels. */
type Reasons = Map<string, unknown>;

/** An object that is opened in one backend. */
interface Opened extends ReturnType<typeof readInto> {
  backend: Backend;
  size: number;
}

/**
 * Opens the object in another backend, and reads over the bytes that are handed out already, which have to be the same
 * there.
 *
 * @throws {RubiconException} `corrupt` if they differ: what was handed out is not to be trusted.
 */
async function openAt(
  openNext: (passedOver: Reasons) => Promise<Opened>,
  handedOut: { size: number; done: number; sum: number },
): Promise<Opened> {
  const differing: Reasons = new Map();
  while (true) {
    let next: Opened;
    try {
      next = await openNext(differing);
    } catch (error) {
      if (differing.size === 0 || !(error instanceof RubiconException)) throw error;
      throw new RubiconException("corrupt", error.message, { cause: error });
    }
    const { label } = next.backend;
    try {
      if (await startsWith(next, handedOut)) return next;
      const message = `${label}: its bytes differ from those read so far.`;
      differing.set(label, new RubiconException("corrupt", message, { backend: label }));
    } catch (error) {
      differing.set(label, error);
    }
    await next.cancel().catch(() => {}); // It may have failed already.
  }
}

/** Whether an object starts with bytes that were read elsewhere, and is as long. Reads over them. */
async function startsWith(
  object: Opened,
  { size, done, sum }: { size: number; done: number; sum: number },
): Promise<boolean> {
  if (object.size !== size) return false;
  const buffer = new Uint8Array(CHUNK_BYTES);
  let own = 0;
  for (let left = done; left > 0;) {
    const length = await object.read(buffer.subarray(0, Math.min(left, buffer.length)));
    if (length === 0) return false;
    own = crc32(buffer.subarray(0, length), own);
    left -= length;
  }
  return own === sum;
}

const cutOff = ({ label }: Backend, key: string, done: number, size: number): RubiconException =>
  new RubiconException(
    "unavailable",
    `${label}: ${key} ended after ${done} of ${size} bytes. Read it again.`,
    { backend: label },
  );
