// A stand-in for what the sources call of jsr:@std/uuid/v5; see compat/path/mod.ts.
import { v5 } from "npm:uuid@14.0.3";

// deno-lint-ignore require-await -- the one that it stands in for gives a promise.
export const generate = async (namespace: string, data: Uint8Array): Promise<string> =>
  v5(data, namespace);
