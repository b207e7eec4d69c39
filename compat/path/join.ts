// A stand-in for jsr:@std/path/join; see mod.ts.
import path from "node:path";

export const join = (...parts: string[]): string => path.join(...parts);
