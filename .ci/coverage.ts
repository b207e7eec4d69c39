// deno-lint-ignore-file no-console -- a command says what it found.
/**
 * What the tests run of composite/, drivers/ and domain/, from the profiles of a run.
 *
 *     DENO_COVERAGE_DIR=profiles deno task test; deno task coverage profiles
 *
 * Prints each file below 90 % of its lines. Ends with 1 if one of them is not in `REASONS`, or one that is there is not
 * below any more.
 */
import ts from "npm:typescript@5.9.3";
import { type Lines, linesOf } from "./lcov.ts";

const ROOMS = ["composite", "drivers", "domain"];
const LEAST = 0.9;

/** Files that may be below, each with the reason. */
const REASONS: Readonly<Record<string, string>> = {};

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
  const below = new Set(covered.filter((one) => shareOf(one) < LEAST).map(({ path }) => path));
  return [
    ...[...below].filter((path) => reasons[path] === undefined).map((path) =>
      `${path}: test it, or say in REASONS why not`
    ),
    ...Object.keys(reasons).filter((path) => !below.has(path)).map((path) =>
      `${path}: it is not below any more, so take it out of REASONS`
    ),
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
