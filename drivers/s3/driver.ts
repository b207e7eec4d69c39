/**
 * The verbs of the `s3` driver.
 *
 * @module
 */
import { hasCode, type RubiconErrorCode } from "../../errors.ts";
import { refuse, showKey } from "../../messages.ts";
import type { Driver, ListEntry, ListOptions } from "../driver.ts";
import { readDeleted } from "./answer.ts";
import type { S3Config } from "./config.ts";
import { pages } from "./list.ts";
import { makeClock } from "./clock.ts";
import { makeMultipart } from "./multipart.ts";
import { put } from "./put.ts";
import { makeReads } from "./read.ts";
import { makeCall, settings } from "./request.ts";
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
  const clock = makeClock();
  const call = makeCall(config, clock.watching(send));
  const multipart = makeMultipart();
  const nameOf = (key: string) => {
    const refused = (code: RubiconErrorCode, why: string): never =>
      refuse(`${label}: ${showKey(key)} ${why}`, code, { backend: label });
    const [odd] = UNSUPPORTED.exec(key) ?? [];
    if (odd !== undefined) {
      const shown = JSON.stringify(odd);
      refused("unsupported", `has ${shown}, which listings in XML cannot hold. Use another name.`);
    }
    const name = prefix + key;
    if (name.length * 3 > MOST_NAME && new TextEncoder().encode(name).length > MOST_NAME) {
      refused(
        "invalid-key",
        `and the prefix are longer than ${MOST_NAME} bytes. Use shorter ones.`,
      );
    }
    return name;
  };
  const reads = makeReads(config, call, nameOf);
  const below = (key: string) => key === "" ? prefix : `${nameOf(key)}/`;

  async function* list(from: string, { depth = Infinity, signal }: ListOptions = {}) {
    const start = below(from);
    if (depth < 1) return;
    const listing = { prefix: start, grouped: depth === 1 };
    for await (const { entries } of pages(call, listing, settings("list", from, signal))) {
      for (const entry of entries) {
        const rest = entry.key.slice(start.length);
        // A name that ends in a slash is a console's way to show an empty folder.
        if (rest === "" || rest.endsWith("/") || rest.split("/").length > depth) continue;
        clock.saw(entry.lastModified);
        yield { ...entry, key: entry.key.slice(prefix.length) } satisfies ListEntry;
      }
    }
  }

  return {
    persistence: "s3",
    label,
    root: `s3:${config.endpoint}/${config.bucket}/${prefix}`.replace(/\/$/, ""),
    listsChecksums: true,

    get: reads.get,

    open: reads.open,

    put: (key, source, options = {}) =>
      put(
        { call, multipart, name: nameOf(key), what: `put ${key}`, partSize: config.partSize },
        source,
        options,
        () => reads.open(key, options.signal ? { signal: options.signal } : {}),
      ),

    stat: reads.stat,

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

    times: () => Promise.resolve(clock.times()),

    close: () => multipart.takeBackLeft(),
  };
}
