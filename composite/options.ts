/**
 * The settings of a composite and of a call: their names, their types and their checks, in one table each.
 *
 * @module
 */
import { RubiconException } from "../errors.ts";
import { didYouMean } from "../messages.ts";
import type { BackendSettings, CallOptions, CompositeOptions } from "./types.ts";

/** What holds if nothing is said. */
export const DEFAULTS: Required<CompositeOptions> = {
  write: "all",
  read: "first",
  timeoutMs: 30_000,
  failureMode: "raise",
  legacyTimes: false,
  // deno-lint-ignore no-console -- a warning that nobody takes must not be lost.
  onWarning: (message, cause) => console.warn(message, ...(cause === undefined ? [] : [cause])),
};

/** Says what an option must be, if a value is not that. */
type Check = (value: unknown) => string | undefined;
/** One check for each option: the compiler finds what a table lacks. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check };

const oneOf = (...choices: string[]): Check => (value) =>
  choices.includes(value as string)
    ? undefined
    : `must be ${choices.map((one) => `"${one}"`).join(" or ")}, not ${JSON.stringify(value)}`;
const isFunction: Check = (value) => typeof value === "function" ? undefined : "must be a function";
const isBoolean: Check = (value) =>
  typeof value === "boolean" ? undefined : `must be true or false, not ${value}`;
const isSignal: Check = (value) =>
  value instanceof AbortSignal ? undefined : "must be an AbortSignal, such as a controller's";
// setTimeout takes 32 bits; a longer limit would end at once.
const isLimit: Check = (value) =>
  typeof value === "number" && value > 0 && value < 2 ** 31
    ? undefined
    : `must be a number of milliseconds above 0 and below 2^31, not ${value}`;

const WRITE = oneOf("all", "quorum", "any");
const READ = oneOf("first", "merge");

/** The options of {@linkcode openComposite}. */
export const COMPOSITE: Checks<CompositeOptions> = {
  write: WRITE,
  read: READ,
  timeoutMs: isLimit,
  failureMode: oneOf("raise", "warn", "log"),
  onWarning: isFunction,
  legacyTimes: isBoolean,
};

/** The options that every call takes. */
export const CALL: Checks<CallOptions> = {
  signal: isSignal,
  timeoutMs: isLimit,
  onReceipts: isFunction,
  write: WRITE,
  read: READ,
};

/** What a composite does with one backend, beside the driver's own options. */
export const BACKEND: Checks<BackendSettings> = {
  label: (value) =>
    typeof value === "string" && value !== ""
      ? undefined
      : `must be text that is not empty, not ${JSON.stringify(value)}`,
  timeoutMs: isLimit,
  mode: oneOf("sync", "background"),
};

/** The options of `flush`. */
export const FLUSH: Checks<{ timeoutMs?: number | undefined }> = { timeoutMs: isLimit };

/** Refuses options that are not in a table, and values that they cannot have. */
export function checkOptions<Options>(options: unknown, checks: Checks<Options>): void {
  const known = Object.keys(checks);
  checkValues(options, checks);
  for (const name of Object.keys(options as object)) {
    if (known.includes(name)) continue;
    throw new RubiconException(
      "invalid-config",
      `There is no option ${JSON.stringify(name)} here${didYouMean(name, known)}. There are: ${
        known.join(", ")
      }.`,
    );
  }
}

/** Refuses values that the options of a call cannot have, among other fields. */
export function checkCall(options: unknown): void {
  checkValues(options, CALL);
}

/** Refuses values that options cannot have, among other fields. */
export function checkValues<Options>(options: unknown, checks: Checks<Options>): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new RubiconException("invalid-config", `Options must be one object, not ${options}.`);
  }
  const given = options as Readonly<Record<string, unknown>>;
  for (const name in checks) {
    if (given[name] === undefined) continue;
    const fault = checks[name](given[name]);
    if (fault !== undefined) throw new RubiconException("invalid-config", `${name} ${fault}.`);
  }
}
