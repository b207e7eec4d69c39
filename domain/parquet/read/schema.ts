// deno-lint-ignore-file camelcase -- they are Parquet's own names, which hyparquet's packages have too.
/**
 * A Parquet file's schema, checked.
 *
 * @module
 */
import { bounded, damaged, unsupported } from "./bounds.ts";
import { type Struct, structOf, textOf, type ThriftValue } from "./thrift.ts";

/** A Parquet type. */
export type Physical = (typeof PHYSICAL)[number];
/** What an integer of time counts. */
export type Unit = "s" | "ms" | "us" | "ns";

/** Parquet's types, by their numbers. */
export const PHYSICAL = [
  "BOOLEAN",
  "INT32",
  "INT64",
  "INT96",
  "FLOAT",
  "DOUBLE",
  "BYTE_ARRAY",
  "FIXED_LEN_BYTE_ARRAY",
] as const;
const CONVERTED =
  ("UTF8 MAP MAP_KEY_VALUE LIST ENUM DECIMAL DATE TIME_MILLIS TIME_MICROS TIMESTAMP_MILLIS " +
    "TIMESTAMP_MICROS UINT_8 UINT_16 UINT_32 UINT_64 INT_8 INT_16 INT_32 INT_64 JSON BSON INTERVAL")
    .split(" ");
/** By the number of the field of LogicalType. */
const LOGICAL =
  (" STRING MAP LIST ENUM DECIMAL DATE TIME TIMESTAMP  INTEGER NULL JSON BSON UUID FLOAT16 VARIANT " +
    "GEOMETRY GEOGRAPHY").split(" ");
const REPETITIONS = ["REQUIRED", "OPTIONAL", "REPEATED"] as const;
/** Schemas of frames are a few levels deep; hyparquet goes down them by recursion. */
const MAX_DEPTH = 64;

/** One element of the schema, with those below it: what hyparquet calls a schema tree. */
export interface Node {
  /** Its name and types. */
  element: {
    name: string;
    repetition_type: (typeof REPETITIONS)[number];
    converted_type?: string;
    type?: Physical;
    num_children?: number;
  };
  /** The bytes of a value of fixed length. */
  width: number;
  /** Digits after the point, of a decimal. */
  scale: number;
  /** What the values mean beyond their type; empty if nothing. */
  logical: string;
  /** For times: what they count. */
  unit?: Unit;
  /** For integers: whether they have a sign. */
  signed: boolean;
  /** The names from the top to here. */
  path: string[];
  /** The elements below. */
  children: Node[];
  /** How many elements it has, itself counted. */
  count: number;
}

/** A leaf of the schema: what has pages. */
export interface Leaf {
  /** Its element. */
  node: Node;
  /** The elements from the root to it. */
  schemaPath: Node[];
  /** The definition level of a value that is there. */
  maxDefinition: number;
  /** How many lists it is in. */
  maxRepetition: number;
}

/** A column, with its leaves: one that is no list, struct or map is its own. */
export interface SchemaColumn {
  /** Its element. */
  node: Node;
  /** What has pages. */
  leaves: Leaf[];
}

/** The columns of a schema. */
export function columnsOf(elements: readonly Struct[]): SchemaColumn[] {
  if (elements.length === 0) damaged("it has no schema");
  const root = nodeOf(elements, 0, [], 0);
  if (root.count !== elements.length) damaged("its schema is no tree");
  const names = new Set(root.children.map(({ element }) => element.name));
  if (names.size !== root.children.length) unsupported("two of its columns have one name");
  return root.children.map((node) => ({ node, leaves: leavesOf(node, [root]) }));
}

function nodeOf(elements: readonly Struct[], at: number, path: string[], depth: number): Node {
  const element = elements[at] ?? damaged("its schema is cut off");
  if (depth > MAX_DEPTH) unsupported(`its columns are nested deeper than ${MAX_DEPTH} levels`);
  const name = textOf(element[4]) ?? damaged("a column has no name");
  const here = depth === 0 ? path : [...path, name];
  const type = element[1] === undefined ? undefined : PHYSICAL[element[1] as number];
  const wanted = element[5] === undefined ? 0 : bounded(element[5], elements.length, "columns");
  const children: Node[] = [];
  let count = 1;
  while (children.length < wanted) {
    const child = nodeOf(elements, at + count, here, depth + 1);
    children.push(child);
    count += child.count;
  }
  if (depth > 0 && (type === undefined) === (children.length === 0)) {
    damaged(`its column "${name}" has neither a type nor columns below it, or both`);
  }
  const meaning = meaningOf(structOf(element[10]), CONVERTED[element[6] as number]);
  // hyparquet, which assembles lists and maps, goes by the older annotation alone.
  const converted = ["LIST", "MAP"].includes(meaning.logical) ? meaning.logical : undefined;
  return {
    element: {
      name,
      repetition_type: REPETITIONS[(element[3] ?? 0) as number] ??
        damaged("a column is of no repetition"),
      ...(converted !== undefined && { converted_type: converted }),
      ...(type !== undefined && { type }),
      num_children: children.length,
    },
    width: element[2] === undefined ? 0 : bounded(element[2], 2 ** 31, "bytes in a value"),
    scale: element[7] === undefined ? 0 : bounded(element[7], 1000, "digits after the point"),
    ...meaning,
    path: here,
    children,
    count,
  };
}

/** The newer annotation, or what the older one says. */
function meaningOf(
  logical: Struct | undefined,
  converted = "",
): { logical: string; unit?: Unit; signed: boolean } {
  const field = Number(Object.keys(logical ?? {})[0] ?? 0);
  const name = LOGICAL[field] ?? "";
  if (name !== "") {
    const inner = structOf(logical![field])!;
    if (name === "INTEGER") return { logical: name, signed: inner[2] !== false };
    const unit = name.startsWith("TIME") ? unitOf(inner[2]) : undefined;
    return { logical: name, signed: true, ...(unit && { unit }) };
  }
  if (converted === "UTF8") return { logical: "STRING", signed: true };
  const [, time, unit] = /^(TIME|TIMESTAMP)_(MI[A-Z]+)$/.exec(converted) ?? [];
  if (time !== undefined) {
    return { logical: time, unit: unit === "MILLIS" ? "ms" : "us", signed: true };
  }
  if (/^U?INT_/.test(converted)) return { logical: "INTEGER", signed: !converted.startsWith("U") };
  return { logical: converted === "MAP_KEY_VALUE" ? "MAP" : converted, signed: true };
}

function unitOf(value: ThriftValue | undefined): Unit {
  const field = Number(Object.keys(structOf(value) ?? {})[0] ?? 0);
  return ([, "ms", "us", "ns"] as const)[field] ?? damaged("a time has no unit");
}

function leavesOf(node: Node, above: readonly Node[]): Leaf[] {
  const schemaPath = [...above, node];
  if (node.children.length > 0) {
    return node.children.flatMap((child) => leavesOf(child, schemaPath));
  }
  const count = (of: (repetition: string) => boolean) =>
    schemaPath.slice(1).filter(({ element }) => of(element.repetition_type)).length;
  return [{
    node,
    schemaPath,
    maxDefinition: count((repetition) => repetition !== "REQUIRED"),
    maxRepetition: count((repetition) => repetition === "REPEATED"),
  }];
}
