/**
 * The verbs of the `s3` driver.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import type {
  Bytes,
  Driver,
  GetOptions,
  ListEntry,
  ListOptions,
  ObjectMeta,
  PutOptions,
  PutResult,
  Source,
  VerbOptions,
} from "../driver.ts";
import { chunksOf } from "../source.ts";
import type { S3Config } from "./config.ts";
import { pages, tags } from "./list.ts";
import { type Call, makeCall } from "./request.ts";
import { checkRange, resuming } from "./resume.ts";
import { upload } from "./upload.ts";

/**
 * The client takes a question mark for the start of the query, signed or not; and not every server
 * encodes what XML cannot hold.
 */
// deno-lint-ignore no-control-regex -- control characters are what it is about.
const UNSUPPORTED = /[?\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** Makes the driver of a bucket. */
export function s3Driver(config: S3Config): Driver {
  const { label, prefix } = config;
  const call = makeCall(config);
  const nameOf = (key: string) => {
    const [odd] = UNSUPPORTED.exec(key) ?? [];
    if (odd === undefined) return prefix + key;
    throw new RubiconException(
      "unsupported",
      `${label}: ${JSON.stringify(key)} has ${JSON.stringify(odd)}, which ${
        odd === "?" ? "this driver cannot sign" : "listings in XML cannot hold"
      }. Use another name.`,
      { backend: label },
    );
  };
  const settings = (verb: string, key: string, signal?: AbortSignal) => ({
    what: key === "" ? verb : `${verb} ${key}`,
    ...(signal && { signal }),
  });
  const below = (key: string) => key === "" ? prefix : `${nameOf(key)}/`;

  async function stat(key: string, { signal }: VerbOptions = {}): Promise<ObjectMeta> {
    // A refused HEAD does not say why, and an unknown access key can look like a missing object: so one
    // byte is asked for. Of an empty object there is none, but then it is known to be there.
    const name = nameOf(key);
    const asked = { ...settings("stat", key, signal), accept: [416] };
    const range = rangeOf({ offset: 0, length: 1 });
    const first = await call({ method: "GET", name, ...range }, asked, discard);
    if (first.response.status !== 416) return metaOf(first.response);
    return metaOf((await call({ method: "HEAD", name }, asked, discard)).response);
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

  return {
    persistence: "s3",
    label,
    root: `s3:${config.endpoint}/${config.bucket}/${prefix}`.replace(/\/$/, ""),
    listsChecksums: true,

    async get(key, options = {}) {
      if (options.length === 0) return { ...await stat(key, options), bytes: new Uint8Array() };
      const { response, body } = await call(
        { method: "GET", name: nameOf(key), ...rangeOf(options) },
        { ...settings("get", key, options.signal), accept: [416], bodyWithin: true },
        async (response) => {
          await checkRange(response, rangeOf(options));
          return new Uint8Array(await response.arrayBuffer());
        },
      );
      // Past the end there is nothing, and the answer does not say how large the object is.
      if (response.status === 416) return { ...await stat(key, options), bytes: new Uint8Array() };
      return { ...metaOf(response), bytes: body };
    },

    async open(key, options = {}) {
      const nothing = async () => ({ ...await stat(key, options), stream: new Blob([]).stream() });
      if (options.length === 0) return await nothing();
      const { response, body } = await call(
        { method: "GET", name: nameOf(key), ...rangeOf(options) },
        { ...settings("open", key, options.signal), accept: [416] },
        async (response) => {
          await checkRange(response, rangeOf(options));
          return response.body;
        },
      );
      if (response.status === 416 || !body) {
        await body?.cancel();
        return await nothing();
      }
      const meta = metaOf(response);
      const stream = resuming(call, nameOf(key), body as ReadableStream<Bytes>, meta, options, {
        ...settings("open", key, options.signal),
        idleMs: config.requestTimeoutMs,
        label,
        retries: config.retries,
      });
      return { ...meta, stream };
    },

    put: (key, source, options = {}) => put(call, config, key, nameOf(key), source, options),

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
        discard,
      ).catch((error) => {
        // Not any 404: of a bucket or an account that is not there, nothing is known to be gone.
        if (!hasCode(error, "not-found")) throw error;
      });
    },
  };
}

const discard = (response: Response) => response.body?.cancel() ?? Promise.resolve();

/** The header for a range; nothing for all of an object. */
function rangeOf({ offset = 0, length }: GetOptions): { headers?: { range: string } } {
  if (offset === 0 && length === undefined) return {};
  const last = length === undefined ? "" : offset + length - 1;
  return { headers: { range: `bytes=${offset}-${last}` } };
}

function metaOf(response: Response): ObjectMeta {
  const { headers } = response;
  // Of a range, `content-range` has the whole object's size: `bytes 0-9/123`.
  const whole = headers.get("content-range")?.split("/")[1] ?? headers.get("content-length");
  const { etag, checksum } = tags(headers.get("etag"));
  // An ETag of an object that the server encrypts with keys of its own is no checksum of the bytes.
  const plain = !headers.get("x-amz-server-side-encryption")?.startsWith("aws:kms") &&
    !headers.has("x-amz-server-side-encryption-customer-algorithm");
  return {
    size: Number(whole ?? 0),
    lastModified: new Date(headers.get("last-modified") ?? Date.now()),
    ...(etag !== undefined && { etag }),
    ...(checksum !== undefined && plain && { checksum }),
  };
}

/**
 * Stores an object. Where an answer was lost and the next try finds something there, it may be what the
 * lost one has stored: then that is compared before anybody is told that it is somebody else's.
 */
async function put(
  call: Call,
  config: S3Config,
  key: string,
  name: string,
  source: Source,
  options: PutOptions,
): Promise<PutResult> {
  let lost = false;
  const watching: Call = (request, settings, read) =>
    call(request, { ...settings, onLost: () => lost = true }, read);
  const work = { call: watching, name, what: `put ${key}`, partSize: config.partSize };
  try {
    return await upload(work, source, options);
  } catch (error) {
    // An upload in parts that was completed, though the answer to that was lost, is not there any more.
    const isCompleted = hasCode(error, "unavailable") && error.message.includes("NoSuchUpload");
    const isTaken = options.ifAbsent && hasCode(error, "already-exists");
    if (!lost || !(isTaken || isCompleted)) throw error;
    const there = await call(
      { method: "GET", name },
      { what: `compare ${key}`, ...(options.signal && { signal: options.signal }) },
      async (response) =>
        await sameAs(response, source, options.signal) ? metaOf(response) : undefined,
    ).catch((missing) => {
      throw hasCode(missing, "not-found") ? error : missing;
    });
    if (there.body) return { ...there.body, wasThere: true };
    throw error;
  }
}

async function sameAs(response: Response, source: Source, signal?: AbortSignal): Promise<boolean> {
  const theirs = response.body!.getReader();
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
