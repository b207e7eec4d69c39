/**
 * Writing the index of a project anew: of what rubicon-ml logged, or what came one by one, nobody has added a line.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import type { Backend } from "../../composite/plan.ts";
import { encodeStamped, type TableCells } from "../../composite/layers/bundle_format.ts";
import { encodeLine, indexKey } from "../../composite/layers/bundle_index.ts";
import { encodeRead } from "../format/cell.ts";
import { encodeEntity, parseObject } from "../format/codec.ts";
import { METADATA, metadataKey, projectFolder } from "../format/layout.ts";
import { Deletions } from "./deleted.ts";
import { olderFirst } from "./entity_files.ts";
import { indexOf, MOST_BYTES } from "./folder_index.ts";
import { idsIn, runFolder } from "./folder_list.ts";
import { readRuns, type RunFolder } from "./folder_runs.ts";
import type { KnownRun, RunStamps } from "./run_cache.ts";

/** What takes more bytes than this is read one by one. */
const MOST_LINE = 64 << 10;
/** So many runs are read in one go. */
const PAGE = 256;

/** Writes the index of a project's folder, in a backend that reads many small things at once and has bundles. */
export async function reindex(
  backend: Backend,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { driver } = backend;
  if (!driver.stamps || !driver.putTree) return;
  const name = await nameOf(backend, folder);
  const listed = name === undefined ? undefined : runFolder(backend, name, true);
  if (!listed) return;
  const index = indexOf(listed);
  const ids = await idsIn({ ...listed, index }, new Deletions());
  const read: { run: KnownRun; line: string }[] = [];
  const old = await index();
  const from: RunFolder = {
    ...listed,
    index,
    cache: {
      kept: () => ({ runs: [], stamps: [] }),
      set(id, stamps, run) {
        // What changed a moment ago has no stamp yet: its line stays as it was.
        const line = lineOf(id, stamps, run) ?? old?.line(id);
        if (line !== undefined) read.push({ run, line });
      },
    },
  };
  for (let at = 0; at < ids.length; at += PAGE) {
    signal?.throwIfAborted();
    await readRuns(from, ids.slice(at, at + PAGE));
  }
  const lines = read.sort((a, b) => olderFirst(a.run.experiment, b.run.experiment));
  const text = lines.map(({ line }) => line).join("");
  const bytes = new TextEncoder().encode(text);
  if (old?.isText(text) || bytes.length === 0 || bytes.length > MOST_BYTES) return;
  await driver.put(indexKey(folder), bytes, { signal });
}

/** The name of the project that a folder is of, if that can be read. */
async function nameOf({ driver }: Backend, folder: string): Promise<string | undefined> {
  const key = metadataKey(folder);
  const [object] = await driver.bulk?.get([key]) ?? [];
  try {
    const name = object && parseObject(object.bytes, key).name;
    return typeof name === "string" && projectFolder(name) === folder ? name : undefined;
  } catch (error) {
    if (!hasCode(error, "corrupt", "invalid-argument")) throw error;
    return undefined; // Whoever reads the project says what is wrong.
  }
}

/** The line of a run; nothing if its folders have no stamps, or JSON cannot hold it. */
function lineOf(id: string, stamps: RunStamps, run: KnownRun): string | undefined {
  const folders: (string | null)[] = [];
  for (const one of stamps) {
    if (one && one.stamp === undefined) return undefined;
    folders.push(one?.stamp ?? null);
  }
  if (folders[0] === null) return undefined;
  const { experiment, parameters, metrics, life } = run;
  const objects: [string, Uint8Array][] = [[METADATA, encodeEntity(experiment)]];
  if (life) {
    const { source, at } = life;
    const bytes = source instanceof Uint8Array
      ? source
      : new TextEncoder().encode(JSON.stringify(source));
    objects.push([at.slice(at.lastIndexOf("/") + 1), bytes]);
  }
  const cells = [
    ...parameters.map((cell, at) => () => encodeRead("parameters", cell, at)),
    ...metrics.map((cell, at) => () => encodeRead("metrics", cell, at)),
  ];
  const all: TableCells = [...objects.map(() => undefined), ...cells];
  const bundle = encodeStamped([...objects, ...cells.map(() => NOTHING)], 0, all);
  return bundle && encodeLine(id, bundle, { made: life?.heard ?? 0, folders }, MOST_LINE);
}

const NOTHING: [string, Uint8Array] = ["", new Uint8Array()];
