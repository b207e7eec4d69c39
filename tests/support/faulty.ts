/**
 * A driver whose verbs can be made to fail, hang or dawdle, for tests of what a composite does then.
 */
import { openMemory } from "../../drivers/memory.ts";
import type { Bytes, Driver, OpenResult, Source } from "../../drivers/driver.ts";
import { RubiconException } from "../../errors.ts";

/**
 * What goes wrong: before the verb takes effect, half-way through a listing, a stream or a source, after it took
 * effect, never an answer, or late by milliseconds.
 */
export type Fault = "before" | "during" | "after" | "hang" | { late: number };

type Verb = "get" | "open" | "put" | "stat" | "list" | "folders" | "delete";

/** A memory driver with faults. `faults` may be changed at any time. */
export interface Faulty extends Driver {
  faults: Partial<Record<Verb | "all", Fault>>;
  /** How often each verb was called. */
  calls: Record<Verb, number>;
}

let count = 0;

/** A fresh one. */
export function faulty(label = `faulty-${++count}`): Faulty {
  const inner = openMemory({ persistence: "memory", rootDir: `${label}-${crypto.randomUUID()}` });
  const calls = { get: 0, open: 0, put: 0, stat: 0, list: 0, folders: 0, delete: 0 };
  const driver = { ...inner, persistence: "faulty", label, faults: {}, calls } as Faulty;
  const down = (verb: string) =>
    new RubiconException("unavailable", `${label}: ${verb} is out of order`);
  const meet = async (verb: Verb): Promise<(() => void) | undefined> => {
    calls[verb]++;
    const fault = driver.faults[verb] ?? driver.faults.all;
    // What is asked for and answered at once has no middle.
    const halfWay = ["open", "put", "list"].includes(verb);
    if (fault === "before" || fault === "during" && !halfWay) throw down(verb);
    if (fault === "hang") await new Promise(() => {});
    if (typeof fault === "object") await new Promise((done) => setTimeout(done, fault.late));
    if (fault === "after") {
      return () => {
        throw down(verb);
      };
    }
  };
  const isBreaking = (verb: Verb) => (driver.faults[verb] ?? driver.faults.all) === "during";
  for (const verb of ["get", "open", "put", "stat", "folders", "delete"] as const) {
    const run = inner[verb] as (...args: unknown[]) => Promise<unknown>;
    (driver as unknown as Record<string, unknown>)[verb] = async (...args: unknown[]) => {
      const after = await meet(verb);
      if (isBreaking(verb) && verb === "put") args[1] = broken(args[1] as Source, down(verb));
      const result = await run(...args);
      if (isBreaking(verb) && verb === "open") {
        const found = result as OpenResult;
        return { ...found, stream: half(found.stream, down(verb)) };
      }
      after?.();
      return result;
    };
  }
  driver.list = async function* (prefix, options) {
    const after = await meet("list");
    let count = 0;
    for await (const entry of inner.list(prefix, options)) {
      if (isBreaking("list") && count++ > 0) throw down("list");
      yield entry;
    }
    if (isBreaking("list")) throw down("list");
    after?.();
  };
  return driver;
}

/** The first half of a stream's first chunk, and then an error. */
function half(stream: ReadableStream<Bytes>, error: Error): ReadableStream<Bytes> {
  return stream.pipeThrough(
    new TransformStream<Bytes, Bytes>({
      transform(chunk, controller) {
        controller.enqueue(chunk.slice(0, chunk.length / 2));
        controller.error(error);
      },
      flush: (controller) => controller.error(error),
    }),
  );
}

/** A source that breaks off. */
function broken(source: Source, error: Error): Source {
  return async () => {
    const stream = source instanceof Uint8Array
      ? new Blob([new Uint8Array(source)]).stream()
      : await source();
    return half(stream as ReadableStream<Bytes>, error);
  };
}

/** All objects of a driver, by key, as text. */
export async function contents(driver: Driver): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for await (const { key } of driver.list("")) {
    try {
      all[key] = new TextDecoder().decode((await driver.get(key)).bytes);
    } catch (error) {
      // An outbox may have taken it away meanwhile.
      if (!(error instanceof RubiconException) || error.code !== "not-found") throw error;
    }
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => a < b ? -1 : 1));
}

/** The same without tags and comments files, of which backends may have others that say the same. */
export async function plainContents(
  driver: Driver,
  isLeftOut: (key: string) => boolean,
): Promise<Record<string, string>> {
  const all = Object.entries(await contents(driver));
  const isPlain = (key: string) => !/\/(?:tags|comments)_[^/]+$/.test(key) && !isLeftOut(key);
  return Object.fromEntries(all.filter(([key]) => isPlain(key)));
}

/** Fails unless `work` rejects with a RubiconException; returns it. */
export async function refused(work: () => Promise<unknown>): Promise<RubiconException> {
  try {
    await work();
  } catch (error) {
    if (error instanceof RubiconException) return error;
    throw error;
  }
  throw new Error("it was expected to be refused");
}
