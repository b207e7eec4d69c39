// A stand-in for the functions of jsr:@std/path that the sources call, for machines that cannot
// reach JSR. It is linked by this checkout's deno.json alone and never published.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const SEPARATOR: string = path.sep;
export const basename = (name: string, suffix?: string): string => path.basename(name, suffix);
export const dirname = (name: string): string => path.dirname(name);
export const join = (...parts: string[]): string => path.join(...parts);
export const resolve = (...parts: string[]): string => path.resolve(...parts);
export const relative = (from: string, to: string): string => path.relative(from, to);
export const fromFileUrl = (url: string | URL): string => fileURLToPath(url);
export const toFileUrl = (name: string): URL => pathToFileURL(name);
