/**
 * How tables and lists grow with a project: time and memory over 100, 1,000 and 10,000 experiments, each measured
 * in a process of its own.
 */
import {
  type BackendConfig,
  createProject,
  getProject,
  listExperiments,
  logExperiment,
  openComposite,
  toTable,
} from "../mod.ts";
import { makeBucket, s3Config, startVersitygw } from "../tests/support/servers.ts";

/** One line: a store of a size. */
export interface Growth {
  store: string;
  experiments: number;
  /** Milliseconds. */
  table: number;
  list: number;
  /** The newest ten alone. */
  newest: number;
  /** MiB at the most in the process, and what it takes before it reads anything. */
  memory: number;
  before: number;
}

/** Five children an experiment. */
const children = (at: number) => ({
  parameters: { depth: at % 7, rate: at / 100, kind: "forest" },
  metrics: { accuracy: at % 100 / 100, loss: 1 / (at + 1) },
});

async function fill(config: BackendConfig<string>, experiments: number): Promise<void> {
  await using rubicon = await openComposite(config);
  const project = await createProject(rubicon, { name: "growth" });
  let at = 0;
  await Promise.all(Array.from({ length: 16 }, async () => {
    while (at < experiments) await logExperiment(rubicon, project, children(at++));
  }));
}

/** MiB of memory at the most so far, as Linux counts it; as much as now elsewhere. */
function peak(): number {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024;
  } catch {
    return Deno.memoryUsage().rss / 1024 / 1024;
  }
}

/** Measures a store from a process of its own; prints what it found. */
async function measure(config: BackendConfig<string>): Promise<void> {
  const before = peak();
  const timed = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  // A composite for each, so that none finds what another has read.
  const fresh = async (work: (rubicon: Awaited<ReturnType<typeof openComposite>>) => unknown) => {
    await using rubicon = await openComposite(config);
    return await timed(async () => await work(rubicon));
  };
  const project = await (async () => {
    await using rubicon = await openComposite(config);
    return await getProject(rubicon, { name: "growth" });
  })();
  const newest = await fresh((rubicon) =>
    listExperiments(rubicon, project, { order: "newest", limit: 10 })
  );
  const list = await fresh((rubicon) => listExperiments(rubicon, project));
  const table = await fresh((rubicon) => toTable(rubicon, project));
  // deno-lint-ignore no-console -- the parent reads it.
  console.log(JSON.stringify({ table, list, newest, memory: peak(), before }));
}

async function inProcess(
  config: BackendConfig<string>,
): Promise<Omit<Growth, "store" | "experiments">> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.filename!, JSON.stringify(config)],
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

export async function growth(): Promise<Growth[]> {
  const rows: Growth[] = [];
  for (const experiments of [100, 1_000, 10_000]) {
    const rootDir = Deno.makeTempDirSync({ prefix: "rubicon-bench-" });
    const config = { persistence: "filesystem", rootDir };
    await fill(config, experiments);
    rows.push({ store: "folder", experiments, ...await inProcess(config) });
  }
  await using server = await startVersitygw();
  await makeBucket(server, "bench");
  for (const experiments of [100, 1_000]) {
    const config = s3Config(server, `s3://bench/${experiments}`);
    await fill(config, experiments);
    rows.push({ store: "S3", experiments, ...await inProcess(config) });
  }
  return rows;
}

if (import.meta.main) await measure(JSON.parse(Deno.args[0]!));
