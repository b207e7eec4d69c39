// A stand-in for jsr:@std/path/basename; see mod.ts.
import path from "node:path";

export const basename = (name: string, suffix?: string): string => path.basename(name, suffix);
