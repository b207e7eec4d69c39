/**
 * A driver whose requests wait until the test lets them go on: how many are under way is counted, and no clock is asked.
 */
import type { Driver } from "../../drivers/driver.ts";

/** A driver with a gate before each request. */
export interface Gated {
  driver: Driver;
  /** The most requests that were under way together. */
  most: number;
  /** Keys in the order in which requests for them started and ended. */
  log: { verb: string; key: string; event: "start" | "end" }[];
}

const gates: (() => void)[] = [];

/** Puts a gate before get, open, put and delete. */
export function gated(inner: Driver): Gated {
  const gate: Gated = { driver: inner, most: 0, log: [] };
  let underWay = 0;
  const verb = <A extends [string, ...unknown[]], R>(
    name: string,
    run: (...args: A) => Promise<R>,
  ) =>
  async (...args: A): Promise<R> => {
    gate.log.push({ verb: name, key: args[0], event: "start" });
    gate.most = Math.max(gate.most, ++underWay);
    try {
      await new Promise<void>((go) => gates.push(go));
      return await run(...args);
    } finally {
      underWay--;
      gate.log.push({ verb: name, key: args[0], event: "end" });
    }
  };
  gate.driver = {
    ...inner,
    get: verb("get", inner.get),
    open: verb("open", inner.open),
    put: verb("put", inner.put),
    delete: verb("delete", inner.delete),
  };
  return gate;
}

/** Opens all gates again and again, each time once nothing else is left to do, until the work is done. */
export async function passing<T>(work: Promise<T>): Promise<T> {
  let done = false;
  const ended = () => void (done = true);
  work.then(ended, ended);
  while (!done) {
    await new Promise((turn) => setTimeout(turn, 0));
    for (const go of gates.splice(0)) go();
  }
  return await work;
}
