/**
 * Files of the contract as bytes: JSON that begins with a checksum of the rest.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Bytes } from "../../drivers/driver.ts";

/** A file as it is sent or written. */
export interface Sealed {
  /** Changes with the content. */
  checksum: string;
  /** JSON, in UTF-8. */
  bytes: Bytes;
}

/** What a file holds, before its checksum is known. */
export type Unsealed<File> = Omit<File, "checksum">;

const encoder = new TextEncoder();

/** A checksum of bytes or text. */
export const checksumOf = (content: Uint8Array | string): string =>
  createHash("sha256").update(content).digest("hex").slice(0, 32);

/**
 * An object as a file.
 *
 * @param unsealed Fields that come before the others, and do not count.
 */
export function sealed(content: object, unsealed: object = {}): Sealed {
  return sealedText(JSON.stringify(content), unsealed);
}

/** The text of an object as a file. */
export function sealedText(text: string, unsealed: object = {}): Sealed {
  const checksum = checksumOf(text);
  const head = JSON.stringify({ checksum, ...unsealed }).slice(0, -1);
  return {
    checksum,
    bytes: encoder.encode(text === "{}" ? `${head}}` : `${head},${text.slice(1)}`),
  };
}
