/**
 * JSONPath in the dialect that rubicon-ml's queries are written in, jsonpath-ng's extended one. No library for JavaScript
 * takes its `&`, `=~` and `==` on several values.
 *
 * @module
 */
import { fault } from "../fault.ts";
import { PatternError, regex } from "../regex.ts";

/** A path: where it starts, and its steps. */
export interface Path {
  /** `root`: at the top. `this`: at what a filter looks at, or at the top if it stands alone. */
  readonly from: "root" | "this" | readonly Path[];
  readonly steps: readonly Step[];
}

/** One step of a path. */
export type Step =
  /** Fields of an object, by name. */
  | { readonly type: "fields"; readonly names: readonly string[] }
  /** All fields of an object. */
  | { readonly type: "every-field" }
  | { readonly type: "indices"; readonly indices: readonly number[] }
  /** Elements of a list, with Python's slices. What is no list is a list of one. */
  | {
    readonly type: "slice";
    readonly start?: number;
    readonly end?: number;
    readonly step: number;
  }
  /** Elements that pass all tests. */
  | { readonly type: "filter"; readonly tests: readonly Test[] }
  | {
    readonly type: "sort";
    readonly by: readonly { readonly path: Path; readonly falls: boolean }[];
  }
  | { readonly type: "named"; readonly name: "len" | "keys" | "parent" | "this" }
  /** The step is taken here and everywhere below. */
  | { readonly type: "below"; readonly step: Step };

/** A test of an element: the path is there, or one of its values compares. */
export interface Test {
  readonly path: Path;
  readonly compare?: Comparison;
}

/** A comparison with a literal. */
export type Comparison =
  | {
    readonly op: "==" | "!=" | "<" | "<=" | ">" | ">=";
    readonly value: string | number | boolean;
  }
  | { readonly op: "=~"; readonly matches: (text: string) => boolean };

/** The longest path, in characters. */
const MAX_LENGTH = 5_000;
/** How deep filters and parentheses may be nested. */
const MAX_DEPTH = 30;

const NAMED = new Set(["len", "keys", "parent", "this"] as const);
type Named = "len" | "keys" | "parent" | "this";

/**
 * Parses a path.
 *
 * @param what What it is, for messages.
 */
export function parsePath(text: string, what: string): Path {
  if (text.length > MAX_LENGTH) {
    fault(what, `A path has at most ${MAX_LENGTH} characters, and this one ${text.length}.`);
  }
  return new Parser(text, what).whole();
}

class Parser {
  readonly #text: string;
  readonly #what: string;
  #at = 0;
  #depth = 0;

  constructor(text: string, what: string) {
    this.#text = text;
    this.#what = what;
  }

  whole(): Path {
    const path = this.#union();
    if (this.#at < this.#text.length) this.#fail("This cannot follow here.");
    return path;
  }

  #fail(why: string, from = this.#at): never {
    return fault(this.#what, why, this.#text, { from, to: Math.max(this.#at, from + 1) });
  }

  /** Passes over an expression and the spaces behind it. */
  #take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text) ?? undefined;
    if (found) this.#at += found[0].length;
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at++;
    return found;
  }

  #sign(sign: string): boolean {
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    this.#take(/(?:)/y);
    return true;
  }

  #union(): Path {
    if (++this.#depth > MAX_DEPTH) this.#fail(`More than ${MAX_DEPTH} levels are too deep.`);
    this.#take(/(?:)/y);
    const paths = [this.#path()];
    while (this.#sign("|")) paths.push(this.#path());
    this.#depth--;
    return paths.length === 1 ? paths[0]! : { from: paths, steps: [] };
  }

  #path(): Path {
    const steps: Step[] = [];
    let from: Path["from"] = "this";
    if (this.#sign("(")) {
      from = [this.#union()];
      if (!this.#sign(")")) this.#fail("A ) has to follow.");
    } else if (this.#sign("$")) from = "root";
    else if (!this.#take(/@(?![A-Za-z_])/y)) {
      const below = this.#sign("..");
      const step = this.#text[this.#at] === "[" ? this.#bracket() : this.#named();
      steps.push(below ? { type: "below", step } : step);
    }
    for (;;) {
      if (this.#sign("..")) {
        const step = this.#text[this.#at] === "[" ? this.#bracket() : this.#named();
        steps.push({ type: "below", step });
      } else if (this.#sign(".")) {
        steps.push(this.#text[this.#at] === "[" ? this.#bracket() : this.#named());
      } else if (this.#text[this.#at] === "[") steps.push(this.#bracket());
      else return { from, steps };
    }
  }

  /** A step without brackets: names, `*`, or a word in back-ticks. */
  #named(): Step {
    if (this.#sign("*")) return { type: "every-field" };
    const from = this.#at;
    const word = this.#take(/`([^`]*)`/y)?.[1];
    if (word !== undefined) {
      if (NAMED.has(word as Named)) return { type: "named", name: word as Named };
      this.#fail("In back-ticks there is len, keys, parent or this.", from);
    }
    const names = [this.#name("A name, * or a word in back-ticks has to follow.")];
    // Before a slash it parts what is sorted by.
    while (this.#take(/,(?!\s*[/\\])/y)) names.push(this.#name("Another name has to follow."));
    return { type: "fields", names };
  }

  #name(why: string): string {
    return this.#quoted() ?? this.#take(/@?[\p{L}_][\p{L}\p{N}_@-]*|\d+/uy)?.[0] ?? this.#fail(why);
  }

  /** A text in quotes; a backslash takes the meaning from the next character. */
  #quoted(): string | undefined {
    const from = this.#at;
    const found = this.#take(/'((?:[^'\\]|\\[^])*)'|"((?:[^"\\]|\\[^])*)"/y);
    if (found) return (found[1] ?? found[2])!.replaceAll(/\\([^])/g, "$1");
    if (`'"`.includes(this.#text[from] ?? " ")) {
      this.#at = this.#text.length;
      this.#fail("A text in quotes is not closed.", from);
    }
    return undefined;
  }

  #bracket(): Step {
    const from = this.#at;
    this.#sign("[");
    const step = this.#inner();
    if (!this.#sign("]")) this.#fail("A ] has to follow.", from);
    return step;
  }

  #inner(): Step {
    if (this.#sign("*")) return { type: "slice", step: 1 };
    if (this.#sign("?")) return { type: "filter", tests: this.#tests() };
    if ("/\\".includes(this.#text[this.#at] ?? " ")) return this.#sort();
    const number = /-?\d+/y;
    const first = this.#take(number)?.[0];
    if (this.#sign(":")) {
      const end = this.#take(number)?.[0];
      const step = this.#sign(":") ? this.#take(number)?.[0] : undefined;
      if (Number(step) === 0) this.#fail("The step of a slice is not 0.");
      return {
        type: "slice",
        ...(first !== undefined && { start: Number(first) }),
        ...(end !== undefined && { end: Number(end) }),
        step: Number(step ?? 1),
      };
    }
    if (first !== undefined) {
      const indices = [Number(first)];
      while (this.#sign(",")) {
        indices.push(Number(this.#take(number)?.[0] ?? this.#fail("A number has to follow.")));
      }
      return { type: "indices", indices };
    }
    return this.#named();
  }

  #sort(): Step {
    const by: { path: Path; falls: boolean }[] = [];
    for (let sign; (sign = this.#take(/,?\s*([/\\])/y));) {
      by.push({ path: this.#path(), falls: sign[1] === "\\" });
    }
    return { type: "sort", by };
  }

  /** Tests joined by `&`. Those in parentheses are joined all the same. */
  #tests(): Test[] {
    if (++this.#depth > MAX_DEPTH) this.#fail(`More than ${MAX_DEPTH} levels are too deep.`);
    const tests: Test[] = [];
    do {
      if (this.#sign("(")) {
        tests.push(...this.#tests());
        if (!this.#sign(")")) this.#fail("A ) has to follow.");
      } else tests.push(this.#test());
    } while (this.#take(/&&?/y));
    this.#depth--;
    return tests;
  }

  #test(): Test {
    const path = this.#path();
    const op = this.#take(/=~|==|!=|<=|>=|=|<|>/y)?.[0];
    if (op === undefined) return { path };
    const from = this.#at;
    const value = this.#literal();
    if (op !== "=~") {
      return {
        path,
        compare: { op: op === "=" ? "==" : op as "==" | "!=" | "<" | "<=" | ">" | ">=", value },
      };
    }
    if (typeof value !== "string") this.#fail("=~ takes a text in quotes.", from);
    try {
      return { path, compare: { op, matches: regex(value) } };
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      return this.#fail(`The regular expression cannot be used: ${error.message}.`, from);
    }
  }

  #literal(): string | number | boolean {
    const text = this.#quoted();
    if (text !== undefined) return text;
    const number = this.#take(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_])/uy);
    if (number) return Number(number[0]);
    const word = this.#take(/[A-Za-z_][\w-]*/y)?.[0];
    if (word === undefined) {
      return this.#fail("A text in quotes, a number, true or false comes here.");
    }
    return word === "true" || word === "false" ? word === "true" : word;
  }
}
