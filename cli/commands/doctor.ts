/**
 * `rubicon doctor`: what each store is able to do, and what to do about it.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import type { BackendConfig } from "../../composite/types.ts";
import { type DriverConfig, openDriver } from "../../drivers/registry.ts";
import type { Driver } from "../../drivers/driver.ts";
import type { Cli } from "../context.ts";
import { Exit, messageOf } from "../exit.ts";
import type { Paint } from "../output/style.ts";
import { plainText } from "../output/text.ts";
import { storeOf } from "../store/given.ts";
import { loadDrivers } from "../store/open.ts";
import { type Check, examine } from "./doctor_checks.ts";

export function define(command: Command): void {
  command.option("--read-only", "write nothing: what only a write can tell is skipped")
    .addHelpText(
      "after",
      "\nIt writes two small files, rubicon-doctor-*.tmp at the root of each store, and takes them away again.",
    );
}

/** What was found of one store. */
type Found = Check & { store: string };

export async function run(cli: Cli, { readOnly = false }: { readOnly?: boolean }): Promise<number> {
  const { backends, source } = storeOf(cli.options);
  await loadDrivers(backends);
  const all = (await Promise.all(backends.map((one) => lookAt(cli, one, readOnly)))).flat();
  const found = [...all, ...togetherness(backends)];
  await cli.answer({
    value: { source, checks: found },
    lines: found,
    text: async () => [
      `Stores from ${plainText(source)}.\n\n`,
      ...await cli.table(
        [
          { title: "STORE", rank: 2 },
          { title: "CHECK", rank: 4 },
          { title: "RESULT", rank: 5 },
          { title: "WHAT", rank: 3 },
        ],
        found.map(({ store, check, result, detail }) => [
          plainText(store),
          check,
          { text: result, paint: PAINTS[result] },
          plainText(detail),
        ]),
        true,
      ),
      ...todosOf(found),
    ],
  });
  return found.some(({ result }) => result === "failed") ? Exit.failed : Exit.done;
}

const PAINTS: Readonly<Record<Check["result"], Paint>> = {
  ok: "green",
  warning: "yellow",
  failed: "red",
  skipped: "dim",
};

function todosOf(found: readonly Found[]): string[] {
  const todos = found.flatMap(({ store, check, todo }) =>
    todo === undefined ? [] : [`${plainText(store)}, ${check}: ${plainText(todo)}\n`]
  );
  return todos.length > 0 ? ["\nWhat to do:\n", ...todos.map((todo) => `- ${todo}`)] : [];
}

/** Opens one store by itself, so that the others say what they can if it cannot be opened. */
async function lookAt(
  cli: Cli,
  config: BackendConfig<string>,
  readOnly: boolean,
): Promise<Found[]> {
  const { label, timeoutMs: _timeoutMs, mode: _mode, ...rest } = config;
  const place = label ?? `${config.persistence}:${config.rootDir ?? ""}`;
  let driver: Driver;
  try {
    driver = await openDriver(rest as DriverConfig);
  } catch (error) {
    const check: Check = { check: "open", result: "failed", detail: messageOf(error) };
    return [{ store: place, ...check }];
  }
  try {
    const limit = AbortSignal.timeout((cli.options.timeout ?? 30) * 1000);
    const signal = AbortSignal.any([cli.signal, limit]);
    const checks = await examine(driver, { readOnly, signal, stopped: cli.signal });
    return checks.map((one) => ({ store: label ?? driver.label, ...one }));
  } finally {
    await driver.close?.();
  }
}

/** What is to be said of the stores together. */
function togetherness(backends: readonly BackendConfig<string>[]): Found[] {
  if (backends.length === 1) {
    return [{
      ...{ store: "all", check: "copies", result: "warning" },
      detail: "there is one store alone",
      todo:
        "Give a second --root-dir, on another disk or in a bucket, and every result has two copies.",
    }];
  }
  const folders = backends.filter(({ persistence }) => persistence === "filesystem");
  const disks = folders.map(({ rootDir }) => diskOf(String(rootDir)));
  const isOneDisk = folders.length === backends.length && new Set(disks).size === 1 &&
    disks[0] !== undefined;
  return [
    isOneDisk
      ? {
        ...{ store: "all", check: "copies", result: "warning" },
        detail: `${backends.length} stores on one disk`,
        todo:
          "Put one of them on another disk or into a bucket: a disk takes all of its folders with it.",
      }
      : { store: "all", check: "copies", result: "ok", detail: `${backends.length} stores` },
  ];
}

function diskOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).dev;
  } catch {
    return undefined; // Not there yet, or not to be looked at.
  }
}
