/**
 * Generated stores for the viewer: one with everything in it, large ones, hostile ones, broken ones, an empty one.
 * All are in memory unless a test brings backends of its own.
 */
import {
  type BackendConfig,
  type Composite,
  createProject,
  type DriverBackend,
  openComposite,
} from "../../../mod.ts";
import { contents, type Faulty, faulty } from "../../support/faulty.ts";
import { fillEverything } from "./everything.ts";
import { fillHostile } from "./hostile.ts";
import { fillSweep } from "./sweep.ts";
import { fillTraining } from "./training.ts";

/** What stores there are. */
export const STORES = {
  small:
    "three projects with everything in them: artifacts of each type, dataframes, lists, families, curves, states",
  medium: "300 runs of a sweep",
  hostile: "names and values that try to be markup, paths and formulas",
  broken: "three backends: one down, one with damaged files, one that lacks half",
  down: "three backends that are all down",
  empty: "no project at all",
  bare: "a project without runs",
} as const;

/** The name of one of {@linkcode STORES}. */
export type StoreName = keyof typeof STORES;

type Backends = readonly (BackendConfig | DriverBackend)[];

/** A fresh store in memory. */
export const inMemory = (): BackendConfig => ({
  persistence: "memory",
  rootDir: `viewer-${crypto.randomUUID()}`,
  label: "memory",
});

/** Makes a store, and opens it. Close it after use. */
export async function makeStore(
  name: StoreName,
  backends: Backends = [inMemory()],
): Promise<Composite> {
  if (name === "broken") return await brokenStore();
  if (name === "down") return await downStore();
  const rubicon = await openComposite(backends);
  switch (name) {
    case "small":
      await fillEverything(rubicon);
      await fillTraining(rubicon);
      break;
    case "medium":
      await fillSweep(rubicon, { runs: 300, parameters: 8, metrics: 6 });
      break;
    case "hostile":
      await fillHostile(rubicon);
      break;
    case "bare":
      await createProject(rubicon, { name: "Nothing yet" });
      break;
    case "empty":
      break;
  }
  return rubicon;
}

/** One is down, one has files that were cut short, one lacks half of the runs: together they have all. */
async function brokenStore(): Promise<Composite> {
  const drivers = ["store-a", "store-b", "store-c"].map((label) => faulty(label));
  const [down, damaged, lacking] = drivers as [Faulty, Faulty, Faulty];
  const all = await openComposite(drivers);
  await fillSweep(all, { runs: 40, parameters: 6, metrics: 4 });
  await all.close();
  down.faults.all = "before";
  const keys = Object.keys(await contents(damaged));
  const ids = [...new Set(keys.map((key) => key.split("/")[2]!).filter(Boolean))];
  const half = new Set(ids.slice(0, ids.length / 2));
  for (const key of keys) {
    const id = key.split("/")[2];
    // Half of them are damaged where they are not lacking, so that both backends are needed.
    if (
      id !== undefined && !half.has(id) && /[0-9a-f-]{36}\/metadata\.json$/.test(key) &&
      key.split("/").length === 4
    ) {
      if (key.charCodeAt(key.length - 20) % 3 === 0) {
        await damaged.put(key, new TextEncoder().encode('{"name": "cut sh'));
      }
    }
    if (id !== undefined && half.has(id)) await lacking.delete(key);
  }
  return await openComposite(drivers, { onWarning: () => {} });
}

async function downStore(): Promise<Composite> {
  const drivers = ["store-a", "store-b", "store-c"].map((label) => faulty(label));
  for (const driver of drivers) driver.faults.all = "before";
  return await openComposite(drivers, { onWarning: () => {} });
}
