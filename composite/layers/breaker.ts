/**
 * A circuit breaker: a backend that was unavailable several times in a row is left alone for a while, so that its time
 * limit is not paid again and again; then one operation tries it. This layer notes how verbs end; `Health` decides.
 *
 * @module
 */
import { hasCode, isRubiconException } from "../../errors.ts";
import type { Driver } from "../../drivers/driver.ts";
import { type Around, around, layer } from "../../drivers/layer.ts";
import { byteStream, readInto } from "../../drivers/source.ts";
import type { Health } from "./health.ts";

/** Errors that say the backend itself is in trouble. A missing key or a bad one does not. */
const isTrouble = (error: unknown): boolean =>
  hasCode(error, "unavailable") || !isRubiconException(error);

/** Notes how each verb of a driver ends. */
export function breaker<D extends Driver>(inner: D, health: Health): D {
  const noted: Around = async (options, run) => {
    try {
      const value = await run(options);
      health.note(undefined);
      return value;
    } catch (error) {
      // An abort says nothing of the backend.
      const signal = options?.signal;
      if (!signal?.aborted || error !== signal.reason) {
        health.note(isTrouble(error) ? error : undefined);
      }
      throw error;
    }
  };
  return layer(
    around(inner, noted),
    {
      open: async (key, options) => {
        const found = await noted(options, (own) => inner.open(key, own));
        const { read, cancel } = readInto(found.stream);
        return { ...found, stream: byteStream((into) => noted(options, () => read(into)), cancel) };
      },
    },
  );
}
