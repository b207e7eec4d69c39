/**
 * Times as rubicon-ml keeps them: ISO 8601 in UTC, with microseconds.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";

/** The form that is written here, and rubicon-ml's older one. */
const USUAL = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)\.\d{6}(?:\+00:00)?$/;

/**
 * Any ISO 8601 time as `2026-11-24T00:09:37.240755+00:00`. A time without an offset is UTC, also in
 * rubicon-ml's older form with a space; digits beyond microseconds are cut.
 *
 * @throws {RubiconException} `corrupt` if it is not a time, or not in the years 1 to 9999.
 */
export function parseDatetime(text: string): string {
  if (text.startsWith(lastDay) && REST.test(text)) return text;
  const found = USUAL.exec(text);
  if (!found || !isTime(found)) return formatInstant(parseInstant(text));
  const parsed = `${text.slice(0, 10)}T${text.slice(11, 26)}+00:00`;
  lastDay = parsed.slice(0, 10);
  return parsed;
}

/** What was logged together is of one day, which is looked at once. It is no text's start before there is one. */
let lastDay = "\0";
/** What is behind a day, in the form that is written here. */
const REST = /^.{10}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}\+00:00$/;

/** A time in the form of rubicon-ml 0.13 and older: `YYYY-MM-DD HH:MM:SS.ffffff`, in UTC. */
export const legacyForm = (canonical: string): string =>
  `${canonical.slice(0, 10)} ${canonical.slice(11, 26)}`;

/** Checked by hand: nearly all texts are in this form, and Temporal takes ten times as long. */
function isTime([, year, month, day, hour, minute, second]: RegExpExecArray): boolean {
  if (Number(year) < 1 || Number(month) < 1 || Number(month) > 12 || Number(day) < 1) return false;
  const [inDay, isEarly] = [
    Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60,
    Number(day) <= 28,
  ];
  if (isEarly) return inDay;
  const days = new Date(Date.UTC(2000 + Number(year) % 400, Number(month), 0)).getUTCDate();
  return Number(day) <= days && inDay;
}

/** Any ISO 8601 time, by the rules of {@linkcode parseDatetime}. */
export function parseInstant(text: string): Temporal.Instant {
  const hasOffset = /(?:Z|[+-]\d\d(?::?\d\d(?::?\d\d(?:\.\d+)?)?)?)$/i.test(text.slice(10));
  try {
    return Temporal.Instant.from(hasOffset ? text : `${text}Z`);
  } catch (cause) {
    throw new RubiconException("corrupt", `${JSON.stringify(text)} is not an ISO 8601 time.`, {
      cause,
    });
  }
}

/** An instant as text. Digits beyond microseconds are cut, since Python has none. */
export function formatInstant(instant: Temporal.Instant): string {
  const text = instant.toString({ smallestUnit: "microsecond", roundingMode: "floor" });
  if (/^\d{4}-/.test(text) && !text.startsWith("0000")) return `${text.slice(0, -1)}+00:00`;
  throw new RubiconException("corrupt", `${text} is not in the years 1 to 9999.`);
}
