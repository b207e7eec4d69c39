// A stand-in for what the sources call of jsr:@std/uuid/v7; see compat/path/mod.ts.
import { textOf, validate as isUuid } from "./common.ts";

export const validate = (id: string): boolean => isUuid(id) && id[14] === "7";

export function generate(timestamp: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(timestamp / 2 ** 16));
  view.setUint16(4, timestamp % 2 ** 16);
  return textOf(bytes, 7);
}

export function extractTimestamp(uuid: string): number {
  if (!validate(uuid)) throw new TypeError(`Cannot extract timestamp: not a v7 UUID: "${uuid}"`);
  return parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}
