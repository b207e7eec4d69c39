// deno-lint-ignore-file no-console -- a command says what it did.
/**
 * Mutation tests: one small fault at a time is put into a copy of the sources, and the tests have to notice.
 *
 *     deno task mutate [--count 150] [--seed 1] [--least 0.9] [--only TEXT]… [FOLDER…]
 *
 * Each test file runs once alone at first, which tells the lines it runs and how long it takes. A mutant then gets only
 * the files that run its function, those that run its line and are fast first. Prints each mutant that lived; ends with 1 if fewer than `--least` of
 * them were noticed. `--only` takes the mutants whose description, as it is printed, has one of its texts.
 */
import { parseArgs } from "node:util";
import { type Lines, linesOf } from "./lcov.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "150" },
    seed: { type: "string", default: "1" },
    least: { type: "string", default: "0.9" },
    only: { type: "string", multiple: true, default: [""] },
  },
});
const FOLDERS = positionals.length > 0 ? positionals : ["composite", "domain/upkeep"];
const TESTS = [
  "tests/composite",
  "tests/domain",
  ...["layer", "line", "same"].map((one) => `tests/drivers/${one}_test.ts`),
];
/** What kills processes again and again takes a minute, and what it finds the model finds as well. */
const SLOW = ["tests/composite/crash_test.ts"];

interface TestFile {
  path: string;
  /** How long it takes without any mutant, in milliseconds. */
  ms: number;
  lines: ReadonlyMap<string, Lines>;
}

function filesIn(path: string, suffix: string): string[] {
  if (Deno.statSync(path).isFile) return [path];
  return [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return filesIn(`${path}/${name}`, suffix);
    return name.endsWith(suffix) && !name.endsWith("types.ts") ? [`${path}/${name}`] : [];
  }).sort();
}

/** A sequence that looks random and is the same for each seed (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = seed + 0x6D2B79F5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

/** Whether test files pass in a copy. A test that never ends has noticed the mutant. */
async function passes(folder: string, files: readonly string[], more: string[], ms: number) {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--fail-fast", "--quiet", ...more, ...files],
    cwd: folder,
    env: { CI: "", NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(ms),
  }).output();
  return success;
}

async function testFilesIn(folder: string): Promise<TestFile[]> {
  const files: TestFile[] = [];
  for (const path of TESTS.flatMap((one) => filesIn(one, "_test.ts"))) {
    if (SLOW.includes(path)) continue;
    const profiles = await Deno.makeTempDir({ prefix: "profiles-" });
    const start = performance.now();
    const more = [`--coverage=${profiles}`, "--coverage-raw-data-only"];
    if (!await passes(folder, [path], more, 300_000)) {
      throw new Error(`${path} fails without any mutant`);
    }
    const ms = performance.now() - start;
    files.push({ path, ms, lines: await linesOf(profiles, FOLDERS, `${folder}/`) });
    await Deno.remove(profiles, { recursive: true });
  }
  return files;
}

/**
 * The test files that run the function of a mutant, first those that run its whole line: a line of which a part was
 * passed over counts as not run.
 */
function filesFor({ file, line, body }: Mutant, files: readonly TestFile[]): TestFile[] {
  const runsLine = (one: TestFile) => Number((one.lines.get(file)?.get(line) ?? 0) > 0);
  return files.filter(({ lines }) =>
    lines.get(file)?.entries().some(([at, count]) => at >= body.from && at <= body.to && count > 0)
  ).sort((a, b) => runsLine(b) - runsLine(a) || a.ms - b.ms);
}

/** Whether a mutant that is in the copy is noticed. Files that are done fast go before the others. */
async function isNoticed(folder: string, files: readonly TestFile[]): Promise<boolean> {
  const first = files.slice(0, 8);
  for (const some of [first, files.slice(first.length)]) {
    if (some.length === 0) continue;
    const ms = some.reduce((sum, one) => sum + one.ms, 0);
    if (!await passes(folder, some.map(({ path }) => path), [], 20_000 + 3 * ms)) return true;
  }
  return false;
}

const nameOf = ({ file, line, what }: Mutant) => `${file}:${line} ${what}`;

const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "mutants-" }));
try {
  const cloned = await new Deno.Command("cp", { args: ["-a", ".", folder] }).output();
  if (!cloned.success) throw new Error("the sources could not be copied");
  const texts = new Map(
    FOLDERS.flatMap((one) => filesIn(one, ".ts")).map((
      file,
    ) => [file, Deno.readTextFileSync(file)]),
  );
  const all = [...texts].flatMap(([file, text]) => mutantsOf(file, text));
  const next = random(Number(values.seed));
  const chosen = all.map((mutant) => ({ mutant, order: next() }))
    .sort((a, b) => a.order - b.order).map(({ mutant }) => mutant)
    .filter((mutant) => values.only.some((text) => nameOf(mutant).includes(text))).slice(
      0,
      Number(values.count),
    );
  const files = await testFilesIn(folder);
  let noticed = 0;
  for (const [at, mutant] of chosen.entries()) {
    if (at > 0 && at % 25 === 0) console.error(`${noticed} of ${at} so far`);
    const some = filesFor(mutant, files);
    await Deno.writeTextFile(`${folder}/${mutant.file}`, mutant.text);
    if (await isNoticed(folder, some)) noticed++;
    else console.log(`lived: ${nameOf(mutant)}${some.length === 0 ? " (no test runs it)" : ""}`);
    await Deno.writeTextFile(`${folder}/${mutant.file}`, texts.get(mutant.file)!);
  }
  console.log(`${noticed} of ${chosen.length} mutants were noticed, of ${all.length} there are`);
  if (noticed < chosen.length * Number(values.least)) Deno.exitCode = 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}
