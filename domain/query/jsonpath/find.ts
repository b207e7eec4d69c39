/**
 * What a path finds.
 *
 * @module
 */
import { fault } from "../fault.ts";
import type { Comparison, Path, Step, Test } from "./parse.ts";

/** A value that was found, and what it is in. */
interface Match {
  readonly value: unknown;
  readonly parent?: Match;
}

/** A path that looks at more than this is refused: each `..` goes through all that is below. */
const MAX_LOOKS = 5_000_000;

/** The values that a path finds, in the order of the document. */
export function find(path: Path, document: unknown, what: string): unknown[] {
  return new Finder(what, { value: document }).path(path, { value: document })
    .map(({ value }) => value);
}

const isObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

class Finder {
  readonly #what: string;
  readonly #root: Match;
  #looks = 0;

  constructor(what: string, root: Match) {
    this.#what = what;
    this.#root = root;
  }

  path({ from, steps }: Path, at: Match): Match[] {
    let found = from === "root"
      ? [this.#root]
      : from === "this"
      ? [at]
      : from.flatMap((path) => this.path(path, at));
    for (const step of steps) found = found.flatMap((match) => this.#step(step, match));
    return found;
  }

  #step(step: Step, match: Match): Match[] {
    if (++this.#looks > MAX_LOOKS) {
      fault(this.#what, "It looks at more than five million values. Use fewer `..`.");
    }
    const { value } = match;
    const child = (value: unknown): Match => ({ value, parent: match });
    switch (step.type) {
      case "fields":
        if (!isObject(value)) return [];
        return step.names.flatMap((name) => Object.hasOwn(value, name) ? [child(value[name])] : []);
      case "every-field":
        return isObject(value) ? Object.values(value).map(child) : [];
      case "indices":
        if (!Array.isArray(value)) return [];
        return step.indices.flatMap((index) => {
          const place = index < 0 ? value.length + index : index;
          return place in value ? [child(value[place])] : [];
        });
      case "slice": {
        if (value === null || value === undefined) return [];
        const list = Array.isArray(value) ? value : [value];
        return sliced(list, step).map(child);
      }
      case "filter": {
        const list = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
        return list.map(child).filter((one) => step.tests.every((test) => this.#passes(test, one)));
      }
      case "sort":
        return Array.isArray(value) ? [child(this.#sorted(step.by, value, match))] : [match];
      case "named":
        return named(step.name, match);
      case "below":
        return this.#below(step.step, match);
    }
  }

  #below(step: Step, match: Match): Match[] {
    const { value } = match;
    const inner = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    return [
      ...this.#step(step, match),
      ...inner.flatMap((one) => this.#below(step, { value: one, parent: match })),
    ];
  }

  #passes({ path, compare }: Test, candidate: Match): boolean {
    const found = this.path(path, candidate);
    return compare ? found.some(({ value }) => compares(compare, value)) : found.length > 0;
  }

  #sorted(
    by: Extract<Step, { type: "sort" }>["by"],
    list: readonly unknown[],
    parent: Match,
  ): unknown[] {
    const keyed = list.map((value) => ({
      value,
      keys: by.map(({ path }) => this.path(path, { value, parent })),
    }));
    keyed.sort((a, b) => {
      for (const [at, { falls }] of by.entries()) {
        const [one, other] = [a.keys[at]!, b.keys[at]!];
        // What is not there, or there more than once, has no order.
        if (one.length !== 1 || other.length !== 1) continue;
        const order = ordered(one[0]!.value, other[0]!.value);
        if (order) return falls ? -order : order;
      }
      return 0;
    });
    return keyed.map(({ value }) => value);
  }
}

function named(name: "len" | "keys" | "parent" | "this", match: Match): Match[] {
  const { value, parent } = match;
  switch (name) {
    case "this":
      return [match];
    case "parent":
      return parent ? [parent] : [];
    case "keys":
      return isObject(value)
        ? Object.keys(value).map((key) => ({ value: key, parent: match }))
        : [];
    case "len": {
      const length = Array.isArray(value)
        ? value.length
        : typeof value === "string"
        ? [...value].length
        : isObject(value)
        ? Object.keys(value).length
        : undefined;
      return length === undefined ? [] : [{ value: length, parent: match }];
    }
  }
}

/** Python's slice. */
function sliced(
  list: readonly unknown[],
  { start, end, step }: { start?: number; end?: number; step: number },
): unknown[] {
  const size = list.length;
  const place = (index: number, low: number, high: number) =>
    Math.min(Math.max(index < 0 ? size + index : index, low), high);
  const found: unknown[] = [];
  if (step > 0) {
    const stop = place(end ?? size, 0, size);
    for (let at = place(start ?? 0, 0, size); at < stop; at += step) found.push(list[at]);
  } else {
    const stop = end === undefined ? -1 : place(end, -1, size - 1);
    for (let at = place(start ?? size - 1, -1, size - 1); at > stop; at += step) {
      found.push(list[at]);
    }
  }
  return found;
}

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";

/** Below or above zero if the one comes before or after the other; `undefined` if they are of two kinds. */
function ordered(a: unknown, b: unknown): number | undefined {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  return undefined;
}

function compares(compare: Comparison, value: unknown): boolean {
  if (compare.op === "=~") return typeof value === "string" && compare.matches(value);
  const { op, value: literal } = compare;
  const isEqual = isNumber(value) && isNumber(literal) ? value == literal : value === literal;
  if (op === "==") return isEqual;
  if (op === "!=") return !isEqual;
  if (Number.isNaN(value)) return false;
  const order = ordered(value, literal);
  if (order === undefined) return false;
  return op === "<" ? order < 0 : op === "<=" ? order <= 0 : op === ">" ? order > 0 : order >= 0;
}
