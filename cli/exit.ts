/**
 * Exit codes, and what is said of errors.
 *
 * @module
 */
import { isRubiconException, type RubiconErrorCode } from "../errors.ts";
import { plainText } from "./output/text.ts";
import { OutputFailed } from "./output/stream.ts";

/** What an exit code means. */
export const Exit = {
  /** It is done, or the answer is yes. */
  done: 0,
  /** The answer is no: not found, not clean, worse than the baseline. */
  no: 1,
  /** The command cannot be understood. */
  usage: 2,
  /** A backend failed, or the output could not be written. */
  failed: 3,
  /** A fault of this program. */
  fault: 70,
} as const;

/** A command cannot be understood, beyond what commander finds. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A command ends with an exit code, and has said all that there is to say. */
export class Stopped extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

const CODES: Readonly<Record<RubiconErrorCode, number>> = {
  "not-found": Exit.no,
  "already-exists": Exit.no,
  "invalid-key": Exit.usage,
  "invalid-argument": Exit.usage,
  "invalid-config": Exit.usage,
  "permission-denied": Exit.failed,
  "unavailable": Exit.failed,
  "unsupported": Exit.failed,
  "corrupt": Exit.failed,
  "closed": Exit.failed,
  "write-failed": Exit.failed,
  "read-failed": Exit.failed,
};

/** The exit code of an error. */
export function codeOf(error: unknown): number {
  if (error instanceof UsageError) return Exit.usage;
  if (error instanceof OutputFailed || error instanceof Deno.errors.NotCapable) return Exit.failed;
  if (isRubiconException(error)) return CODES[error.code] ?? Exit.failed;
  return Exit.fault;
}

/** What a person is told of an error. The stack stands there only if it is a fault of this program. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return plainText(String(error));
  const isFault = codeOf(error) === Exit.fault;
  const text = isFault
    ? `This is a fault of rubicon, please report it:\n${error.stack ?? error.message}`
    : error.message;
  return text.split("\n").map((line) => plainText(line)).join("\n");
}
