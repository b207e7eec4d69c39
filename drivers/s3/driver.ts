/**
 * The verbs of the `s3` driver.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { hasCode, type RubiconErrorCode, RubiconException } from "../../errors.ts";
import type {
  Bytes,
  Driver,
  GetOptions,
  ListEntry,
  ListOptions,
  ObjectMeta,
  OpenResult,
  VerbOptions,
} from "../driver.ts";
import { type Head, readDeleted, readHead, readText } from "./answer.ts";
import type { S3Config } from "./config.ts";
import { isRefusal } from "./errors.ts";
import { pages } from "./list.ts";
import { makeMultipart } from "./multipart.ts";
import { put } from "./put.ts";
import { makeCall } from "./request.ts";
import { rangeOf, replaced, resuming } from "./resume.ts";
import { type Transport, transport } from "./transport.ts";

/** Not each server encodes what XML cannot hold. */
// deno-lint-ignore no-control-regex -- control characters are what it is about.
const UNSUPPORTED = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
/** What S3 takes, in bytes of UTF-8. */
const MOST_NAME = 1024;

/**
 * Makes the driver of a bucket.
 *
 * @param send Sends its requests. Tests have one of their own.
 */
export function s3Driver(config: S3Config, send: Transport = transport): Driver {
  const { label, prefix } = config;
  const call = makeCall(config, send);
  const multipart = makeMultipart();
  const nameOf = (key: string) => {
    const refuse = (code: RubiconErrorCode, why: string): never => {
      throw new RubiconException(code, `${label}: ${JSON.stringify(key)} ${why}`, {
        backend: label,
      });
    };
    const [odd] = UNSUPPORTED.exec(key) ?? [];
    if (odd !== undefined) {
      const shown = JSON.stringify(odd);
      refuse("unsupported", `has ${shown}, which listings in XML cannot hold. Use another name.`);
    }
    const name = prefix + key;
    if (name.length * 3 > MOST_NAME && new TextEncoder().encode(name).length > MOST_NAME) {
      refuse("invalid-key", `and the prefix are longer than ${MOST_NAME} bytes. Use shorter ones.`);
    }
    return name;
  };
  const settings = (verb: string, key: string, signal?: AbortSignal) => ({
    what: key === "" ? verb : `${verb} ${key}`,
    signal,
  });
  const below = (key: string) => key === "" ? prefix : `${nameOf(key)}/`;

  async function stat(key: string, { signal }: VerbOptions = {}): Promise<ObjectMeta> {
    // A refused HEAD does not say why, and an unknown access key can look like a missing object: so one
    // byte is asked for. Of an empty object there is none, and then all of it is asked for.
    const name = nameOf(key);
    const how = { ...settings("stat", key, signal), streams: true };
    const first = { offset: 0, length: 1 };
    return await call({ method: "GET", name, headers: rangeOf(first) }, how, async (response) => {
      // A server that passes over the range tells the size too.
      const head = readHead(response, response.status === 206 ? first : {});
      if (head.size === undefined) {
        throw new Error("the answer does not say how large the object is");
      }
      await response.body?.cancel();
      return { ...head, size: head.size };
    }).catch((error) => {
      if (!isRefusal(error, "InvalidRange")) throw error;
      return call({ method: "GET", name }, settings("stat", key, signal), async (response) => {
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

  async function* list(from: string, { depth = Infinity, signal }: ListOptions = {}) {
    const start = below(from);
    if (depth < 1) return;
    const listing = { prefix: start, grouped: depth === 1 };
    for await (const { entries } of pages(call, listing, settings("list", from, signal))) {
      for (const entry of entries) {
        const rest = entry.key.slice(start.length);
        // A name that ends in a slash is a console's way to show an empty folder.
        if (rest === "" || rest.endsWith("/") || rest.split("/").length > depth) continue;
        yield { ...entry, key: entry.key.slice(prefix.length) } satisfies ListEntry;
      }
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

  return {
    persistence: "s3",
    label,
    listsChecksums: true,

    async get(key, options = {}) {
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
        if (meta.size === bytes.length || head.size !== undefined) return { ...meta, bytes };
        throw new RubiconException("unavailable", `${label}: get ${key}: the answer was cut off.`);
      } catch (error) {
        // Past the end there is nothing, and the answer does not say how large the object is.
        if (isRefusal(error, "InvalidRange")) return await nothing();
        throw error;
      }
    },

    open,

    put: (key, source, options = {}) =>
      put(
        { call, multipart, name: nameOf(key), what: `put ${key}`, partSize: config.partSize },
        source,
        options,
        () => open(key, options.signal ? { signal: options.signal } : {}),
      ),

    stat,

    list,

    async folders(from, { signal } = {}) {
      const start = below(from);
      const found: string[] = [];
      const listing = { prefix: start, grouped: true };
      for await (const { folders } of pages(call, listing, settings("list", from, signal))) {
        for (const folder of folders) found.push(folder.slice(start.length, -1));
      }
      return found;
    },

    async delete(key, { signal } = {}) {
      await call(
        { method: "DELETE", name: nameOf(key) },
        settings("delete", key, signal),
        readDeleted,
      ).catch((error) => {
        // Not any 404: of a bucket or an account that is not there, nothing is known to be gone.
        if (!hasCode(error, "not-found")) throw error;
      });
    },

    close: () => multipart.takeBackLeft(),
  };
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
