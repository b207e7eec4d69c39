/**
 * What a dataset is made of: the objects of one experiment, or of a project itself, in all backends.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { hasCode, type Receipt, RubiconException } from "../../errors.ts";
import { experimentFolder, isHistoryKey, isStatusName, kindFolder } from "../format/layout.ts";
import type { Project } from "../format/entities.ts";
import { Deletions, isNotedDeletion, readAttached } from "../reading/deleted.ts";
import { experimentIds } from "../reading/run_page.ts";
import { type Inventory, inventory } from "../upkeep/inventory.ts";
import { projectFolder } from "../format/layout.ts";

/** The objects of an experiment; with an empty id those of what belongs to the project itself. */
export interface Objects {
  id: string;
  found: Inventory;
  /** Of all objects, as far as the stores tell them from others. */
  checksum: string;
  /** Whether there is a history. */
  hasHistory: boolean;
  /** How large its files are, in bytes. */
  historySize: number;
  /** Whether it ever said what state it is in. */
  hasStatus: boolean;
}

/** Which experiments a project has, in any backend. */
export interface Ids {
  ids: string[];
  /** The first backend that could not say which it has. */
  failed: Receipt | undefined;
}

/** Lists the experiments of a project, in all backends. */
export async function idsOf(rubicon: Core, project: Project, call: CallOptions): Promise<Ids> {
  const deleted = new Deletions();
  let receipts: readonly Receipt[] = [];
  const ids = await readAttached<string[]>(
    rubicon,
    projectFolder(project.name),
    `the experiments of project "${project.name}"`,
    (backend) => experimentIds(backend, project, deleted),
    { ...call, read: "merge", onReceipts: (all) => receipts = all },
    (all) => all.flat(),
  );
  const isGone = (id: string) => {
    const folder = experimentFolder(project.name, id);
    return deleted.has(folder) || isNotedDeletion(rubicon, folder);
  };
  return {
    ids: [...new Set(ids)].filter((id) => !isGone(id)).sort(),
    failed: receipts.find(({ outcome, error }) => outcome !== "ok" && !hasCode(error, "not-found")),
  };
}

/** Lists the objects of an experiment, or those of a project itself. */
export async function objectsOf(
  rubicon: Core,
  project: Project,
  id: string,
  call: CallOptions,
): Promise<Objects> {
  const folder = id === ""
    ? kindFolder("artifact", { projectName: project.name })
    : experimentFolder(project.name, id);
  const found = await inventory(rubicon, folder, call);
  const held = [
    ...found.objects.values(),
    ...[...found.groups.values()].flatMap(({ files }) => files),
  ];
  const histories = held.filter(({ key }) => isHistoryKey(key));
  return {
    id,
    found,
    checksum: checksumOf(
      held.flatMap(({ key, holders }) =>
        holders.map(({ backend, entry: { size, checksum, etag, lastModified } }) =>
          JSON.stringify([key, backend.label, size, checksum ?? etag ?? lastModified])
        )
      ),
    ),
    hasHistory: histories.length > 0,
    historySize: histories.reduce((sum, { size }) => sum + size, 0),
    hasStatus: held.some(({ key }) => isStatusName(key.slice(folder.length + 1))),
  };
}

/** One checksum of many texts, in whatever order they come. */
export function checksumOf(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts.toSorted()) hash.update(text).update("\n");
  return hash.digest("hex").slice(0, 32);
}

/** Says that what is missing may be in a backend that does not answer. */
export const unsure = (where: string, count: number, { backend, error }: Receipt) =>
  new RubiconException(
    "unavailable",
    `${where}: ${count} experiments of the dataset are not there any more, or are in ${backend} alone, which cannot ` +
      `be read: ${
        error?.message ?? "it was not asked"
      }. Nothing was written. Export again when it answers.`,
    { cause: error },
  );
