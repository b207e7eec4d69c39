/**
 * Reading the structures of Parquet, which are Thrift's compact protocol. Each step takes a byte at least, so that the
 * work is bounded by the bytes. (hyparquet's own reader allocates what a list's length says, and follows numbers of
 * any length.)
 *
 * @module
 */
import { damaged } from "./bounds.ts";

/** A structure: its fields by their numbers. */
export interface Struct {
  readonly [field: number]: ThriftValue | undefined;
}
/** What a field holds. Integers beyond 2^53 are not exact: none in Parquet is that large. */
export type ThriftValue = boolean | number | Uint8Array | Struct | readonly ThriftValue[];

/** Parquet's own structures are 8 deep. */
const MAX_DEPTH = 32;
/** A varint of 64 bits. */
const MAX_VARINT = 10;

/** Reads one structure that begins at `start`, and says where it ends. */
export function readStruct(
  bytes: Uint8Array,
  start: number,
): { struct: Struct; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  const take = (length: number): number => {
    if (length > bytes.length - at) damaged("its metadata are cut off");
    at += length;
    return at - length;
  };
  const varint = (): number => {
    let value = 0;
    for (let length = 0; length < MAX_VARINT; length++) {
      const byte = bytes[take(1)]!;
      value += (byte & 0x7f) * 2 ** (7 * length);
      if (byte < 0x80) return value;
    }
    return damaged("its metadata have a number of more than 64 bits");
  };
  const zigzag = (): number => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const element = (type: number, depth: number): ThriftValue => {
    if (depth > MAX_DEPTH) damaged("its metadata are nested too deep");
    switch (type) {
      case 1:
      case 2:
        return type === 1;
      case 3:
        return view.getInt8(take(1));
      case 4:
      case 5:
      case 6:
        return zigzag();
      case 7:
        return view.getFloat64(take(8), true);
      case 8: {
        const length = varint();
        const from = take(length);
        return bytes.subarray(from, from + length);
      }
      case 9: {
        const head = bytes[take(1)]!;
        const length = head >> 4 === 15 ? varint() : head >> 4;
        if (length > bytes.length - at) damaged("a list of its metadata is longer than the file");
        const of = head & 15;
        return Array.from(
          { length },
          () => of <= 2 ? bytes[take(1)] === 1 : element(of, depth + 1),
        );
      }
      case 12:
        return struct(depth + 1);
    }
    return damaged(`its metadata have a field of type ${type}`);
  };
  const struct = (depth: number): Struct => {
    const fields: Record<number, ThriftValue> = {};
    let field = 0;
    for (;;) {
      const head = bytes[take(1)]!;
      if ((head & 15) === 0) return fields;
      field = head >> 4 === 0 ? zigzag() : field + (head >> 4);
      fields[field] = element(head & 15, depth);
    }
  };
  return { struct: struct(0), end: at };
}

/** A field that is a structure, or `undefined`. */
export function structOf(value: ThriftValue | undefined): Struct | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array)) {
    return value as Struct;
  }
  return damaged("its metadata have another type than Parquet's");
}

/** A field that is a list of structures; an empty one if it is missing. */
export function structsOf(value: ThriftValue | undefined): Struct[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return damaged("its metadata have another type than Parquet's");
  return value.map((item) => structOf(item)!);
}

const UTF8 = new TextDecoder();

/** A field that is text, or `undefined`. */
export function textOf(value: ThriftValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value instanceof Uint8Array) return UTF8.decode(value);
  return damaged("its metadata have another type than Parquet's");
}
