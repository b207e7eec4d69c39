// deno-lint-ignore-file no-console -- it prints its figures.
/**
 * This module and the real rubicon-ml side by side: the same machine, the same store, the same data, in turns; medians
 * and ratios as a table, and as JSON with `--json`.
 *
 *     deno run -A bench/compare.ts [--json]
 */
import {
  type BackendConfig,
  createProject,
  logExperiment,
  logMetric,
  openComposite,
  toTable,
} from "../mod.ts";
import { python } from "../tests/python.ts";
import { makeBucket, s3Config, startToxiproxy, startVersitygw } from "../tests/servers.ts";

const ROUNDS = 5;
/** 20 children an experiment: 5 parameters, 5 features, 10 metrics. */
const parameters = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`p${at}`, at]));
const features = Array.from({ length: 5 }, (_, at) => `f${at}`);
const metrics = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`m${at}`, at / 7]));

interface Row {
  what: string;
  unit: string;
  ours: number;
  theirs: number;
  /** How many times better. */
  ratio: number;
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const PYTHON = `
import tempfile, time
from rubicon_ml import Rubicon
def log(e):
    for i in range(5): e.log_parameter(f"p{i}", i)
    for i in range(5): e.log_feature(f"f{i}")
    for i in range(10): e.log_metric(f"m{i}", i / 7)
def opened(configs):
    r = Rubicon(composite_config=configs) if len(configs) > 1 else Rubicon(**configs[0])
    return r.create_project(f"p{time.time_ns()}")
def rate(configs, experiments):
    p = opened(configs)
    start = time.perf_counter()
    for _ in range(experiments): log(p.log_experiment())
    return experiments * 21 / (time.perf_counter() - start)
`;

async function rateOfOurs(
  backends: BackendConfig[],
  experiments: number,
  bulk: boolean,
): Promise<number> {
  await using rubicon = await openComposite(backends);
  const project = await createProject(rubicon, { name: `p${crypto.randomUUID()}` });
  const start = performance.now();
  for (let at = 0; at < experiments; at++) {
    if (bulk) await logExperiment(rubicon, project, { parameters, features, metrics });
    else {
      const { logFeature, logParameter } = await import("../mod.ts");
      const experiment = await logExperiment(rubicon, project);
      for (const [name, value] of Object.entries(parameters)) {
        await logParameter(rubicon, experiment, { name, value });
      }
      for (const name of features) await logFeature(rubicon, experiment, { name });
      for (const [name, value] of Object.entries(metrics)) {
        await logMetric(rubicon, experiment, { name, value });
      }
    }
  }
  return experiments * 21 / (performance.now() - start) * 1000;
}

const folder = () => ({ persistence: "filesystem", rootDir: Deno.makeTempDirSync() });
const theirFolder = () => ({ persistence: "filesystem", root_dir: Deno.makeTempDirSync() });

async function inTurns(
  what: string,
  unit: string,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
  more: boolean,
  rounds = ROUNDS,
): Promise<Row> {
  const [a, b]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const [one, other] = [await ours(), await theirs()];
    if (round === 0 && rounds > 1) continue; // To warm up.
    a.push(one);
    b.push(other);
  }
  const row = { what, unit, ours: median(a), theirs: median(b) };
  return { ...row, ratio: more ? row.ours / row.theirs : row.theirs / row.ours };
}

const theirRate = (configs: () => unknown[], experiments: number) => async () =>
  await python(`${PYTHON}\noutput = rate(input["configs"], input["experiments"])`, {
    configs: configs(),
    experiments,
  }) as number;

const rows: Row[] = [];
const memory = () => [{ persistence: "memory", rootDir: crypto.randomUUID() }];
rows.push(
  await inTurns(
    "memory, one by one",
    "entities/s",
    () => rateOfOurs(memory(), 1000, false),
    theirRate(() => [{ persistence: "memory", root_dir: `/${crypto.randomUUID()}` }], 20),
    true,
  ),
);
for (
  const [what, count, bulk] of [
    ["a folder, one by one", 1, false],
    ["a folder, in bulk", 1, true],
    ["two folders, one by one", 2, false],
  ] as const
) {
  rows.push(
    await inTurns(
      what,
      "entities/s",
      () => rateOfOurs(Array.from({ length: count }, folder), 100, bulk),
      theirRate(() => Array.from({ length: count }, theirFolder), 100),
      true,
    ),
  );
}

{
  await using server = await startVersitygw();
  await using proxy = await startToxiproxy(server);
  await makeBucket(server, "bench");
  // 20 ms a round trip.
  await proxy.toxic("latency", { latency: 20 });
  const ours = { ...s3Config(server, "s3://bench/ours"), endpoint: proxy.endpoint };
  const theirs = {
    persistence: "filesystem",
    "root_dir": "s3://bench/theirs",
    key: server.accessKeyId,
    secret: server.secretAccessKey,
    "client_kwargs": { endpoint_url: proxy.endpoint },
  };
  await using rubicon = await openComposite(ours);
  const project = await createProject(rubicon, { name: "bench" });
  const experiment = await logExperiment(rubicon, project);
  let count = 0;
  rows.push(
    await inTurns(
      "S3 at 20 ms, one metric",
      "ms",
      async () => {
        const start = performance.now();
        await logMetric(rubicon, experiment, { name: `m${count++}`, value: 1 });
        return performance.now() - start;
      },
      async () =>
        await python(
          `${PYTHON}
e = opened([input]).log_experiment(); e.log_metric("warm", 1)
start = time.perf_counter(); e.log_metric("m", 1); output = (time.perf_counter() - start) * 1000`,
          theirs,
        ) as number,
      false,
    ),
  );
  const large = await createProject(rubicon, { name: "large" });
  rows.push(
    await inTurns(
      "S3 at 20 ms, 100 experiments × 20 children, in bulk",
      "s",
      async () => {
        const start = performance.now();
        await Promise.all(
          Array.from(
            { length: 100 },
            () => logExperiment(rubicon, large, { parameters, features, metrics }),
          ),
        );
        return (performance.now() - start) / 1000;
      },
      async () =>
        await python(
          `${PYTHON}
p = Rubicon(**input).create_project("large")
start = time.perf_counter()
for _ in range(100): log(p.log_experiment())
output = time.perf_counter() - start`,
          theirs,
        ) as number,
      false,
      0,
    ),
  );
  const timed = async () => {
    await using fresh = await openComposite(ours);
    const start = performance.now();
    await toTable(fresh, large);
    return (performance.now() - start) / 1000;
  };
  rows.push(
    await inTurns(
      "S3 at 20 ms, a table of 100 experiments, cold",
      "s",
      timed,
      async () =>
        await python(
          `${PYTHON}
p = Rubicon(**input).get_project("large")
start = time.perf_counter(); p.to_df(); output = time.perf_counter() - start`,
          theirs,
        ) as number,
      false,
      0,
    ),
  );
  const start = performance.now();
  await toTable(rubicon, large);
  const cold = performance.now() - start;
  const again = performance.now();
  await toTable(rubicon, large);
  console.log(
    `a second table: ${(performance.now() - again).toFixed(0)} ms after ${cold.toFixed(0)} ms`,
  );
}

if (Deno.args.includes("--json")) console.log(JSON.stringify(rows, null, 2));
else {
  console.log("| what | here | rubicon-ml | times better |\n| --- | --- | --- | --- |");
  for (const { what, unit, ours, theirs, ratio } of rows) {
    const show = (value: number) =>
      value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1);
    console.log(
      `| ${what} | ${show(ours)} ${unit} | ${show(theirs)} ${unit} | ${ratio.toFixed(1)} |`,
    );
  }
}
