/**
 * A store with everything in it that a viewer can meet.
 */
import {
  addChildExperiment,
  addComments,
  addTags,
  type Composite,
  createProject,
  type Experiment,
  logArtifact,
  logDataframe,
  logExperiment,
  logJson,
  type Project,
  toParquet,
} from "../../../mod.ts";
import { randomOf, uuidOf } from "./random.ts";
import { png, svg, wav } from "./samples.ts";

const START = Date.parse("2026-11-02T09:00:00Z");
const HTML = `<!doctype html><title>report</title><style>h1 { color: teal }</style><h1>Report</h1>
<p>All well.</p><script>document.title = "ran"; parent.postMessage("ran", "*")</script>`;

/** Fills a store with two projects: one with runs of each kind, one with a few. */
export async function fillEverything(rubicon: Composite): Promise<Project> {
  const random = randomOf(7);
  const project = await createProject(rubicon, {
    name: "Iris demo",
    description: "Everything that can be logged, in twelve runs",
    githubUrl: "git@github.com:example/iris.git",
    trainingMetadata: [["s3://data/iris.parquet", "SELECT * FROM iris"]],
  });
  const experiments: Experiment[] = [];
  for (let at = 0; at < 12; at++) {
    const score = 0.7 + at * 0.02 + random() * 0.03;
    const curve = Array.from({ length: 60 }, (_, step) => score * (1 - Math.exp(-step / 12)));
    experiments.push(
      await logExperiment(rubicon, project, {
        id: uuidOf(random),
        name: at === 10 ? null : `forest ${at + 1}`,
        description: at % 3 === 0 ? `Depth ${at + 2}, as the paper has it` : null,
        createdAt: new Date(START + at * 3_600_000).toISOString(),
        modelName: at % 2 === 0 ? "RandomForest" : "XGBoost",
        branchName: at % 4 === 3 ? "deeper" : "main",
        commitHash: "0123456789abcdef0123456789abcdef01234567",
        tags: [
          ...(at === 0 ? ["baseline"] : []),
          ...(score > 0.9 ? ["candidate"] : []),
          `fold:${at % 3}`,
        ],
        comments: at === 0 ? ["The one to beat.", "Seed 42."] : [],
        trainingMetadata: [["s3://data/iris.parquet", `SELECT * LIMIT ${at * 10 + 50}`]],
        parameters: {
          n_estimators: 50 * (at + 1),
          max_depth: at === 5 ? null : at + 2,
          lr: 10 ** -(1 + at % 4),
          criterion: at % 2 === 0 ? "gini" : "entropy",
          bootstrap: at % 3 !== 0,
          schedule: { warmup: at, decay: { kind: "cosine", steps: 100 * at } },
          seed: 2n ** 60n + BigInt(at),
          started: Temporal.Instant.from("2026-11-02T09:00:00Z"),
        },
        metrics: [
          { name: "accuracy", value: score },
          { name: "log_loss", value: at === 8 ? Infinity : 1 - score, directionality: "loss" },
          { name: "f1", value: at === 7 ? NaN : score - 0.02 },
          { name: "accuracy per epoch", value: curve },
          { name: "confusion", value: [[12, 1, 0], [2, 10, 1], [0, 0, 14]] },
          ...(at % 2 === 0 ? [{ name: "only even", value: at }] : []),
        ],
        features: [
          { name: "sepal length", importance: 0.4 - at / 100 },
          { name: "petal width", importance: 0.5 },
          { name: "unused", importance: null },
        ],
      }),
    );
  }
  await attachAll(rubicon, project, experiments, random);
  await addChildExperiment(rubicon, experiments[0]!, experiments[1]!);
  await addChildExperiment(rubicon, experiments[0]!, experiments[2]!);
  await addTags(rubicon, experiments[3]!, ["reviewed"]);
  await addComments(rubicon, experiments[3]!, ["Looks good.\nTwo lines."]);
  const other = await createProject(rubicon, { name: "Größe & Maß" });
  for (let at = 0; at < 3; at++) {
    await logExperiment(rubicon, other, {
      id: uuidOf(random),
      createdAt: new Date(START + at * 60_000).toISOString(),
      name: `Lauf ${at}`,
      parameters: { größe: at },
      metrics: { maß: at / 3 },
    });
  }
  return project;
}

async function attachAll(
  rubicon: Composite,
  project: Project,
  experiments: readonly Experiment[],
  random: () => number,
): Promise<void> {
  for (const [at, experiment] of experiments.entries()) {
    await logArtifact(rubicon, experiment, {
      name: "matrix.svg",
      data: svg(0.7 + at * 0.02),
      tags: ["plot"],
    });
    await logArtifact(rubicon, experiment, {
      name: "notes.txt",
      data: `Run ${at}\nsecond line\n${"x".repeat(at * 10)}`,
    });
    await logJson(rubicon, experiment, {
      name: "config.json",
      json: { seed: at, model: { layers: [64, 64, at], act: "relu" } },
    });
    const rows = Array.from({ length: 40 }, (_, row) => ({
      step: row,
      truth: row % 3,
      predicted: random() < 0.9 ? row % 3 : (row + 1) % 3,
      score: random(),
      when: new Date(START + row * 60_000),
      label: `row ${row}`,
    }));
    await logDataframe(rubicon, experiment, { name: "predictions", rows, tags: ["test"] });
  }
  const [first, second] = experiments as [Experiment, Experiment];
  await logArtifact(rubicon, first, { name: "sample.png", data: png(160, 100, 40) });
  await logArtifact(rubicon, second, { name: "sample.png", data: png(160, 100, 120) });
  await logArtifact(rubicon, first, { name: "tone.wav", data: wav(440) });
  await logArtifact(rubicon, first, { name: "table.csv", data: 'a,b\n1,2\n3,"x, y"\n' });
  await logArtifact(rubicon, first, {
    name: "scores.parquet",
    data: await toParquet({ columns: ["fold"], rows: [{ fold: 1 }, { fold: 2.5 }] }),
  });
  await logArtifact(rubicon, first, { name: "report.html", data: HTML });
  await logArtifact(rubicon, first, {
    name: "model.bin",
    data: new Uint8Array([0, 1, 2, 255, 254]),
  });
  await logJson(rubicon, first, {
    name: "environment.json",
    json: {
      versions: { deno: "2.9.6", v8: "15.0", typescript: "6.0.3" },
      platform: { os: "linux", arch: "x86_64" },
      files: { "deno.json": '{ "tasks": {} }' },
      notRead: [],
    },
  });
  await logArtifact(rubicon, project, {
    name: "readme.md",
    data: "# Iris\n\nThe project's own notes.\n",
  });
  await logDataframe(rubicon, project, {
    name: "training data",
    columns: {
      x: Float64Array.from({ length: 500 }, (_, at) => at / 10),
      y: Float64Array.from({ length: 500 }, () => random()),
    },
  });
}
