// deno-lint-ignore-file no-console -- it prints its figures.
/**
 * One thing done to a dataframe of 1,000,000 × 10 in a process of its own: `write` or `read`, what and how, and the
 * folder of the store. Prints the seconds it took, the process's peak in MiB and the path of the file.
 */
import {
  getOrCreateProject,
  listDataframes,
  logDataframe,
  openComposite,
  readDataframe,
} from "../mod.ts";

const ROWS = 1_000_000;
const [action, kind, how, rootDir] = Deno.args as [string, string, string, string];

/** A generator of numbers from 0 to 1 that is the same everywhere. */
function randoms(): () => number {
  let state = 1;
  return () => (state = Math.imul(state, 48271) >>> 0) / 2 ** 32;
}

const next = randoms();
const floats = () => new Float64Array(ROWS).map(() => next() + next() / 2 ** 32);
const names = ["adam", "sgd", "rmsprop", "lion", "adagrad"];

/** Ten columns: of floats alone, or of what experiments log. */
function frame(): Record<string, Float64Array | Int32Array | BigInt64Array | unknown[]> {
  if (kind === "floats") {
    return Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`x${at}`, floats()]));
  }
  return {
    epoch: Int32Array.from({ length: ROWS }, (_, at) => at),
    seed: Int32Array.from({ length: ROWS }, () => next() * 2 ** 31),
    label: Int32Array.from({ length: ROWS }, () => next() * 10),
    loss: floats(),
    accuracy: floats(),
    score: floats(),
    at: BigInt64Array.from({ length: ROWS }, (_, at) => 1_790_000_000_000_000n + BigInt(at * 1000)),
    optimizer: Array.from({ length: ROWS }, () => names[Math.floor(next() * 5)]),
    id: Array.from({ length: ROWS }, (_, at) => `sample-${(at * 7919) % ROWS}`),
    hit: Array.from({ length: ROWS }, () => next() < 0.5),
  };
}

await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
const project = await getOrCreateProject(rubicon, { name: "frames" });
let seconds = 0;
if (action === "write") {
  const columns = frame();
  const types = kind === "floats" ? {} : { at: "timestamp" as const };
  const rows = how !== "rows" ? [] : Array.from(
    { length: ROWS },
    (_, at) => Object.fromEntries(Object.entries(columns).map(([name, list]) => [name, list[at]])),
  );
  if (how === "rows") { for (const name of Object.keys(columns)) delete columns[name]; }
  const start = performance.now();
  await logDataframe(rubicon, project, how === "rows" ? { rows } : { columns, types });
  seconds = (performance.now() - start) / 1000;
} else {
  const [dataframe] = await listDataframes(rubicon, project);
  const start = performance.now();
  const length = how === "rows"
    ? (await readDataframe(rubicon, dataframe!)).rows.length
    : how === "column"
    ? (await readDataframe(rubicon, dataframe!, { as: "columns", columns: ["x1"] })).length
    : how === "slice"
    ? (await readDataframe(rubicon, dataframe!, { offset: 500_000, limit: 1000 })).rows.length
    : (await readDataframe(rubicon, dataframe!, { as: "columns" })).length;
  seconds = (performance.now() - start) / 1000;
  if (length !== (how === "slice" ? 1000 : ROWS)) throw new Error(`${length} rows`);
}
const [dataframe] = await listDataframes(rubicon, project);
const path = `${rootDir}/frames/dataframes/${dataframe!.id}/data/data.parquet`;
const peak = Number(/VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))![1]) / 1024;
console.log(JSON.stringify({ seconds, peak, path, size: Deno.statSync(path).size }));
