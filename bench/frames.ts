/**
 * Dataframes of 1,000,000 × 10 beside pandas on the same files: each thing in a process of its own, in turns.
 */
import type { Row } from "./lib.ts";
import { median } from "./lib.ts";
import { interpreter } from "../tests/support/python.ts";

const ROUNDS = 5;

/** What a process of its own measured. */
interface Measured {
  seconds: number;
  peak: number;
  path: string;
}

async function measure(command: string, args: string[]): Promise<Measured> {
  const child = new Deno.Command(command, { args, stdout: "piped", stderr: "inherit" });
  const { success, stdout } = await child.output();
  if (!success) throw new Error(`${command} ${args.join(" ")}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

const here = (name: string): string => new URL(name, import.meta.url).pathname;

const WHAT: Readonly<Record<string, string>> = {
  "write columns": "written from columns",
  "write rows": "written from rows",
  "read columns": "read as columns",
  "read rows": "read as rows",
  "read pandas columns": "pandas' file, read as columns",
  "read pandas rows": "pandas' file, read as rows",
  "read slice": "1,000 rows of it read",
};

/** Frames of floats alone, and of what experiments log: integers, floats, times, texts and booleans. */
export async function frames(): Promise<Row[]> {
  const folder = await Deno.makeTempDir();
  try {
    return [...await kind("floats", folder), ...await kind("mixed", folder)];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function kind(name: string, folder: string): Promise<Row[]> {
  const python = await interpreter();
  const pandas = (...args: string[]) => measure(python, [here("frames.py"), ...args]);
  const deno = (action: string, how: string, root: string) =>
    measure(Deno.execPath(), ["run", "-A", here("frames_worker.ts"), action, name, how, root]);
  const [own, theirs, scratch] = ["own", "theirs", "scratch"].map((of) =>
    `${folder}/${name}-${of}`
  );
  const { path } = await deno("write", "columns", own!);
  const copied = await deno("write", "columns", theirs!);
  await pandas("write", path, copied.path);
  const cases: Record<string, () => Promise<Measured>> = {
    "pandas write": () => pandas("write", path, `${folder}/pandas.parquet`),
    "pandas read": () => pandas("read", copied.path),
    "write columns": () => deno("write", "columns", scratch!),
    "write rows": () => deno("write", "rows", scratch!),
    "read columns": () => deno("read", "columns", own!),
    "read rows": () => deno("read", "rows", own!),
    "read pandas columns": () => deno("read", "columns", theirs!),
    "read pandas rows": () => deno("read", "rows", theirs!),
    "read slice": () => deno("read", "slice", own!),
    "bare rows": () => deno("floor", "rows", own!),
  };
  const found = new Map(Object.keys(cases).map((name) => [name, [] as Measured[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      await Deno.remove(scratch!, { recursive: true }).catch(() => {});
      found.get(name)!.push(await run());
    }
  }
  const of = (name: string, what: "seconds" | "peak") =>
    median(found.get(name)!.map((measured) => measured[what]));
  return Object.entries(WHAT).flatMap(([action, what]): Row[] => {
    const row = (unit: "seconds" | "peak", beside: string, against: string, goal?: number): Row => {
      const [ours, theirs] = [of(action, unit), of(beside, unit)];
      return {
        what: `1M × 10 ${name}: ${what}`,
        ours,
        theirs,
        unit: unit === "seconds" ? "s" : "MiB",
        against,
        ratio: ours / theirs,
        ...(goal !== undefined && { goal }),
        limit: true,
      };
    };
    const pandas = `pandas ${action.split(" ")[0]}`;
    const isMeant = action !== "read slice";
    const isRows = /^read .*rows/.test(action);
    return [
      row("seconds", pandas, "pandas", isMeant ? 4 : undefined),
      ...(isRows ? [row("seconds", "bare rows", "a bare loop")] : []),
      row("peak", pandas, "pandas", isMeant ? 2 : undefined),
      ...(isRows ? [row("peak", "bare rows", "a bare loop")] : []),
    ];
  });
}
