/** A store in memory that tells which objects are read. */
import type { Driver } from "../../drivers/driver.ts";
import { openMemory } from "../../drivers/memory.ts";

/** A fresh one. `asked` are the keys that were asked for, in order; it may be emptied. */
export function told(): { driver: Driver; asked: string[] } {
  const inner = openMemory({ persistence: "memory", rootDir: crypto.randomUUID() });
  const asked: string[] = [];
  const get: Driver["get"] = (key, options) => {
    asked.push(key);
    return inner.get(key, options);
  };
  return { driver: { ...inner, get }, asked };
}
