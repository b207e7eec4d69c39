/**
 * What one store is able to do, found out by doing it.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { hasCode } from "../../errors.ts";
import { messageOf } from "../exit.ts";
import { spanText } from "../output/cells.ts";

/** One thing that was looked at. */
export interface Check {
  check: string;
  result: "ok" | "warning" | "failed" | "skipped";
  detail: string;
  /** What to do about it, where there is something to do. */
  todo?: string;
}

interface Settings {
  readOnly: boolean;
  /** Ends a check. */
  signal: AbortSignal;
  /** Ends all of them. */
  stopped: AbortSignal;
}

/** Clocks that are further apart than this, in milliseconds, are worth a word. S3 refuses 15 minutes. */
const MOST_SKEW = 5_000;
const WRONG_SKEW = 15 * 60_000;

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Looks at all of it, in an order in which each thing needs those before it. */
export async function examine(driver: Driver, settings: Settings): Promise<Check[]> {
  const { readOnly, signal, stopped } = settings;
  const checks: Check[] = [];
  /** Runs one check. What it throws is what was found; `false` says that those after it make no sense. */
  const look = async (check: string, run: () => Promise<Omit<Check, "check">>, todo?: string) => {
    try {
      checks.push({ check, ...await run() });
      return true;
    } catch (error) {
      stopped.throwIfAborted();
      const detail = signal.aborted ? "no answer in time (--timeout)" : messageOf(error);
      checks.push({ check, result: "failed", detail, ...(todo !== undefined && { todo }) });
      return false;
    }
  };
  const skip = (names: readonly string[], detail: string) => {
    for (const check of names) checks.push({ check, result: "skipped", detail });
  };
  const isRead = await look("read", async () => {
    const begin = performance.now();
    const count = (await driver.folders("", { signal })).length;
    const took = spanText(performance.now() - begin);
    return { result: "ok", detail: `${count} projects, in ${took}` };
  }, `Allow reading it: ${permissionsOf(driver)}; or correct the place or the rights.`);
  const later = ["write", "create once", "checksums", "clock", "delete"];
  const times = () => look("folder times", () => folderTimes(driver, signal));
  if (!isRead) return skip(later, "it cannot be read"), checks;
  if (readOnly) {
    skip(later, "--read-only");
    await times();
    return checks;
  }
  const key = `rubicon-doctor-${crypto.randomUUID()}.tmp`;
  const race = `rubicon-doctor-${crypto.randomUUID()}.tmp`;
  let isThere = false;
  try {
    const isWritten = await look("write", async () => {
      const begin = performance.now();
      await driver.put(key, text("rubicon"), { ifAbsent: true, signal });
      isThere = true;
      const { size } = await driver.stat(key, { signal });
      if (size !== 7) throw new Error(`of 7 bytes ${size} are there`);
      return { result: "ok", detail: `in ${spanText(performance.now() - begin)}` };
    }, `Allow writing it: ${permissionsOf(driver)}; or use it with others that take writes.`);
    if (!isWritten) return skip(later.slice(1), "it cannot be written"), checks;
    await look("create once", () => createOnce(driver, key, race, signal));
    await look("checksums", () => checksums(driver, key, signal));
    await look("clock", () => clock(driver, key, signal));
    await times();
  } finally {
    // Also after Ctrl-C: nothing of this is to stay.
    if (isThere) {
      await look("delete", async () => {
        await driver.delete(key);
        await driver.delete(race);
        for await (const entry of driver.list("", { depth: 1, signal })) {
          if (entry.key === key) throw new Error("it is still listed after its deletion");
        }
        return { result: "ok", detail: "what was written is gone" };
      }, `Allow deletions, and remove ${key} and ${race}.`);
    }
  }
  return checks;
}

/** The flags that Deno needs. */
const permissionsOf = ({ persistence, place = "" }: Driver): string => {
  const path = place.replace(/^filesystem:/, "");
  return persistence === "filesystem"
    ? `--allow-read=${path} --allow-write=${path}`
    : "--allow-net, --allow-env";
};

/** Of two writers that create one object, one has to be told so. */
async function createOnce(
  driver: Driver,
  key: string,
  race: string,
  signal: AbortSignal,
): Promise<Omit<Check, "check">> {
  const create = async (name: string, content: string) => {
    try {
      await driver.put(name, text(content), { ifAbsent: true, signal });
      return true;
    } catch (error) {
      if (hasCode(error, "already-exists")) return false;
      throw error;
    }
  };
  const isTaken = await create(key, "another");
  const both = await Promise.all([create(race, "first"), create(race, "other")]);
  const won = both.filter(Boolean).length;
  if (!isTaken && won === 1) return { result: "ok", detail: "of two writers one wins" };
  return {
    result: "failed",
    detail: isTaken
      ? "a second writer replaced what was there: If-None-Match is not honoured"
      : `of two writers at once ${won} were told that they created it`,
    todo:
      "Two processes may create one project twice here. Use a store that knows If-None-Match: * " +
      "(Amazon S3, MinIO and versitygw do), or let one process alone write.",
  };
}

async function checksums(
  driver: Driver,
  key: string,
  signal: AbortSignal,
): Promise<Omit<Check, "check">> {
  for await (const entry of driver.list("", { depth: 1, signal })) {
    if (entry.key !== key) continue;
    if (entry.checksum !== undefined) {
      return { result: "ok", detail: "listings have them: verify reads nothing twice" };
    }
    const isFolder = driver.persistence === "filesystem";
    return {
      result: isFolder ? "ok" : "warning",
      detail: "listings have none: verify reads what it compares",
    };
  }
  throw new Error("what was just written is not listed");
}

/** By how much the store's clock is ahead. */
async function clock(
  driver: Driver,
  key: string,
  signal: AbortSignal,
): Promise<Omit<Check, "check">> {
  const before = Date.now();
  await driver.put(key, text("rubicon"), { signal });
  const after = Date.now();
  const time = (await driver.stat(key, { signal })).lastModified.getTime();
  // Stores tell whole seconds; a time in the same second is no skew.
  const ahead = time > after ? time - after : time < before - 1000 ? time - before : 0;
  const detail = ahead === 0
    ? "as this machine's"
    : `${spanText(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} this machine's`;
  if (Math.abs(ahead) <= MOST_SKEW) return { result: "ok", detail };
  return {
    result: Math.abs(ahead) > WRONG_SKEW ? "failed" : "warning",
    detail,
    todo:
      "Set both clocks by NTP: S3 refuses requests that are 15 minutes off, and lists go by times.",
  };
}

/** Whether a folder's times tell that something in it changed. */
async function folderTimes(driver: Driver, signal: AbortSignal): Promise<Omit<Check, "check">> {
  if (!driver.stamps) return { result: "ok", detail: "not needed: listings say what changed" };
  const [stamp] = await driver.stamps([""], { signal });
  const times = await driver.times?.({ signal });
  const step = times ? `, in steps of ${spanText(times.step)}` : "";
  if (stamp) return { result: "ok", detail: `tell what changed${step}` };
  return {
    result: "warning",
    detail: `do not tell what changed, or there is no folder yet${step}`,
    todo: "Nothing has to be done: tables are read in full each time, which takes longer.",
  };
}
