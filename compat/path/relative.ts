// A stand-in for jsr:@std/path/relative; see mod.ts.
import path from "node:path";

export const relative = (from: string, to: string): string => path.relative(from, to);
