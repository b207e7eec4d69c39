/**
 * Lines of history as this module writes them, read without an object for each. What is written otherwise is left to JSON.
 *
 * @module
 */
import type { SeriesBuilder } from "./series.ts";

const [DIGIT_0, DIGIT_9, MINUS, COMMA, CLOSE] = [48, 57, 45, 44, 125];
const [STEP, TIME, VALUES] = ['{"s":', ',"t":"', '","m":{'];
/** How long a time is as text, and up to its seconds. */
const [TIME_LENGTH, SECOND_LENGTH] = [32, 20];

/** Reads lines from a text, one after the other. */
export class LineReader {
  /** The start of the last time up to its seconds, and what that is in microseconds. */
  #second = "";
  #base = NaN;
  /** The keys of the last line, as they stand in it, and the names they are. */
  #keys: string[] = [];
  #names: string[] = [];

  constructor(readonly text: string) {}

  /**
   * Adds the points of the line that begins at `from` and ends before `to`.
   *
   * @returns Whether it is in the usual form: if it is not, nothing was added.
   */
  read(from: number, to: number, into: SeriesBuilder): boolean {
    const { text } = this;
    if (!text.startsWith(STEP, from)) return false;
    let at = from + STEP.length;
    const comma = text.indexOf(",", at);
    const step = this.#number(at, comma);
    if (Number.isNaN(step) || !text.startsWith(TIME, comma)) return false;
    at = comma + TIME.length;
    const time = this.#time(at);
    at += TIME_LENGTH;
    if (Number.isNaN(time) || !text.startsWith(VALUES, at)) return false;
    at += VALUES.length;
    const values: number[] = [];
    while (true) {
      const index = values.length;
      const key = this.#keys[index];
      if (key === undefined || !text.startsWith(key, at)) {
        if (!this.#learn(at, to, index)) return false;
      }
      at += this.#keys[index]!.length;
      let end = at;
      let code = text.charCodeAt(end);
      while (code !== COMMA && code !== CLOSE && end < to) code = text.charCodeAt(++end);
      const value = this.#number(at, end);
      if (Number.isNaN(value)) return false;
      values.push(value);
      if (code === CLOSE) {
        if (end + 2 !== to || text.charCodeAt(end + 1) !== CLOSE) return false;
        break;
      }
      at = end + 1;
    }
    for (let index = 0; index < values.length; index++) {
      into.add(this.#names[index]!, step, time, values[index]!);
    }
    return true;
  }

  /** Takes note of the key at a place, which others at its place in a line are mostly the same as. */
  #learn(at: number, to: number, index: number): boolean {
    const end = this.text.indexOf('":', at);
    if (end < 0 || end >= to) return false;
    const key = this.text.slice(at, end + 2);
    // A name with escapes may have such an end in its middle.
    if (!key.startsWith('"') || key.includes("\\")) return false;
    this.#keys.length = this.#names.length = index;
    this.#keys.push(key);
    this.#names.push(key.slice(1, -2));
    return true;
  }

  /** A number as JSON has it; NaN for anything else. */
  #number(from: number, to: number): number {
    const { text } = this;
    const first = text.charCodeAt(from);
    const isDigits = first >= DIGIT_0 && first <= DIGIT_9 || first === MINUS;
    // `Number` takes 0x10 for a number, too.
    return isDigits && text.charCodeAt(from + 1) !== 120 ? Number(text.slice(from, to)) : NaN;
  }

  #time(at: number): number {
    const { text } = this;
    if (this.#second === "" || !text.startsWith(this.#second, at)) {
      const second = text.slice(at, at + SECOND_LENGTH);
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.$/.test(second)) return NaN;
      const millis = Date.parse(`${second}000Z`);
      // A day that its month does not have is another one for `Date`.
      if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 20) !== second) {
        return NaN;
      }
      [this.#second, this.#base] = [second, millis * 1000];
    }
    let micros = 0;
    for (let digit = at + SECOND_LENGTH; digit < at + SECOND_LENGTH + 6; digit++) {
      const code = text.charCodeAt(digit) - DIGIT_0;
      if (code < 0 || code > 9) return NaN;
      micros = micros * 10 + code;
    }
    return text.startsWith("+00:00", at + SECOND_LENGTH + 6) ? this.#base + micros : NaN;
  }
}
