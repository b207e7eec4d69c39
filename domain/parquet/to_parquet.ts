/**
 * Tables as Parquet files: each column gets a type that all of its values fit.
 *
 * @module
 */
import { jsonText } from "../export/json.ts";
import { listOf } from "../query/cells.ts";
import { type AnyTable, columnName } from "../query/table.ts";
import type { ColumnType } from "./types.ts";
import { encodeTable } from "./parquet.ts";

/** A table as the bytes of a Parquet file. */
export function tableAsParquet(
  table: AnyTable,
  types: Readonly<Record<string, ColumnType>>,
  where: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const found: Record<string, ColumnType> = { ...types };
  const columns = table.columns.map((column): [string, unknown[]] => {
    const name = columnName(column);
    const values = table.rows.map((row) =>
      Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] ?? null : null
    );
    if (Object.hasOwn(types, name)) return [name, values];
    if (typeof column === "object" && column.kind === "own" && name === "createdAt") {
      found[name] = "timestamp";
      return [name, values.map((time) => time === null ? null : Temporal.Instant.from(`${time}`))];
    }
    const type = typeOf(values);
    Object.defineProperty(found, name, { value: type, enumerable: true });
    return [name, values.map((value) => fit(value, type))];
  });
  return encodeTable(Object.fromEntries(columns), found, where);
}

type Element = "int64" | "float64" | "bool" | "string" | "timestamp" | "date";

/** A type that all values fit. */
function typeOf(values: readonly unknown[]): ColumnType {
  const kinds = new Set(values.filter((value) => value !== null).map(kindOf));
  return joined(kinds) ?? (kinds.size === 0 ? "string" : "json");
}

/** The one type of several, if they have one. */
function joined<K extends ColumnType>(kinds: ReadonlySet<K | "json">): K | undefined {
  const [first, second] = kinds;
  if (kinds.size === 1 && first !== "json") return first as K;
  const are = (a: string, b: string) =>
    kinds.size === 2 && [first, second].includes(a as K) && [first, second].includes(b as K);
  if (are("int64", "float64")) return "float64" as K;
  if (are("list<int64>", "list<float64>")) return "list<float64>" as K;
  return undefined;
}

function kindOf(value: unknown): ColumnType {
  const element = elementKind(value);
  if (element) return element;
  const list = listOf(value);
  if (!list || list.length === 0) return list ? "list<float64>" : "json";
  const kinds = new Set(list.map((item): Element | "json" => elementKind(item) ?? "json"));
  const type = joined<Element>(kinds);
  return type ? `list<${type}>` : "json";
}

function elementKind(value: unknown): Element | undefined {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "string":
      return value.isWellFormed() ? "string" : undefined;
    case "bigint":
      return BigInt.asIntN(64, value) === value ? "int64" : undefined;
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? "int64" : "float64";
  }
  const isTime = value instanceof Date || value instanceof Temporal.Instant ||
    value instanceof Temporal.ZonedDateTime;
  if (isTime) return "timestamp";
  return value instanceof Temporal.PlainDate ? "date" : undefined;
}

/** A value as its type holds it. */
function fit(value: unknown, type: ColumnType): unknown {
  if (value === null) return null;
  if (type === "json") return JSON.parse(jsonText(value));
  return type.startsWith("list<") ? listOf(value) : value;
}
