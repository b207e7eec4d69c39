/**
 * The values of a page: numbers as typed arrays, everything else as what it means.
 *
 * @module
 */
import { type Budget, damaged, unsupported } from "./bounds.ts";
import type { Leaf, Physical } from "./schema.ts";
import { readDeltas } from "./deltas.ts";
import { readHybrid } from "./hybrid.ts";
import type { Cell, Meaning } from "./meaning.ts";
import type { OpenPage } from "./pages.ts";

/** Values of one column, those that are missing left out. */
export type PageValues = Float64Array | Float32Array | Int32Array | BigInt64Array | Cell[];

/** What decoders are told. */
interface Decoding {
  leaf: Leaf;
  meaning: Meaning;
  budget: Budget;
}

const broken = (): never => damaged("a page has fewer values than it says");

const ARRAYS = {
  INT32: Int32Array,
  INT64: BigInt64Array,
  FLOAT: Float32Array,
  DOUBLE: Float64Array,
} as const;
type Numeric = keyof typeof ARRAYS;
const isNumeric = (type: Physical): type is Numeric => type in ARRAYS;

/** Decodes the values of a page. */
export function valuesOf(
  { encoding, bytes, present }: OpenPage,
  dictionary: PageValues | undefined,
  decoding: Decoding,
): PageValues {
  const { leaf, budget } = decoding;
  const type = leaf.node.element.type!;
  budget.pay(present * 8);
  switch (encoding) {
    case "PLAIN":
      return plain(bytes, type, present, decoding);
    case "DICTIONARY": {
      if (present === 0) return [];
      if (!dictionary) return damaged("a column has no dictionary for its indexes");
      const width = bytes[0] ?? broken();
      if (width > 32) damaged(`the indexes of a dictionary have ${width} bits`);
      const indexes = new Uint32Array(present);
      readHybrid(bytes, 1, bytes.length, width, indexes);
      return gather(dictionary, indexes);
    }
    case "RLE": {
      if (type !== "BOOLEAN") return unsupported(`a column of ${type} has runs`);
      // The length of the runs stands before them.
      const runs = new Uint8Array(present);
      readHybrid(bytes, 4, bytes.length, 1, runs);
      return Array.from(runs, (bit) => bit === 1);
    }
    case "DELTA_BINARY_PACKED":
      if (type !== "INT32" && type !== "INT64") {
        return unsupported(`a column of ${type} has deltas`);
      }
      return type === "INT32"
        ? readDeltas(bytes, 0, Int32Array, present).values
        : readDeltas(bytes, 0, BigInt64Array, present).values;
    case "DELTA_LENGTH_BYTE_ARRAY":
    case "DELTA_BYTE_ARRAY":
      return deltaBytes(bytes, encoding === "DELTA_BYTE_ARRAY", present, decoding);
    case "BYTE_STREAM_SPLIT": {
      const width = isNumeric(type) ? ARRAYS[type].BYTES_PER_ELEMENT : leaf.node.width;
      if (present * width > bytes.length) broken();
      const joined = new Uint8Array(present * width);
      for (let byte = 0; byte < width; byte++) {
        for (let at = 0; at < present; at++) {
          joined[at * width + byte] = bytes[byte * present + at]!;
        }
      }
      return plain(joined, type, present, decoding);
    }
  }
}

/** Values one after the other. A dictionary's are encoded so too. */
export function plain(
  bytes: Uint8Array,
  type: Physical,
  count: number,
  { leaf, meaning, budget }: Decoding,
): PageValues {
  if (isNumeric(type)) {
    const Numbers = ARRAYS[type];
    const size = count * Numbers.BYTES_PER_ELEMENT;
    if (size > bytes.length) broken();
    const start = bytes.byteOffset;
    return start % Numbers.BYTES_PER_ELEMENT === 0
      ? new Numbers(bytes.buffer as ArrayBuffer, start, count)
      : new Numbers(new Uint8Array(bytes.subarray(0, size)).buffer);
  }
  if (type === "BOOLEAN") {
    if (Math.ceil(count / 8) > bytes.length) broken();
    const flags = new Array<Cell>(count);
    for (let at = 0; at < count; at++) flags[at] = (bytes[at >> 3]! >> (at & 7) & 1) === 1;
    return flags;
  }
  if (type === "BYTE_ARRAY") {
    // Each has its length before it, so that a count that is too large ends at the first that is not there.
    if (count * 4 > bytes.length) broken();
    budget.pay(bytes.length);
    return meaning.texts ? plainTexts(bytes, count) : plainBytes(bytes, count, meaning.fromBytes!);
  }
  const width = type === "INT96" ? 12 : leaf.node.width;
  if (width === 0 && count > 0) damaged("the values of a column have no length");
  if (count * width > bytes.length) broken();
  budget.pay(count * 64);
  return Array.from(
    { length: count },
    (_, at) => meaning.fromBytes!(bytes.subarray(at * width, (at + 1) * width)),
  );
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function plainBytes(
  bytes: Uint8Array,
  count: number,
  fromBytes: (bytes: Uint8Array) => Cell,
): Cell[] {
  const view = viewOf(bytes);
  let at = 0;
  return Array.from({ length: count }, () => {
    if (at + 4 > bytes.length) broken();
    const start = at + 4;
    at = start + view.getUint32(at, true);
    if (at > bytes.length) broken();
    return fromBytes(bytes.subarray(start, at));
  });
}

const UTF8 = new TextDecoder();
/** One character a byte, whatever it is: so positions in the text are those of the bytes. */
const BYTES = new TextDecoder("latin1");

/** Texts: one call of a decoder for all that are ASCII, since a call for each takes most of the time. */
function plainTexts(bytes: Uint8Array, count: number): string[] {
  const view = viewOf(bytes);
  const whole = BYTES.decode(bytes);
  const texts = new Array<string>(count);
  let at = 0;
  for (let text = 0; text < count; text++) {
    if (at + 4 > bytes.length) broken();
    const start = at + 4;
    at = start + view.getUint32(at, true);
    if (at > bytes.length) broken();
    let byte = start;
    while (byte < at && bytes[byte]! < 0x80) byte++;
    texts[text] = byte === at ? whole.slice(start, at) : UTF8.decode(bytes.subarray(start, at));
  }
  return texts;
}

/** The values that indexes of a dictionary stand for. */
function gather(dictionary: PageValues, indexes: Uint32Array): PageValues {
  const size = dictionary.length;
  const count = indexes.length;
  for (let at = 0; at < count; at++) {
    if (indexes[at]! >= size) damaged("a value is not in its column's dictionary");
  }
  if (Array.isArray(dictionary)) {
    const found = new Array<Cell>(count);
    for (let at = 0; at < count; at++) found[at] = dictionary[indexes[at]!]!;
    return found;
  }
  if (dictionary instanceof BigInt64Array) {
    // As pairs of 32 bits: a bigint for each would be an object for each.
    const source = new Uint32Array(dictionary.buffer, dictionary.byteOffset, 2 * size);
    const found = new BigInt64Array(count);
    const pairs = new Uint32Array(found.buffer);
    for (let at = 0; at < count; at++) {
      const index = indexes[at]! * 2;
      pairs[2 * at] = source[index]!;
      pairs[2 * at + 1] = source[index + 1]!;
    }
    return found;
  }
  const found = new (dictionary.constructor as new (length: number) => Float64Array)(count);
  for (let at = 0; at < count; at++) found[at] = dictionary[indexes[at]!]!;
  return found;
}

/** Bytes by their lengths, or by what they share with the one before. */
function deltaBytes(
  bytes: Uint8Array,
  sharesPrefixes: boolean,
  count: number,
  { meaning, budget }: Decoding,
): Cell[] {
  if (count === 0) return [];
  budget.pay(count * 8);
  const none = { values: new Int32Array(count), end: 0 };
  const prefixes = sharesPrefixes ? readDeltas(bytes, 0, Int32Array, count) : none;
  const suffixes = readDeltas(bytes, prefixes.end, Int32Array, count);
  let at = suffixes.end;
  let last = new Uint8Array();
  return Array.from({ length: count }, (_, item) => {
    const [prefix, suffix] = [prefixes.values[item]!, suffixes.values[item]!];
    if (prefix < 0 || prefix > last.length || suffix < 0 || suffix > bytes.length - at) broken();
    budget.pay(prefix + suffix);
    const value = new Uint8Array(prefix + suffix);
    value.set(last.subarray(0, prefix));
    value.set(bytes.subarray(at, at + suffix), prefix);
    at += suffix;
    last = value;
    return meaning.fromBytes!(value);
  });
}
