/**
 * Adding and removing tags and comments.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Core, Step, Write } from "../../composite/plan.ts";
import { equal } from "../../drivers/same.ts";
import { type ChangeFile, changeName, fold, join, type What } from "../format/annotations.ts";
import { type Rewrite, takenOut } from "../format/rewrites.ts";
import { type Change, describe, encodeChange } from "../format/codec.ts";
import { entityFolder, metadataKey } from "../format/layout.ts";
import { changesOf } from "../reading/entity_files.ts";
import { above, refuseTrashed } from "./above.ts";
import { placeOf } from "./create.ts";
import type { Taggable } from "../format/entities.ts";

/** The experiment or the project that something is in. An experiment is in itself. */
const placeIn = (entity: Taggable) =>
  entity.kind === "experiment"
    ? { projectName: entity.projectName, experimentId: entity.id }
    : placeOf(entity)!;

/** The time of a file that no store has given one yet. */
const NOT_YET = new Date(8.64e15);

/** Writes what adds to or removes from an entity's tags or comments. Gives those that it has then. */
export async function annotate(
  rubicon: Core,
  entity: Taggable,
  what: What,
  own: readonly string[],
  change: Change,
  options: CallOptions,
): Promise<string[]> {
  const folder = entityFolder(entity);
  let files: readonly ChangeFile[] = [{ key: folder, lastModified: NOT_YET, change }];
  await rubicon.write(async (write) => {
    await refuseTrashed(rubicon, entity, placeIn(entity));
    files = await say(rubicon, write, entity, what, folder, change, options);
  }, options);
  return fold(what, own, files);
}

/**
 * Writes a change, and takes what it contradicts out of the files before it: no two files may disagree on a text, since
 * copies and rewrites change the order that they have for rubicon-ml. Others may do the same at this moment. So the
 * files are looked at again after each write, until nothing is left to be taken out: who writes last of all has then
 * seen what all have written.
 *
 * @returns The files, after that.
 */
async function say(
  rubicon: Core,
  write: Write,
  entity: Taggable,
  what: What,
  folder: string,
  change: Change,
  options: CallOptions,
): Promise<readonly ChangeFile[]> {
  const { onReceipts: _onReceipts, ...quiet } = options;
  const look = () =>
    rubicon.read<(readonly ChangeFile[])[]>({
      what: `the ${what} of ${describe(entity)}`,
      // A background backend is behind, and gets what is written here in its own time.
      run: async (backend) => ({
        value: backend.outbox ? [] : [await changesOf(backend, what, folder)],
      }),
      merge: (all) => all.flat(),
    }, { ...quiet, read: "merge" });
  const store = (waves: readonly (readonly Step[])[], call: CallOptions) =>
    write({
      what: `${what} of ${describe(entity)}`,
      waves,
      ...above(placeOf(entity)!, metadataKey(folder)),
      entity,
    }, call);
  const before = await look();
  const seen = new Set(before.flat().map(({ key }) => key));
  const key = `${folder}/${changeName(what, before.flat())}`;
  // What was there before this was said before it, whatever the clocks say.
  const saidBefore = join(before).says;
  const joined = (places: typeof before) => {
    const since = places.map((files) => files.filter((file) => !seen.has(file.key)));
    const { says } = join([...since, [{ key, lastModified: NOT_YET, change }]]);
    return join(places, (text) => says(text) ?? saidBefore(text));
  };
  let steps = replaced(takenOut(what, before, joined(before)));
  await store([[{ key, source: encodeChange(what, change) }], steps], options);
  while (true) {
    const places = await look();
    const all = joined(places);
    const more = replaced(takenOut(what, places, all));
    // What a backend did not take just now is for a repair, and what others wrote since is for them.
    if (more.every((step) => steps.some((done) => isSame(step, done)))) {
      return [...all.files.values()];
    }
    steps = more;
    await store([steps], quiet);
  }
}

const replaced = (rewrites: readonly Rewrite[]) =>
  rewrites.map(({ key, bytes }) => ({ key, source: bytes, present: "replace" as const }));

const isSame = (a: ReturnType<typeof replaced>[0], b: typeof a): boolean =>
  a.key === b.key && equal(a.source, b.source);
