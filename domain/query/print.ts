/**
 * A tree as text again. What is parsed from that text is the same tree.
 *
 * @module
 */
import type { Query, QueryColumn, QueryCondition, QueryLiteral, QueryOrder } from "./tree.ts";

const PREFIX = { own: "", metric: "metrics.", parameter: "params.", tag: "tags." } as const;

/** A column as it is written in an expression. */
export function printColumn({ kind, name, fold }: QueryColumn): string {
  // `tags.has` is followed by what the tags have.
  const bare = kind === "own" || /^[\p{L}_][\p{L}\p{N}_./-]*$/u.test(name) && name !== "has";
  const text = PREFIX[kind] + (bare ? name : `\`${name.replaceAll("`", "``")}\``);
  return fold === undefined ? text : `${fold}(${text})`;
}

/** A column as it is written as the key of an object: the name as it is. */
export function columnKey({ kind, name, fold }: QueryColumn): string {
  const text = PREFIX[kind] + name;
  return fold === undefined ? text : `${fold}(${text})`;
}

/** A condition as text. */
export function printCondition(condition: QueryCondition): string {
  switch (condition.op) {
    case "and":
    case "or": {
      const { op } = condition;
      const parts = condition.of.map((part) => {
        const text = printCondition(part);
        return part.op === "or" || part.op === op ? `(${text})` : text;
      });
      return parts.join(op === "and" ? " && " : " || ");
    }
    case "not": {
      const text = printCondition(condition.of);
      return condition.of.op === "not" || condition.of.op === "exists" ? `!${text}` : `!(${text})`;
    }
    case "exists":
      return `exists(${printColumn(condition.column)})`;
    case "has": {
      const [column, pattern] = [printColumn(condition.column), printLiteral(condition.pattern)];
      return column === "tags" ? `tags.has(${pattern})` : `${column} has ${pattern}`;
    }
    case "in":
    case "not in": {
      const values = condition.values.map(printLiteral).join(", ");
      return `${printColumn(condition.column)} ${condition.op} (${values})`;
    }
    default: {
      const value = "value" in condition ? condition.value : condition.pattern;
      return `${printColumn(condition.column)} ${condition.op} ${printLiteral(value)}`;
    }
  }
}

function printLiteral(value: QueryLiteral): string {
  if (typeof value === "string") return `"${value.replaceAll('"', '""')}"`;
  if (Object.is(value, -0)) return "-0";
  // Digits alone would be read as a bigint.
  const wide = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return wide ? value.toExponential() : String(value);
}

const printOrder = ({ column, direction }: QueryOrder): string =>
  printColumn(column) + (direction === "asc" ? "" : ` ${direction}`);

/** A query as text. */
export function printTree({ where, orderBy }: Query): string {
  const parts = where ? [printCondition(where)] : [];
  if (orderBy.length > 0) parts.push(`order by ${orderBy.map(printOrder).join(", ")}`);
  return parts.join(" ");
}
