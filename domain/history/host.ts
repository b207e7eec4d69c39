/**
 * The machine that this process runs on.
 *
 * @module
 */

/** Its name, if that is allowed without asking; else `null`. */
export function hostName(): string | null {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? Deno.hostname() : null;
}
