// A stand-in for what the sources call of jsr:@std/uuid/common; see compat/path/mod.ts. It is as small as the real
// one: a package of npm takes 40 ms of every start, in which benchmarks would see nothing else.
const UUID =
  /^(?:[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}|0{8}-(?:0{4}-){3}0{12})$/i;

export const validate = (uuid: string): boolean => UUID.test(uuid);

/** A UUID's text, once its version and variant are written into its 16 bytes. */
export function textOf(bytes: Uint8Array<ArrayBuffer>, version: number): string {
  bytes[6] = bytes[6]! & 0x0f | version << 4;
  bytes[8] = bytes[8]! & 0x3f | 0x80;
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
