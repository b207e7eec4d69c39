/**
 * Logging to memory and to folders, beside rubicon-ml and beside the bare system calls.
 */
import { dirname } from "jsr:@std/path@^1.1.6/dirname";
import { inTurns, logged, type Row, startRubicon } from "./lib.ts";

const ROUNDS = 7;
const EXPERIMENTS = 100;
const FOR_MEMORY = 300;

/** rubicon-ml gets slower with each experiment that memory has: so both get as many, and a new process. */
async function memory(): Promise<Row> {
  const { ours, theirs } = await inTurns(3, {
    ours: () =>
      logged(
        () => [{ persistence: "memory", rootDir: crypto.randomUUID() }],
        FOR_MEMORY,
        false,
      ),
    async theirs() {
      await using rubicon = await startRubicon();
      const config = { "persistence": "memory", "root_dir": "/bench" };
      return FOR_MEMORY * 21 / await rubicon.run("log", [config], FOR_MEMORY);
    },
  });
  return {
    what: `memory, one by one, ${FOR_MEMORY} experiments`,
    ours,
    theirs,
    unit: "entities/s",
    against: "rubicon-ml",
    ratio: ours / theirs,
    goal: 50,
  };
}

/** Puts the files of a tree at another place: a folder, a staged file and a rename each, and nothing else. */
function writeRaw(files: readonly [path: string, bytes: Uint8Array][], root: string): number {
  const made = new Set<string>();
  const start = performance.now();
  let count = 0;
  for (const [path, bytes] of files) {
    const folder = `${root}/${dirname(path)}`;
    if (!made.has(dirname(folder))) Deno.mkdirSync(dirname(folder), { recursive: true });
    made.add(dirname(folder));
    if (!made.has(folder)) Deno.mkdirSync(folder);
    made.add(folder);
    const staged = `${folder}/.staged-${count++}`;
    Deno.writeFileSync(staged, bytes, { createNew: true });
    Deno.renameSync(staged, `${root}/${path}`);
  }
  return files.length / (performance.now() - start) * 1000;
}

/** A tree's files, those of a folder before those below it, as they were logged. */
function readTree(root: string, folder = ""): [string, Uint8Array][] {
  const entries = [...Deno.readDirSync(`${root}/${folder}`)]
    .sort((a, b) => Number(a.isDirectory) - Number(b.isDirectory));
  return entries.flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory
      ? readTree(root, path)
      : [[path, Deno.readFileSync(`${root}/${path}`)] as [string, Uint8Array]];
  });
}

async function folders(): Promise<Row[]> {
  await using rubicon = await startRubicon();
  const fresh = () => Deno.makeTempDirSync({ prefix: "rubicon-bench-" });
  const ours = (count: number) => () =>
    Array.from({ length: count }, () => ({ persistence: "filesystem", rootDir: fresh() }));
  const theirs = async (count: number) => {
    const configs = Array.from(
      { length: count },
      () => ({ "persistence": "filesystem", "root_dir": fresh() }),
    );
    return EXPERIMENTS * 21 / await rubicon.run("log", configs, EXPERIMENTS);
  };
  const rootDir = fresh();
  await logged(() => [{ persistence: "filesystem", rootDir }], EXPERIMENTS, true);
  const files = readTree(rootDir).slice(-EXPERIMENTS * 21);
  const found = await inTurns(ROUNDS, {
    one: () => logged(ours(1), EXPERIMENTS, false),
    bulk: () => logged(ours(1), EXPERIMENTS, true),
    raw: () => Promise.resolve(writeRaw(files, fresh())),
    theirs: () => theirs(1),
    two: () => logged(ours(2), EXPERIMENTS, false),
    theirTwo: () => theirs(2),
  });
  const rate = (what: string, one: number, other: number, against: string, goal?: number): Row => ({
    what,
    ours: one,
    theirs: other,
    unit: "entities/s",
    against,
    ratio: one / other,
    ...(goal !== undefined && { goal }),
  });
  const most = (row: Row): Row => ({ ...row, ratio: row.theirs / row.ours, limit: true });
  return [
    rate("a folder, one by one", found.one, found.theirs, "rubicon-ml", 1.5),
    rate("a folder, in bulk", found.bulk, found.theirs, "rubicon-ml", 2),
    most(rate("a folder, in bulk", found.bulk, found.raw, "bare staged writes", 1.3)),
    rate("two folders, one by one", found.two, found.theirTwo, "rubicon-ml", 1.5),
    most(rate("two folders, one by one", found.two, found.one, "one folder", 1.3)),
    // For comparison, so without a goal.
    most(rate("rubicon-ml: two folders", found.theirTwo, found.theirs, "one folder")),
  ];
}

export const local = async (): Promise<Row[]> => [await memory(), ...await folders()];
