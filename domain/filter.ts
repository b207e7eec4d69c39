/**
 * Filters of listings, with rubicon-ml's rules for tags.
 *
 * @module
 */
import { checkText, checkTexts, refuse, show } from "./check.ts";
import type { ListFilter } from "./types.ts";

/** The names of a filter's fields. */
export const FILTER_FIELDS = ["tags", "match", "name"] as const;

/** Checks a filter, and makes a function of it that says whether an entity passes. */
export function checkFilter(
  filter: ListFilter,
  where: string,
): (entity: { tags?: readonly string[]; name: string | null }) => boolean {
  const tags = checkTexts(filter.tags, `${where}: tags`);
  const match = filter.match ?? "any";
  if (match !== "any" && match !== "all") {
    refuse(`${where}: match is "any" or "all", not ${show(match)}.`);
  }
  const name = filter.name === undefined ? undefined : checkText(filter.name, `${where}: name`);
  const wanted = tags.map(matcher);
  return (entity) => {
    if (name !== undefined && entity.name !== name) return false;
    if (wanted.length === 0) return true;
    const has = (one: (tag: string) => boolean) => entity.tags?.some(one) ?? false;
    return match === "any" ? wanted.some(has) : wanted.every(has);
  };
}

/** Whether a tag is the one asked for; `*` stands for any characters, all else for itself. */
function matcher(pattern: string): (tag: string) => boolean {
  if (!pattern.includes("*")) return (tag) => tag === pattern;
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const whole = new RegExp(`^${parts.join(".*")}$`, "su");
  return (tag) => whole.test(tag);
}
