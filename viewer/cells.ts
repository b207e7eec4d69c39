/**
 * Values as cells of JSON, and back. Both the server and the page use it, so it imports nothing that a browser lacks.
 *
 * @module
 */
import type { JsonCell } from "./contract.ts";

/** Keys that say what a cell is. An object of the store that has one of them alone is wrapped. */
const MARKS: ReadonlySet<string> = new Set(["number", "integer", "object"]);

/** What a cell stands for: numbers that JSON lacks, integers as bigints, objects as they were. */
export type CellValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly CellValue[]
  | { readonly [key: string]: CellValue };

/** The value of a cell. */
export function decodeCell(cell: JsonCell): CellValue {
  if (typeof cell !== "object" || cell === null) return cell;
  if (Array.isArray(cell)) return cell.map(decodeCell);
  const found = cell as { readonly [key: string]: JsonCell };
  const keys = Object.keys(found);
  const [mark] = keys;
  if (keys.length === 1 && MARKS.has(mark!)) {
    const inner = found[mark!]!;
    if (mark === "number") return Number(inner);
    if (mark === "integer") return BigInt(inner as string);
    return fieldsOf(inner as { readonly [key: string]: JsonCell }, Object.keys(inner as object));
  }
  return fieldsOf(found, keys);
}

function fieldsOf(
  from: { readonly [key: string]: JsonCell },
  keys: readonly string[],
): CellValue {
  const fields: Record<string, CellValue> = Object.create(null);
  for (const key of keys) fields[key] = decodeCell(from[key]!);
  return fields;
}

/** Whether an object would be taken for a number or an integer, and has to be wrapped. */
export function needsWrap(keys: readonly string[]): boolean {
  return keys.length === 1 && MARKS.has(keys[0]!);
}
