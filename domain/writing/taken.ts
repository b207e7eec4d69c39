/**
 * Names and ids that are taken by what is in the trash.
 *
 * @module
 */
import { hasCode, isRubiconException, RubiconException } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { describe } from "../format/codec.ts";
import type { Experiment, Project } from "../format/entities.ts";
import { entityFolder } from "../format/layout.ts";
import { inTrash, isNotedDeletion, isTrashed } from "../reading/deleted.ts";

/**
 * Refuses an experiment or a project that is in the trash: what is written there is hidden, and goes with it.
 *
 * @throws {RubiconException} `already-exists`
 */
export async function refuseTaken(
  rubicon: Core,
  entity: Experiment | Project,
  call: CallOptions,
): Promise<void> {
  const folder = entityFolder(entity);
  let isTaken = isNotedDeletion(rubicon, folder);
  try {
    isTaken ||= await isTrashed(rubicon, folder, call);
  } catch (error) {
    // No backend can be read: then the write says what is the matter, under the composite's failure mode.
    if (!isRubiconException(error) || hasCode(error, "closed", "invalid-config")) throw error;
  }
  if (!isTaken) return;
  if (entity.kind === "project") {
    const { releaseName } = await import("../upkeep/trash/release.ts");
    if (await releaseName(rubicon, entity, call)) return;
  }
  throw new RubiconException(
    "already-exists",
    `${describe(entity)} is in the trash: ${inTrash(folder)} ${
      entity.kind === "project" ? "Or use another name." : "Or leave out `id` to log a new one."
    }`,
  );
}
