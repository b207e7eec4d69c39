/**
 * An expression in pieces: columns, words, signs and values, each with its place.
 *
 * @module
 */
import type { TextPlace } from "../../errors.ts";
import { fault } from "./fault.ts";
import type { QueryColumn, QueryLiteral } from "./tree.ts";

/** What one piece of an expression is. */
type Piece =
  /** A column with its prefix: `metrics.acc`. */
  | { readonly type: "column"; readonly kind: QueryColumn["kind"]; readonly name: string }
  /** A keyword, the name of one of the experiment's own fields, or the name of a function. */
  | { readonly type: "word"; readonly word: string }
  | { readonly type: "sign"; readonly sign: string }
  | { readonly type: "value"; readonly value: QueryLiteral }
  | { readonly type: "end" };

/** One piece of an expression. */
export type Token = Piece & TextPlace;

/** What may stand before the dot. MLflow has most of them. */
export const PREFIXES: Readonly<Record<string, QueryColumn["kind"]>> = {
  metrics: "metric",
  metric: "metric",
  params: "parameter",
  param: "parameter",
  parameters: "parameter",
  parameter: "parameter",
  tags: "tag",
  tag: "tag",
  attributes: "own",
  attribute: "own",
  attr: "own",
  run: "own",
};

/** Takes an expression apart. The last piece is the end. */
export function lex(text: string, what: string): Token[] {
  // Not made before they are needed: Unicode's tables take a millisecond of a start.
  const SPACE = /\s+/y;
  const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
  const NAME = /[\p{L}\p{N}_][\p{L}\p{N}_.\-/:@]*/uy;
  const NUMBER =
    /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?![\p{L}\p{N}_.])|[+-]?Infinity(?!\w)|NaN(?!\w)/iuy;
  const SIGN = /&&|\|\||==|!=|<>|<=|>=|=~|[=<>!(),-]/y;
  const tokens: Token[] = [];
  let at = 0;
  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = at;
    const found = expression.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  /** A quoted text; the quote itself is written twice in it. */
  const quoted = (): string => {
    const quote = text[at]!;
    const from = at++;
    for (let value = "";;) {
      const end = text.indexOf(quote, at);
      if (end === -1) fault(what, `A ${quote} is not closed.`, text, { from, to: text.length });
      value += text.slice(at, end);
      at = end + 1;
      if (text[at] !== quote) return value;
      value += quote;
      at++;
    }
  };
  const isQuote = (quotes: string) => at < text.length && quotes.includes(text[at]!);
  for (;;) {
    take(SPACE);
    const from = at;
    const push = (piece: Piece) => void tokens.push({ ...piece, from, to: at });
    if (at === text.length) {
      push({ type: "end" });
      return tokens;
    }
    if (isQuote(`'"`)) {
      const value = quoted();
      push({ type: "value", value });
      continue;
    }
    if (isQuote("`")) {
      const name = quoted();
      push({ type: "column", kind: "own", name });
      continue;
    }
    const number = take(NUMBER);
    if (number !== undefined) {
      push({ type: "value", value: numberOf(number) });
      continue;
    }
    const word = take(WORD);
    if (word === undefined) {
      const sign = take(SIGN);
      if (sign === undefined) {
        fault(what, `${JSON.stringify(text[at])} has no meaning here.`, text, { from, to: at + 1 });
      }
      push({ type: "sign", sign });
      continue;
    }
    const kind = Object.hasOwn(PREFIXES, word) ? PREFIXES[word] : undefined;
    if (kind === undefined || text[at] !== ".") {
      // What looks like a prefix and is none is told of as a whole.
      if (text[at] === "." && kind === undefined) take(/\.[\p{L}\p{N}_.\-/:@]*/uy);
      push({ type: "word", word: text.slice(from, at) });
      continue;
    }
    at++;
    const name = isQuote("`\"'") ? quoted() : take(NAME);
    if (name === undefined || name === "") {
      fault(what, `A name has to follow ${word}., in \`back-ticks\` if it has spaces.`, text, {
        from,
        to: Math.max(at, from + 1),
      });
    }
    push({ type: "column", kind, name });
  }
}

/** A number, as a bigint if no number holds it. */
function numberOf(text: string): number | bigint {
  const number = /infinity/i.test(text)
    ? (text.startsWith("-") ? -Infinity : Infinity)
    : /nan/i.test(text)
    ? NaN
    : Number(text);
  const whole = /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(number);
  return whole ? BigInt(text.replace("+", "")) : number;
}
