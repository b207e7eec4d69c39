// Stand-ins for the functions of jsr:@std/path that the sources call, for machines that cannot reach JSR. They are linked
// by this checkout's deno.json alone and never published. Entry points are named as the real package names them.
export { SEPARATOR } from "./constants.ts";
export { basename } from "./basename.ts";
export { dirname } from "./dirname.ts";
export { fromFileUrl } from "./from_file_url.ts";
export { join } from "./join.ts";
export { resolve } from "./resolve.ts";
export { relative } from "./relative.ts";
