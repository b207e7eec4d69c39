// A stand-in for jsr:@std/path/from-file-url; see mod.ts.
import { fileURLToPath } from "node:url";

export const fromFileUrl = (url: string | URL): string => fileURLToPath(url);
