/**
 * The `memory` driver: objects in this process, for tests and for short-lived work. It needs no
 * permission. Drivers with the same `rootDir` share one store, as rubicon-ml's do, for as long as
 * the process lives.
 *
 * @module
 */
import { RubiconException } from "../errors.ts";
import type { Bytes, Driver, GetOptions, ListEntry, ListOptions, ObjectMeta } from "./driver.ts";
import type { PutOptions, Source } from "./driver.ts";
import { type DriverConfig, registerDriver } from "./registry.ts";
import { SmallBytes } from "./small.ts";
import { breathe, CHUNK_BYTES, chunksOf } from "./source.ts";

interface Stored {
  bytes: Bytes;
  time: number;
  version: number;
}

/** A tree, so that a listing costs what it lists and not what the store holds. */
interface Folder {
  objects: Map<string, Stored>;
  folders: Map<string, Folder>;
}

/** Nearly all folders have either objects or folders, and a map takes more than an object. Nothing is put in these. */
const NO_OBJECTS: Folder["objects"] = new Map();
const NO_FOLDERS: Folder["folders"] = new Map();
const newFolder = (): Folder => ({ objects: NO_OBJECTS, folders: NO_FOLDERS });
const stores = new Map<string, Folder>();
let versions = 0;
const kept = new SmallBytes();

const metaOf = ({ bytes, time, version }: Stored): ObjectMeta => ({
  size: bytes.length,
  lastModified: new Date(time),
  etag: String(version),
});

const place = (key: string): [folders: string[], name: string] => {
  const folders = key.split("/");
  return [folders, folders.pop()!];
};

function find(root: Folder, folders: readonly string[]): Folder | undefined {
  let at: Folder | undefined = root;
  for (const name of folders) at = at?.folders.get(name);
  return at;
}

function make(root: Folder, folders: readonly string[]): Folder {
  let at = root;
  for (const name of folders) {
    let next = at.folders.get(name);
    if (!next) {
      if (at.folders === NO_FOLDERS) at.folders = new Map();
      at.folders.set(name, next = newFolder());
    }
    at = next;
  }
  return at;
}

/** Removes an object, and the folders that are empty without it. */
function remove(at: Folder, [first, ...rest]: readonly string[], name: string): void {
  if (first === undefined) {
    at.objects.delete(name);
    return;
  }
  const next = at.folders.get(first);
  if (!next) return;
  remove(next, rest, name);
  if (next.objects.size === 0 && next.folders.size === 0) at.folders.delete(first);
}

/** Maps give what is added while they are read and leave out what is removed: no copy is needed. */
function* walk(at: Folder, prefix: string, depth: number): Generator<ListEntry, void, void> {
  for (const [name, stored] of at.objects) yield { key: prefix + name, ...metaOf(stored) };
  if (depth <= 1) return;
  for (const [name, next] of at.folders) yield* walk(next, `${prefix}${name}/`, depth - 1);
}

async function collect(source: Source, signal?: AbortSignal): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  // Copied at once: a source may use its buffer again.
  for await (const chunk of chunksOf(source, signal)) chunks.push(new Uint8Array(chunk));
  const bytes = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

const rangeOf = ({ bytes }: Stored, { offset = 0, length = Infinity }: GetOptions): Bytes =>
  bytes.subarray(offset, offset + length);

/**
 * Opens the store in memory that `rootDir` names (default: `./rubicon-root`).
 *
 * @example
 * ```ts
 * import { openMemory } from "./memory.ts";
 *
 * const driver = openMemory({ persistence: "memory", rootDir: "example" });
 * await driver.put("a/b", new TextEncoder().encode("hello"));
 * const { size } = await driver.stat("a/b");
 * if (size !== 5) throw new Error("it is there");
 * ```
 */
export function openMemory(config: DriverConfig): Driver {
  const { rootDir = "./rubicon-root" } = config;
  if (typeof rootDir !== "string" && !(rootDir instanceof URL)) {
    throw new RubiconException("invalid-config", "memory: rootDir is a name, as text.");
  }
  const name = String(rootDir);
  const label = `memory:${name}`;
  let root = stores.get(name)!;
  if (!root) stores.set(name, root = newFolder());

  const read = (key: string): Stored => {
    const [folders, name] = place(key);
    const stored = find(root, folders)?.objects.get(name);
    if (stored) return stored;
    throw new RubiconException("not-found", `${label}: there is no ${key}`, { backend: label });
  };
  const refuseTaken = (key: string, taken: boolean | undefined): void => {
    if (!taken) return;
    const message = `${label}: ${key} already exists`;
    throw new RubiconException("already-exists", message, { backend: label });
  };

  return {
    persistence: "memory",
    label,

    // deno-lint-ignore require-await -- a verb rejects, and never throws where it is called.
    async get(key, options = {}) {
      const stored = read(key);
      return { ...metaOf(stored), bytes: new Uint8Array(rangeOf(stored, options)) };
    },

    // deno-lint-ignore require-await -- see `get`.
    async open(key, options = {}) {
      const stored = read(key);
      const bytes = rangeOf(stored, options);
      let at = 0;
      const stream = new ReadableStream<Bytes>({
        pull(controller) {
          options.signal?.throwIfAborted();
          if (at < bytes.length) controller.enqueue(bytes.slice(at, at += CHUNK_BYTES));
          if (at >= bytes.length) controller.close();
        },
      }, { highWaterMark: 0 });
      return { ...metaOf(stored), stream };
    },

    async put(key, source, { ifAbsent, signal }: PutOptions = {}) {
      const [folders, name] = place(key);
      const isStream = !(source instanceof Uint8Array);
      // Looked at first, so that a source is not read for nothing; what counts is the look below.
      if (ifAbsent && isStream) refuseTaken(key, find(root, folders)?.objects.has(name));
      const collected = isStream && await collect(source, signal);
      const folder = make(root, folders);
      if (ifAbsent) refuseTaken(key, folder.objects.has(name));
      const bytes = collected || kept.copyOf(source as Uint8Array);
      const stored = { bytes, time: Date.now(), version: ++versions };
      if (folder.objects === NO_OBJECTS) folder.objects = new Map();
      folder.objects.set(name, stored);
      return { size: bytes.length };
    },

    // deno-lint-ignore require-await -- see `get`.
    async stat(key) {
      return metaOf(read(key));
    },

    async *list(prefix, { depth = Infinity, signal }: ListOptions = {}) {
      const folder = find(root, prefix === "" ? [] : prefix.split("/"));
      if (!folder || depth < 1) return;
      let count = 0;
      for (const entry of walk(folder, prefix === "" ? "" : `${prefix}/`, depth)) {
        if (++count % 4096 === 0) await breathe();
        signal?.throwIfAborted();
        yield entry;
      }
    },

    // deno-lint-ignore require-await -- see `get`.
    async folders(prefix) {
      const folder = find(root, prefix === "" ? [] : prefix.split("/"));
      return folder ? [...folder.folders.keys()] : [];
    },

    // deno-lint-ignore require-await -- see `get`.
    async delete(key) {
      const [folders, name] = place(key);
      remove(root, folders, name);
    },
  };
}

registerDriver("memory", openMemory);
