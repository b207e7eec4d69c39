// deno-lint-ignore-file no-console -- it is there to show something.
/**
 * The walk-through on two stores in memory. It needs no permission at all:
 *
 *     deno run examples/memory.ts
 */
import { walkthrough } from "./walkthrough.ts";
import { openComposite } from "../mod.ts";

await using rubicon = await openComposite([
  { persistence: "memory", rootDir: "rootA" },
  { persistence: "memory", rootDir: "rootB" },
]);
const { readBack } = await walkthrough(rubicon);
console.log("Logged to memory twice. Read back:");
await readBack();
