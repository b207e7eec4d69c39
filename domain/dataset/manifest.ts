/**
 * What a dataset says of itself: the files that it consists of, and what they were made of.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { hasCode, RubiconException } from "../../errors.ts";
import { isPlain } from "../check.ts";
import type { Part } from "./columns.ts";

/** The key of the file that is written last: what it does not name is no part of the dataset. */
export const MANIFEST = "manifest.json";
const FORMAT = 1;

/** How many there are of each thing. */
export type Counts = Record<Part, number>;

/** Nothing of anything. */
export const noCounts = (): Counts => ({ experiments: 0, values: 0, history: 0, artifacts: 0 });

/** Adds up counts. */
export function sumOf(all: Iterable<Counts>): Counts {
  const sum = noCounts();
  for (const one of all) {
    for (const part of Object.keys(sum) as Part[]) sum[part] += one[part];
  }
  return sum;
}

/** One file of rows. */
export interface PartFile {
  /** Where it is, from the dataset's folder. */
  path: string;
  part: Part;
  rows: number;
  bytes: number;
}

/** An experiment that is in a group, or the project itself with an empty id. */
export interface Source {
  id: string;
  /** Of all objects that it is read from. */
  checksum: string;
  /** Whether it was running: its state changes without any object that does. */
  running?: boolean;
}

/** Experiments that are written together, and again if one of them changes. */
export interface Group {
  name: string;
  sources: Source[];
  counts: Counts;
  files: PartFile[];
}

/** One project of a dataset. */
export interface ProjectEntry {
  /** The folder's value. */
  project: string;
  name: string;
  /** Rows of each part. */
  counts: Counts;
  /** Of all its sources. */
  checksum: string;
  /** Where its groups are. */
  sources: string;
}

/** What is in manifest.json. */
export interface Manifest {
  format: number;
  "exported_at": string;
  projects: ProjectEntry[];
  files: (PartFile & { project: string })[];
}

const OWN =
  /^(?:experiments|values|history|artifacts|sources)\/project=[^/]+\/[^/]+\.(?:parquet|json)$/;

/** Whether a key is of a dataset's file, so that an export may remove it. */
export const isOwnFile = (key: string): boolean => OWN.test(key);

const encode = (value: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`);

/** The bytes of a manifest. */
export const encodeManifest = (manifest: Omit<Manifest, "format">): Uint8Array<ArrayBuffer> =>
  encode({ format: FORMAT, ...manifest });

/** The bytes of a project's groups. */
export const encodeGroups = (groups: readonly Group[]): Uint8Array<ArrayBuffer> =>
  encode({ groups });

/** A dataset's manifest with its bytes, if there is one. */
export async function readManifest(
  driver: Driver,
  where: string,
  signal: AbortSignal | undefined,
): Promise<{ manifest: Manifest; text: string } | undefined> {
  const found = await textOf(driver, MANIFEST, signal);
  if (found === undefined) return undefined;
  const what = `${where}: ${driver.label}: ${MANIFEST}`;
  const manifest = parsed(found, what);
  if (!Array.isArray(manifest.projects) || !Array.isArray(manifest.files)) throw noManifest(what);
  if (manifest.format !== FORMAT) {
    throw new RubiconException(
      "unsupported",
      `${what} is of the format ${
        JSON.stringify(manifest.format)
      }, which another version of this module wrote. ` +
        "Export to an empty folder.",
    );
  }
  return { manifest: manifest as unknown as Manifest, text: found };
}

/** The groups of a project of a dataset. */
export async function readGroups(
  driver: Driver,
  { sources }: ProjectEntry,
  where: string,
  signal: AbortSignal | undefined,
): Promise<Group[]> {
  const text = await textOf(driver, sources, signal);
  // Whoever took it away is answered by writing all of the project again.
  if (text === undefined) return [];
  const what = `${where}: ${driver.label}: ${sources}`;
  const { groups } = parsed(text, what);
  if (!Array.isArray(groups)) throw noManifest(what);
  return groups as Group[];
}

async function textOf(
  driver: Driver,
  key: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    return new TextDecoder().decode((await driver.get(key, { signal })).bytes);
  } catch (error) {
    if (!hasCode(error, "not-found")) throw error;
    return undefined;
  }
}

function parsed(text: string, what: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    if (isPlain(found)) return found;
  } catch (cause) {
    throw noManifest(what, cause);
  }
  throw noManifest(what);
}

const noManifest = (what: string, cause?: unknown) =>
  new RubiconException(
    "corrupt",
    `${what} is not what exportParquet writes. Export to an empty folder.`,
    { cause },
  );
