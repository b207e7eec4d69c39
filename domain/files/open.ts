/**
 * An artifact's data, from the first backend that is able: what reading and downloading have in common.
 *
 * @module
 */
import type { CallOptions, Composite } from "../../composite.ts";
import type { WholeStream } from "../../composite/whole.ts";
import { checkComposite, checkEntity, checkFields } from "../check.ts";
import { describe } from "../format/codec.ts";
import { DATA, entityFolder } from "../format/layout.ts";
import { readAttached } from "../reading/deleted.ts";
import { CALL_FIELDS } from "../inputs.ts";
import type { Artifact } from "../format/entities.ts";

/** Checks the arguments. Returns the key of the data. */
export function checkArtifact(
  rubicon: Composite,
  artifact: Artifact,
  options: CallOptions,
  where: string,
): string {
  checkComposite(rubicon, where);
  checkEntity(artifact, ["artifact"], where);
  checkFields(options, CALL_FIELDS, where);
  return `${entityFolder(artifact)}/${DATA}`;
}

/** The data as what can be opened until a backend has it whole: see {@linkcode wholeObject}. */
export async function dataOf(
  rubicon: Composite,
  artifact: Artifact,
  options: CallOptions,
  where: string,
): Promise<() => Promise<WholeStream>> {
  checkComposite(rubicon, where);
  const key = checkArtifact(rubicon, artifact, options, where);
  const { wholeObject } = await import("../../composite/whole.ts");
  const folder = entityFolder(artifact);
  const what = `the data of ${describe(artifact)}`;
  return wholeObject(
    (run, call) => readAttached(rubicon, folder, what, run, call),
    key,
    options,
  );
}
