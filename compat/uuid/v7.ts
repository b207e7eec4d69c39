// A stand-in for what the sources call of jsr:@std/uuid/v7; see compat/path/mod.ts.
import { v7, validate as isUuid, version } from "npm:uuid@14.0.3";

export const validate = (id: string): boolean => isUuid(id) && version(id) === 7;

export function generate(timestamp: number = Date.now()): string {
  return v7({ msecs: timestamp });
}

export function extractTimestamp(uuid: string): number {
  if (!validate(uuid)) throw new TypeError(`Cannot extract timestamp: not a v7 UUID: "${uuid}"`);
  return parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}
