/**
 * Ticks of times and durations: whole seconds, hours, days and months in the reader's own zone.
 *
 * @module
 */

const SECOND = 1e3;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((step) => step * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((step) => step * MINUTE),
  ...[1, 2, 3, 6, 12].map((step) => step * HOUR),
];

/** The first of 1, 2, 5 and their tenfolds that is no less. */
function round(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return [1, 2, 5, 10].find((digit) => digit * power >= least)! * power;
}

/** The distance of ticks of durations, no less than so many milliseconds. */
export const durationStep = (least: number): number =>
  STEPS.find((step) => step >= least) ?? round(least / DAY) * DAY;

/** About so many times, rising, at which clocks and calendars in the reader's zone show something whole. */
export function timeTicks(low: number, high: number, count: number): number[] {
  const least = (high - low) / Math.max(count, 1);
  const step = STEPS.find((one) => one >= least);
  return step === undefined ? dates(low, high, least / DAY) : clocks(low, high, step);
}

/** Whole hours or parts of them. They go on while the clock is put forward or back, which is by hours. */
function clocks(low: number, high: number, step: number): number[] {
  const shift = new Date(low).getTimezoneOffset() * MINUTE;
  const base = Math.min(step, HOUR);
  const found: number[] = [];
  for (let at = Math.ceil((low - shift) / base) * base + shift; at <= high; at += base) {
    if (step <= HOUR || new Date(at).getHours() % (step / HOUR) === 0) found.push(at);
  }
  return found;
}

/** Midnights, by the parts of a date: days have 23 to 25 hours, months 28 to 31 days. */
function dates(low: number, high: number, least: number): number[] {
  const from = new Date(low);
  const [year, month] = [from.getFullYear(), from.getMonth()];
  const days = [1, 2, 7, 14].find((one) => one >= least);
  const months = [1, 3, 6].find((one) => one * 30 >= least * 0.9);
  const years = round(least / 365);
  const place = (index: number) =>
    days !== undefined
      ? new Date(year, month, 1 + index * days)
      : months !== undefined
      ? new Date(year, index * months)
      : new Date((Math.floor(year / years) + index) * years, 0);
  const found: number[] = [];
  for (let index = 0; found.length < 1000; index++) {
    const at = +place(index);
    if (!(at <= high)) break;
    if (at >= low) found.push(at);
  }
  return found;
}

const two = (value: number) => String(value).padStart(2, "0");
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A tick of a time axis: as much of the date as is new there. */
export function tickDate(date: Date): string {
  if (date.getMilliseconds() > 0) return `.${String(date.getMilliseconds()).padStart(3, "0")}`;
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()];
  if (seconds > 0) return `${two(hours)}:${two(minutes)}:${two(seconds)}`;
  if (hours > 0 || minutes > 0) return `${two(hours)}:${two(minutes)}`;
  if (date.getDate() > 1) return `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  return date.getMonth() > 0 ? MONTHS[date.getMonth()]! : String(date.getFullYear());
}

/** A time in full. */
export function dateText(value: number): string {
  const date = new Date(value);
  if (Number.isNaN(+date)) return "";
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
