// A stand-in for jsr:@std/path/constants; see mod.ts.
import path from "node:path";

export const SEPARATOR: string = path.sep;
