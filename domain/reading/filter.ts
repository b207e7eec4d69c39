/**
 * Filters of listings, with rubicon-ml's rules for tags.
 *
 * @module
 */
import { checkText, checkTexts, refuse, show } from "../check.ts";
import type { ListFilter } from "../inputs.ts";

/** The names of a filter's fields. */
export const FILTER_FIELDS = ["tags", "match", "name", "order", "limit"] as const;

/** What a filter lets through, checked. */
export interface Choice {
  /** Whether an entity is wanted. */
  passes: (entity: { tags?: readonly string[]; name: string | null }) => boolean;
  /** Whether the newest come first. */
  newest: boolean;
  /** How many are wanted. */
  limit: number;
}

/** Everything, oldest first. */
export const ALL: Choice = { passes: () => true, newest: false, limit: Infinity };

/** Checks a filter. */
export function checkFilter(filter: ListFilter, where: string): Choice {
  const tags = checkTexts(filter.tags, `${where}: tags`);
  const match = filter.match ?? "any";
  if (match !== "any" && match !== "all") {
    refuse(`${where}: match is "any" or "all", not ${show(match)}.`);
  }
  const name = filter.name === undefined ? undefined : checkText(filter.name, `${where}: name`);
  const order = filter.order ?? "oldest";
  if (order !== "oldest" && order !== "newest") {
    refuse(`${where}: order is "oldest" or "newest", not ${show(order)}.`);
  }
  const wanted = tags.map(matcher);
  const passes: Choice["passes"] = (entity) => {
    if (name !== undefined && entity.name !== name) return false;
    if (wanted.length === 0) return true;
    const has = (one: (tag: string) => boolean) => entity.tags?.some(one) ?? false;
    return match === "any" ? wanted.some(has) : wanted.every(has);
  };
  return { passes, newest: order === "newest", limit: checkLimit(filter.limit, where) };
}

/** How many are wanted, all where nothing is said. */
export function checkLimit(limit: unknown, where: string): number {
  if (limit === undefined || limit === Infinity) return Infinity;
  if (Number.isSafeInteger(limit) && (limit as number) >= 0) return limit as number;
  return refuse(`${where}: limit is a whole number from 0 on, not ${show(limit)}.`);
}

/** Whether a tag is the one asked for; `*` stands for any characters, all else for itself. */
function matcher(pattern: string): (tag: string) => boolean {
  if (!pattern.includes("*")) return (tag) => tag === pattern;
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const whole = new RegExp(`^${parts.join(".*")}$`, "su");
  return (tag) => whole.test(tag);
}
