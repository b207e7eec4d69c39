/**
 * A brush in the hand: made, moved, or made longer by the pointer, along one axis.
 *
 * @module
 */
import { ordered, type Range, whole } from "./brush.ts";
import { type Room, type Shown, toPixel, toValue } from "./parallel_data.ts";

/** What the pointer took hold of. */
export interface Hold {
  /** Index of the axis. */
  axis: number;
  /** Where the pointer was, along y. */
  from: number;
  /** The ranges that stay as they are. */
  others: readonly Range[];
  /** The range in the hand as pixels, top and bottom; none while a new one is begun. */
  old: readonly [top: number, bottom: number] | undefined;
  /** What moves: both ends, one, or a new range. */
  part: "all" | "top" | "bottom" | "new";
}

/** How near to an axis, and to a range's end, the pointer has to be. */
export const REACH = 12;
const END = 6;

/** A range may be longer than its axis: the runs that are shown are others now. */
const pixelsOf = (shown: Shown, room: Room, range: Range): [number, number] => {
  const ends = range.map((value) => toPixel(shown, room, value));
  const [least, most] = [room.top, room.top + room.height];
  const within = (value: number, otherwise: number) =>
    Number.isNaN(value) ? otherwise : Math.min(most, Math.max(least, value));
  return [within(Math.min(...ends), least), within(Math.max(...ends), most)];
};

/** Where the ranges of an axis are, in pixels. */
export const rangePixels = (shown: Shown, room: Room, ranges: readonly Range[]) =>
  ranges.map((range) => pixelsOf(shown, room, range));

/** Takes hold of a range, or begins a new one beside the others if `isAdded`. */
export function hold(
  axis: number,
  shown: Shown,
  room: Room,
  ranges: readonly Range[],
  y: number,
  isAdded: boolean,
): Hold {
  for (const [at, [top, bottom]] of rangePixels(shown, room, ranges).entries()) {
    if (y < top - END || y > bottom + END) continue;
    const others = ranges.filter((_, other) => other !== at);
    const part = Math.abs(y - top) <= END ? "top" : Math.abs(y - bottom) <= END ? "bottom" : "all";
    return { axis, from: y, others, old: [top, bottom], part };
  }
  return { axis, from: y, others: isAdded ? ranges : [], old: undefined, part: "new" };
}

/** The ranges of the axis while the pointer is at `y`. Without movement a new range is none: a click clears. */
export function held(
  { from, others, old, part }: Hold,
  shown: Shown,
  room: Room,
  y: number,
): Range[] {
  const least = room.top;
  const most = room.top + room.height;
  const within = (value: number) => Math.min(most, Math.max(least, value));
  let ends: [number, number];
  if (part === "new" || !old) {
    if (Math.abs(y - from) < 3) return [...others];
    ends = [within(from), within(y)];
  } else if (part === "all") {
    const by = Math.min(most - old[1], Math.max(least - old[0], y - from));
    ends = [old[0] + by, old[1] + by];
  } else ends = part === "top" ? [within(y), old[1]] : [old[0], within(y)];
  const range = ordered(toValue(shown, room, ends[0]), toValue(shown, room, ends[1]));
  return [...others, range];
}

/** The ranges as they stay when they are let go: categories as a whole, none without width. */
export function letGo(ranges: readonly Range[], shown: Shown): Range[] {
  if (shown.axis.type !== "category") return ranges.filter(([low, high]) => low < high);
  return ranges.map(whole).filter((range) => range !== undefined);
}
