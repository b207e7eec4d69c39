/**
 * YAML as PyYAML reads it.
 *
 * @module
 */
import { parse } from "npm:yaml@^2.9.1";
import { RubiconException } from "../../errors.ts";

/**
 * PyYAML reads YAML 1.1: in it `yes` is true and `1:30` a number, so that such texts get quotes. Python marks tuples; a list is
 * what they are here.
 */
export const DIALECT = { version: "1.1", logLevel: "error" } as const;

/**
 * Reads YAML, or JSON, which is YAML too.
 *
 * @throws {RubiconException} `corrupt` if it is none; `permission-denied` if Deno lets nobody see two variables.
 */
export function parseYaml(text: string, what: string): unknown {
  try {
    return parse(text, DIALECT);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      throw new RubiconException(
        "permission-denied",
        `${what} cannot be read: the library for YAML looks at two variables, by which it is debugged. Allow it: ` +
          "--allow-env=LOG_TOKENS,LOG_STREAM",
        { cause },
      );
    }
    const why = cause instanceof Error ? cause.message.split("\n")[0] : cause;
    throw new RubiconException("corrupt", `${what} is not YAML: ${why}`, { cause });
  }
}
