// A stand-in for what the sources call of jsr:@std/fs; see compat/path/mod.ts.
export { ensureDir } from "./ensure_dir.ts";
export { walk, type WalkEntry, type WalkOptions } from "./walk.ts";
