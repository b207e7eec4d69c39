/**
 * numpy arrays and scalars: raw bytes with a dtype and a shape.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";

/** A numpy array. */
export interface NumpyArray {
  /**
   * numpy's type string, such as `<f8`; a list for structured types. It says how `data` is to be read.
   */
  dtype: string | readonly unknown[];
  /** The length of each dimension; empty for a scalar. */
  shape: readonly number[];
  /**
   * The elements in C order: a typed array, a list for booleans, and the raw bytes for types that
   * JavaScript has no array for (complex numbers, text, times, big-endian numbers).
   */
  data: ArrayBufferView | readonly boolean[];
}

type Constructor = new (buffer: ArrayBuffer) => ArrayBufferView & ArrayLike<number | bigint>;

/** A map, since a file may well say that its dtype is "constructor". */
const ARRAYS: ReadonlyMap<unknown, Constructor> = new Map(Object.entries<Constructor>({
  "|i1": Int8Array,
  "|u1": Uint8Array,
  "<i2": Int16Array,
  "<u2": Uint16Array,
  "<i4": Int32Array,
  "<u4": Uint32Array,
  "<i8": BigInt64Array,
  "<u8": BigUint64Array,
  "<f2": Float16Array,
  "<f4": Float32Array,
  "<f8": Float64Array,
}));

/** The numpy type of a typed array. */
export function dtypeOf(data: ArrayBufferView): string | undefined {
  if (data instanceof Uint8ClampedArray) return "|u1";
  for (const [dtype, Array] of ARRAYS) if (data instanceof Array) return String(dtype);
  return undefined;
}

/** Whether a value is a numpy array, and not an object that happens to have the same fields. */
export function isNumpyArray(value: object): value is NumpyArray {
  const { dtype, shape, data } = value as Partial<NumpyArray>;
  return (typeof dtype === "string" || Array.isArray(dtype)) && Array.isArray(shape) &&
    Object.keys(value).length === 3 &&
    (ArrayBuffer.isView(data) || (dtype === "|b1" && Array.isArray(data)));
}

/** What numpy 1 takes; numpy 2 takes 64. */
const MAX_DIMENSIONS = 32;

/**
 * A numpy array as rubicon-ml's JSON.
 *
 * @param where Says what it is, for messages.
 * @throws {RubiconException} `invalid-argument` if numpy could not read it back.
 */
export function encodeNumpy({ dtype, shape, data }: NumpyArray, where: () => string): string {
  const refuse = (why: string): never => {
    throw new RubiconException("invalid-argument", `${where()}: ${why}`);
  };
  if (
    shape.length > MAX_DIMENSIONS ||
    !shape.every((length) => Number.isSafeInteger(length) && length >= 0)
  ) {
    refuse(
      `the shape of a numpy array must be a list of at most ${MAX_DIMENSIONS} lengths, not [${shape}].`,
    );
  }
  const size = sizeOf(dtype);
  if (size === undefined) {
    return refuse(
      `numpy cannot read an array of ${JSON.stringify(dtype)} back. Use a type such as "<f8".`,
    );
  }
  let bytes: Uint8Array;
  if (!ArrayBuffer.isView(data)) {
    if (!data.every((item) => typeof item === "boolean")) {
      refuse("the data of a numpy array of |b1 must be booleans.");
    }
    bytes = Uint8Array.from(data, Number);
  } else bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const known = ARRAYS.get(dtype);
  if (known && ArrayBuffer.isView(data) && !(data instanceof known)) {
    refuse(`the data of a numpy array of ${dtype} must be a ${known.name}.`);
  }
  const items = product(shape);
  if (bytes.length !== items * size) {
    refuse(
      `a numpy array of shape [${shape}] has ${items} elements of ${size} bytes, and its data has ` +
        `${bytes.length} bytes.`,
    );
  }
  // numpy counts the bytes of an empty array too, as if it had one element in each empty dimension.
  if (product(shape.map((length) => length || 1)) * size > Number.MAX_SAFE_INTEGER) {
    refuse(`a numpy array of shape [${shape}] is too large for numpy.`);
  }
  return `{"_type": "numpy", "_dtype": ${JSON.stringify(dtype)}, "_shape": ${
    JSON.stringify(shape)
  }, "value": "${bytes.toBase64()}"}`;
}

const product = (lengths: readonly number[]): number =>
  lengths.reduce((product, length) => product * length, 1);

const DTYPE =
  /^[<>|=](?:(b)1|([iu])([1248])|(f)(2|4|8|16)|(c)(8|16|32)|([SUV])([1-9]\d*)|([mM])8(?:\[\d*(?:[YMWDhms]|[munpfa]s)\])?)$/;

/**
 * The bytes of one element; `undefined` if numpy does not know the type, or cannot make an array of it from bytes (of
 * pointers, `|O`, or of nothing, `|S0`).
 */
function sizeOf(dtype: unknown): number | undefined {
  if (Array.isArray(dtype)) return sizeOfFields(dtype);
  const found = typeof dtype === "string" ? DTYPE.exec(dtype)?.slice(1) : undefined;
  const [kind, digits] = found?.filter((group) => group !== undefined) ?? [];
  if (kind === undefined) return undefined;
  if (digits === undefined) return kind === "b" ? 1 : 8;
  return Number(digits) * (kind === "U" ? 4 : 1);
}

/** A structured type: a list of `[name, type]` or `[name, type, shape]`. */
function sizeOfFields(fields: readonly unknown[]): number | undefined {
  const names = new Set<unknown>();
  let sum = 0;
  for (const field of fields) {
    if (!Array.isArray(field) || field.length < 2 || field.length > 3) return undefined;
    const [name, type, shape = 1] = field as [unknown, unknown, unknown?];
    const size = sizeOf(type);
    const lengths: unknown[] = Array.isArray(shape) && shape.length > 0 ? shape : [shape];
    const isLength = (length: unknown): length is number =>
      Number.isSafeInteger(length) && Number(length) > 0;
    // numpy names padding "", as often as there is some.
    const isPadding = name === "" && /^.V/.test(String(type));
    const isNew = typeof name === "string" && name !== "" && !names.has(name);
    if (!(isNew || isPadding) || !size || !lengths.every(isLength)) return undefined;
    names.add(name);
    sum += size * product(lengths);
  }
  return sum > 0 && sum < 2 ** 31 ? sum : undefined;
}

/** rubicon-ml's JSON as a numpy array, or as a JavaScript value if it is a scalar that has one. */
export function decodeNumpy(
  found: Record<string, unknown>,
): NumpyArray | number | bigint | boolean | string {
  const { _dtype: dtype, _shape: shape, value } = found;
  const isLength = (length: unknown): length is number =>
    Number.isSafeInteger(length) && Number(length) >= 0;
  if (
    !(typeof dtype === "string" || Array.isArray(dtype)) || typeof value !== "string" ||
    !Array.isArray(shape) || !shape.every(isLength)
  ) {
    throw new RubiconException("corrupt", "It has a numpy array without a dtype, shape or value.");
  }
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.fromBase64(value);
  } catch (cause) {
    throw new RubiconException("corrupt", "It has a numpy array that is not base64.", { cause });
  }
  const size = sizeOf(dtype);
  if (size !== undefined && bytes.length !== product(shape) * size) {
    throw new RubiconException(
      "corrupt",
      `It has a numpy array of ${dtype} and shape [${shape}] with ${bytes.length} bytes.`,
    );
  }
  if (dtype === "|b1") {
    const data = Array.from(bytes, (byte) => byte !== 0);
    return shape.length === 0 ? data[0]! : { dtype, shape, data };
  }
  const Array_ = ARRAYS.get(dtype);
  if (!Array_) {
    if (shape.length === 0 && typeof dtype === "string" && dtype.startsWith("<U")) {
      return textOf(bytes);
    }
    return { dtype, shape, data: bytes };
  }
  const data = new Array_(bytes.buffer);
  if (shape.length > 0) return { dtype: dtype as string, shape, data };
  const scalar = data[0]!;
  return typeof scalar === "bigint" && Number.isSafeInteger(Number(scalar))
    ? Number(scalar)
    : scalar;
}

/** numpy keeps text as UTF-32, filled up with NUL. */
function textOf(bytes: Uint8Array<ArrayBuffer>): string {
  const points = new Uint32Array(bytes.buffer);
  const end = points.findLastIndex((point) => point !== 0) + 1;
  let text = "";
  try {
    for (const point of points.subarray(0, end)) text += String.fromCodePoint(point);
  } catch (cause) {
    throw new RubiconException("corrupt", "It has numpy text that is not Unicode.", { cause });
  }
  return text;
}
