/**
 * Folders' times as stamps of what is in them.
 *
 * @module
 */
import type { FolderStamp, StampOptions } from "../driver.ts";
import { Turns } from "../turns.ts";
import { isMissing } from "./errors.ts";
import { find, locateFolder } from "./locate.ts";
import { folderOf, foldersSeen, isReserved, pathOf, type Root } from "./root.ts";
import { timeOf, timesOf } from "./times.ts";
import { isOnLocalDisk } from "./written.ts";

/** Deno tells the time of a change of attributes in whole seconds, whatever the file system keeps. */
const CTIME_STEP = 1000;
/** How far a measured clock may be off, in milliseconds. */
const CLOCK_ERROR = 1000;
/** After so many folders others may have their turn. */
const LOT = 256;

const NOTHING: readonly string[] = [];

/** The stamp of a folder. Its text is only made if somebody asks for it. */
class Stamp implements FolderStamp {
  readonly modified: number;
  readonly changed: number;
  readonly inode: number;
  /** Whether what comes or goes from now on gives the folder other times. */
  readonly isSure: boolean;
  /** Names that nothing in the folder has for as long as this stamp holds. */
  lacks: readonly string[];

  constructor(modified: number, changed: number, inode: number, isSure: boolean) {
    this.modified = modified;
    this.changed = changed;
    this.inode = inode;
    this.isSure = isSure;
    this.lacks = NOTHING;
  }

  // Tools that copy a tree set a folder's time back, but not that of the change.
  get stamp(): string | undefined {
    return this.isSure ? `${this.inode}-${this.modified}-${this.changed}` : undefined;
  }
}

/**
 * A stamp for each folder, if its times can be trusted. A folder that changed within one step of now may change
 * again within that step and show the same time, so it has no stamp yet (git's index has the same rule).
 */
export async function stamps(
  root: Root,
  folders: readonly string[],
  { signal, known = [] }: StampOptions = {},
): Promise<(FolderStamp | undefined)[]> {
  const { step, ahead, folders: trusted } = timesOf(root);
  if (!trusted) return folders.map(() => undefined);
  const margin = Math.max(step, CTIME_STEP) + (isOnLocalDisk(root) ? 0 : CLOCK_ERROR);
  const all: (FolderStamp | undefined)[] = [];
  const way: Way = { above: "", asked: "", own: undefined, seen: [], settled: 0 };
  const turns = new Turns();
  const since = performance.now();
  for (let at = 0; at < folders.length; at++) {
    if (at % LOT === 0) {
      if (at > 0 && await turns.take()) {
        signal?.throwIfAborted();
        way.above = way.asked = "";
        way.own = undefined;
      }
      way.settled = Date.now() + ahead - margin;
    }
    all.push(stampOf(root, folders[at]!, known[at], way));
  }
  foldersSeen(root, way.seen, since);
  return all;
}

/** Folders that were looked at just now: many of those that are asked for are in them. */
interface Way {
  /** The last one that others are in. */
  above: string;
  /** The last one that was asked for and is there, if it is not in the one before. */
  asked: string;
  /** The stamp of that. */
  own: Stamp | undefined;
  /** All of these. */
  seen: string[];
  /** What changed before that has a stamp. */
  settled: number;
}

function stampOf(
  root: Root,
  folder: string,
  known: FolderStamp | undefined,
  way: Way,
): Stamp | undefined {
  if (isReserved(folder)) return undefined;
  const parent = folderOf(folder);
  const below = way.own && parent === way.asked ? way.own : undefined;
  const name = below ? folder.slice(parent.length + 1) : "";
  // What was missing in a folder that has not changed is missing still.
  if (below?.lacks.includes(name)) return undefined;
  try {
    const info = infoOf(root, folder, parent, way);
    if (!info) {
      if (below?.isSure) below.lacks = [...below.lacks, name];
      return undefined;
    }
    if (!info.isDirectory) return undefined;
    const stamp = sameOrNew(info, known, way.settled);
    // Objects in a folder are asked for next; what is in the folders below it has another look.
    if (!below) {
      way.seen.push(folder);
      way.asked = folder;
      way.own = stamp;
    }
    return stamp;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** What is known of a folder; nothing if there is no such name. (A link that leads nowhere is one.) */
function infoOf(
  root: Root,
  folder: string,
  parent: string,
  way: Way,
): Deno.FileInfo | undefined {
  if (folder === "") return Deno.statSync(root.path);
  if (parent !== way.above && parent !== way.asked) {
    locateFolder(root, parent);
    way.above = parent;
  }
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(pathOf(root, folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return info.isSymlink ? find(root, folder).info : info;
}

function sameOrNew(
  info: Deno.FileInfo,
  known: FolderStamp | undefined,
  settled: number,
): Stamp {
  const modified = timeOf(info);
  const changed = info.ctime?.getTime() ?? 0;
  const inode = info.ino ?? 0;
  const isSure = Math.max(changed, modified) < settled;
  const isSame = known instanceof Stamp && known.isSure && isSure &&
    known.modified === modified && known.changed === changed && known.inode === inode;
  return isSame ? known : new Stamp(modified, changed, inode, isSure);
}
