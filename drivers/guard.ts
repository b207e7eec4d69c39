/**
 * The one wrapper around every driver: keys are checked here and nowhere else, an operation that is
 * already aborted never starts, and errors say which backend they come from.
 *
 * @module
 */
import { isRubiconException, RubiconException } from "../errors.ts";
import { refuse, showKey } from "../messages.ts";
import { bulkLayer } from "./layer.ts";
import type { Driver, GetOptions, ListEntry, ListOptions, VerbOptions } from "./driver.ts";
import { layer, plain, VERBS } from "./layer.ts";

const ODD = /[\0\\]|\/\/|^\/|\/$|(?:^|\/)\.{1,2}(?:\/|$)|^$/;
/** S3's limit, in UTF-8 bytes; one limit for all, so that what one backend takes the next takes too. */
const MAX_KEY_BYTES = 1024;
/** The limit of file systems, and of the S3 servers that keep their objects in one. */
const MAX_NAME_BYTES = 255;
const encoder = new TextEncoder();

/** Nothing is measured that cannot be too long: three bytes are the most a UTF-16 unit takes. */
function hasLongName(key: string): boolean {
  if (key.length * 3 <= MAX_NAME_BYTES) return false;
  for (let start = 0; start < key.length;) {
    const slash = key.indexOf("/", start);
    const end = slash === -1 ? key.length : slash;
    if (
      (end - start) * 3 > MAX_NAME_BYTES &&
      encoder.encode(key.slice(start, end)).length > MAX_NAME_BYTES
    ) return true;
    start = end + 1;
  }
  return false;
}

/**
 * Refuses what is no key.
 *
 * @throws {RubiconException} `invalid-key`
 */
export function checkKey(key: string, driver: { label: string }): void {
  let why: string | undefined;
  if (typeof key !== "string") why = `a key is a string, not ${typeof key}`;
  else if (ODD.test(key)) {
    why = 'no empty, "." or ".." segment, NUL, backslash, or slash at either end';
  } else if (!key.isWellFormed()) why = "it has half a surrogate pair, which UTF-8 cannot hold";
  else if (key.length * 3 > MAX_KEY_BYTES && encoder.encode(key).length > MAX_KEY_BYTES) {
    why = `it is longer than ${MAX_KEY_BYTES} bytes`;
  } else if (hasLongName(key)) {
    why = `it has a segment longer than ${MAX_NAME_BYTES} bytes`;
  }
  if (why === undefined) return;
  const backend = driver.label;
  refuse(`${backend}: ${showKey(key)} is no key: ${why}.`, "invalid-key", { backend });
}

/**
 * Refuses a range or a depth that is no count.
 *
 * @throws {RubiconException} `invalid-argument`
 */
function checkCounts(options: GetOptions & ListOptions, driver: { label: string }): void {
  for (const name of ["offset", "length", "depth"] as const) {
    const value = options[name];
    if (value === undefined || Number.isSafeInteger(value) && value >= 0) continue;
    if (value === Infinity && name !== "offset") continue;
    const backend = driver.label;
    const why = `${name} is a whole number from zero on, not ${String(value)}`;
    refuse(`${backend}: ${why}.`, "invalid-argument", { backend });
  }
}

/**
 * Refuses what lacks a verb, such as what a factory forgot to return.
 *
 * @throws {RubiconException} `invalid-config`
 */
function checkDriver(driver: Driver): void {
  const lacks = VERBS.filter((verb) => typeof driver?.[verb] !== "function");
  if (lacks.length === 0 && typeof driver.label === "string" && driver.label !== "") return;
  const what = lacks.length > 0 ? `it lacks ${lacks.join(", ")}` : "its label is no text";
  refuse(`A driver is an object with ${VERBS.join(", ")} and a label: ${what}.`, "invalid-config");
}

/** Puts the checks of this file around a driver. */
export function guard(given: Driver): Driver {
  checkDriver(given);
  const driver = plain(given);
  const stamp = (error: unknown, signal: AbortSignal | undefined): never => {
    if (signal?.aborted && (error === signal.reason || isAbort(error))) throw signal.reason;
    throw stamped(error, driver.label);
  };
  const guarded = async <T>(
    keys: readonly string[],
    options: VerbOptions | undefined,
    run: () => Promise<T>,
  ): Promise<T> => {
    for (const key of keys) checkKey(key, driver);
    if (options) checkCounts(options, driver);
    options?.signal?.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      return stamp(error, options?.signal);
    }
  };
  const notRoot = (prefix: string) => prefix === "" ? [] : [prefix];
  async function* list(prefix: string, options?: ListOptions): AsyncIterable<ListEntry> {
    if (prefix !== "") checkKey(prefix, driver);
    if (options) checkCounts(options, driver);
    options?.signal?.throwIfAborted();
    try {
      for await (const entry of driver.list(prefix, options)) {
        options?.signal?.throwIfAborted();
        yield entry;
      }
    } catch (error) {
      stamp(error, options?.signal);
    }
  }
  const { bulk, putTree, stamps, times } = driver;
  return layer(
    driver,
    {
      get: (key, options) => guarded([key], options, () => driver.get(key, options)),
      open: (key, options) => guarded([key], options, () => driver.open(key, options)),
      put: (key, source, options) =>
        guarded([key], options, () => driver.put(key, source, options)),
      stat: (key, options) => guarded([key], options, () => driver.stat(key, options)),
      list,
      folders: (prefix, options) =>
        guarded(notRoot(prefix), options, () => driver.folders(prefix, options)),
      delete: (key, options) => guarded([key], options, () => driver.delete(key, options)),
      ...(putTree && {
        putTree: (folder, objects, options) =>
          guarded(
            [
              folder,
              ...objects.map(([path]) => `${folder}/${path}`),
              ...options?.line ? [options.line.key] : [],
            ],
            options,
            () => putTree(folder, objects, options),
          ),
      }),
      ...(times && { times: (options) => guarded([], options, () => times(options)) }),
      ...(stamps && {
        stamps: (folders, options) =>
          guarded(folders.filter((one) => one !== ""), options, () => stamps(folders, options)),
      }),
      ...(bulk && {
        bulk: bulkLayer(bulk, (keys, options, run) => guarded(keys, options, () => run(options))),
      }),
    },
  );
}

/** Any error as one of this module that says which backend it comes from. */
function stamped(error: unknown, label: string): RubiconException {
  if (!isRubiconException(error)) {
    return new RubiconException("unavailable", `${label}: ${describe(error)}`, {
      backend: label,
      cause: error,
    });
  }
  if (error.backend !== undefined) return error;
  const message = error.message.startsWith(label) ? error.message : `${label}: ${error.message}`;
  return new RubiconException(error.code, message, { backend: label, cause: error.cause ?? error });
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
