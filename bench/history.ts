/**
 * Curves: points into memory, into a folder, and back, beside MLflow on SQLite and TensorBoard's writer.
 */
import process from "node:process";
import { createProject, openComposite, readHistoryColumns, type Run, startRun } from "../mod.ts";
import { venv } from "../tests/support/venv.ts";
import { inTurns, type Row } from "./lib.ts";

const PYTHON = venv("python-curves", [
  // MLflow does not run with the SQLAlchemy that pip would take for it.
  ...["mlflow==3.4.0", "tensorboardX==2.6.4", "sqlalchemy==2.0.44"],
], "other curves");
const MILLION = 1_000_000;
/** MLflow takes a millisecond or more for each of so many points. */
const FEW = 200;
const MANY = 20_000;

/** A run in a fresh folder. */
async function inFolder<T>(
  work: (run: Run, read: () => Promise<number>) => Promise<T>,
): Promise<T> {
  const rootDir = await Deno.makeTempDir({ prefix: "rubicon-bench-" });
  try {
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(rubicon, { name: "bench" });
    const run = await startRun(rubicon, project);
    return await work(run, async () => {
      await using reader = await openComposite({ persistence: "filesystem", rootDir });
      const start = performance.now();
      const columns = await readHistoryColumns(reader, run.experiment);
      const took = performance.now() - start;
      if (columns.size === 0) throw new Error("nothing was read");
      return took / 1000;
    });
  } finally {
    await Deno.remove(rootDir, { recursive: true });
  }
}

const seconds = (start: number): number => (performance.now() - start) / 1000;

/** Of computing alone, which a busy machine does not make longer. */
const cpuSeconds = (start: ReturnType<typeof process.cpuUsage>): number =>
  process.cpuUsage(start).user / 1e6;

function log(run: Run, points: number, metrics = 1): void {
  if (metrics === 1) { for (let step = 0; step < points; step++) run.log({ loss: step / 7 }); }
  else {
    for (let step = 0; step < points / 4; step++) {
      run.log({ loss: step, accuracy: step / 7, rate: 0.1, norm: -step });
    }
  }
}

/** Logs points and waits until they are acknowledged. */
const logged = (points: number, flushes: number) => () =>
  inFolder(async (run) => {
    const start = performance.now();
    for (let at = 0; at < flushes; at++) {
      log(run, points / flushes);
      await run.flush();
    }
    const took = seconds(start);
    await run.finish();
    return took;
  });

/** Starts Python and gives what runs a function of `curves.py`, in seconds. */
async function startPython() {
  const child = new Deno.Command(await PYTHON.python(), {
    args: ["-W", "ignore", new URL("curves.py", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return {
    run: async (name: string, points: number): Promise<number> => {
      await writer.write(
        new TextEncoder().encode(`${JSON.stringify({ run: name, args: [points] })}\n`),
      );
      let line = "";
      while (!line.endsWith("\n")) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`Python ended in ${name}`);
        line += value;
      }
      return Number(line);
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      await child.status;
      await reader.cancel();
    },
  };
}

export async function history(): Promise<Row[]> {
  await using other = await startPython();
  const found = await inTurns(3, {
    one: () =>
      inFolder(async (run) => {
        const start = process.cpuUsage();
        log(run, MILLION);
        const took = cpuSeconds(start);
        await run.finish();
        return took;
      }),
    four: () =>
      inFolder(async (run) => {
        const start = process.cpuUsage();
        log(run, MILLION, 4);
        const took = cpuSeconds(start);
        await run.finish();
        return took;
      }),
    read: () =>
      inFolder(async (run, read) => {
        log(run, MILLION);
        await run.finish();
        return await read();
      }),
    eachFlushed: logged(FEW, FEW),
    mlflowEach: () => other.run("mlflow_one_by_one", FEW),
    batches: logged(MANY, MANY / 1_000),
    mlflowBatches: () => other.run("mlflow_batches", MANY),
    atOnce: logged(MANY, 1),
    tensorboard: () => other.run("tensorboard", MANY),
    readMany: () =>
      inFolder(async (run, read) => {
        log(run, MANY);
        await run.finish();
        return await read();
      }),
    mlflowRead: () => other.run("mlflow_read", MANY),
  });
  const rate = (
    what: string,
    ours: number,
    theirs: number,
    against: string,
    goal?: number,
  ): Row => ({
    ...{ what, ours, theirs, unit: "points/s", against, ratio: ours / theirs },
    ...(goal !== undefined && { goal }),
  });
  return [
    rate(
      "curves: logged, one metric a call, CPU time",
      MILLION / found.one,
      MILLION,
      "the goal",
      1,
    ),
    rate(
      "curves: logged, four metrics a call, CPU time",
      MILLION / found.four,
      MILLION,
      "the goal",
      1,
    ),
    {
      ...{ what: "curves: 1,000,000 points read from a folder", ours: found.read, theirs: 1 },
      ...{ unit: "s", against: "the goal", ratio: found.read, goal: 1, limit: true },
    },
    rate(
      "curves: each point acknowledged by itself",
      FEW / found.eachFlushed,
      FEW / found.mlflowEach,
      "MLflow's log_metric, SQLite",
    ),
    rate(
      "curves: acknowledged by the thousand",
      MANY / found.batches,
      MANY / found.mlflowBatches,
      "MLflow's log_batch, SQLite",
    ),
    rate(
      "curves: logged and flushed at the end",
      MANY / found.atOnce,
      MANY / found.tensorboard,
      "TensorBoard's writer",
    ),
    rate(
      "curves: 20,000 points read",
      MANY / found.readMany,
      MANY / found.mlflowRead,
      "MLflow's get_metric_history",
    ),
  ];
}
