/**
 * Filters of listings, with rubicon-ml's rules for tags.
 *
 * @module
 */
import { checkText, checkTexts, checkTime, refuse, show } from "../check.ts";
import { wildcard } from "../query/wildcard.ts";
import type { RunState } from "../format/run_state.ts";
import type { ListFilter } from "../inputs.ts";

/** The names of a filter's fields. */
export const FILTER_FIELDS = [
  ...["tags", "match", "without", "name", "since", "before", "order", "limit"] as const,
];

/** What a filter looks at. */
interface Filtered {
  id: string;
  tags?: readonly string[];
  name: string | null;
  createdAt: string;
}

/** What a filter lets through, checked. */
export interface Choice {
  /** Whether an entity is wanted, given the state of its run if that is what decides. */
  passes: (entity: Filtered, status?: RunState | null) => boolean;
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
    refuse(`${where}: match must be "any" or "all", not ${show(match)}.`);
  }
  const without = checkTexts(filter.without, `${where}: without`).map(wildcard);
  const name = filter.name === undefined
    ? undefined
    : wildcard(checkText(filter.name, `${where}: name`));
  const [since, before] = (["since", "before"] as const).map((side) => {
    const time: unknown = filter[side];
    if (time === undefined) return undefined;
    const isDate = time instanceof Date && !Number.isNaN(time.getTime());
    return checkTime(isDate ? time.toISOString() : time, `${where}: ${side}`);
  });
  const order = filter.order ?? "oldest";
  if (order !== "oldest" && order !== "newest") {
    refuse(`${where}: order must be "oldest" or "newest", not ${show(order)}.`);
  }
  const rest = { newest: order === "newest", limit: checkLimit(filter.limit, where) };
  const wanted = tags.map(wildcard);
  const isAll = wanted.length + without.length === 0 && !name && !since && !before;
  if (isAll) return { ...ALL, ...rest };
  const passes: Choice["passes"] = (entity) => {
    const has = (one: (tag: string) => boolean) => entity.tags?.some(one) ?? false;
    if (name && (entity.name === null || !name(entity.name))) return false;
    if (since !== undefined && entity.createdAt < since) return false;
    if (before !== undefined && entity.createdAt >= before) return false;
    if (without.some(has)) return false;
    return wanted.length === 0 || (match === "any" ? wanted.some(has) : wanted.every(has));
  };
  return { passes, ...rest };
}

/** How many are wanted, all where nothing is said. */
export function checkLimit(limit: unknown, where: string): number {
  if (limit === undefined || limit === Infinity) return Infinity;
  if (Number.isSafeInteger(limit) && (limit as number) >= 0) return limit as number;
  return refuse(`${where}: limit must be a whole number from 0 up, not ${show(limit)}.`);
}
