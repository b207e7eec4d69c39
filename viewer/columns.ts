/**
 * What columns of runs are called in files for other programs. Both the server and the page use it.
 *
 * @module
 */
import type { RunsColumn } from "./contract.ts";

/** Names of columns beside `id`, each another one: a metric and a parameter may have the same. */
export function columnNames(columns: readonly Pick<RunsColumn, "kind" | "name">[]): string[] {
  const taken = new Set<string>(["id"]);
  return columns.map(({ kind, name }) => {
    const full = kind === "own" ? name : `${kind === "metric" ? "metrics" : "params"}.${name}`;
    let free = taken.has(name) ? full : name;
    for (let next = 2; taken.has(free); next++) free = `${full}_${next}`;
    taken.add(free);
    return free;
  });
}
