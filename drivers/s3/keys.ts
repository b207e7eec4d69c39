/**
 * Checks of an account's keys.
 *
 * @module
 */
import type { S3Credentials } from "./options.ts";
import { refuse } from "../../messages.ts";

/** Whether AWS made the key for a session, so that it is nothing without a token. */
export const isTemporary = (accessKeyId: string): boolean => accessKeyId.startsWith("ASIA");

/** Refuses keys that lack a part. */
export function checkKeys(keys: S3Credentials | undefined, label: string): S3Credentials {
  const refused = (why: string): never =>
    refuse(`${label}: credentials, the function, ${why}.`, "permission-denied", {
      backend: label,
    });
  for (const name of ["accessKeyId", "secretAccessKey"] as const) {
    if (typeof keys?.[name] !== "string" || keys[name] === "") refused(`gave no ${name}`);
  }
  if (isTemporary(keys!.accessKeyId) && !keys!.sessionToken) {
    refused("gave temporary keys without their sessionToken");
  }
  return keys!;
}
