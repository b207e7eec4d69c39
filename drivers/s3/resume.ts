/**
 * Downloads that go on where they broke off.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { Bytes, GetOptions, ObjectMeta } from "../driver.ts";
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
  let reader = body.getReader();

  /** The next bytes; `undefined` where the connection ended. */
  async function next(): Promise<Bytes | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const idle = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`nothing came for ${settings.idleMs} ms`)),
        settings.idleMs,
      );
    });
    try {
      return (await Promise.race([reader.read(), idle])).value;
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
      (response) => Promise.resolve(response.body),
    ).catch((error) => {
      if (error instanceof RubiconException && error.code === "already-exists") {
        throw new RubiconException(
          "unavailable",
          `${settings.label}: ${settings.what}: the object was replaced while it was read. Read it again.`,
          { backend: settings.label },
        );
      }
      throw error;
    });
    reader = (body as ReadableStream<Bytes>).getReader();
  }

  return new ReadableStream<Bytes>({
    async pull(controller) {
      while (at < end) {
        let failure: unknown;
        try {
          const bytes = await next();
          if (bytes) {
            breaks = 0;
            at += bytes.length;
            controller.enqueue(bytes);
            if (at >= end) controller.close();
            return;
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
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
