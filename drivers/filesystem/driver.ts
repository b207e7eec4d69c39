/**
 * A folder as a driver: its verbs, each with its errors named.
 *
 * @module
 */
import { basename } from "jsr:@std/path@^1.1.6/basename";
import { dirname } from "jsr:@std/path@^1.1.6/dirname";
import { join } from "jsr:@std/path@^1.1.6/join";
import { fromFileUrl } from "jsr:@std/path@^1.1.6/from-file-url";
import { resolve } from "jsr:@std/path@^1.1.6/resolve";
import { refuse } from "../../messages.ts";
import type { Driver } from "../driver.ts";
import { named } from "./errors.ts";
import { readOne, statOne } from "./bulk.ts";
import { putTree } from "./tree.ts";
import { admit, isFresh } from "./identity.ts";
import { get, open, stat } from "./read.ts";
import { remove } from "./remove.ts";
import type { Root } from "./root.ts";
import { stamps } from "./stamps.ts";
import { timesOf } from "./times.ts";
import { entriesIn, walk } from "./walk.ts";
import { put } from "./write.ts";
import type { DriverConfig } from "../registry.ts";

/**
 * Opens a folder as a store. The folder is made by the first put.
 *
 * `rootDir` is a path or a `file:` URL. With `durable: true` a put counts once the file and its
 * folders are on the disk itself, which takes milliseconds instead of microseconds.
 *
 * @throws {RubiconException} `invalid-config`
 *
 * @example
 * ```ts
 * import { openFilesystem } from "../filesystem.ts";
 *
 * const rootDir = await Deno.makeTempDir();
 * const driver = openFilesystem({ persistence: "filesystem", rootDir });
 * await driver.put("a/b", new TextEncoder().encode("hello"));
 * const { size } = await driver.stat("a/b");
 * if (size !== 5) throw new Error("it is there");
 * await Deno.remove(rootDir, { recursive: true });
 * ```
 */
export function openFilesystem(config: DriverConfig): Driver {
  const given = pathOfRoot(config.rootDir);
  const { durable = false } = config;
  if (typeof durable !== "boolean") {
    invalid(`durable is true or false, not ${JSON.stringify(durable)}.`);
  }
  const label = `filesystem:${given}`;
  const root: Root = {
    label,
    given,
    path: resolve(given),
    durable,
    seen: new Map(),
    lots: [],
    health: { freshUntil: 0 },
  };
  /** Names the errors of one verb, and makes them rejections. */
  const verb = async <T>(
    key: string,
    options: { signal?: AbortSignal | undefined } | undefined,
    run: () => T | Promise<T>,
  ): Promise<T> => {
    try {
      if (!isFresh(root)) await admit(root, options?.signal);
      return await run();
    } catch (error) {
      throw named(error, root, key, options?.signal);
    }
  };
  return {
    persistence: "filesystem",
    label,
    place: `filesystem:${root.path}`,
    root: `filesystem:${realPathOf(root.path).replaceAll("\\", "/")}`,
    get: (key, options) => verb(key, options, () => get(root, key, options)),
    open: (key, options) => verb(key, options, () => open(root, key, options)),
    put: (key, source, options) => verb(key, options, () => put(root, key, source, options)),
    putTree: (folder, objects, options) =>
      verb(folder, options, () => putTree(root, folder, objects, options)),
    stat: (key, options) => verb(key, options, () => stat(root, key)),
    async *list(prefix, options) {
      try {
        if (!isFresh(root)) await admit(root, options?.signal);
        yield* walk(root, prefix, options);
      } catch (error) {
        throw named(error, root, prefix, options?.signal);
      }
    },
    bulk: {
      list: (folders, options) => verb("", options, () => entriesIn(root, folders)),
      stat: (keys, options) => verb("", options, () => keys.map((key) => statOne(root, key))),
      get: (keys, options) => verb("", options, () => keys.map((key) => readOne(root, key))),
    },
    folders: (prefix, options) =>
      verb(prefix, options, () => entriesIn(root, [prefix])[0]!.folders),
    delete: (key, options) => verb(key, options, () => remove(root, key)),
    times: (options) =>
      verb("", options, () => {
        const { step, ahead } = timesOf(root);
        return { step, ahead };
      }),
    stamps: (all, options) => verb("", options, () => stamps(root, all, options)),
  };
}

function pathOfRoot(rootDir: unknown): string {
  const text = rootDir instanceof URL ? rootDir.href : rootDir;
  if (typeof text !== "string" || text === "" || text.includes("\0")) {
    return invalid(`rootDir is a path or a file: URL, not ${JSON.stringify(rootDir)}.`);
  }
  if (/^file:/i.test(text)) return fromFileUrl(text);
  if (/^~[^/\\]*(?:[/\\]|$)/.test(text)) {
    return invalid(
      `rootDir ${
        JSON.stringify(text)
      } begins with ~, which only a shell takes for your home. Give the whole ` +
        `path, or ${JSON.stringify(`./${text}`)} if the folder is called so.`,
    );
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    return invalid(
      `rootDir is a path or a file: URL, and ${text.split("//")[0]} is another scheme.`,
    );
  }
  return text;
}

/** A path without links, as far as it is there and may be read. */
function realPathOf(path: string): string {
  let rest = "";
  for (let at = path;; at = dirname(at)) {
    // Nobody is to be asked for a permission only for this.
    if (Deno.permissions.querySync({ name: "read", path: at }).state !== "granted") return path;
    try {
      return join(Deno.realPathSync(at), rest);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || dirname(at) === at) return path;
      rest = join(basename(at), rest);
    }
  }
}

function invalid(message: string): never {
  return refuse(`filesystem: ${message}`, "invalid-config");
}
