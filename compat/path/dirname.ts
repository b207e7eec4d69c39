// A stand-in for jsr:@std/path/dirname; see mod.ts.
import path from "node:path";

export const dirname = (name: string): string => path.dirname(name);
