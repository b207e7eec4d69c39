/**
 * The settings of a composite and of a call, checked.
 *
 * @module
 */
import { RubiconException } from "../errors.ts";
import type { CallOptions, CompositeOptions } from "./types.ts";

/** What holds where nothing is said. */
export const DEFAULTS: Required<CompositeOptions> = {
  write: "all",
  read: "first",
  timeoutMs: 30_000,
  failureMode: "raise",
  legacyTimes: false,
  // deno-lint-ignore no-console -- a warning that nobody takes must not be lost.
  onWarning: (message, cause) => console.warn(message, ...(cause === undefined ? [] : [cause])),
};

const CHOICES = {
  write: ["all", "quorum", "any"],
  read: ["first", "merge"],
  failureMode: ["raise", "warn", "log"],
} as const;
const NAMES = ["write", "read", "failureMode"] as const;

const FUNCTIONS = ["onWarning", "onReceipts"] as const;

/**
 * Refuses policies and limits that are none, also in options that have other fields too.
 *
 * @param known The fields there are, where no others are allowed.
 */
export function checkOptions(
  options: CompositeOptions | CallOptions,
  known?: readonly string[],
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new RubiconException("invalid-config", `Options are one object, not ${options}.`);
  }
  const odd = known && Object.keys(options).find((name) => !known.includes(name));
  if (odd !== undefined) {
    throw new RubiconException(
      "invalid-config",
      `There is no option ${JSON.stringify(odd)} here. There are: ${known!.join(", ")}.`,
    );
  }
  const given = options as Record<string, unknown>;
  for (const name of NAMES) {
    const choice = given[name];
    const choices = CHOICES[name];
    if (choice !== undefined && !(choices as readonly unknown[]).includes(choice)) {
      throw new RubiconException(
        "invalid-config",
        `${name} is ${choices.map((one) => `"${one}"`).join(" or ")}, not ${
          JSON.stringify(choice)
        }.`,
      );
    }
  }
  for (const name of FUNCTIONS) {
    if (given[name] === undefined || typeof given[name] === "function") continue;
    throw new RubiconException("invalid-config", `${name} is a function.`);
  }
  if (given.legacyTimes !== undefined && typeof given.legacyTimes !== "boolean") {
    throw new RubiconException("invalid-config", "legacyTimes must be true or false.");
  }
  if (given.signal !== undefined && !(given.signal instanceof AbortSignal)) {
    throw new RubiconException(
      "invalid-config",
      "signal is an AbortSignal, such as a controller's.",
    );
  }
  const limit = given.timeoutMs;
  // setTimeout takes 32 bits; a longer limit would end at once.
  if (limit !== undefined && !(typeof limit === "number" && limit > 0 && limit < 2 ** 31)) {
    throw new RubiconException(
      "invalid-config",
      `timeoutMs is a number of milliseconds above 0 and below 2^31, not ${limit}.`,
    );
  }
}
