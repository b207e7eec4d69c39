/**
 * The one error of this module, and the codes that tell its causes apart.
 *
 * @module
 */

/**
 * Why something could not be done.
 *
 * - From drivers: `not-found`, `already-exists`, `invalid-key`, `permission-denied`, `unavailable`
 *   (worth trying again later: unreachable, too slow, full), `unsupported`, `corrupt`.
 * - From the caller's input: `invalid-argument`, `invalid-config`, `closed`.
 * - From a composite: `write-failed` (the write policy was not met), `read-failed` (no backend was
 *   able to read). A composite uses a driver's code instead where every backend gave the same one.
 */
export type RubiconErrorCode =
  | "not-found"
  | "already-exists"
  | "invalid-key"
  | "permission-denied"
  | "unavailable"
  | "unsupported"
  | "corrupt"
  | "invalid-argument"
  | "invalid-config"
  | "closed"
  | "write-failed"
  | "read-failed";

/** What became of one operation in one backend. */
export interface Receipt {
  /** The backend's label, for example `filesystem:./local/rootA`. Never holds a secret. */
  backend: string;
  /** `ok`: done, or already there · `failed`: see `error` · `pending`: not settled yet · `skipped`: left alone. */
  outcome: "ok" | "failed" | "pending" | "skipped";
  /** The reason, for `failed` and `skipped`. */
  error?: RubiconException;
  /** How long it took, in milliseconds. */
  milliseconds: number;
  /** How many bytes were stored. Zero where the bytes were already there. */
  bytes: number;
}

/** What a {@linkcode RubiconException} can carry beside its message. */
export interface RubiconExceptionOptions extends ErrorOptions {
  /** The label or name of the backend that gave the error. */
  backend?: string;
  /** Every backend's outcome. */
  receipts?: readonly Receipt[];
  /** The entity that was being written, as plain data: pass it to the same function to try again. */
  entity?: unknown;
  /** The part of a text that is wrong. */
  place?: TextPlace;
}

/** A part of a text, in UTF-16 units. */
export interface TextPlace {
  /** Its first character. */
  readonly from: number;
  /** The character after its last one. */
  readonly to: number;
}

/**
 * Everything that this module throws, aborts aside (an abort passes through as it is).
 *
 * @example Tell causes apart by `code`
 * ```ts
 * import { RubiconException } from "./errors.ts";
 *
 * try {
 *   throw new RubiconException("not-found", "There is no project `a`. Create it first.");
 * } catch (error) {
 *   if (!(error instanceof RubiconException) || error.code !== "not-found") throw error;
 * }
 * ```
 */
export class RubiconException extends Error {
  /** Always `RubiconException`. */
  override readonly name = "RubiconException";
  /** Why it could not be done. */
  readonly code: RubiconErrorCode;
  /** The label or name of the backend that gave the error, where there is one. */
  readonly backend?: string;
  /** Every backend's outcome, for errors of a composite. */
  readonly receipts: readonly Receipt[];
  /** The entity that was being written, as plain data: pass it to the same function to try again. */
  readonly entity?: unknown;
  /** For an error in a text, such as a query: the part that is wrong. */
  readonly place?: TextPlace;

  /** An error of this module, by its code and a message that says what, where, and what to do next. */
  constructor(code: RubiconErrorCode, message: string, options: RubiconExceptionOptions = {}) {
    const engine: { stackTraceLimit?: number } = Error;
    const limit = engine.stackTraceLimit;
    // Between a driver and the line of the caller are more calls than an engine shows.
    engine.stackTraceLimit = 50;
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    if (limit !== undefined) engine.stackTraceLimit = limit;
    this.code = code;
    if (options.backend !== undefined) this.backend = options.backend;
    this.receipts = options.receipts ?? [];
    if (options.entity !== undefined) this.entity = options.entity;
    if (options.place !== undefined) this.place = options.place;
  }
}

/**
 * Whether `error` is a {@linkcode RubiconException}, also one of another copy of this module: a driver may import it from
 * another URL, and its class is another one then.
 *
 * @example
 * ```ts
 * import { isRubiconException, RubiconException } from "./errors.ts";
 *
 * const error: unknown = new RubiconException("unavailable", "The bucket does not answer.");
 * if (!isRubiconException(error)) throw error;
 * ```
 */
export function isRubiconException(error: unknown): error is RubiconException {
  return error instanceof Error && error.name === "RubiconException" &&
    typeof (error as { code?: unknown }).code === "string";
}

/**
 * Whether `error` is a {@linkcode RubiconException} with one of these codes.
 *
 * @example
 * ```ts
 * import { hasCode, RubiconException } from "./errors.ts";
 *
 * const error: unknown = new RubiconException("unavailable", "The bucket does not answer.");
 * if (!hasCode(error, "unavailable", "not-found")) throw error;
 * ```
 */
export function hasCode(error: unknown, ...codes: RubiconErrorCode[]): error is RubiconException {
  return isRubiconException(error) && codes.includes(error.code);
}
