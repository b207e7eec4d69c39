/**
 * The words of failure: how errors of backends are told, alone and together.
 *
 * @module
 */
import {
  isRubiconException,
  type Receipt,
  type RubiconErrorCode,
  RubiconException,
} from "../errors.ts";

/** An exception of one backend, whose label its message starts with. */
export const backendError = (
  { label }: { label: string },
  code: RubiconErrorCode,
  message: string,
  cause?: unknown,
): RubiconException =>
  new RubiconException(code, `${label}: ${message}`, {
    backend: label,
    ...(cause !== undefined && { cause }),
  });

/** Any error as the exception of one backend. */
export const asException = (error: unknown, backend: { label: string }): RubiconException =>
  isRubiconException(error) ? error : backendError(backend, "unavailable", messageOf(error), error);

/** The message of any error. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The message of a backend's error without the backend's label. */
export function reasonOf(error: unknown, label: string): string {
  const message = messageOf(error);
  return message.startsWith(`${label}: `) ? message.slice(label.length + 2) : message;
}

/** A write whose policy was not met. */
export function writeFailure(
  { what, entity }: { what: string; entity?: unknown },
  receipts: readonly Receipt[],
  enough: number,
): RubiconException {
  const failed = receipts.filter(({ outcome }) => outcome !== "ok");
  const code = commonCode(failed);
  const taken = receipts.length - failed.length;
  const lines = receipts.map(({ backend, outcome, error }) =>
    `  ${backend}: ${outcome}${error ? `: ${reasonOf(error, backend)}` : ""}`
  );
  const next = taken > 0
    ? "\nWrite `entity` of this exception again, as it is, to complete the missing copies."
    : "\nNothing was written. Mend that, and write it again.";
  return new RubiconException(
    code ?? "write-failed",
    `${what} was written to ${taken} of ${receipts.length} backends, ${
      enough === receipts.length ? "all" : enough
    } are needed:\n${lines.join("\n")}${code === "already-exists" ? "" : next}`,
    {
      receipts,
      ...(entity !== undefined && { entity }),
      cause: failed[0]?.error,
    },
  );
}

/** A read that no backend was able to answer; some of them may have had nothing. */
export function readFailure(what: string, receipts: readonly Receipt[]): RubiconException {
  const failed = receipts.filter(({ error }) => error !== undefined);
  const code = failed.length === receipts.length ? commonCode(failed) : undefined;
  const lines = receipts.map(({ backend, error }) =>
    `  ${backend}: ${error ? reasonOf(error, backend) : "empty"}`
  );
  return new RubiconException(
    code ?? "read-failed",
    `No backend was able to read ${what}:\n${lines.join("\n")}`,
    { receipts, cause: failed[0]?.error },
  );
}

/** The code that all of these receipts have, if it is one. */
function commonCode(receipts: readonly Receipt[]): RubiconErrorCode | undefined {
  const codes = new Set(receipts.map(({ error }) => error?.code));
  return codes.size === 1 ? [...codes][0] : undefined;
}

/** An exception with other receipts. */
export function withReceipts(
  error: RubiconException,
  receipts: readonly Receipt[],
): RubiconException {
  const { code, message, cause, entity, backend } = error;
  return new RubiconException(code, message, {
    receipts,
    ...(cause !== undefined && { cause }),
    ...(entity !== undefined && { entity }),
    ...(backend !== undefined && { backend }),
  });
}
