/**
 * A driver whose verbs can be made to fail, hang or dawdle, for tests of what a composite does then.
 */
import { openMemory } from "../drivers/memory.ts";
import type { Driver } from "../drivers/driver.ts";
import { RubiconException } from "../errors.ts";

/** What goes wrong: before the verb takes effect, after it, never an answer, or late by milliseconds. */
export type Fault = "before" | "after" | "hang" | { late: number };

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
    if (fault === "before") throw down(verb);
    if (fault === "hang") await new Promise(() => {});
    if (typeof fault === "object") await new Promise((done) => setTimeout(done, fault.late));
    if (fault === "after") {
      return () => {
        throw down(verb);
      };
    }
  };
  for (const verb of ["get", "open", "put", "stat", "folders", "delete"] as const) {
    const run = inner[verb] as (...args: unknown[]) => Promise<unknown>;
    (driver as unknown as Record<string, unknown>)[verb] = async (...args: unknown[]) => {
      const after = await meet(verb);
      const result = await run(...args);
      after?.();
      return result;
    };
  }
  driver.list = async function* (prefix, options) {
    const after = await meet("list");
    yield* inner.list(prefix, options);
    after?.();
  };
  return driver;
}

/** All objects of a driver, by key, as text. */
export async function contents(driver: Driver): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for await (const { key } of driver.list("")) {
    all[key] = new TextDecoder().decode((await driver.get(key)).bytes);
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => a < b ? -1 : 1));
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
