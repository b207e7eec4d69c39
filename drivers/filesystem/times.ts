/**
 * What the times of a file system are worth.
 *
 * @module
 */
import type { StoreTimes } from "../driver.ts";
import { isMissing } from "./errors.ts";
import { discard } from "./remove.ts";
import { type Root, stagedName } from "./root.ts";
import { isOnLocalDisk } from "./written.ts";

/** For so long, in milliseconds, a measurement counts. Clocks drift, and are set. */
const MEASURED_FOR = 60_000;
/** File systems go by a clock that ticks every 1 to 10 ms, and tell whole milliseconds. */
const FINE_STEP = 20;
/** The coarsest step that is known of: FAT, and what some file servers keep their files on. */
const COARSE_STEP = 2000;
/** Neither a whole second nor an even one: what a file system makes of it tells its step. */
const ODD_TIME = new Date(1_000_000_001_987);
/** How many of a root's files are looked at for a time that is no whole second. */
const MOST_LOOKS = 100;

/** What is known of a root's times. */
export interface Measured extends StoreTimes {
  /** Whether a folder's time is known to change with each name that comes or goes in it. */
  readonly folders: boolean;
}

/** What the store's times are worth. */
export function timesOf(root: Root): Measured {
  const { health } = root;
  if (health.times && performance.now() < health.times.until) return health.times.measured;
  const observed = observe(root);
  const isKnown = isOnLocalDisk(root) && observed.step === FINE_STEP;
  const measured = isKnown ? observed : measure(root) ?? observed;
  // What was not to be trusted may be found so the next time, when the root has not just changed.
  const until = performance.now() + (measured.folders ? MEASURED_FOR : 0);
  health.times = { measured, until };
  return measured;
}

/** Makes a file and looks at its times, and at those of its folder. Nothing where this process may only read. */
function measure({ path }: Root): Measured | undefined {
  const file = `${path}/${stagedName()}`;
  try {
    const before = timeOf(Deno.statSync(path));
    Deno.writeFileSync(file, new Uint8Array(), { createNew: true });
    const made = timeOf(Deno.lstatSync(file));
    const after = timeOf(Deno.statSync(path));
    const ahead = made - Date.now();
    Deno.utimeSync(file, ODD_TIME, ODD_TIME);
    const lost = Math.abs(ODD_TIME.getTime() - timeOf(Deno.lstatSync(file)));
    const step = lost === 0 ? FINE_STEP : lost < 1000 ? 1000 : COARSE_STEP;
    const follows = before < made - step && Math.abs(after - made) <= step;
    // A time that is cut is behind by up to a step, which is not the clock's.
    return { step, ahead: Math.abs(ahead) < step ? 0 : ahead, folders: follows };
  } catch {
    return undefined; // There is no root yet, or it is read-only. `observe` then says what there is to see.
  } finally {
    discard(file);
  }
}

/** What can be told without writing: a time that is no whole second tells that the times are fine. */
function observe(root: Root): Measured {
  const step = hasFineTime(root.path) ? FINE_STEP : COARSE_STEP;
  return { step, ahead: 0, folders: isOnLocalDisk(root) };
}

function hasFineTime(folder: string): boolean {
  try {
    if (timeOf(Deno.statSync(folder)) % 1000 !== 0) return true;
    let looks = 0;
    for (const { name } of Deno.readDirSync(folder)) {
      if (timeOf(Deno.lstatSync(`${folder}/${name}`)) % 1000 !== 0) return true;
      if (++looks === MOST_LOOKS) return false;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return false;
}

export const timeOf = ({ mtime }: Deno.FileInfo): number => mtime?.getTime() ?? 0;
