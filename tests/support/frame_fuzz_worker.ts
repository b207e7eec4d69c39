/**
 * Reads damaged Parquet files in a worker, which `frame_fuzz.ts` ends if a file is never done with.
 */
import "./seed.ts";
import fc from "npm:fast-check@4.10.2";
import { RubiconException } from "../../errors.ts";
import { decodeTable } from "../../domain/parquet/parquet.ts";

// The library of types that a checkout has is a window's.
const worker = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage">;

/** Damage that one meets, and numbers that drive loops. */
function damagedFrom(file: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat(file.length - 1);
  // Half of them near the end, where the footer is.
  const place = fc.oneof(at, at.map((value) => file.length - 1 - Math.floor(value / 8)));
  const flip = fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
    ([at, by]) => (bytes: Uint8Array) => {
      bytes[at]! ^= by;
    },
  );
  const large = fc.uint8Array({ minLength: 4, maxLength: 5 });
  const numbers = fc.constantFrom([0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0x7f], [0, 0]);
  const splice = fc.tuple(place, fc.oneof(large, numbers)).map(
    ([at, given]) => (bytes: Uint8Array) => {
      for (const [next, byte] of [...given].entries()) {
        if (at + next < bytes.length) bytes[at + next] = byte;
      }
    },
  );
  const changed = fc.array(fc.oneof(flip, flip, splice), { minLength: 1, maxLength: 3 }).map(
    (changes) => {
      const bytes = file.slice();
      for (const change of changes) change(bytes);
      return bytes;
    },
  );
  const cut = at.map((length) => file.slice(0, length));
  const gap = fc.tuple(at, fc.nat(40)).map(([at, length]) =>
    Uint8Array.from([...file.subarray(0, at), ...file.subarray(at + length)])
  );
  return fc.oneof({ weight: 8, arbitrary: changed }, { weight: 1, arbitrary: cut }, gap);
}

worker.onmessage = async ({ data }: MessageEvent<Record<string, Uint8Array>>) => {
  let failure: string | undefined;
  const codes: Record<string, number> = {};
  try {
    for (const [name, file] of Object.entries(data)) {
      await fc.assert(
        fc.asyncProperty(damagedFrom(file), async (bytes) => {
          let code = "answer";
          try {
            await decodeTable([{ name, bytes }], name);
          } catch (error) {
            if (!(error instanceof RubiconException)) throw error;
            if (error.code !== "corrupt" && error.code !== "unsupported") throw error;
            code = error.code;
          }
          codes[code] = (codes[code] ?? 0) + 1;
        }),
        { numRuns: 400 },
      );
    }
  } catch (error) {
    failure = String(error);
  }
  worker.postMessage({ failure, codes });
};
