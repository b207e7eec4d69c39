/**
 * A second evaluator of conditions, for tests: one run at a time, by the words of the description, without columns.
 */
import type { Run } from "../../domain/query/cells.ts";
import type {
  QueryColumn,
  QueryCondition,
  QueryLiteral,
  QueryTest,
} from "../../domain/query/tree.ts";

/** Whether a condition is true of a run. */
export function naive(condition: QueryCondition, run: Run): boolean {
  switch (condition.op) {
    case "and":
      return condition.of.every((part) => naive(part, run));
    case "or":
      return condition.of.some((part) => naive(part, run));
    case "not":
      return !naive(condition.of, run);
  }
  const { column } = condition;
  const isTags = column.kind === "own" && column.name === "tags";
  const values = valuesOf(column, run);
  if (condition.op === "exists") return values.length > 0;
  const positive = positiveOf(condition);
  // A missing value makes a comparison false; the tags as such are never missing.
  if (!positive) return values.some((value) => passes(condition, column, value));
  return (isTags || values.length > 0) && !values.some((value) => passes(positive, column, value));
}

/** The values that there are: one or none, or those of several tags. */
function valuesOf({ kind, name, fold }: QueryColumn, run: Run): unknown[] {
  if (kind === "own" && name === "tags") return run.experiment.tags;
  if (kind === "tag") {
    return run.experiment.tags.filter((tag) => tag.startsWith(name + ":"))
      .map((tag) => tag.slice(name.length + 1));
  }
  let value: unknown = kind === "own" && name === "status"
    ? run.status
    : kind === "own"
    ? run.experiment[name as "name"]
    : (kind === "metric" ? run.metrics : run.parameters).find((one) => one.name === name)?.value;
  if (fold !== undefined) value = folded(value, fold);
  return value === undefined || value === null ? [] : [value];
}

function folded(value: unknown, fold: string): unknown {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (!Array.isArray(value)) return undefined;
  const numbers = (value as number[]).filter((one) => !Number.isNaN(one));
  if (fold === "last") return value[value.length - 1];
  if (numbers.length === 0) return undefined;
  if (fold === "min") return Math.min(...numbers);
  if (fold === "max") return Math.max(...numbers);
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

type Compared = Exclude<QueryTest, { op: "exists" }>;

/** The test whose opposite this one is. */
function positiveOf(test: Compared): Compared | undefined {
  if (test.op === "!=") return { ...test, op: "==" };
  if (test.op === "not in") return { ...test, op: "in" };
  if (test.op === "not like") return { ...test, op: "like" };
  if (test.op === "not ilike") return { ...test, op: "ilike" };
  return undefined;
}

function passes(test: Compared, column: QueryColumn, value: unknown): boolean {
  switch (test.op) {
    case "in":
      return test.values.some((literal) => isEqual(column, value, literal));
    case "has":
      return [value, ...(Array.isArray(value) ? value : [])].some((one) =>
        typeof one === "string" && glob(test.pattern, one)
      );
    case "like":
    case "ilike": {
      if (typeof value !== "string") return false;
      const isLike = test.op === "ilike";
      return sql(
        isLike ? test.pattern.toLowerCase() : test.pattern,
        isLike ? value.toLowerCase() : value,
      );
    }
    case "=~": {
      const ignoresCase = test.pattern.startsWith("(?i)");
      const expression = new RegExp(test.pattern.replace("(?i)", ""), ignoresCase ? "iu" : "u");
      return typeof value === "string" && expression.test(value);
    }
    case "==":
      return isEqual(column, value, test.value);
  }
  if (!("value" in test)) throw new Error(`${test.op} is turned around before`);
  const { op, value: literal } = test;
  let left = value;
  if (column.kind === "tag" && typeof literal !== "string") left = numberOf(value) ?? value;
  const isPair = isNumber(left) && isNumber(literal) ||
    typeof left === "string" && typeof literal === "string";
  if (!isPair) return false;
  const [a, b] = [left as number, literal as number];
  return op === "<" ? a < b : op === "<=" ? a <= b : op === ">" ? a > b : a >= b;
}

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";

const numberOf = (text: unknown): number | undefined =>
  typeof text === "string" && text.trim() !== "" && /^[\s\d.e+-]+$/i.test(text) &&
    !Number.isNaN(Number(text))
    ? Number(text)
    : undefined;

function isEqual(column: QueryColumn, value: unknown, literal: QueryLiteral): boolean {
  if (typeof value === typeof literal && Object.is(value, literal)) return true;
  if (isNumber(value) && isNumber(literal)) return value == literal;
  // A parameter may be written as MLflow keeps it, and a tag is always a text.
  const [text, other] = column.kind === "tag" ? [value, literal] : [literal, value];
  if (column.kind !== "tag" && column.kind !== "parameter" || typeof text !== "string") {
    return false;
  }
  if (isNumber(other)) return numberOf(text) == other;
  if (typeof other !== "boolean") return false;
  return (column.kind === "tag" ? text : text.toLowerCase()) === String(other);
}

/** `*` stands for any characters. */
function glob(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*") {
    return glob(pattern.slice(1), text) || text !== "" && glob(pattern, text.slice(1));
  }
  return pattern[0] === text[0] && glob(pattern.slice(1), text.slice(1));
}

/** `%` stands for any characters, `_` for one. */
function sql(pattern: string, text: string): boolean {
  const [sign, ...rest] = pattern;
  if (sign === undefined) return text === "";
  const [first, ...others] = text;
  const after = (parts: string[]) => parts.join("");
  if (sign === "\\" && ["%", "_", "\\"].includes(rest[0]!)) {
    return first === rest[0] && sql(after(rest.slice(1)), after(others));
  }
  if (sign === "%") return sql(after(rest), text) || text !== "" && sql(pattern, after(others));
  return text !== "" && (sign === "_" || sign === first) && sql(after(rest), after(others));
}
