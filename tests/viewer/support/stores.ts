/**
 * Generated stores for the viewer: one with everything in it, large ones, hostile ones, broken ones, an empty one.
 * All are in memory unless a test brings backends of its own.
 */
import {
  type BackendConfig,
  type Composite,
  createProject,
  type DriverBackend,
  type Experiment,
  logExperiment,
  openComposite,
  type Project,
  type Value,
} from "../../../mod.ts";
import { pooled } from "../../../domain/pool.ts";
import { contents, type Faulty, faulty } from "../../support/faulty.ts";
import { fillEverything } from "./everything.ts";
import { fillHostile } from "./hostile.ts";
import { pick, randomOf, uuidOf } from "./random.ts";

/** What stores there are. */
export const STORES = {
  small:
    "two projects with everything in them: 12 runs with artifacts of each type, dataframes, lists, families",
  medium: "300 runs of a sweep",
  big: "10,000 runs × 50 columns",
  wide: "150 runs × 1,500 metrics",
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
      break;
    case "medium":
      await fillSweep(rubicon, { runs: 300, parameters: 8, metrics: 6 });
      break;
    case "big":
      await fillSweep(rubicon, { runs: 10_000, parameters: 20, metrics: 24 });
      break;
    case "wide":
      await fillSweep(rubicon, { runs: 150, parameters: 6, metrics: 1_500 });
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

/** How large a sweep is. */
export interface SweepSize {
  runs: number;
  /** Six at least: the first six are those of a sweep, the others are numbers. */
  parameters: number;
  /** Two at least. */
  metrics: number;
  seed?: number;
}

const START = Date.parse("2026-10-01T08:00:00Z");
const MODELS = ["ResNet50", "ViT-S", "ConvNeXt"];

/** A sweep: parameters that matter, metrics that follow from them, some runs without all of them. */
export async function fillSweep(
  rubicon: Composite,
  { runs, parameters, metrics, seed = 1 }: SweepSize,
): Promise<{ project: Project; experiments: Experiment[] }> {
  const random = randomOf(seed);
  const project = await createProject(rubicon, {
    name: "Image classifier",
    description: "A sweep over optimizers and sizes",
    githubUrl: "https://github.com/example/classifier.git",
  });
  const inputs = Array.from({ length: runs }, (_, at) => {
    const lr = 10 ** (-4 + 3 * random());
    const depth = 2 + Math.floor(random() * 10);
    const optimizer = pick(random, ["adam", "sgd", "lion"]);
    const score = 0.95 - Math.abs(Math.log10(lr) + 2.5) * 0.08 - Math.abs(depth - 7) * 0.01 -
      (optimizer === "sgd" ? 0.03 : 0) + (random() - 0.5) * 0.04;
    const settings: Record<string, Value> = {
      lr,
      depth,
      optimizer,
      "batch_size": 2 ** (4 + Math.floor(random() * 5)),
      augment: random() < 0.5,
      dropout: Math.round(random() * 50) / 100,
    };
    for (let more = 6; more < parameters; more++) {
      settings[`p${more}`] = Math.round(random() * 1e4) / 1e3;
    }
    const results: { name: string; value: Value; directionality: "score" | "loss" }[] = [
      { name: "accuracy", value: score, directionality: "score" },
      { name: "loss", value: at % 97 === 5 ? NaN : (1 - score) * 3, directionality: "loss" },
    ];
    for (let more = 2; more < metrics; more++) {
      // Some runs ended before they had all.
      if (at % 10 === 3 && more % 2 === 1) continue;
      const value = score * (0.5 + more / metrics) + random() * 0.1;
      results.push({ name: `m${more}`, value, directionality: more % 3 === 0 ? "loss" : "score" });
    }
    return {
      id: uuidOf(random),
      name: at % 25 === 24
        ? null
        : `${pick(random, ["calm", "bold", "keen", "warm"])}-${
          pick(random, ["otter", "falcon", "cedar", "comet"])
        }-${at}`,
      createdAt: new Date(START + at * 7 * 60_000).toISOString(),
      modelName: pick(random, MODELS),
      branchName: "main",
      commitHash: (0x3A7F00 + Math.floor(at / 20)).toString(16).padStart(40, "0"),
      tags: [`round:${Math.floor(at / 100)}`, ...(score > 0.93 ? ["candidate"] : [])],
      parameters: settings,
      metrics: results,
    };
  });
  const experiments = await pooled(inputs, (input) => logExperiment(rubicon, project, input));
  return { project, experiments };
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
