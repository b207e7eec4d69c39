/**
 * What is in an archive.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { ZipEntry } from "../files/zip.ts";
import { bundledFolder } from "../../composite/layers/bundle_format.ts";
import { isOwn } from "../format/layout.ts";
import { markOf } from "../format/trash.ts";
import { isKey } from "./differences.ts";
import { type Held, listed } from "./inventory.ts";

/** The entries of an archive that belong to experiments, by their keys. */
export async function entriesIn(
  { key, size, holders }: Held,
  folder: string,
  signal: AbortSignal | undefined,
  warn: (message: string) => void,
): Promise<Map<string, ZipEntry>> {
  const { openZip } = await import("../files/zip.ts");
  let trouble: unknown;
  for (const { backend: { driver } } of holders) {
    try {
      const entries = await openZip(
        size,
        async (offset, length) =>
          (await driver.open(key, { ...(signal && { signal }), offset, length })).stream,
        key,
      );
      const found = new Map<string, ZipEntry>();
      const odd: string[] = [];
      for (const entry of entries.filter(({ name }) => !name.endsWith("/"))) {
        const at = `${folder}/${entry.name}`;
        if (markOf(at)) continue; // Of rubicon-ml's archives, which have all that is in the folder.
        if (!isOwn(at) || !isKey(at) || !/^[0-9a-f-]{36}\//i.test(entry.name)) odd.push(entry.name);
        else if (bundledFolder(at) === undefined) found.set(at, entry);
      }
      if (found.size === 0) {
        throw new RubiconException(
          "corrupt",
          `${key}: none of its entries is part of an experiment: ${
            listed(odd)
          }. Nothing was restored.`,
        );
      }
      if (odd.length > 0) {
        warn(
          `${key}: ${odd.length} entries belong to no experiment and are left out: ${listed(odd)}.`,
        );
      }
      return found;
    } catch (error) {
      signal?.throwIfAborted();
      trouble ??= error;
    }
  }
  throw trouble;
}
