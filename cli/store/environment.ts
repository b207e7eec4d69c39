/**
 * Variables of the environment, as far as they may be read: nobody is asked for the permission.
 *
 * @module
 */

/** A variable; `undefined` also if it is empty, or reading it is not allowed. */
export function envOf(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) || undefined : undefined;
}

/** Whether a path may be read. */
export const mayRead = (path: string): boolean =>
  Deno.permissions.querySync({ name: "read", path }).state === "granted";
