/**
 * Giving the name of a project away again.
 *
 * @module
 */
import { type Receipt, RubiconException } from "../../../errors.ts";
import type { CallOptions } from "../../../composite.ts";
import type { Core } from "../../../composite/plan.ts";
import type { Project } from "../../format/entities.ts";
import { projectFolder } from "../../format/layout.ts";
import { forgetDeletion } from "../../reading/deleted.ts";
import { targetOf } from "./list.ts";
import { finishTrashed } from "./move.ts";
import { marksFor, marksOf, quiet } from "./state.ts";

/**
 * Frees the name of a project that was deleted and emptied, once no backend has anything of it: what one had left would
 * come up in the new project.
 *
 * @returns Whether it is free; it is not if the project can still be restored.
 * @throws {RubiconException} `unavailable` if a backend may have something of it.
 */
export async function releaseName(
  rubicon: Core,
  project: Project,
  call: CallOptions,
): Promise<boolean> {
  const folder = projectFolder(project.name);
  const marks = await marksOf(rubicon, folder, call);
  const time = marks.times(folder);
  if (!marks.isEmptied(folder, time)) return false;
  const target = await targetOf(rubicon, folder, {}, call);
  await finishTrashed(rubicon, target, quiet(call));
  let receipts: readonly Receipt[] = [];
  const left = await rubicon.read({
    what: `what is left of ${target.what}`,
    async run({ driver, label }) {
      for await (const _ of driver.list(folder)) return { value: [label] };
      return { value: [] };
    },
    merge: (all) => all.flat(),
  }, { ...quiet(call), read: "merge", onReceipts: (all) => receipts = all });
  const away = receipts.filter(({ outcome }) => outcome !== "ok").map(({ backend }) => backend);
  const [label] = [...left, ...away];
  if (label !== undefined) {
    throw new RubiconException(
      "unavailable",
      `${target.what} was deleted, and ${label} may still have something of it, which would come up in a new project ` +
        "of that name. Run repair, or use another name.",
      { backend: label, receipts },
    );
  }
  await rubicon.write({
    what: `the name of ${target.what}`,
    waves: [marksFor("restored", target, time)],
  }, quiet(call));
  forgetDeletion(rubicon, folder);
  return true;
}
