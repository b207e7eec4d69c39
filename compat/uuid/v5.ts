// A stand-in for what the sources call of jsr:@std/uuid/v5; see compat/path/mod.ts.
import { textOf } from "./common.ts";

export async function generate(namespace: string, data: Uint8Array): Promise<string> {
  const space = Uint8Array.fromHex(namespace.replaceAll("-", ""));
  const hash = await crypto.subtle.digest("SHA-1", new Uint8Array([...space, ...data]));
  return textOf(new Uint8Array(hash, 0, 16), 5);
}
