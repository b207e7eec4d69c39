/**
 * Reading objects, whole or in part.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { RubiconException } from "../../errors.ts";
import type {
  Bytes,
  GetOptions,
  GetResult,
  ObjectMeta,
  OpenResult,
  VerbOptions,
} from "../driver.ts";
import { type Head, readHead, readText } from "./answer.ts";
import type { S3Config } from "./config.ts";
import { isRefusal } from "./errors.ts";
import { type Call, settings } from "./request.ts";
import { rangeOf, replaced, resuming } from "./resume.ts";

/** The verbs that read an object. */
export interface Reads {
  /** See `Driver.get`. */
  get(key: string, options?: GetOptions): Promise<GetResult>;
  /** See `Driver.open`. */
  open(key: string, options?: GetOptions): Promise<OpenResult>;
  /** See `Driver.stat`. */
  stat(key: string, options?: VerbOptions): Promise<ObjectMeta>;
}

/** Makes the reads of a bucket. */
export function makeReads(config: S3Config, call: Call, nameOf: (key: string) => string): Reads {
  const { label } = config;

  async function stat(key: string, { signal }: VerbOptions = {}): Promise<ObjectMeta> {
    // A refused HEAD does not say why, and an unknown access key can look like a missing object: so one
    // byte is asked for. Of an empty object there is none, and then all of it is asked for.
    const name = nameOf(key);
    const how = settings("stat", key, signal);
    const first = { offset: 0, length: 1 };
    return await call({ method: "GET", name, headers: rangeOf(first) }, how, async (response) => {
      // A server that passes over the range tells the size too.
      const isPart = response.status === 206;
      const head = readHead(response, isPart ? first : {});
      if (head.size === undefined) {
        throw new Error("the answer does not say how large the object is");
      }
      // An answer that is read to its end leaves its connection to the next request.
      if (isPart) await readText(response, 1);
      else await response.body?.cancel();
      return { ...head, size: head.size };
    }).catch((error) => {
      if (!isRefusal(error, "InvalidRange")) throw error;
      return call({ method: "GET", name }, how, async (response) => {
        const head = readHead(response, {});
        if (!head.size) await readText(response, 0);
        return { ...head, size: head.size ?? 0 };
      });
    });
  }

  /** The size that an answer did not tell, of the same object. */
  async function sized(key: string, head: Head, options: VerbOptions): Promise<ObjectMeta> {
    if (head.size !== undefined) return { ...head, size: head.size };
    const meta = await stat(key, options);
    if (meta.etag === head.etag) return meta;
    throw replaced(label, `get ${key}`);
  }

  async function get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const nothing = async () => ({ ...await stat(key, options), bytes: new Uint8Array() });
    if (options.length === 0) return await nothing();
    const how = settings("get", key, options.signal);
    const request = { method: "GET", name: nameOf(key), headers: rangeOf(options) } as const;
    try {
      const { bytes, ...head } = await call(request, how, async (response) => {
        const head = readHead(response, options);
        const bytes = new Uint8Array(await response.arrayBuffer());
        checkBytes(bytes, head, options);
        return { ...head, bytes };
      });
      const meta = await sized(key, head, options);
      if (head.size === undefined && meta.size !== bytes.length) {
        throw new RubiconException("unavailable", `${label}: get ${key}: the answer was cut off.`);
      }
      return { ...meta, bytes };
    } catch (error) {
      // Past the end there is nothing, and the answer does not say how large the object is.
      if (isRefusal(error, "InvalidRange")) return await nothing();
      throw error;
    }
  }

  async function open(key: string, options: GetOptions = {}): Promise<OpenResult> {
    const nothing = async () => ({ ...await stat(key, options), stream: emptyStream() });
    if (options.length === 0) return await nothing();
    const how = settings("open", key, options.signal);
    const name = nameOf(key);
    try {
      const { body, ...head } = await call(
        { method: "GET", name, headers: rangeOf(options) },
        { ...how, streams: true },
        (response) =>
          Promise.resolve({
            ...readHead(response, options),
            body: (response.body ?? emptyStream()) as ReadableStream<Bytes>,
          }),
      );
      const meta = await sized(key, head, options).catch(async (error) => {
        await body.cancel();
        throw error;
      });
      const resume = { ...how, idleMs: config.requestTimeoutMs, label, retries: config.retries };
      return { ...meta, stream: resuming(call, name, body, meta, options, resume) };
    } catch (error) {
      if (isRefusal(error, "InvalidRange")) return await nothing();
      throw error;
    }
  }

  return { get, open, stat };
}

/** Throws unless these are all bytes of the range that was asked for. */
function checkBytes(bytes: Bytes, { size, checksum }: Head, options: GetOptions): void {
  const { offset = 0, length = Infinity } = options;
  if (size !== undefined && bytes.length !== Math.min(length, size - offset)) {
    throw new Error("the answer was cut off");
  }
  const isWhole = size === undefined ? rangeOf(options).range === undefined : bytes.length === size;
  if (!isWhole || !checksum?.startsWith("md5:")) return;
  if (checksum === `md5:${createHash("md5").update(bytes).digest("hex")}`) return;
  throw new Error("the answer has other bytes than its ETag says");
}

const emptyStream = (): ReadableStream<Bytes> => new Blob([]).stream();
