// deno-lint-ignore-file no-console -- it prints its figures.
/**
 * One thing done to a dataframe of 1,000,000 × 10 in a process of its own: `write` or `read`, what and how, and the
 * folder of the store; or `floor`, a bare loop that makes the same rows of arrays, of a shape that is known beforehand.
 * Prints the seconds it took, the process's peak in MiB and the path of the file.
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

type Columns = Record<string, Float64Array | Int32Array | BigInt64Array | unknown[]>;

/** Ten columns: of floats alone, or of what experiments log. */
function frame(): Columns {
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

/** Makes rows as fast as a program can that knows their names: what no reader of any names is able to beat. */
function bareRows(columns: Columns): object[] {
  const rows = new Array<object>(ROWS);
  if (kind === "floats") {
    const [a, b, c, d, e, f, g, h, i, j] = Object.values(columns) as Float64Array[];
    for (let at = 0; at < ROWS; at++) {
      rows[at] = {
        x0: a![at],
        x1: b![at],
        x2: c![at],
        x3: d![at],
        x4: e![at],
        x5: f![at],
        x6: g![at],
        x7: h![at],
        x8: i![at],
        x9: j![at],
      };
    }
    return rows;
  }
  const { epoch, seed, label, loss, accuracy, score, at: times, optimizer, id, hit } = columns;
  for (let at = 0; at < ROWS; at++) {
    rows[at] = {
      epoch: epoch![at],
      seed: seed![at],
      label: label![at],
      loss: loss![at],
      accuracy: accuracy![at],
      score: score![at],
      at: new Temporal.Instant(times![at] as bigint * 1000n),
      optimizer: optimizer![at],
      id: id![at],
      hit: hit![at],
    };
  }
  return rows;
}

function peak(): number {
  const [, found] = /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))!;
  return Number(found) / 1024;
}

if (action === "floor") {
  const columns = frame();
  const start = performance.now();
  const { length } = bareRows(columns);
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ seconds, peak: peak(), path: "", length }));
  Deno.exit();
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
  if (how === "rows") {
    // What making the rows took is no part of what writing them takes.
    for (const list of Object.values(columns)) {
      if (!Array.isArray(list)) (list.buffer as ArrayBuffer).transfer(0);
    }
    for (const name of Object.keys(columns)) delete columns[name];
    Deno.writeTextFileSync("/proc/self/clear_refs", "5");
  }
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
console.log(JSON.stringify({ seconds, peak: peak(), path, size: Deno.statSync(path).size }));
