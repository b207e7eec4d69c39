/**
 * Downloads that go on where they broke off.
 *
 * @module
 */
import { isRubiconException, RubiconException } from "../../errors.ts";
import type { Bytes, GetOptions, ObjectMeta } from "../driver.ts";
import { byteStream, readInto } from "../source.ts";
import { noAnswer } from "./errors.ts";
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

/** Fails where the server, or somebody on the way, has passed over the range. */
export async function checkRange(
  response: Response,
  { headers }: { headers?: object },
): Promise<void> {
  if (!headers || response.status !== 200) return;
  await response.body?.cancel();
  throw new Error("the whole object came in place of a part of it");
}

/** A stream of an object's range that asks for the rest where the connection breaks. */
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

  /** The next bytes; 0 where the connection ended. */
  async function next(into: Uint8Array): Promise<number> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const idle = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`nothing came for ${settings.idleMs} ms`)),
        settings.idleMs,
      );
    });
    try {
      return await Promise.race([reader.read(into), idle]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks for the rest, of the same object. */
  async function again(): Promise<void> {
    const headers = { range: `bytes=${at}-${end - 1}`, ...(etag && { "if-match": `"${etag}"` }) };
    const { body } = await call(
      { method: "GET", name, headers },
      settings,
      async (response) => {
        await checkRange(response, { headers });
        return response.body;
      },
    ).catch((error) => {
      if (isRubiconException(error) && error.code === "already-exists") {
        throw new RubiconException(
          "unavailable",
          `${settings.label}: ${settings.what}: the object was replaced while it was read. Read it again.`,
          { backend: settings.label },
        );
      }
      throw error;
    });
    reader = readInto(body as ReadableStream<Bytes>);
  }

  return byteStream(async (into) => {
    while (at < end) {
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
    return 0;
  }, (reason) => reader.cancel(reason));
}
