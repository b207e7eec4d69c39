/**
 * Listing objects and folders.
 *
 * @module
 */
import type { FolderEntries, ListEntry, ListOptions } from "../driver.ts";
import { breathe } from "../source.ts";
import { isMissing } from "./errors.ts";
import { metaOf } from "./read.ts";
import { sweep } from "./remove.ts";
import { isInside, locate, locateFolder } from "./locate.ts";
import { foldersSeen, isReserved, isStaged, pathOf, type Root } from "./root.ts";
import { hasCode } from "../../errors.ts";
import { admit, isFresh } from "./identity.ts";

/** After how many entries others have their turn. */
const TURN = 1000;

interface Frame {
  /** The key of the folder. */
  folder: string;
  depth: number;
  /** Where the links on the way to this folder lead: those are not followed in a circle. */
  links: readonly string[];
  /** Whether its parent's listing says that it is a folder, and no link: then nothing has to be resolved. */
  plain: boolean;
}

/** The objects below a prefix. */
export async function* walk(
  root: Root,
  prefix: string,
  { depth = Infinity, signal }: ListOptions = {},
): AsyncGenerator<ListEntry, void, void> {
  const frames: Frame[] = [{ folder: prefix, depth, links: [], plain: false }];
  let count = 0;
  for (let frame = frames.pop(); frame; frame = frames.pop()) {
    if (frame.depth < 1) continue;
    for (const entry of entriesOf(root, frame.folder, frame.plain)) {
      if (++count % TURN === 0) {
        await breathe();
        if (!isFresh(root)) await admit(root, signal);
      }
      signal?.throwIfAborted();
      const key = frame.folder === "" ? entry.name : `${frame.folder}/${entry.name}`;
      const next = { folder: key, depth: frame.depth - 1, links: frame.links, plain: false };
      if (entry.isDirectory) frames.push({ ...next, plain: true });
      else if (entry.isFile) {
        const info = vanishing(() => Deno.lstatSync(pathOf(root, key)));
        if (info?.isFile) yield { key, ...metaOf(info) };
      } else if (entry.isSymlink) {
        const info = follow(root, key);
        if (info?.isFile) yield { key, ...metaOf(info) };
        if (!info?.isDirectory) continue;
        const real = vanishing(() => Deno.realPathSync(pathOf(root, key)));
        if (real === undefined || isCircle(root, frame, real)) continue;
        frames.push({ ...next, links: [...frame.links, real] });
      }
    }
  }
}

/** The names of what is directly in each of some folders. */
export function entriesIn(root: Root, folders: readonly string[]): FolderEntries[] {
  const seen: string[] = [];
  const since = performance.now();
  const all = folders.map((folder) => entriesInOne(root, folder, seen));
  foldersSeen(root, seen, since);
  return all;
}

function entriesInOne(root: Root, folder: string, seen: string[]): FolderEntries {
  const found: FolderEntries = { folders: [], objects: [] };
  for (const { name, isDirectory, isFile, isSymlink } of entriesOf(root, folder)) {
    if (isDirectory) {
      seen.push(folder === "" ? name : `${folder}/${name}`);
      found.folders.push(name);
    } else if (isFile) found.objects.push(name);
    else if (isSymlink) {
      const info = follow(root, folder === "" ? name : `${folder}/${name}`);
      if (info?.isDirectory) found.folders.push(name);
      else if (info?.isFile) found.objects.push(name);
    }
  }
  return found;
}

/** What is in a folder, without staged files and what no key can name. */
function* entriesOf(
  root: Root,
  folder: string,
  plain = false,
): Generator<Deno.DirEntry, void, void> {
  if (!plain && isReserved(folder)) return;
  const path = () => {
    if (!plain) locateFolder(root, folder);
    return pathOf(root, folder);
  };
  const entries = vanishing(() => [...Deno.readDirSync(path())]) ?? [];
  for (const entry of entries) {
    if (isStaged(entry.name)) sweep(root, folder, entry.name);
    else if (!entry.name.includes("\\")) yield entry;
  }
}

/** What a symbolic link leads to; nothing where it leads nowhere or out of the root. */
function follow(root: Root, key: string): Deno.FileInfo | undefined {
  try {
    return vanishing(() => Deno.statSync(locate(root, key)));
  } catch (error) {
    if (error instanceof Deno.errors.FilesystemLoop || hasCode(error, "permission-denied")) return;
    throw error;
  }
}

/** Whether a link leads to a folder that it is in, or to one that was entered by a link before. */
function isCircle(root: Root, { folder, links }: Frame, real: string): boolean {
  if (links.includes(real)) return true;
  const here = vanishing(() => Deno.realPathSync(pathOf(root, folder)));
  return here === undefined || isInside(here, real);
}

/** What is removed between one look and the next is left out. */
function vanishing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
