/**
 * Values of every kind that the codec takes, for property tests.
 */
import fc from "npm:fast-check@4.10.2";
import { encodeValue, type Value } from "../../domain/format/values.ts";

const YEAR_1 = -62135596800000000n;
const YEAR_9999 = 253402300799999999n;

/** Times to the microsecond, in the years that Python has. */
export const instant = fc.bigInt(YEAR_1, YEAR_9999)
  .map((micros) => new Temporal.Instant(micros * 1000n));

const SURROGATES = [0xd800, 0x800] as const;
/** Any sign, ASCII half of the time. fast-check's own "binary" takes each process two seconds to make. */
const sign = fc.oneof(fc.nat(0x7f), fc.nat(0x10ffff - SURROGATES[1]))
  .map((at) => String.fromCodePoint(at < SURROGATES[0] ? at : at + SURROGATES[1]));

/** Text that UTF-8 can hold. */
export const text = fc.string({ unit: sign });

/** Dates in the years that Python has. */
export const date = fc.integer({ min: -719162, max: 2932896 })
  .map((days) => new Temporal.PlainDate(1970, 1, 1).add({ days }));
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(NaN, -0, Infinity, -Infinity, 2 ** 53, 1e20, 1e21),
);
/** A bigint that a number can hold comes back as one. */
const large = fc.bigInt(-(2n ** 80n), 2n ** 80n)
  .map((value) => Number.isSafeInteger(Number(value)) ? value + 2n ** 60n : value);
const numpy = fc.oneof(
  fc.float64Array().map((data) => ({ dtype: "<f8", shape: [data.length], data })),
  fc.float32Array().map((data) => ({ dtype: "<f4", shape: [1, data.length], data })),
  fc.bigInt64Array().map((data) => ({ dtype: "<i8", shape: [data.length], data })),
  fc.array(fc.boolean()).map((data) => ({ dtype: "|b1", shape: [data.length], data })),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((data) => ({
    dtype: [["a", "<i4"], ["b", "|S2"], ["", "|V6"]],
    shape: [1],
    data,
  })),
);
const scalar = fc.oneof(fc.constant(null), fc.boolean(), number, large, text, instant, date);
const KEYS = ["__proto__", "constructor", "_type", "NaN", "0number", "value", "dtype", "_dtype"];

const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    scalar,
    numpy,
    // Python takes True for 1, so a set of both would lose one.
    fc.uniqueArray(fc.oneof(fc.integer(), text)).map((items) => new Set(items)),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom(...KEYS)), tie("any"), { maxKeys: 4 }),
  ),
}));

/** Values that the codec takes. */
export const value = any.filter((found): found is Value => {
  try {
    encodeValue(found, "value");
    return true;
  } catch {
    return false; // An object whose _type means something else.
  }
});

/** Temporal values have no fields of their own to compare. */
export function comparable(value: unknown): unknown {
  if (value instanceof Temporal.Instant || value instanceof Temporal.PlainDate) {
    return `${value.constructor.name} ${value}`;
  }
  if (Array.isArray(value)) return value.map(comparable);
  if (value instanceof Set) return new Set([...value].map(comparable));
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
  }
  return value;
}
