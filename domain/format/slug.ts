/**
 * Names as rubicon-ml makes keys of them.
 *
 * @module
 */

/** Python's `string.punctuation`. */
const PUNCTUATION = /[!-/:-@[-`{-~]+/g;
/** What Python's `str.split()` splits on; JavaScript's `\s` has other characters. */
const WHITE_SPACE =
  // deno-lint-ignore no-control-regex -- Python counts the separators U+001C to U+001F.
  /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** The last name that took more than a look: an experiment's children all ask for their project's. */
let last = { name: "", slug: "" };

/**
 * The key of a name: without ASCII punctuation, words joined by `-`, in lower case. Several names can
 * have one key, and a name of punctuation alone has an empty one.
 *
 * @example
 * ```ts
 * import { slugify } from "./slug.ts";
 *
 * if (slugify("My_Project 1!") !== "myproject-1") throw new Error("as rubicon-ml does");
 * ```
 */
export function slugify(name: string): string {
  // Most names are their own key, and every write asks.
  if (/^[a-z0-9]+$/.test(name)) return name;
  if (name === last.name) return last.slug;
  const words = name.replace(PUNCTUATION, "").split(WHITE_SPACE);
  const slug = words.filter((word) => word !== "").join(" ").toLowerCase().replaceAll(" ", "-");
  last = { name, slug };
  return slug;
}
