/**
 * Checks of an account's keys.
 *
 * @module
 */
import type { S3Credentials } from "./options.ts";
import { RubiconException } from "../../errors.ts";

/** Whether AWS made the key for a session, so that it is nothing without a token. */
export const isTemporary = (accessKeyId: string): boolean => accessKeyId.startsWith("ASIA");

/** Refuses keys that lack a part. */
export function checkKeys(keys: S3Credentials | undefined, label: string): S3Credentials {
  const refuse = (why: string): never => {
    throw new RubiconException(
      "permission-denied",
      `${label}: credentials, the function, ${why}.`,
      {
        backend: label,
      },
    );
  };
  for (const name of ["accessKeyId", "secretAccessKey"] as const) {
    if (typeof keys?.[name] !== "string" || keys[name] === "") refuse(`gave no ${name}`);
  }
  if (isTemporary(keys!.accessKeyId) && !keys!.sessionToken) {
    refuse("gave temporary keys without their sessionToken");
  }
  return keys!;
}
