/**
 * From the text of an expression to its tree: precedence climbing by hand. A library for JavaScript's expressions (jsep)
 * knows neither back-ticked names nor operators of two words, `between … and …` or the `order by` at the end.
 *
 * @module
 */
import type { TextPlace } from "../../errors.ts";
import { compare, type Fail, foldOf, matching, oneOf, orderBy, ownColumn } from "./build.ts";
import { fault, nearest } from "./fault.ts";
import { lex, PREFIXES, type Token } from "./lex.ts";
import { printColumn } from "./print.ts";
import {
  type CompareOperator,
  FOLDS,
  join,
  type ListFold,
  MAX_DEPTH,
  MAX_LENGTH,
  MAX_TESTS,
  type PatternOperator,
  type Query,
  type QueryColumn,
  type QueryCondition,
  type QueryLiteral,
  type QueryOrder,
} from "./tree.ts";

/** A query with the places of its columns in the text it was parsed from. */
export interface Parsed extends Query {
  /** The text. */
  readonly text: string;
  /** The places, by the columns as they are printed. */
  readonly places: ReadonlyMap<string, TextPlace>;
}

/**
 * Parses an expression.
 *
 * @param what What it is, for messages.
 * @param fields Own fields that the caller's runs have beside those of an experiment.
 */
export function parseExpression(
  text: string,
  what: string,
  fields: readonly string[] = [],
): Parsed {
  if (text.length > MAX_LENGTH) {
    fault(what, `An expression has at most ${MAX_LENGTH} characters, and this one ${text.length}.`);
  }
  return new Parser(text, what, fields).query();
}

const COMPARE: Readonly<Record<string, CompareOperator>> = {
  ...{ "=": "==", "==": "==", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=" },
};

class Parser {
  readonly #text: string;
  readonly #what: string;
  readonly #fields: readonly string[];
  readonly #tokens: readonly Token[];
  readonly #places = new Map<string, TextPlace>();
  #at = 0;
  #depth = 0;
  #tests = 0;

  constructor(text: string, what: string, fields: readonly string[]) {
    this.#text = text;
    this.#what = what;
    this.#fields = fields;
    this.#tokens = lex(text, what);
  }

  query(): Parsed {
    const isEmpty = this.#token.type === "end" || this.#isOrder();
    const where = isEmpty ? undefined : this.#or();
    const order: QueryOrder[] = [];
    if (this.#isOrder()) {
      this.#at += 2;
      do order.push(this.#order()); while (this.#sign(","));
    }
    if (this.#token.type !== "end") {
      this.#fail("The expression ends before this. Put and, or, or order by between.");
    }
    return { ...(where && { where }), orderBy: order, text: this.#text, places: this.#places };
  }

  get #token(): Token {
    return this.#tokens[this.#at]!;
  }

  #fail(why: string, place: TextPlace = this.#token): never {
    return fault(this.#what, why, this.#text, place);
  }

  #failAt = (place: TextPlace): Fail => (why) => this.#fail(why, place);

  /** Passes over one of these words. */
  #word(...words: string[]): string | undefined {
    const token = this.#token;
    const word = token.type === "word" ? token.word.toLowerCase() : undefined;
    if (word === undefined || !words.includes(word)) return undefined;
    this.#at++;
    return word;
  }

  /** Passes over one of these signs. */
  #sign(...signs: string[]): string | undefined {
    const token = this.#token;
    if (token.type !== "sign" || !signs.includes(token.sign)) return undefined;
    this.#at++;
    return token.sign;
  }

  #need(sign: string, why: string): void {
    if (!this.#sign(sign)) this.#fail(`${why} needs a ${sign} here.`);
  }

  #isOrder(): boolean {
    const [first, second] = [this.#token, this.#tokens[this.#at + 1]];
    return first.type === "word" && /^order$/i.test(first.word) &&
      second?.type === "word" && /^by$/i.test(second.word);
  }

  #or(): QueryCondition {
    if (++this.#depth > MAX_DEPTH) this.#fail(`More than ${MAX_DEPTH} levels are too deep.`);
    const parts = [this.#and()];
    while (this.#word("or") || this.#sign("||")) parts.push(this.#and());
    this.#depth--;
    return join("or", parts);
  }

  #and(): QueryCondition {
    const parts = [this.#not()];
    while (this.#word("and") || this.#sign("&&")) parts.push(this.#not());
    return join("and", parts);
  }

  #not(): QueryCondition {
    if (this.#word("not") || this.#sign("!")) {
      if (++this.#depth > MAX_DEPTH) this.#fail(`More than ${MAX_DEPTH} levels are too deep.`);
      const of = this.#not();
      this.#depth--;
      return { op: "not", of };
    }
    if (this.#sign("(")) {
      const inner = this.#or();
      this.#need(")", "What was opened by (");
      return inner;
    }
    if (++this.#tests > MAX_TESTS) this.#fail(`More than ${MAX_TESTS} tests are too many.`);
    return this.#test();
  }

  #test(): QueryCondition {
    if (this.#word("exists")) {
      this.#need("(", "exists");
      const column = this.#column();
      this.#need(")", "exists(");
      return { op: "exists", column };
    }
    const place = this.#token;
    const next = this.#tokens[this.#at + 1];
    // A method of the tags, which looks like the value of a tag.
    if (
      place.type === "column" && place.kind === "tag" && place.name === "has" &&
      next?.type === "sign" && next.sign === "("
    ) {
      this.#at += 2;
      const condition = this.#pattern({ kind: "own", name: "tags" }, "has");
      this.#need(")", "tags.has(");
      return condition;
    }
    const column = this.#column();
    const sign = this.#sign(...Object.keys(COMPARE));
    if (sign !== undefined) {
      const [value, fail] = this.#value();
      return compare(column, COMPARE[sign]!, value, fail);
    }
    if (this.#sign("=~")) return this.#pattern(column, "=~");
    if (this.#word("has")) return this.#pattern(column, "has");
    if (this.#word("is")) {
      const negated = this.#word("not");
      if (!this.#word("null")) this.#fail("After is and is not comes null.");
      const exists: QueryCondition = { op: "exists", column };
      return negated ? exists : { op: "not", of: exists };
    }
    const negated = this.#word("not") !== undefined;
    const word = this.#word("in", "like", "ilike", "between");
    if (word === "in") return this.#in(column, negated ? "not in" : "in");
    if (word === "between") return this.#between(column, negated);
    if (word) return this.#pattern(column, (negated ? `not ${word}` : word) as PatternOperator);
    return this.#fail(
      `After ${
        printColumn(column)
      } comes one of == != < <= > >= =~ has like ilike in between, or not with one of the ` +
        "last four.",
    );
  }

  #pattern(column: QueryColumn, op: PatternOperator): QueryCondition {
    const [pattern, fail] = this.#value();
    if (typeof pattern !== "string") return fail(`${op} takes a text in quotes.`);
    return matching(column, op, pattern, fail);
  }

  #in(column: QueryColumn, op: "in" | "not in"): QueryCondition {
    const { from } = this.#token;
    this.#need("(", op);
    const values: (QueryLiteral | null)[] = [];
    if (!this.#sign(")")) {
      do values.push(this.#value()[0]); while (this.#sign(","));
      this.#need(")", `The list of ${op}`);
    }
    const { to } = this.#tokens[this.#at - 1]!;
    return oneOf(column, op, values, this.#failAt({ from, to }));
  }

  #between(column: QueryColumn, negated: boolean): QueryCondition {
    const [low, failLow] = this.#value();
    if (!this.#word("and")) this.#fail("between takes two values with and between them.");
    const [high, failHigh] = this.#value();
    return negated
      ? join("or", [compare(column, "<", low, failLow), compare(column, ">", high, failHigh)])
      : join("and", [compare(column, ">=", low, failLow), compare(column, "<=", high, failHigh)]);
  }

  /** A value, and what refuses it. */
  #value(): [QueryLiteral | null, Fail] {
    const token = this.#token;
    const fail = this.#failAt(token);
    if (token.type === "value") {
      this.#at++;
      return [token.value, fail];
    }
    const word = this.#word("true", "false", "null", "none");
    if (word !== undefined) {
      return [word === "null" || word === "none" ? null : word === "true", fail];
    }
    if (token.type === "word" || token.type === "column") {
      const text = this.#text.slice(token.from, token.to);
      return fail(
        `A value comes here: a number, true, false, null, or a text in quotes, "${text}".`,
      );
    }
    return fail(
      'A value comes here: a number, true, false, null, or a text in quotes, such as "adam".',
    );
  }

  #column(): QueryColumn {
    const token = this.#token;
    const fold = token.type === "word" ? token.word.toLowerCase() as ListFold : undefined;
    if (fold !== undefined && FOLDS.includes(fold)) {
      this.#at++;
      this.#need("(", fold);
      const column = foldOf(this.#plainColumn(), fold, this.#failAt(token));
      this.#need(")", `${fold}(`);
      return this.#noted(column, { from: token.from, to: this.#tokens[this.#at - 1]!.to });
    }
    return this.#noted(this.#plainColumn(), token);
  }

  #plainColumn(): QueryColumn {
    const token = this.#token;
    const fail = this.#failAt(token);
    if (token.type === "column") {
      this.#at++;
      return token.kind === "own"
        ? ownColumn(token.name, fail, this.#fields)
        : { kind: token.kind, name: token.name };
    }
    if (token.type !== "word") {
      return fail("A column comes here, such as metrics.accuracy, params.lr, tags.model or name.");
    }
    this.#at++;
    const dot = token.word.indexOf(".");
    if (dot === -1) return ownColumn(token.word, fail, this.#fields);
    const prefix = token.word.slice(0, dot);
    const near = nearest(prefix, Object.keys(PREFIXES)) ?? "metrics";
    return fail(
      `${prefix}. is not the start of a column: it is one of metrics., params., tags. and attributes. ` +
        `Did you mean ${near}${token.word.slice(dot)}?`,
    );
  }

  /** Remembers the first place of a column. */
  #noted(column: QueryColumn, { from, to }: TextPlace): QueryColumn {
    const key = printColumn(column);
    if (!this.#places.has(key)) this.#places.set(key, { from, to });
    return column;
  }

  #order(): QueryOrder {
    const place = this.#token;
    const descends = this.#sign("-") !== undefined;
    const column = this.#column();
    const word = this.#word("asc", "desc", "best") as QueryOrder["direction"] | undefined;
    return orderBy(column, descends ? "desc" : word ?? "asc", this.#failAt(place));
  }
}
