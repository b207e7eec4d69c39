/**
 * Reading folders: tables, lists and streams beside bare system calls and rubicon-ml, each in a process of its own, in
 * turns. Shares of a machine that others use too are told best by CPU time (user and system), so that is what is compared.
 */
import { openFilesystem } from "../drivers/filesystem.ts";
import {
  createProject,
  getExperiment,
  getProject,
  listExperiments,
  logExperiment,
  openComposite,
  repair,
  streamTable,
  toTable,
} from "../mod.ts";
import { median, type Row, startRubicon } from "./lib.ts";
import { mlflowSearch } from "./mlflow_ui.ts";

const ROUNDS = 5;
/** rubicon-ml and MLflow take seconds for each. */
const OTHERS_ROUNDS = 3;
const NAME = "reads";

interface Measured {
  /** Milliseconds of CPU time of the process. */
  cpu: number;
  /** MiB above what it took before. */
  memory: number;
}

async function fill(rootDir: string, count: number, bundles: boolean): Promise<void> {
  const { putTree, ...plain } = openFilesystem({ persistence: "filesystem", rootDir });
  const driver = bundles && putTree ? { ...plain, putTree } : plain;
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: NAME });
  for (let at = 0; at < count; at++) {
    await logExperiment(rubicon, project, {
      name: `run ${at}`,
      tags: at % 100 === 0 ? ["hundredth"] : [],
      ...childrenOf(at),
    });
  }
}

const childrenOf = (at: number) => ({
  parameters: { depth: at % 7, rate: at / 100, kind: "forest" },
  metrics: { accuracy: at % 100 / 100, loss: 1 / (at + 1) },
});

/** Reads and parses each file, one after another. */
function walk(folder: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) walk(`${folder}/${name}`);
    else if (name === "metadata.json") JSON.parse(Deno.readTextFileSync(`${folder}/${name}`));
  }
}

/** Looks at these in each experiment. */
function look(folder: string, names: readonly string[]): void {
  for (const { name } of Deno.readDirSync(folder)) {
    for (const below of names) Deno.lstatSync(`${folder}/${name}${below}`);
  }
}

/** Folders have stamps a second after their last change. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 1_100));

const cpuTime = (): number => {
  const [, ticks] = Deno.readTextFileSync("/proc/self/stat").split(") ");
  const fields = ticks!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
};
const peak = (): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"))![1]) / 1024;

/** Measures one thing in this process, and prints what it found. */
async function measure(what: string, rootDir: string): Promise<void> {
  await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
  const project = await getProject(rubicon, { name: NAME });
  const folder = `${rootDir}/${NAME}/experiments`;
  const works: Record<string, () => unknown> = {
    walk: () => walk(folder),
    folders: () => look(folder, ["", "/parameters", "/metrics"]),
    files: () => look(folder, ["/metadata.json"]),
    table: () => toTable(rubicon, project),
    list: () => listExperiments(rubicon, project),
    newest: () => listExperiments(rubicon, project, { order: "newest", limit: 10 }),
    limit: () => toTable(rubicon, project, { limit: 10 }),
    name: () => getExperiment(rubicon, project, { name: "run 77" }),
    tag: () => listExperiments(rubicon, project, { tags: ["hundredth"] }),
    async stream() {
      for await (const _ of streamTable(rubicon, project));
    },
  };
  const isAgain = what === "again";
  const work = works[isAgain ? "table" : what]!;
  if (isAgain) {
    await work();
    await settled();
    await work();
  }
  const before = { cpu: cpuTime(), peak: peak() };
  await work();
  const found: Measured = { cpu: cpuTime() - before.cpu, memory: peak() - before.peak };
  // deno-lint-ignore no-console -- the parent reads it.
  console.log(JSON.stringify(found));
}

async function inProcess(what: string, rootDir: string): Promise<Measured> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.filename!, what, rootDir],
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Medians of these, in turns. */
async function inTurns(cases: Record<string, [what: string, rootDir: string]>, rounds = ROUNDS) {
  const found = new Map<string, Measured[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, [what, rootDir]] of Object.entries(cases)) {
      found.set(name, [...found.get(name) ?? [], await inProcess(what, rootDir)]);
    }
  }
  return (name: string): Measured => ({
    cpu: median(found.get(name)!.map(({ cpu }) => cpu)),
    memory: median(found.get(name)!.map(({ memory }) => memory)),
  });
}

async function ofSize(count: number): Promise<Row[]> {
  const [rootDir, plain, mended] = [0, 1, 2].map(() =>
    Deno.makeTempDirSync({ prefix: "rubicon-bench-" })
  );
  await fill(rootDir!, count, true);
  await fill(plain!, count, false);
  await fill(mended!, count, false);
  await settled();
  {
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir: mended! });
    await repair(rubicon);
  }
  const own = ["walk", "folders", "files", "table", "again", "list", "newest", "limit", "name"];
  const of = await inTurns({
    ...Object.fromEntries([...own, "tag", "stream"].map((what) => [what, [what, rootDir!]])),
    plainWalk: ["walk", plain!],
    plainTable: ["table", plain!],
    mendedTable: ["table", mended!],
  });
  const number = count.toLocaleString("en");
  const row = (
    what: string,
    name: string,
    beside: string,
    against: string,
    goal?: number,
  ): Row => ({
    what: `${number}: ${what}`,
    ours: of(name).cpu,
    theirs: of(beside).cpu,
    unit: "ms",
    against,
    ratio: of(name).cpu / of(beside).cpu,
    limit: true,
    // Of fewer, most of the time is V8 compiling.
    ...(goal !== undefined && count >= 10_000 && { goal }),
  });
  const bareWalk = "the bare walk";
  const memory = (what: string, name: string, goal?: number): Row => ({
    what: `${number}: ${what}, memory`,
    ours: of(name).memory,
    theirs: goal ?? of("walk").memory,
    unit: "MiB",
    against: goal === undefined ? bareWalk : "the goal",
    ratio: of(name).memory / (goal ?? of("walk").memory),
    limit: true,
    ...(goal !== undefined && { goal: 1 }),
  });
  const rows = [
    row("a table, cold", "table", "walk", bareWalk, 0.35),
    row("a table without digests, cold", "plainTable", "plainWalk", bareWalk, 1.2),
    row("that table once repair() has run", "mendedTable", "plainWalk", bareWalk, 0.35),
    row("the same table again", "again", "table", "cold", 0.05),
    row("the same table again", "again", "folders", "bare looks at three folders each"),
    row("a list of the experiments", "list", "walk", bareWalk),
    row("the newest 10", "newest", "files", "bare looks at a file each", 1.5),
    row("a table of 10", "limit", "files", "bare looks at a file each", 1.5),
    row("one by name", "name", "walk", bareWalk),
    row("those with a tag", "tag", "walk", bareWalk),
    row("a stream of all rows", "stream", "walk", bareWalk),
    memory("a table", "table", count === 10_000 ? 100 : undefined),
    memory("a stream of all rows", "stream"),
    ...(count <= 1_000
      ? [await besideRubicon(rootDir!, count)]
      : await besideOthers(rootDir!, count, of("table").cpu, of("list").cpu)),
  ];
  for (const folder of [rootDir!, plain!, mended!]) Deno.removeSync(folder, { recursive: true });
  return rows;
}

/** rubicon-ml's list, and MLflow's search of as many runs as its store has of its own. */
async function besideOthers(
  rootDir: string,
  count: number,
  table: number,
  list: number,
): Promise<Row[]> {
  const number = count.toLocaleString("en");
  const runs = Array.from({ length: count }, (_, at) => {
    const { parameters, metrics } = childrenOf(at);
    return { name: `run ${at}`, params: parameters, metrics };
  });
  await using mlflow = await mlflowSearch(runs);
  await using rubicon = await startRubicon();
  const config = { "persistence": "filesystem", "root_dir": rootDir };
  const lists: number[] = [];
  const searches: number[] = [];
  for (let round = 0; round < OTHERS_ROUNDS; round++) {
    lists.push(await rubicon.run("experiments", [config], NAME) * 1000);
    if (mlflow) searches.push((await mlflow.search()).cpu);
  }
  const row = (what: string, ours: number, theirs: number, against: string, goal: number): Row => ({
    what: `${number}: ${what}`,
    ...{ ours, theirs, unit: "ms", against, ratio: theirs / ours, goal },
  });
  return [
    row("a list of the experiments", list, median(lists), "rubicon-ml's experiments()", 3),
    ...mlflow
      ? [row("a table, cold", table, median(searches), "MLflow's search_runs, SQLite", 5)]
      : [],
  ];
}

/** A hundred thousand beside ten thousand: time is linear, and memory bounded. */
async function manyMore(): Promise<Row[]> {
  const [few, many] = [10_000, 100_000];
  const folders: string[] = [];
  for (const count of [few, many]) {
    const folder = Deno.makeTempDirSync({ prefix: "rubicon-bench-" });
    folders.push(folder);
    await fill(folder, count, true);
  }
  const whats = ["table", "stream"];
  const of = await inTurns(
    Object.fromEntries(
      whats.flatMap((what) => folders.map((folder, at) => [`${what} ${at}`, [what, folder]])),
    ),
    OTHERS_ROUNDS,
  );
  for (const folder of folders) Deno.removeSync(folder, { recursive: true });
  const each = (name: string, count: number) => of(name).cpu * 1000 / count;
  return [
    ...whats.map((what): Row => ({
      what: `100,000: ${what === "table" ? "a table, cold" : "a stream of all rows"}, each`,
      ours: each(`${what} 1`, many),
      theirs: each(`${what} 0`, few),
      unit: "µs",
      against: "each of 10,000",
      ratio: each(`${what} 1`, many) / each(`${what} 0`, few),
      limit: true,
      goal: 1.2,
    })),
    ...([["table", "a table", 700], ["stream", "a stream of all rows", 200]] as const).map(
      ([what, text, most]): Row => ({
        what: `100,000: ${text}, memory`,
        ours: of(`${what} 1`).memory,
        theirs: most,
        unit: "MiB",
        against: "the goal",
        ratio: of(`${what} 1`).memory / most,
        limit: true,
        goal: 1,
      }),
    ),
  ];
}

/** rubicon-ml takes minutes for 10,000. */
async function besideRubicon(rootDir: string, count: number): Promise<Row> {
  await using rubicon = await startRubicon();
  const config = { "persistence": "filesystem", "root_dir": rootDir };
  const theirs = await rubicon.run("table", [config], NAME);
  await using here = await openComposite({ persistence: "filesystem", rootDir });
  const project = await getProject(here, { name: NAME });
  const start = performance.now();
  await toTable(here, project);
  const ours = (performance.now() - start) / 1000;
  return {
    what: `${count.toLocaleString("en")}: a table, cold`,
    ...{ ours, theirs, unit: "s", against: "rubicon-ml's to_df", ratio: theirs / ours, goal: 20 },
  };
}

export const reads = async (): Promise<Row[]> => [
  ...await ofSize(1_000),
  ...await ofSize(10_000),
  ...await manyMore(),
];

if (import.meta.main) await measure(Deno.args[0]!, Deno.args[1]!);
