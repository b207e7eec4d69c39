// A stand-in for what the sources call of jsr:@std/fs/walk; see compat/path/mod.ts.
import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

export interface WalkEntry {
  path: string;
  name: string;
  isFile: boolean;
  isDirectory: boolean;
  isSymlink: boolean;
}

export interface WalkOptions {
  includeDirs?: boolean;
  includeFiles?: boolean;
  includeSymlinks?: boolean;
}

export async function* walk(
  root: string | URL,
  options: WalkOptions = {},
): AsyncIterableIterator<WalkEntry> {
  const { includeDirs = true, includeFiles = true, includeSymlinks = true } = options;
  const folder = root instanceof URL ? fileURLToPath(root) : root;
  if (includeDirs) {
    const name = path.basename(path.normalize(folder));
    yield { path: folder, name, isFile: false, isDirectory: true, isSymlink: false };
  }
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    const isSymlink = entry.isSymbolicLink();
    if (entry.isDirectory()) yield* walk(at, options);
    else if (isSymlink ? includeSymlinks : includeFiles) {
      yield {
        path: at,
        name: entry.name,
        isFile: entry.isFile(),
        isDirectory: false,
        isSymlink,
      };
    }
  }
}
