/**
 * Finding one of a list, by its name or its id.
 *
 * @module
 */
import type { CallOptions, Composite } from "../../composite.ts";
import { lastNamed } from "./entity_files.ts";

/**
 * The last entity that a list gives. Where the backend that answered has none, all of them are asked: what it lacks
 * must not hide what another one has. Of several that are found, `onWarning` is told.
 *
 * @param list Lists what has the name or the id, with the options of the call or those given.
 */
export async function findLast<E extends { name: string | null }>(
  rubicon: Composite,
  call: CallOptions,
  list: (more: Pick<CallOptions, "read">) => Promise<E[]>,
  what: string,
): Promise<E> {
  let found = await list({});
  const read = call.read ?? rubicon.options.read;
  if (found.length === 0 && read === "first" && rubicon.backends.length > 1) {
    found = await list({ read: "merge" });
  }
  const last = lastNamed(found, what);
  if (found.length > 1) {
    rubicon.options.onWarning(
      `There is more than one ${what}: this is the last that was logged. Pass an id to get another one.`,
      last,
    );
  }
  return last;
}
