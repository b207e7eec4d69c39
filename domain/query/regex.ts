/**
 * Regular expressions in bounded time: all ways through the pattern are followed at once, so a text takes as many steps
 * as it is long, times the size of the pattern. JavaScript's own engine tries one way after the other, and a pattern of
 * twenty characters can keep it busy for hours.
 *
 * @module
 */

/** The longest pattern, in characters. */
export const MAX_PATTERN = 1_000;
/** The most steps of a compiled pattern: `{1,1000}` is a thousand copies. */
const MAX_STEPS = 2_000;
/** How deep groups may be nested. */
const MAX_DEPTH = 50;

/** Why a pattern is refused. */
export class PatternError extends Error {}

/** One step: a character to take, a place to be at, ways that part, or the end. */
type Step =
  | { takes: (sign: string) => boolean }
  | { at: "start" | "end" | "word" | "no-word" }
  | { goes: number[] }
  | { done: true };

type Node =
  | { takes: (sign: string) => boolean }
  | { at: "start" | "end" | "word" | "no-word" }
  | { all: Node[] }
  | { any: Node[] }
  | { repeat: Node; min: number; max: number };

/**
 * Whether a pattern is found in a text. What it knows: characters, `.`, classes, groups, alternatives, repetitions,
 * `^ $ \b \B`, `\p{…}`, and `(?i)` or `(?s)` at the start.
 *
 * @throws {PatternError} for anything else, such as look-arounds and references.
 */
export function regex(pattern: string): (text: string) => boolean {
  if (pattern.length > MAX_PATTERN) {
    throw new PatternError(`it is longer than ${MAX_PATTERN} characters`);
  }
  const [whole, flags = ""] = /^\(\?([is]+)\)/.exec(pattern) ?? ["", ""];
  const ignoreCase = flags.includes("i");
  const body = pattern.slice(whole.length);
  // Most patterns are a piece of the text.
  if (/^[\p{L}\p{N} _:/,;=@#%&~<>'"!-]+$/u.test(body) && !ignoreCase) {
    return (text) => text.includes(body);
  }
  const steps: Step[] = [];
  emit(new Parser(body, ignoreCase, flags.includes("s")).parse(), steps);
  steps.push({ done: true });
  return (text) => run(steps, text);
}

/** The source and the flags of a `RegExp` as one pattern. */
export function patternOf({ source, flags }: RegExp): string {
  const odd = flags.replaceAll(/[gimsuy]/g, "");
  if (odd !== "" || flags.includes("m")) throw new PatternError(`its flags are ${flags}`);
  const kept = flags.replaceAll(/[guy]/g, "");
  return kept === "" ? source : `(?${kept})${source}`;
}

/** Appends the steps of a node; after the last of them comes the next step. */
function emit(node: Node, steps: Step[]): void {
  if (steps.length > MAX_STEPS) throw new PatternError("it is too large: repeat fewer times");
  if ("all" in node) { for (const part of node.all) emit(part, steps); }
  else if ("any" in node) {
    const ends: number[][] = [];
    const fork: number[] = [];
    steps.push({ goes: fork });
    for (const part of node.any) {
      fork.push(steps.length);
      emit(part, steps);
      const end: number[] = [];
      ends.push(end);
      steps.push({ goes: end });
    }
    for (const end of ends) end.push(steps.length);
  } else if ("repeat" in node) {
    for (let count = 0; count < node.min; count++) {
      const before = steps.length;
      emit(node.repeat, steps);
      if (steps.length === before) break; // Nothing, so many times, is nothing.
    }
    if (node.max === Infinity) {
      const fork = [steps.length + 1];
      const start = steps.length;
      steps.push({ goes: fork });
      emit(node.repeat, steps);
      steps.push({ goes: [start] });
      fork.push(steps.length);
      return;
    }
    const forks: number[][] = [];
    for (let count = node.min; count < node.max; count++) {
      const fork = [steps.length + 1];
      forks.push(fork);
      steps.push({ goes: fork });
      emit(node.repeat, steps);
    }
    for (const fork of forks) fork.push(steps.length);
  } else steps.push(node);
}

const isWord = (sign: string | undefined): boolean => sign !== undefined && /^\w$/.test(sign);

function run(steps: readonly Step[], text: string): boolean {
  const signs = [...text];
  const seen = new Int32Array(steps.length).fill(-1);
  let now: number[] = [];
  let done = false;
  /** Adds a step, and follows those that take no character. */
  const add = (list: number[], first: number, at: number) => {
    const stack = [first];
    for (let index; (index = stack.pop()) !== undefined;) {
      if (seen[index] === at) continue;
      seen[index] = at;
      const step = steps[index]!;
      if ("goes" in step) stack.push(...step.goes);
      else if ("at" in step) {
        if (isAt(step.at, signs, at)) stack.push(index + 1);
      } else if ("done" in step) done = true;
      else list.push(index);
    }
  };
  for (let at = 0; at <= signs.length; at++) {
    add(now, 0, at); // It may begin anywhere.
    if (done) return true;
    const next: number[] = [];
    const sign = signs[at];
    if (sign === undefined) return false;
    for (const index of now) {
      if ((steps[index] as { takes: (sign: string) => boolean }).takes(sign)) {
        add(next, index + 1, at + 1);
      }
    }
    if (done) return true;
    now = next;
  }
  return false;
}

function isAt(place: "start" | "end" | "word" | "no-word", signs: string[], at: number): boolean {
  if (place === "start") return at === 0;
  if (place === "end") return at === signs.length;
  return (isWord(signs[at - 1]) !== isWord(signs[at])) === (place === "word");
}

/** The characters of a class, told by JavaScript's own engine: it looks at one at a time. */
function classOf(source: string, ignoreCase: boolean): (sign: string) => boolean {
  let one: RegExp;
  try {
    one = new RegExp(`^${source}$`, ignoreCase ? "iu" : "u");
  } catch {
    throw new PatternError(`${source} is not a class of characters`);
  }
  return (sign) => one.test(sign);
}

const CONTROLS: Readonly<Record<string, string>> = {
  ...{ n: "\n", r: "\r", t: "\t", f: "\f", v: "\v", 0: "\0" },
};

/** From text to nodes. */
class Parser {
  #at = 0;
  #depth = 0;
  readonly #text: string;
  readonly #ignoreCase: boolean;
  readonly #dotAll: boolean;

  constructor(text: string, ignoreCase: boolean, dotAll: boolean) {
    this.#text = text;
    this.#ignoreCase = ignoreCase;
    this.#dotAll = dotAll;
  }

  parse(): Node {
    const node = this.#alternatives();
    if (this.#at < this.#text.length) throw new PatternError("a ) has no (");
    return node;
  }

  /** The rest, if it starts with an expression; that is then passed over. */
  #take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found;
  }

  #alternatives(): Node {
    if (++this.#depth > MAX_DEPTH) throw new PatternError("its groups are nested too deep");
    const any: Node[] = [];
    do {
      const all: Node[] = [];
      while (this.#at < this.#text.length && !"|)".includes(this.#text[this.#at]!)) {
        all.push(this.#repeated(this.#atom()));
      }
      any.push({ all });
    } while (this.#take(/\|/y));
    this.#depth--;
    return any.length === 1 ? any[0]! : { any };
  }

  #repeated(node: Node): Node {
    let result = node;
    for (;;) {
      // A question mark behind it asks for the shortest match, which is a match all the same.
      const found = this.#take(/(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y);
      if (!found) return result;
      const [, sign, low, comma, high] = found;
      const min = sign === undefined ? Number(low) : sign === "+" ? 1 : 0;
      const max = sign === "?"
        ? 1
        : sign !== undefined || (comma && high === "")
        ? Infinity
        : Number(comma ? high : low);
      if (max < min || min > MAX_STEPS) {
        throw new PatternError(`${found[0]} is not a number of repetitions`);
      }
      result = { repeat: result, min, max };
    }
  }

  #atom(): Node {
    const ignoreCase = this.#ignoreCase;
    if (this.#take(/\((?:\?:|\?P?<[A-Za-z_]\w*>)/y) || this.#take(/\((?!\?)/y)) {
      const node = this.#alternatives();
      if (!this.#take(/\)/y)) throw new PatternError("a ( has no )");
      return node;
    }
    if (this.#take(/\(/y)) {
      throw new PatternError("of the groups with (? only (?: and named ones are known");
    }
    if (this.#take(/\./y)) {
      return { takes: this.#dotAll ? () => true : (sign) => sign !== "\n" && sign !== "\r" };
    }
    if (this.#take(/\^/y)) return { at: "start" };
    if (this.#take(/\$/y)) return { at: "end" };
    const set = this.#take(/\[\^?(?:\\[^]|[^\]\\])*\]/y) ??
      this.#take(/\\(?:[dDwWsS]|[pP]\{[^}]*\})/y);
    if (set) return { takes: classOf(set[0], ignoreCase) };
    if (this.#take(/\\b/y)) return { at: "word" };
    if (this.#take(/\\B/y)) return { at: "no-word" };
    const code = this.#take(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\})/iy);
    if (code) return this.#sign(String.fromCodePoint(parseInt(code[1] ?? code[2] ?? code[3]!, 16)));
    const control = this.#take(/\\([nrtfv0])(?!\d)/y);
    if (control) return this.#sign(CONTROLS[control[1]!]!);
    const escaped = this.#take(/\\([^A-Za-z0-9])/uy);
    if (escaped) return this.#sign(escaped[1]!);
    const plain = this.#take(/[^\\[*+?]/uy);
    if (plain) return this.#sign(plain[0]);
    const rest = this.#text.slice(this.#at, this.#at + 2);
    throw new PatternError(`${rest} is not known, or lacks its other half`);
  }

  #sign(wanted: string): Node {
    if (!this.#ignoreCase) return { takes: (sign) => sign === wanted };
    const [lower, upper] = [wanted.toLowerCase(), wanted.toUpperCase()];
    return { takes: (sign) => sign.toLowerCase() === lower || sign.toUpperCase() === upper };
  }
}
