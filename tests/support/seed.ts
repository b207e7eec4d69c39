/**
 * Loaded before all tests. In CI random tests ask the same each time: a change lands or does not by what it is, and not by
 * chance. `deno task explore` asks something new each time, and `RUBICON_SEED=1811792293` repeats what it found.
 */
import fc from "npm:fast-check@4.10.2";

const given = Deno.env.get("RUBICON_SEED") ?? (Deno.env.get("CI") === "true" ? "1" : "random");
if (given !== "random") fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(given) });
