/**
 * Ids and times of new entities.
 *
 * @module
 */

let last = 0;
/** The text of the last time, up to its milliseconds: most entities follow each other within one. */
let lastMillis = -1;
let millisText = "";

/**
 * Now, in ISO 8601 with microseconds. Later calls in one process give later times, so that what was
 * logged first is listed first.
 */
export function now(): string {
  const micros = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  last = Math.max(micros, last + 1);
  const millis = Math.floor(last / 1000);
  if (millis !== lastMillis) {
    millisText = new Date(millis).toISOString().slice(0, 23);
    lastMillis = millis;
  }
  return `${millisText}${String(last % 1000).padStart(3, "0")}+00:00`;
}

/** A new id: a UUIDv4, as rubicon-ml's are. */
export const newId = (): string => crypto.randomUUID();

let lastName = 0;

/** A timestamp for a UUIDv7, in milliseconds, that only grows: names then sort by creation. */
export function growing(): number {
  lastName = Math.max(Date.now(), lastName + 1);
  return lastName;
}
