// deno-lint-ignore-file no-console -- a command says what it found.
/**
 * What the tests run of composite/, drivers/ and domain/, from the profiles of a run.
 *
 *     DENO_COVERAGE_DIR=profiles deno task test; deno task coverage profiles
 *
 * Prints each file below 90 % of its lines, and ends with 1 if one that is below 88 % is not in `REASONS`. A line of which a part was
 * passed over counts as not run. How much runs depends on what is installed, so a file may be in `REASONS` though it is
 * above 90 % here; one that is gone may not.
 */
import ts from "npm:typescript@5.9.3";
import { type Lines, linesOf } from "./lcov.ts";

const ROOMS = ["composite", "drivers", "domain"];
const LEAST = 0.9;
/** Races and random tests move a file by a little from run to run: that alone is no fault. */
const SLACK = 0.02;

/** Files that may be below, each with the reason. */
const REASONS: Readonly<Record<string, string>> = {
  "domain/history/interrupt.ts": "it ends its process, which then writes no profile",
  "domain/history/status_file.ts": "summaries of later versions",
  "domain/host/environment.ts": "permissions that are lacking, and files that are",
  "domain/host/git.ts": "permissions that are lacking, and a git that is",
  "domain/files/disk.ts": "permissions that are lacking, and disks that fail while a file is read",
  "domain/parquet/cells.ts": "values that no column takes, by type: bad_input tests some",
  "domain/parquet/read/hybrid.ts": "widths that no writer at hand uses",
  "domain/parquet/read/meaning.ts": "types that no writer at hand writes",
  "domain/parquet/read/page_values.ts": "encodings that no writer at hand writes, and damage",
  "domain/reading/lives.ts": "status files that go away between a listing and its read",
  "domain/schema/loggers.ts": "tested with the real tfjs and Vitest, in processes of their own",
  "domain/upkeep/trash/put_back.ts": "zips that a store has damaged or lost",
  "domain/upkeep/trash/sweep.ts": "two processes that take the same away: the races are random",
  "drivers/filesystem/bulk.ts": "files that go away between a listing and its read",
  "drivers/filesystem/durable.ts": "Windows, other disks and folders of other users",
  "drivers/filesystem/exclusive.ts": "file systems without links, on which two writers race",
  "drivers/filesystem/identity.ts": "roots that go away within one look: mounts need root",
  "drivers/filesystem/read.ts": "files that shrink, and aborts, between two system calls",
  "drivers/s3/read.ts": "answers that lack what all stores send",
};

/** How much of a file ran. */
interface Covered {
  path: string;
  ran: number;
  lines: number;
}

const shareOf = ({ ran, lines }: Omit<Covered, "path">) => lines === 0 ? 1 : ran / lines;

function sourcesIn(path: string): string[] {
  return [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) =>
    isDirectory ? sourcesIn(`${path}/${name}`) : name.endsWith(".ts") ? [`${path}/${name}`] : []
  );
}

/** Whether a file has types alone, which leave nothing to run. */
function isTypes(path: string): boolean {
  const { outputText } = ts.transpileModule(Deno.readTextFileSync(path), {
    compilerOptions: { target: ts.ScriptTarget.ESNext, removeComments: true },
  });
  return /^\s*(?:export \{\s*\};?\s*)?$/.test(outputText);
}

/** How much ran of each source that has something to run, the least first. */
export function coverageOf(sources: readonly string[], files: ReadonlyMap<string, Lines>) {
  return sources.map((path): Covered => {
    const lines = [...files.get(path)?.values() ?? [0]];
    return { path, ran: lines.filter((count) => count > 0).length, lines: lines.length };
  }).sort((a, b) => shareOf(a) - shareOf(b));
}

/** What is wrong, in words. */
export function faultsOf(
  covered: readonly Covered[],
  reasons: Readonly<Record<string, string>>,
): string[] {
  const below = new Set(
    covered.filter((one) => shareOf(one) < LEAST - SLACK).map(({ path }) => path),
  );
  return [
    ...[...below].filter((path) => reasons[path] === undefined).map((path) =>
      `${path}: test it, or say in REASONS why not`
    ),
    ...Object.keys(reasons).filter((path) => !covered.some((one) => one.path === path)).map((
      path,
    ) => `${path}: it is gone, so take it out of REASONS`),
  ];
}

const percent = (one: Omit<Covered, "path">) => `${(shareOf(one) * 100).toFixed(1)} %`;

if (import.meta.main) {
  const [profiles] = Deno.args;
  if (profiles === undefined) throw new Error("Which folder are the profiles in?");
  const files = await linesOf(profiles, ROOMS.map((room) => `${room}/`));
  const sources = ROOMS.flatMap(sourcesIn).filter((path) => !isTypes(path));
  const covered = coverageOf(sources, files);
  for (const room of ROOMS) {
    const own = covered.filter(({ path }) => path.startsWith(`${room}/`));
    const sum = (of: "ran" | "lines") => own.reduce((all, one) => all + one[of], 0);
    const all = { ran: sum("ran"), lines: sum("lines") };
    console.log(`${room}/: ${percent(all)} of ${all.lines} lines in ${own.length} files`);
  }
  for (const one of covered.filter((one) => shareOf(one) < LEAST)) {
    console.log(
      `  ${percent(one)} ${one.path}${REASONS[one.path] ? `: ${REASONS[one.path]}` : ""}`,
    );
  }
  const faults = faultsOf(covered, REASONS);
  for (const fault of faults) console.error(fault);
  Deno.exit(faults.length > 0 ? 1 : 0);
}
