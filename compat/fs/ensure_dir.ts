// A stand-in for what the sources call of jsr:@std/fs/ensure-dir; see compat/path/mod.ts.
import { mkdir } from "node:fs/promises";

export async function ensureDir(dir: string | URL): Promise<void> {
  await mkdir(dir, { recursive: true });
}
