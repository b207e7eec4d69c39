/**
 * The Arrow schema that pyarrow and polars leave in a Parquet file, a FlatBuffer: read for durations alone, which
 * Parquet has no annotation for.
 *
 * @module
 */
import type { Unit } from "./schema.ts";

/** The number of a duration among Arrow's types. */
const DURATION = 18;
const UNITS: readonly Unit[] = ["s", "ms", "us", "ns"];
/** As deep as a schema of Parquet may be here. */
const MAX_DEPTH = 64;
/** Fields may be told of twice, so that the bytes alone do not bound them. */
const MAX_FIELDS = 100_000;

/**
 * The unit of each leaf that is a duration, in the order of Parquet's leaves; `undefined` for the other leaves.
 *
 * @returns An empty list if there is no such schema, or none that can be read: it is a note beside the data.
 */
export function durationsOf(text: string | undefined): (Unit | undefined)[] {
  if (text === undefined) return [];
  try {
    const bytes = Uint8Array.fromBase64(text);
    const view = new DataView(bytes.buffer);
    // The frame of a message: a mark and a length.
    const start = view.getUint32(0, true) === 0xffff_ffff ? 8 : 4;
    return leavesOf(new DataView(bytes.buffer, start));
  } catch (error) {
    // What is out of the bytes, and no base64.
    if (error instanceof RangeError || error instanceof SyntaxError) return [];
    throw error;
  }
}

function leavesOf(view: DataView): (Unit | undefined)[] {
  const leaves: (Unit | undefined)[] = [];
  let seen = 0;
  const follow = (at: number): number => at + view.getUint32(at, true);
  /** Where a field of a table is; 0 if it has none. */
  const field = (table: number, number: number): number => {
    const names = table - view.getInt32(table, true);
    if (4 + 2 * number >= view.getUint16(names, true)) return 0;
    const offset = view.getUint16(names + 4 + 2 * number, true);
    return offset === 0 ? 0 : table + offset;
  };
  const tables = (at: number): number[] => {
    if (at === 0) return [];
    const list = follow(at);
    const length = view.getUint32(list, true);
    if ((seen += length) > MAX_FIELDS) throw new RangeError("too many fields");
    return Array.from({ length }, (_, item) => follow(list + 4 + 4 * item));
  };
  const visit = (node: number, depth: number): void => {
    if (depth > MAX_DEPTH) throw new RangeError("nested too deep");
    const children = tables(field(node, 5));
    if (children.length > 0) return children.forEach((child) => visit(child, depth + 1));
    const kind = field(node, 2);
    const isDuration = kind !== 0 && view.getUint8(kind) === DURATION;
    if (!isDuration) return void leaves.push(undefined);
    const unit = field(follow(field(node, 3)), 0);
    leaves.push(UNITS[unit === 0 ? 1 : view.getInt16(unit, true)]);
  };
  const schema = follow(field(follow(0), 2));
  for (const node of tables(field(schema, 1))) visit(node, 0);
  return leaves;
}
