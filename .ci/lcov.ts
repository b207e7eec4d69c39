/**
 * Which lines ran, from the profiles that Deno writes.
 *
 * @module
 */
import { fromFileUrl } from "jsr:@std/path@^1.1.6/from-file-url";

/** How often each line of a file ran, by the number of the line. Types and empty lines are not in it. */
export type Lines = ReadonlyMap<number, number>;

/** The files of some folders of a checkout that a folder of profiles tells of, by path in the checkout. */
export async function linesOf(
  profiles: string,
  folders: readonly string[],
  root = fromFileUrl(new URL("..", import.meta.url)),
): Promise<Map<string, Lines>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "coverage",
      "--lcov",
      "--quiet",
      `--include=^file://${RegExp.escape(root)}(?:${folders.map(RegExp.escape).join("|")})`,
      profiles,
    ],
    cwd: root,
  }).output();
  const said = new TextDecoder().decode(stderr);
  // It is an error to Deno that none of the files was loaded.
  if (!success && !said.includes("No covered files")) throw new Error(said);
  return parseLcov(new TextDecoder().decode(stdout), root);
}

/** The lines of each file of a report in lcov's format, by path below a folder. */
export function parseLcov(text: string, root: string): Map<string, Lines> {
  const files = new Map<string, Map<number, number>>();
  let lines = new Map<number, number>();
  for (const line of text.split("\n")) {
    if (line.startsWith("SF:")) {
      files.set(line.slice("SF:".length + root.length), lines = new Map());
    } else if (line.startsWith("DA:")) {
      const [at, count] = line.slice("DA:".length).split(",").map(Number);
      lines.set(at!, count!);
    }
  }
  return files;
}
