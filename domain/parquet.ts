import type { Value } from "./values.ts";
export type ColumnType = "string";
export type TableRows = readonly Record<string, unknown>[];
export type TableColumns = Record<string, readonly unknown[]>;
export interface Table {
  columns: string[];
  rows: Record<string, Value>[];
}
export const encodeTable = (d: unknown, _o: object, _w: string): Promise<Uint8Array> =>
  Promise.resolve(new TextEncoder().encode(JSON.stringify(d)));
export const decodeTable = (f: { bytes: Uint8Array }[], _w: string): Promise<Table> => {
  const rows = JSON.parse(new TextDecoder().decode(f[0]!.bytes));
  return Promise.resolve({ rows, columns: Object.keys(rows[0] ?? {}) });
};
