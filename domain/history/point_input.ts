/**
 * Checks of where and when a point is.
 *
 * @module
 */
import { checkTime, refuse, show } from "../check.ts";
import { tickMicros } from "../format/clock.ts";
import { microsOf } from "./times.ts";

/** Throws for what is no step. */
export function checkStep(step: unknown, where: string): asserts step is number {
  if (typeof step === "number" && Number.isFinite(step)) return;
  refuse(`${where} must be a finite number, not ${show(step)}.`);
}

/** A time in microseconds since 1970; now if none is given. */
export function checkMicros(time: unknown, where: string): number {
  if (time === undefined) return tickMicros();
  if (time instanceof Date && !Number.isNaN(time.getTime())) return time.getTime() * 1000;
  return microsOf(checkTime(time, where));
}
