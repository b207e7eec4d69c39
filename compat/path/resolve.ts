// A stand-in for jsr:@std/path/resolve; see mod.ts.
import path from "node:path";

export const resolve = (...parts: string[]): string => path.resolve(...parts);
