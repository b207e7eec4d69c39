/**
 * Sweeps: many runs whose metrics follow from their parameters.
 */
import {
  type Composite,
  createProject,
  type Experiment,
  type ExperimentInput,
  logExperiment,
  type Project,
  type Value,
} from "../../../mod.ts";
import { pooled } from "../../../domain/pool.ts";
import { pick, randomOf, uuidOf } from "./random.ts";

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
const FIRST = ["calm", "bold", "keen", "warm", "swift", "quiet"];
const SECOND = ["otter", "falcon", "cedar", "comet", "delta", "maple"];

/** What a run of a sweep is logged with. */
export type SweptRun =
  & Required<Pick<ExperimentInput, "id" | "createdAt" | "tags">>
  & { name: string | null; modelName: string; branchName: string; commitHash: string }
  & {
    parameters: Record<string, Value>;
    metrics: { name: string; value: Value; directionality: "score" | "loss" }[];
  };

/** The project of a sweep. */
export const SWEEP = {
  name: "Image classifier",
  description: "A sweep over optimizers and sizes",
  githubUrl: "https://github.com/example/classifier.git",
};

/** The runs of a sweep, the oldest first. Some have no name, and some ended before they had all metrics. */
export function sweptRuns({ runs, parameters, metrics, seed = 1 }: SweepSize): SweptRun[] {
  const random = randomOf(seed);
  return Array.from({ length: runs }, (_, at) => {
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
    const results: SweptRun["metrics"] = [
      { name: "accuracy", value: score, directionality: "score" },
      { name: "loss", value: at % 97 === 5 ? NaN : (1 - score) * 3, directionality: "loss" },
    ];
    for (let more = 2; more < metrics; more++) {
      if (at % 10 === 3 && more % 2 === 1) continue;
      const value = score * (0.5 + more / metrics) + random() * 0.1;
      results.push({ name: `m${more}`, value, directionality: more % 3 === 0 ? "loss" : "score" });
    }
    return {
      id: uuidOf(random),
      name: at % 25 === 24 ? null : `${pick(random, FIRST)}-${pick(random, SECOND)}-${at}`,
      createdAt: new Date(START + at * 7 * 60_000).toISOString().replace("Z", "000+00:00"),
      modelName: pick(random, MODELS),
      branchName: "main",
      commitHash: (0x3A7F00 + Math.floor(at / 20)).toString(16).padStart(8, "a").repeat(5),
      tags: [`round:${Math.floor(at / 100)}`, ...(score > 0.93 ? ["candidate"] : [])],
      parameters: settings,
      metrics: results,
    };
  });
}

/** Logs a sweep. */
export async function fillSweep(
  rubicon: Composite,
  size: SweepSize,
): Promise<{ project: Project; experiments: Experiment[] }> {
  const project = await createProject(rubicon, SWEEP);
  const experiments = await pooled(
    sweptRuns(size),
    (input) => logExperiment(rubicon, project, input),
  );
  return { project, experiments };
}
