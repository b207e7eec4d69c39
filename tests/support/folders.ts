/**
 * Folders for tests of drivers.
 */
import type { Driver } from "../../drivers/driver.ts";
import { openFilesystem } from "../../drivers/filesystem.ts";
import { guard } from "../../drivers/guard.ts";

/** The filesystem driver of a folder, behind its guard. */
export const openFolder = (rootDir: string | URL, durable = false): Driver =>
  guard(openFilesystem({ persistence: "filesystem", rootDir, durable }));

/** Memory is thousands of times faster than a disk that others use too. */
const FASTEST = Deno.build.os === "linux" ? "/dev/shm" : undefined;

/** A folder that is gone with its test. */
export async function temporary(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rubicon-filesystem-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Many folders, one after the other, in memory where that is to be had; each is gone when the next one comes. */
export async function inTurn(run: (fresh: () => string) => Promise<void>): Promise<void> {
  const dir = FASTEST !== undefined && isFolder(FASTEST) ? FASTEST : undefined;
  const base = await Deno.makeTempDir({ prefix: "rubicon-filesystem-", ...(dir && { dir }) });
  let count = 0;
  try {
    await run(() => {
      if (count > 0) Deno.removeSync(`${base}/${count}`, { recursive: true });
      Deno.mkdirSync(`${base}/${++count}`);
      return `${base}/${count}`;
    });
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** All files and empty folders below, by path. */
export function* tree(folder: string): Generator<string> {
  const entries = [...Deno.readDirSync(folder)];
  if (entries.length === 0) yield `${folder}/`;
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* tree(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

/** The staged files and folders below, by path. */
export function stagedIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (name.startsWith(".staged-")) return [path];
    return isDirectory ? stagedIn(path) : [];
  });
}
