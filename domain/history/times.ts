/**
 * Times as microseconds since 1970, and as text.
 *
 * @module
 */
import { parseDatetime } from "../format/datetime.ts";

/** A time as text: ISO 8601 in UTC with microseconds. */
export function timeText(micros: number): string {
  const millis = Math.floor(micros / 1000);
  const rest = String(micros - millis * 1000).padStart(3, "0");
  return `${new Date(millis).toISOString().slice(0, -1)}${rest}+00:00`;
}

/**
 * Microseconds since 1970 of an ISO 8601 time.
 *
 * @throws {RubiconException} `corrupt` if it is none.
 */
export function microsOf(text: string): number {
  const usual = parseDatetime(text);
  return Date.parse(`${usual.slice(0, 23)}Z`) * 1000 + Number(usual.slice(23, 26));
}

/** Times as text, of which the next one is mostly within the second of the last. */
export function timeWriter(): (micros: number) => string {
  let second = NaN;
  let start = "";
  return (micros) => {
    const whole = Math.floor(micros / 1e6);
    if (whole !== second) {
      second = whole;
      start = new Date(whole * 1000).toISOString().slice(0, 20);
    }
    return `${start}${String(micros - whole * 1e6).padStart(6, "0")}+00:00`;
  };
}
