// deno-lint-ignore-file no-console -- a command says what it did.
/**
 * Mutation tests: one small fault at a time is put into a copy of the sources, and the tests have to notice.
 *
 *     deno task mutate [--count 150] [--seed 1] [--least 0.9] [--jobs 1] [--seconds 60] [--only TEXT]… [FILE|FOLDER…]
 *     deno task mutate --tests FILE… FILE…
 *
 * Each test file runs once alone at first, which tells the lines that it runs and how long it takes. That is kept in
 * `.cache/mutants`, so it is only repeated if something has changed. A mutant then gets the files that run its
 * function, those first that run its line and are fast, up to `--seconds` of them. With `--tests` each mutant gets
 * these files, and nothing is measured.
 *
 * Prints each mutant that lived, and each that made the tests take too long, which counts as noticed: on a busy machine
 * look at those again. Ends with 1 if fewer than `--least` of them were noticed. `--only` takes the mutants whose
 * description, as it is printed, has one of its texts.
 */
import { parseArgs } from "node:util";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { measured, sources, type TestFile, verdictOf } from "./test_files.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "150" },
    seed: { type: "string", default: "1" },
    least: { type: "string", default: "0.9" },
    seconds: { type: "string", default: "60" },
    jobs: { type: "string", default: "1" },
    only: { type: "string", multiple: true, default: [""] },
    tests: { type: "string", multiple: true, default: [] },
  },
});
const ROOMS = ["composite", "domain/upkeep"];
const TESTS = [
  "tests/composite",
  "tests/domain",
  "tests/history",
  ...["layer", "line", "same"].map((one) => `tests/drivers/${one}_test.ts`),
];
/** What kills processes again and again takes a minute, and the models find what it would. */
const SLOW = /\/(?:crash|sigkill|leaving)_test/;

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

/**
 * The test files that run the function of a mutant, first those that run its whole line: a line of which a part was
 * passed over counts as not run.
 */
function filesFor({ file, line, body }: Mutant, files: readonly TestFile[]): TestFile[] {
  const runsLine = (one: TestFile) => Number(one.ran[file]?.includes(line) ?? false);
  let ms = 0;
  return files.filter(({ ran }) => ran[file]?.some((at) => at >= body.from && at <= body.to))
    .sort((a, b) => runsLine(b) - runsLine(a) || a.ms - b.ms)
    .filter((one, at) => (ms += one.ms) <= Number(values.seconds) * 1000 || at === 0);
}

/** What the tests say of a mutant that is in the copy. Files that are done fast go before the others. */
async function tried(folder: string, files: readonly TestFile[]) {
  for (const some of [files.slice(0, 8), files.slice(8)]) {
    if (some.length === 0) continue;
    const ms = 20_000 + 5 * some.reduce((sum, one) => sum + one.ms, 0);
    const verdict = await verdictOf(folder, some.map(({ path }) => path), { ms });
    if (verdict !== "passed") return verdict;
  }
  return "passed";
}

const nameOf = ({ file, line, what }: Mutant) => `${file}:${line} ${what}`;

/** A copy of the checkout, which the mutants of one job are put into. */
async function copied(): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "mutants-" }));
  for (const path of await sources()) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(path, `${folder}/${path}`);
  }
  // What tests have installed there is not installed once more for each copy.
  await Deno.mkdir(".cache", { recursive: true });
  await Deno.symlink(await Deno.realPath(".cache"), `${folder}/.cache`);
  return folder;
}

const texts = new Map(
  (positionals.length > 0 ? positionals : ROOMS).flatMap((one) => filesIn(one, ".ts"))
    .map((file) => [file, Deno.readTextFileSync(file)]),
);
const all = [...texts].flatMap(([file, text]) => mutantsOf(file, text));
const next = random(Number(values.seed));
const chosen = all.map((mutant) => ({ mutant, order: next() }))
  .sort((a, b) => a.order - b.order).map(({ mutant }) => mutant)
  .filter((mutant) => values.only.some((text) => nameOf(mutant).includes(text)))
  .slice(0, Number(values.count));
const folders = await Promise.all(Array.from({ length: Number(values.jobs) }, copied));
try {
  const named = values.tests.map((path) => ({ path, ms: 1_000, ran: {} }));
  const tests = TESTS.flatMap((one) => filesIn(one, "_test.ts")).filter((path) => !SLOW.test(path));
  const files = named.length > 0 ? named : await measured(tests, folders[0]!, ROOMS);
  let noticed = 0;
  const queue = chosen.values();
  await Promise.all(folders.map(async (folder) => {
    for (const mutant of queue) {
      const some = named.length > 0 ? named : filesFor(mutant, files);
      await Deno.writeTextFile(`${folder}/${mutant.file}`, mutant.text);
      const verdict = await tried(folder, some);
      await Deno.writeTextFile(`${folder}/${mutant.file}`, texts.get(mutant.file)!);
      if (verdict !== "passed") noticed++;
      if (verdict === "took too long") console.log(`took too long: ${nameOf(mutant)}`);
      if (verdict === "passed") {
        console.log(`lived: ${nameOf(mutant)}${some.length === 0 ? " (no test runs it)" : ""}`);
      }
    }
  }));
  console.log(`${noticed} of ${chosen.length} mutants were noticed, of ${all.length} there are`);
  if (noticed < chosen.length * Number(values.least)) Deno.exitCode = 1;
} finally {
  await Promise.all(folders.map((folder) => Deno.remove(folder, { recursive: true })));
}
