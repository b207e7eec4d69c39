/**
 * Which lines each test file runs, and how long it takes: measured once, and kept for as long as nothing changes.
 *
 * @module
 */
import { linesOf } from "./lcov.ts";

/** A test file, as it is without any mutant. */
export interface TestFile {
  path: string;
  /** How long it takes, in milliseconds. */
  ms: number;
  /** The lines that it runs, by file. */
  ran: Readonly<Record<string, readonly number[]>>;
}

const KEPT = ".cache/mutants";

/** The files of this checkout, without those that git ignores. */
export async function sources(): Promise<string[]> {
  const { success, stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
  }).output();
  if (!success) throw new Error("git does not list the files of this checkout");
  const listed = new TextDecoder().decode(stdout).split("\0").filter((path) => path !== "");
  const there = await Promise.all(
    listed.map((path) => Deno.lstat(path).then(({ isFile }) => isFile, () => false)),
  );
  return listed.filter((_, at) => there[at]);
}

/** How test files end in a copy of the checkout. */
export async function verdictOf(
  folder: string,
  files: readonly string[],
  { ms, more = [] }: { ms: number; more?: string[] },
): Promise<"passed" | "failed" | "took too long"> {
  const signal = AbortSignal.timeout(ms);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--fail-fast", "--quiet", ...more, ...files],
    cwd: folder,
    env: { CI: "", NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal,
  }).output();
  if (success) return "passed";
  return signal.aborted ? "took too long" : "failed";
}

/** Texts in, a name for a file out. */
async function hashOf(texts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(texts));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 32);
}

/** What is known of test files, by a run of each that has changed, or whose sources have. */
export async function measured(
  paths: readonly string[],
  folder: string,
  rooms: readonly string[],
): Promise<TestFile[]> {
  await Deno.mkdir(KEPT, { recursive: true });
  const others = (await sources()).filter((path) =>
    /\.(?:ts|json)$/.test(path) && !/^\.ci\/|_test\.ts$/.test(path)
  );
  const all = await hashOf(await Promise.all(others.map((path) => Deno.readTextFile(path))));
  const files: TestFile[] = [];
  for (const path of paths) {
    const kept = `${KEPT}/${await hashOf([all, path, await Deno.readTextFile(path), ...rooms])}`;
    const known = await Deno.readTextFile(kept).catch(() => undefined);
    const file = known === undefined ? await measure(path, folder, rooms) : JSON.parse(known);
    if (known === undefined) await Deno.writeTextFile(kept, JSON.stringify(file));
    files.push(file);
  }
  return files;
}

async function measure(path: string, folder: string, rooms: readonly string[]): Promise<TestFile> {
  const profiles = await Deno.makeTempDir({ prefix: "profiles-" });
  try {
    const start = performance.now();
    const more = [`--coverage=${profiles}`, "--coverage-raw-data-only"];
    const verdict = await verdictOf(folder, [path], { ms: 300_000, more });
    if (verdict !== "passed") throw new Error(`${path} ${verdict} without any mutant`);
    const ms = Math.round(performance.now() - start);
    const lines = await linesOf(profiles, rooms, `${folder}/`);
    const ran = [...lines].map(([file, counts]): [string, number[]] => [
      file,
      [...counts].filter(([, count]) => count > 0).map(([line]) => line),
    ]);
    return { path, ms, ran: Object.fromEntries(ran) };
  } finally {
    await Deno.remove(profiles, { recursive: true });
  }
}
