/**
 * The object that holds the small objects of an experiment once more: `digest.json`, which rubicon-ml passes over.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { Bytes } from "../../drivers/driver.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The key of a folder's bundle. */
export const bundleKey = (folder: string): string => `${folder}/digest.json`;

/** The folder whose bundle a key is; `undefined` for all other keys. */
export function bundledFolder(key: string): string | undefined {
  if (!key.endsWith("/digest.json")) return undefined;
  const folder = key.slice(0, key.lastIndexOf("/"));
  return /^[^/]+\/experiments\/[^/]+$/.test(folder) ? folder : undefined;
}

/** The bytes of a bundle: small objects of JSON by their paths in the folder. */
export function encodeBundle(objects: readonly (readonly [path: string, Uint8Array])[]): Bytes {
  const texts = objects.map(([path, bytes]) => [path, decoder.decode(bytes)]);
  return encoder.encode(JSON.stringify(Object.fromEntries(texts)));
}

/**
 * What is in a bundle, by path.
 *
 * @throws {RubiconException} `corrupt`
 */
export function decodeBundle(bytes: Uint8Array, key: string): ReadonlyMap<string, Bytes> {
  let found: unknown;
  try {
    found = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new RubiconException("corrupt", `${key} is not JSON.`, { cause });
  }
  return new Map(
    Object.entries(found ?? {}).flatMap(([path, text]) =>
      typeof text === "string" ? [[path, encoder.encode(text)]] : []
    ),
  );
}
