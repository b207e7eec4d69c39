/**
 * Ids and times of new entities.
 *
 * @module
 */

/** The two clocks may be so far apart, in milliseconds: one of them knows of whole ones alone. */
const MOST_APART = 5;

let last = 0;
/** What the steady clock, which knows of microseconds, is behind the clock of the machine. */
let offset = performance.timeOrigin;
/** The text of the last time, up to its milliseconds: most entities follow each other within one. */
let lastMillis = -1;
let millisText = "";

/**
 * Now, in ISO 8601 with microseconds. Later calls in one process give later times, so that what was
 * logged first is listed first.
 */
export function now(): string {
  const micros = nowMicros();
  const whole = Math.floor(micros / 1000);
  if (whole !== lastMillis) {
    millisText = new Date(whole).toISOString().slice(0, 23);
    lastMillis = whole;
  }
  return `${millisText}${String(micros % 1000).padStart(3, "0")}+00:00`;
}

/** Now, in microseconds since 1970, by the rules of {@linkcode now}. */
function nowMicros(): number {
  const micros = Math.floor(millis() * 1000);
  return last = Math.max(micros, last + 1);
}

/**
 * Now, in microseconds since 1970, for what comes a million times a second: by the machine's clock alone, which knows of
 * milliseconds. Those within one come one microsecond after the other.
 */
export function tickMicros(): number {
  return last = Math.max(Date.now() * 1000, last + 1);
}

/** Milliseconds since 1970. The steady clock stands still while a machine sleeps, and knows nothing of a clock that is set. */
function millis(): number {
  const machine = Date.now();
  const steady = offset + performance.now();
  if (Math.abs(steady - machine) < MOST_APART) return steady;
  offset += machine - steady;
  return machine;
}

/** A new id: a UUIDv4, as rubicon-ml's are. */
export const newId = (): string => crypto.randomUUID();

let lastName = 0;

/** A timestamp for a UUIDv7, in milliseconds, that only grows: names then sort by creation. */
export function growing(): number {
  lastName = Math.max(Date.now(), lastName + 1);
  return lastName;
}
