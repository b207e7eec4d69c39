/**
 * JSON for programs, with all digits of integers.
 *
 * @module
 */
import { jsonText } from "../../domain/export/json.ts";

/** JSON keeps the text of a number, which may have more digits than a number has. */
type Raw = JSON & { rawJSON(text: string): unknown };
type Parse = (
  text: string,
  revive: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;

/** A value as JSON of several lines. */
export function prettyJson(value: unknown): string {
  const { rawJSON } = JSON as Raw;
  const exact = (JSON.parse as Parse)(
    jsonText(value),
    (_key, item, { source }) => typeof item === "number" ? rawJSON(source!) : item,
  );
  return `${JSON.stringify(exact, undefined, 2)}\n`;
}

/** A value as JSON on one line. */
export const jsonLine = (value: unknown): string => `${jsonText(value)}\n`;
