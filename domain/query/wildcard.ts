/**
 * Wildcards, without regular expressions: no pattern takes longer than its text is long, times a little.
 *
 * @module
 */

/** Whether a text matches a pattern in which `*` stands for any characters, and all else for itself. */
export function wildcard(pattern: string): (text: string) => boolean {
  if (!pattern.includes("*")) return (text) => text === pattern;
  const [first, ...middle] = pattern.split("*") as [string, ...string[]];
  const last = middle.pop()!;
  return (text) => {
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    // The earliest place is the best one: it leaves the most for what follows.
    for (const part of middle) {
      const at = text.indexOf(part, from);
      if (at === -1) return false;
      from = at + part.length;
    }
    return from <= text.length - last.length;
  };
}

/** The longest pattern of `like` that has a `_`, in characters. */
export const MAX_LIKE = 1_000;

/**
 * Whether a text matches a pattern of SQL: `%` stands for any characters, `_` for any one, and a backslash takes the
 * meaning from the next.
 */
export function like(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const signs: (string | typeof ANY | typeof ONE)[] = [];
  const folded = [...(ignoreCase ? pattern.toLowerCase() : pattern)];
  for (let at = 0; at < folded.length; at++) {
    const sign = folded[at]!;
    const next = folded[at + 1];
    if (sign === "\\" && (next === "%" || next === "_" || next === "\\")) {
      signs.push(next);
      at++;
    } else signs.push(sign === "%" ? ANY : sign === "_" ? ONE : sign);
  }
  return (text) => matches(signs, [...(ignoreCase ? text.toLowerCase() : text)]);
}

const ANY = Symbol("%");
const ONE = Symbol("_");

/** Goes back to the last `%` alone, so the time is bounded by one length times the other. */
function matches(
  signs: readonly (string | typeof ANY | typeof ONE)[],
  text: readonly string[],
): boolean {
  let [sign, at, any, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    if (signs[sign] === ANY) [any, resume] = [sign++, at];
    else if (signs[sign] === ONE || signs[sign] === text[at]) [sign, at] = [sign + 1, at + 1];
    else if (any >= 0) [sign, at] = [any + 1, ++resume];
    else return false;
  }
  while (signs[sign] === ANY) sign++;
  return sign === signs.length;
}
