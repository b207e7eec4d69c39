/**
 * pandas' periods, which are kept as counts from 1970, as the text that pandas shows.
 *
 * @module
 */

/** Of frequencies that are all of one length: their milliseconds, and how much of an ISO text shows them. */
const LENGTHS: Readonly<Record<string, [millis: number, shown: number]>> = {
  h: [3_600_000, 16],
  min: [60_000, 16],
  s: [1000, 19],
  ms: [1, 23],
};

/**
 * A period as text: `2026`, `2026Q1`, `2026-01`, `2026-01-05/2026-01-11`, `2026-01-05`, `2026-01-05 13:00`. One whose
 * frequency is another (business days, years that begin in June) is the frequency and the count: `B 14600`.
 */
export function periodText(frequency: string, count: bigint): string {
  // "2D" counts days too.
  const unit = frequency.replace(/^\d+/, "");
  const at = Number(count);
  const fallback = `${frequency} ${count}`;
  if (Math.abs(at) > 2 ** 45) return fallback;
  const day = (days: number): string => {
    const time = new Date(days * 86_400_000);
    return Number.isNaN(time.getTime()) ? fallback : time.toISOString().slice(0, -14);
  };
  const year = (years: number): string => String(1970 + years);
  switch (unit) {
    case "Y":
    case "Y-DEC":
    case "A-DEC":
      return year(at);
    case "Q":
    case "Q-DEC":
      return `${year(Math.floor(at / 4))}Q${at - Math.floor(at / 4) * 4 + 1}`;
    case "M": {
      const months = at - Math.floor(at / 12) * 12 + 1;
      return `${year(Math.floor(at / 12))}-${String(months).padStart(2, "0")}`;
    }
    case "W":
    case "W-SUN": {
      // The week 0 ends on the first Sunday that is not before 1970, its fourth day.
      const end = 7 * at - 4;
      return `${day(end - 6)}/${day(end)}`;
    }
    case "D":
      return day(at);
  }
  const found = LENGTHS[unit === "T" ? "min" : unit.replace("H", "h")];
  const time = found && new Date(at * found[0]);
  if (!found || Number.isNaN(time!.getTime())) return fallback;
  return time!.toISOString().replace("T", " ").slice(0, found[1]);
}
