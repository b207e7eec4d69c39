/**
 * Runs as a practitioner has them, made up: a sweep, few, one, none, ten thousand.
 *
 * @module
 */
import type { FrameFile, HistoryFile, RunFile, RunsFile } from "../../../viewer/contract.ts";

/** Numbers that look random and are the same each time. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <T>(roll: () => number, list: readonly T[]): T =>
  list[Math.floor(roll() * list.length)]!;

/** A sweep of that many runs. */
export function sweep(
  count: number,
  options: { columns?: number; hasCurves?: boolean } = {},
): RunsFile {
  const roll = dice(count + 1);
  const runs = Array.from({ length: count }, (_, at) => {
    const optimizer = pick(roll, ["adam", "adamw", "sgd", "lion"]);
    const lr = Number((10 ** (-5 + 4 * roll())).toPrecision(3));
    const depth = pick(roll, [2, 4, 6, 8, 12]);
    const dropout = Number((Math.floor(roll() * 6) / 10).toFixed(1));
    const batch = pick(roll, [16, 32, 64, 128, 256]);
    const fit = 1 - Math.abs(Math.log10(lr) + 3) / 4 + depth / 60 - dropout / 5 +
      (optimizer.startsWith("adam") ? 0.05 : 0);
    const accuracy = Math.min(0.99, Math.max(0.31, 0.55 + 0.35 * fit + 0.06 * (roll() - 0.5)));
    const isLost = at % 37 === 36;
    return {
      id: `run-${String(at).padStart(5, "0")}`,
      name: `${optimizer}-${depth}l-${at}`,
      createdAt: new Date(Date.UTC(2026, 8, 1) + at * 3.7e6).toISOString(),
      status: isLost ? "failed" : at > count - 3 ? "running" : "finished",
      optimizer,
      lr,
      depth,
      dropout,
      batch,
      augment: roll() < 0.5,
      seed: at % 5,
      warmup: roll() < 0.2 ? null : Math.round(roll() * 10) * 100,
      accuracy: isLost ? null : Number(accuracy.toFixed(4)),
      loss: isLost
        ? { number: "NaN" as const }
        : Number((1.9 - 1.7 * accuracy + 0.1 * roll()).toFixed(4)),
      seconds: Math.round(300 * depth * (1 + roll())),
      importances: Array.from({ length: 8 }, (_, i) => Number((roll() * (i + 1) / 8).toFixed(4))),
    };
  });
  const column = (kind: "own" | "parameter" | "metric", name: keyof (typeof runs)[number]) => ({
    kind,
    name,
    values: runs.map((run) => run[name]),
    ...(kind === "metric" &&
      { directionality: name === "accuracy" ? "score" as const : "loss" as const }),
  });
  const more = Array.from({ length: options.columns ?? 0 }, (_, at) => ({
    kind: "parameter" as const,
    name: `extra_${at}`,
    values: runs.map(() => Number(roll().toFixed(3))),
  }));
  return {
    checksum: `sweep-${count}`,
    project: { name: "Sweep", slug: "sweep", githubUrl: null },
    ids: runs.map(({ id }) => id),
    columns: [
      column("own", "name"),
      column("own", "createdAt"),
      column("own", "status"),
      ...(["optimizer", "lr", "depth", "dropout", "batch", "augment", "seed", "warmup"] as const)
        .map((name) => column("parameter", name)),
      ...more,
      ...(["accuracy", "loss", "seconds", "importances"] as const).map((name) =>
        column("metric", name)
      ),
    ],
    history: runs.map(({ id }) =>
      options.hasCurves === false ? null : `projects/sweep/history/${id}.json`
    ),
  };
}

/** The curves of one run of the sweep. */
export function historyOf(id: string, points: number): HistoryFile {
  const at = Number(id.slice(-5));
  const roll = dice(at + 77);
  const rate = 0.5 + 3 * roll();
  const floor = 0.1 + 0.5 * roll();
  const noise = 0.02 + 0.06 * roll();
  const length = Math.max(1, Math.round(points * (at % 9 === 8 ? 0.6 : 1)));
  const steps = Array.from({ length }, (_, step) => step * 10);
  const start = Date.UTC(2026, 8, 1) + at * 3.7e6;
  const pace = 500 + 1500 * roll();
  const times = steps.map((_, step) => start + step * pace);
  const series = (name: string, value: (part: number, step: number) => number, every = 1) => ({
    name,
    steps: steps.filter((_, step) => step % every === 0),
    times: times.filter((_, step) => step % every === 0),
    values: steps.filter((_, step) => step % every === 0).map((_, step) => {
      const number = value(step * every / points, step * every);
      return Number.isNaN(number) ? "NaN" as const : Number(number.toPrecision(5));
    }),
  });
  const loss = (part: number) => floor + 2 * Math.exp(-rate * 4 * part);
  return {
    experimentId: id,
    checksum: id,
    series: [
      series(
        "train/loss",
        (part, step) =>
          at % 13 === 5 && part > 0.4 && part < 0.5
            ? NaN
            : loss(part) + noise * (roll() + roll() - 1) + (step % 997 === 500 ? 1.5 : 0),
      ),
      series("train/accuracy", (part) => 1 - loss(part) / 3 + noise / 3 * (roll() - 0.5)),
      series(
        "val/loss",
        (part) => loss(part) + 0.1 + 0.2 * part * part + noise * (roll() - 0.5),
        10,
      ),
      series("val/accuracy", (part) => 0.96 - loss(part) / 3 - 0.05 * part * part, 10),
      series("lr", (part) => 1e-3 * Math.min(1, part * 20) * Math.cos(part * Math.PI / 2) + 1e-6),
      series("grad_norm", (part) => 10 ** (1.5 * Math.exp(-3 * part) - 1 + 0.4 * (roll() - 0.5))),
    ],
  };
}

/** The run file of one run, with a dataframe or two. */
export function runOf(id: string): Pick<RunFile, "id" | "dataframes"> {
  const at = Number(id.slice(-5));
  const frame = (name: string) => ({
    id: `${name}-${id}`,
    name,
    description: null,
    createdAt: "2026-09-01T00:00:00Z",
    tags: [],
    path: `projects/sweep/dataframes/${name}-${id}.json`,
  });
  return { id, dataframes: at % 5 === 4 ? [] : [frame("learning curve"), frame("confusion")] };
}

/** A dataframe. */
export function frameOf(id: string): FrameFile {
  const at = Number(id.slice(-5));
  const roll = dice(at + 5);
  const rate = 0.1 + roll() / 5;
  const isCurve = id.startsWith("learning");
  const epochs = Array.from({ length: 40 }, (_, epoch) => epoch);
  const classes = ["Adélie", "Chinstrap", "Gentoo"];
  return {
    checksum: id,
    id,
    name: isCurve ? "learning curve" : "confusion",
    rows: isCurve ? 40 : 3,
    columns: isCurve
      ? [
        { name: "epoch", type: "number", values: epochs },
        {
          name: "loss",
          type: "number",
          values: epochs.map((epoch) =>
            Number((0.05 + 0.7 * Math.exp(-rate * epoch) + 0.02 * roll()).toFixed(4))
          ),
        },
        {
          name: "residual",
          type: "number",
          values: epochs.map(() => Number((roll() + roll() + roll() - 1.5).toFixed(4))),
        },
      ]
      : [
        { name: "class", type: "text", values: classes },
        {
          name: "recall",
          type: "number",
          values: classes.map(() => Number((0.6 + 0.4 * roll()).toFixed(3))),
        },
      ],
    download: null,
  };
}
