/**
 * Artifacts whose way to the backends is told of.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { needed } from "../../composite/write/write.ts";
import type { Bytes, Source } from "../../drivers/driver.ts";
import { byteStream, CHUNK_BYTES, readInto } from "../../drivers/source.ts";
import { type ProgressOption, reporter } from "../progress.ts";

/** An upload that is told of. */
export interface CountedUpload {
  /** The source to hand to the backends. */
  source: Source;
  /** The options of the call. */
  call: CallOptions;
  /** Tells that it is there, if it is. */
  finish(): void;
}

/**
 * Counts what backends read of a source. Each reads it from the start, at its own pace, and again where it has to
 * try again: what counts are the bytes that as many backends as the write policy asks for have read.
 */
export function countedUpload(
  rubicon: Core,
  what: string,
  { source, size }: { source: Source; size: number | undefined },
  options: CallOptions & ProgressOption,
  where: string,
): CountedUpload {
  const { onProgress: _onProgress, ...rest } = options;
  const { report, signal } = reporter("bytes", options, where);
  const sync = rubicon.backends.filter(({ outbox }) => !outbox).length;
  const enough = needed(options.write ?? rubicon.options.write, sync);
  const readers = new Set<{ bytes: number }>();
  const count = () => [...readers].map(({ bytes }) => bytes).sort((a, b) => b - a)[enough - 1] ?? 0;
  let written = false;
  const open = source instanceof Uint8Array ? () => streamOf(source) : source;
  if (size !== 0) report(what, 0, size);
  return {
    source: async () => {
      const { read, cancel } = readInto(await open() as ReadableStream<Bytes>);
      const reader = { bytes: 0 };
      readers.add(reader);
      return byteStream(async (into) => {
        const length = await read(into);
        reader.bytes += length;
        const done = count();
        // All of it is read before all of it is written.
        if (done > 0 && done < (size ?? Infinity)) report(what, done, size);
        return length;
      }, (reason) => {
        readers.delete(reader);
        return cancel(reason);
      });
    },
    call: {
      ...rest,
      ...(signal && { signal }),
      onReceipts(receipts) {
        written = true;
        options.onReceipts?.(receipts);
      },
    },
    finish() {
      if (!written) return; // The failure mode has passed over it.
      const all = size ?? Math.max(0, ...[...readers].map(({ bytes }) => bytes));
      report(what, all, all);
    },
  };
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      // A copy: a stream's reader may take over what it is handed.
      controller.enqueue(bytes.slice(at, at += CHUNK_BYTES));
    },
  }, { highWaterMark: 0 });
}
