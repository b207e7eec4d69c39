/**
 * An artifact's data, from the first backend that is able: what reading and downloading have in common.
 *
 * @module
 */
import type { CallOptions, Composite } from "../../composite.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { checkComposite, checkEntity, checkFields } from "../check.ts";
import { describe } from "../format/codec.ts";
import { DATA, entityFolder } from "../format/layout.ts";
import { CALL_FIELDS } from "../format/schema.ts";
import type { Artifact } from "../format/entities.ts";
import { verifiedStream } from "../../composite/layers/verified.ts";

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

/** Opens the data as a stream, which fails at its end where the bytes are not what they should be. */
export async function openData(
  rubicon: Composite,
  artifact: Artifact,
  options: CallOptions,
  where: string,
): Promise<{ stream: ReadableStream<Bytes>; size: number }> {
  checkComposite(rubicon, where);
  const key = checkArtifact(rubicon, artifact, options, where);
  return await rubicon.read({
    what: `the data of ${describe(artifact)}`,
    async run({ driver, label }) {
      const opened = await driver.open(key);
      const stream = await verifiedStream(opened, `${label}: ${key}`);
      return { value: { stream, size: opened.size } };
    },
  }, options);
}
