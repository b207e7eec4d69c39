/**
 * JSON as Python's `json` writes it: with bare `NaN` and `Infinity`, and integers of any size. Every step is linear
 * in the length of the text, whatever it holds: a metadata.json may come from anybody.
 *
 * @module
 */

/** Python's `sys.int_info.default_max_str_digits`; a sign counts here too, which loses one digit. */
export const MAX_DIGITS = 4300;

/** Texts that JSON.parse refuses, or reads with a loss. May be found inside of strings too. */
const SPECIAL = /NaN|Infinity|(?<![.\d])\d{16}/;

/** What a reviver is told of a number beside its value: the text it was read from. */
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/**
 * JSON as Python's `json` writes it. Integers beyond what a number holds are bigints.
 *
 * @throws {SyntaxError} if it is not JSON, or has an integer that is too long for Python too.
 */
export function parseJson(text: string): unknown {
  if (!SPECIAL.test(text)) return JSON.parse(text);
  const nan = unusedNumber(text);
  let special = false;
  const standard = outsideStrings(text, (word) => {
    const named = /^(?:NaN|-?Infinity)$/.test(word);
    special ||= named || /^-?\d{16,}$/.test(word);
    if (!named) return word;
    return word === "NaN" ? nan : word.replace("Infinity", "1e999");
  });
  if (!special) return JSON.parse(text);
  const reviver: Reviver = (_, value, { source = "" }) => {
    if (typeof value !== "number") return value;
    if (source === nan) return NaN;
    return Number.isSafeInteger(value) || !/^-?\d+$/.test(source) ? value : toBigInt(source);
  };
  return JSON.parse(standard, reviver as (key: string, value: unknown) => unknown);
}

/** A number that a text does not have. It stands for NaN, so that nothing in the text is mistaken for one. */
function unusedNumber(text: string): string {
  const used = new Set(text.match(/1e-\d+/g));
  let exponent = 999;
  while (used.has(`1e-${exponent}`)) exponent++;
  return `1e-${exponent}`;
}

function toBigInt(digits: string): bigint {
  if (digits.length <= MAX_DIGITS) return BigInt(digits);
  throw new SyntaxError(`It has an integer of more than ${MAX_DIGITS} digits.`);
}

/** Replaces words and numbers, but none in strings: one expression for both overflows on long strings. */
function outsideStrings(text: string, replace: (word: string) => string): string {
  let result = "";
  for (let at = 0; at < text.length;) {
    const open = text.indexOf('"', at);
    const end = open === -1 ? text.length : open;
    result += text.slice(at, end).replace(/[-+.\w]+/g, replace);
    if (open === -1) break;
    at = endOfString(text, open);
    result += text.slice(open, at);
  }
  return result;
}

function endOfString(text: string, open: number): number {
  for (let at = open + 1;; at++) {
    at = text.indexOf('"', at);
    if (at === -1) return text.length; // JSON.parse says what is wrong.
    let first = at;
    while (text[first - 1] === "\\") first--;
    if ((at - first) % 2 === 0) return at + 1;
  }
}
