// A stand-in for what the sources call of jsr:@std/uuid; see compat/path/mod.ts.
export { validate } from "./common.ts";
