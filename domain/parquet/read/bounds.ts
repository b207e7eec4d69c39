/**
 * What keeps the reading of a hostile or damaged Parquet file bounded: every number in a file is checked against what
 * the file has before it drives a loop or an allocation.
 *
 * @module
 */
import { type RubiconErrorCode, RubiconException } from "../../../errors.ts";

/** What a file may take in memory whatever its size; frames of few distinct values are small files. */
const BASE = 512 * 2 ** 20;
/** How many times its own size a file may take beyond that. */
const RATIO = 64;

/** Why a file cannot be read, in words that follow its name. */
class Unreadable extends Error {
  constructor(readonly code: RubiconErrorCode, why: string, options?: ErrorOptions) {
    super(why, options);
  }
}

/** Says that the file is damaged: `corrupt`. */
export function damaged(why: string, cause?: unknown): never {
  throw new Unreadable("corrupt", why, { cause });
}

/** Says that the file may be whole, and is not read here: `unsupported`. */
export function unsupported(why: string): never {
  throw new Unreadable("unsupported", why);
}

/**
 * What failed while a file was read, with its name. A store's own errors are left as they are; anything else that the
 * reading of bytes throws, such as a look past their end, is damage.
 */
export function unreadable(cause: unknown, name: string): unknown {
  if (cause instanceof RubiconException || !(cause instanceof Error)) return cause;
  const code = cause instanceof Unreadable ? cause.code : "corrupt";
  return new RubiconException(code, `${name} cannot be read: ${cause.message}.`, { cause });
}

/** A number of a file that counts or points: an integer from zero to a most, or the file is damaged. */
export function bounded(value: unknown, most: number, what: string): number {
  const found = typeof value === "bigint" ? Number(value) : value;
  if (typeof found === "number" && Number.isInteger(found) && found >= 0 && found <= most) {
    return found;
  }
  const given = typeof found === "number" ? found : "no number";
  return damaged(`it says ${given} for its ${what}, which must be an integer from 0 to ${most}`);
}

/** How many bytes may still be decoded. Who allocates or loops pays first. */
export class Budget {
  #left: number;
  readonly #whole: number;

  /** A budget for files of this size in all. */
  constructor(size: number) {
    this.#whole = this.#left = BASE + RATIO * size;
  }

  /** Takes bytes off, before they are allocated. */
  pay(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    unsupported(
      `it takes more than ${Math.round(this.#whole / 2 ** 20)} MiB of memory, ${RATIO} times its ` +
        "size and more. Read it in parts: by columns, offset and limit",
    );
  }
}
