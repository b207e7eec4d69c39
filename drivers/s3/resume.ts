/**
 * Downloads that go on from where they broke off.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { Bytes, GetOptions, ObjectMeta } from "../driver.ts";
import { byteStream, readInto } from "../source.ts";
import { readHead } from "./answer.ts";
import { isRefusal, noAnswer } from "./errors.ts";
import type { Call, CallSettings } from "./request.ts";

/** How a download is to be carried out. */
export interface Resuming extends CallSettings {
  /** The bucket's label. */
  label: string;
  /** The longest wait for the next bytes, in milliseconds. */
  idleMs: number;
  /** How often it goes on after a break without getting anything. */
  retries: number;
}

/** The header for a range; nothing for all of an object. */
export function rangeOf({ offset = 0, length = Infinity }: GetOptions): { range?: string } {
  if (offset === 0 && length === Infinity) return {};
  return { range: `bytes=${offset}-${length === Infinity ? "" : offset + length - 1}` };
}

/** The error of an object that is not the one any more that was there before. */
export const replaced = (label: string, what: string): RubiconException =>
  new RubiconException(
    "unavailable",
    `${label}: ${what}: the object was replaced while it was read. Read it again.`,
    { backend: label },
  );

/** A stream of an object's range that asks for the rest when the connection breaks. */
export function resuming(
  call: Call,
  name: string,
  body: ReadableStream<Bytes>,
  { size, etag }: ObjectMeta,
  { offset = 0, length = Infinity }: GetOptions,
  settings: Resuming,
): ReadableStream<Bytes> {
  const end = Math.min(offset + length, size);
  let at = offset;
  let breaks = 0;
  let reader = readInto(body);

  /** The next bytes; 0 if the connection ended. */
  async function next(into: Uint8Array): Promise<number> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const idle = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`nothing came for ${settings.idleMs} ms`)),
        settings.idleMs,
      );
    });
    try {
      // Of an answer that is longer than it says, the rest is nobody's.
      return await Promise.race([reader.read(into.subarray(0, end - at)), idle]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks for the rest, of the same object. */
  async function again(): Promise<void> {
    const rest = { offset: at, length: end - at };
    const headers = { ...rangeOf(rest), ...(etag && { "if-match": `"${etag}"` }) };
    const { head, body } = await call(
      { method: "GET", name, headers },
      { ...settings, streams: true },
      (response) => Promise.resolve({ head: readHead(response, rest), body: response.body }),
    ).catch((error) => {
      throw isRefusal(error, "PreconditionFailed")
        ? replaced(settings.label, settings.what)
        : error;
    });
    reader = readInto((body ?? new Blob([]).stream()) as ReadableStream<Bytes>);
    // Not each server looks at conditions.
    if (head.size === size && head.etag === etag) return;
    await reader.cancel().catch(() => {}); // Nobody wants it.
    throw replaced(settings.label, settings.what);
  }

  return byteStream(async (into) => {
    while (at < end) {
      settings.signal?.throwIfAborted();
      let failure: unknown;
      try {
        const length = await next(into);
        if (length > 0) {
          breaks = 0;
          at += length;
          return length;
        }
      } catch (error) {
        failure = error;
      }
      settings.signal?.throwIfAborted();
      reader.cancel().catch(() => {}); // It is broken already.
      if (breaks++ >= settings.retries) {
        throw noAnswer(failure ?? new Error("it ended too soon"), settings.label, settings.what);
      }
      await again();
    }
    // All of it is here, but the end of the answer was not read: it would hold its connection.
    reader.cancel().catch(() => {});
    return 0;
  }, async (reason) => {
    // It may have broken off meanwhile, which is nothing to whoever wants no more of it.
    await reader.cancel(reason).catch(() => {});
  });
}
