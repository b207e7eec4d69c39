/**
 * The version of this program. A test holds it to `deno.json`, which a module that is imported from a URL cannot see.
 *
 * @module
 */
export const VERSION = "0.1.0";
