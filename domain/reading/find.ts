/**
 * Finding one of a list, by its name or its id.
 *
 * @module
 */
import type { CallOptions, Composite } from "../../composite.ts";
import { hasCode, RubiconException } from "../../errors.ts";
import { suggest } from "../../messages.ts";
import { lastNamed } from "./entity_files.ts";

/**
 * Looks for what has a name. If nothing has, the exception says which names there are.
 *
 * @param list Lists all of the kind.
 */
export async function findNamed<T>(
  what: string,
  name: string,
  find: () => Promise<T>,
  list: () => Promise<readonly { name: string | null }[]>,
): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (!hasCode(error, "not-found")) throw error;
    let all: readonly { name: string | null }[];
    try {
      all = await list();
    } catch {
      throw error; // Not even what it belongs to is there, and the error says so.
    }
    const names = all.flatMap((one) => one.name ?? []);
    if (names.length === 0) throw error; // There is nothing to name, and it has each backend's reason.
    throw new RubiconException(
      "not-found",
      `There is no ${what} with the name ${JSON.stringify(name)}.${suggest(name, names)}`,
      { cause: error, receipts: error.receipts },
    );
  }
}

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
