/**
 * What was deleted on purpose. A backend that missed a deletion still has the entity, so what is known of the deletion
 * counts for more: by the trace that another backend answers with, or by the composite that deleted it.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import type { Answer, Backend, Core } from "../../composite/plan.ts";
import { tombstoneKey } from "../format/layout.ts";

/** The folders of the entities that a composite has deleted. */
const deletions = new WeakMap<Composite, Set<string>>();

/** Notes a deletion that was acknowledged, since backends that missed it may be the only ones that can be read later. */
export function noteDeletion(rubicon: Composite, folder: string): void {
  const noted = deletions.get(rubicon) ?? new Set();
  deletions.set(rubicon, noted.add(folder));
}

/** Whether this composite deleted the entity of a folder. */
export const isNotedDeletion = (rubicon: Composite, folder: string): boolean =>
  deletions.get(rubicon)?.has(folder) ?? false;

/** The key of the trace that the deletion of a folder's entity leaves. */
export function traceOf(folder: string): string {
  const end = folder.lastIndexOf("/");
  return tombstoneKey(folder.slice(0, end), folder.slice(end + 1));
}

/** Whether a backend has the trace of a deletion. */
export async function hasTrace({ driver }: Backend, folder: string): Promise<boolean> {
  try {
    await driver.stat(traceOf(folder));
    return true;
  } catch (error) {
    if (hasCode(error, "not-found")) return false;
    throw error;
  }
}

/** What a backend answers that knows of the deletion. */
const DELETED = Symbol("deleted");

/**
 * Reads something of an artifact or a dataframe. A backend that lacks it because it was deleted answers for all: none is
 * asked after it that may have missed the deletion.
 *
 * @param folder The entity's folder.
 * @param run Reads from one backend.
 * @throws {RubiconException} `not-found` if it was deleted.
 */
export async function readAttached<T>(
  rubicon: Core,
  folder: string,
  what: string,
  run: (backend: Backend) => Promise<Answer<T>>,
  call: CallOptions,
): Promise<T> {
  if (isNotedDeletion(rubicon, folder)) throw gone(what);
  const value = await rubicon.read<T | typeof DELETED>({
    what,
    async run(backend) {
      try {
        return await run(backend);
      } catch (error) {
        if (!hasCode(error, "not-found") || !await hasTrace(backend, folder)) throw error;
        return { value: DELETED };
      }
    },
    merge: (values) => values.includes(DELETED) ? DELETED : values[0]!,
  }, call);
  if (value === DELETED) throw gone(what);
  return value;
}

/** `not-found` for what was deleted. */
export const gone = (what: string): RubiconException =>
  new RubiconException("not-found", `${what} cannot be read: it was deleted.`);
