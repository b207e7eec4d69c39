/**
 * The command line: every question and every chore without writing a script.
 *
 * ```sh
 * deno install --global --allow-read --allow-write --allow-net --allow-env --name rubicon cli.ts
 * rubicon table --root-dir ./runs
 * ```
 *
 * docs/cli.md has all commands, the permissions that each needs, and the shapes of its JSON.
 *
 * @module
 */
export { main } from "./cli/main.ts";
import { main } from "./cli/main.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));
