/**
 * What functions take: filters of lists, and the fields of what is logged.
 *
 * @module
 */
import type { CallOptions } from "../composite.ts";
import { CALL } from "../composite/options.ts";
import type { Entity, Kind } from "./format/entities.ts";
import { FIELDS, PLACE_FIELDS } from "./format/schema.ts";

/** The names of the options that every call takes. */
export const CALL_FIELDS: ReadonlySet<string> = new Set(Object.keys(CALL));

/** The options of a call that are about reading; its receipts are those of something else. */
export function readOnly({ signal, timeoutMs }: CallOptions): CallOptions {
  return { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
}

/** The options of calls that a handle makes for as long as it lives: an abort of the first is none of the others. */
export function callOf({ timeoutMs, write, read, onReceipts }: CallOptions): CallOptions {
  return {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(write && { write }),
    ...(read && { read }),
    ...(onReceipts && { onReceipts }),
  };
}

/** What a log function of this kind takes, beside `more`. */
export function inputFields(kind: Kind, more: readonly string[] = []): ReadonlySet<string> {
  return new Set([
    ...more,
    ...FIELDS[kind].map(({ name }) => name),
    "kind",
    ...PLACE_FIELDS[kind],
    ...CALL_FIELDS,
  ]);
}

/** Filters of a listing. */
export interface ListFilter extends CallOptions {
  /** Only those with these tags; `*` stands for any characters. */
  tags?: readonly string[];
  /** Whether one of `tags` is enough or all are needed. Default: `any`. */
  match?: "any" | "all";
  /** Only those that have none of these tags; `*` stands for any characters. */
  without?: readonly string[] | undefined;
  /** Only those with this name; `*` stands for any characters. */
  name?: string;
  /** Only those created at this time or later: a `Date`, or ISO 8601. */
  since?: string | Date | undefined;
  /** Only those created before this time. */
  before?: string | Date | undefined;
  /**
   * Which come first. `newest` with a `limit` reads hardly more than it gives, by the store's own times: where a
   * machine's clock is ahead of the store's, what that machine logs may count as older than it says. Default: `oldest`.
   */
  order?: "oldest" | "newest";
  /** So many of them at most. Default: all. */
  limit?: number;
}

/** Fields that every log function takes beside its own. */
export interface LogFields {
  /** Free text. */
  description?: string | null;
  /** Labels to filter by. */
  tags?: readonly string[];
  /** Notes. */
  comments?: readonly string[];
  /** A UUID. Default: a new one. */
  id?: string;
  /** ISO 8601. Default: now. */
  createdAt?: string;
}

/**
 * What a log function takes: the entity's fields, the options of a call, and whatever else an entity
 * has that was returned or thrown before.
 */
export type LogInput<E extends Entity, Required extends keyof E = never> =
  & Pick<E, Required>
  & Partial<Omit<E, Required | keyof LogFields>>
  & LogFields
  & CallOptions;

/** What a log function takes, by name or as a list, as a list. */
export function asList(given: unknown, field: "value" | "importance"): never[] {
  if (given === undefined) return [];
  if (Array.isArray(given)) return given as never[];
  return Object.entries(given as object).map(([name, value]) => ({
    name,
    [field]: value,
  })) as never[];
}
