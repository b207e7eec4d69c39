// deno-lint-ignore-file no-console -- a command says where it listens.
/**
 * Serves a generated store with the page as it is in the sources now, for whoever works on the page.
 *
 *     deno run -A tests/viewer/support/serve_fixture.ts small --port 8420 [--edit] [--app FOLDER]
 *
 * The page is bundled when the server starts; start it again after a change. `--app` takes another folder with a `main.tsx`.
 */
import { build } from "../../../.ci/viewer.ts";
import { startServer } from "../../../viewer/server/server.ts";
import { makeStore, type StoreName, STORES } from "./stores.ts";
import { SYNTHETIC, type SyntheticName, SyntheticSite } from "./synthetic.ts";

const [name = ""] = Deno.args;
const option = (flag: string) => {
  const at = Deno.args.indexOf(flag);
  return at < 0 ? undefined : Deno.args[at + 1];
};
const isSynthetic = Object.hasOwn(SYNTHETIC, name);
if (!isSynthetic && !Object.hasOwn(STORES, name)) {
  console.error("Which store? One of:");
  const all = Object.entries({ ...STORES, ...SYNTHETIC });
  for (const [store, what] of all) console.error(`  ${store}: ${what}`);
  Deno.exit(1);
}
const app = await build(option("--app"));
const begun = performance.now();
const rubicon = await makeStore(isSynthetic ? "empty" : name as StoreName);
const viewer = startServer(
  rubicon,
  {
    hostname: "127.0.0.1",
    port: Number(option("--port") ?? 0),
    title: `Rubicon: ${name}`,
    edit: Deno.args.includes("--edit"),
    hosts: [],
  },
  app,
  isSynthetic ? (options) => new SyntheticSite(rubicon, options, name as SyntheticName) : undefined,
);
console.log(`${viewer.url} (${name}, made in ${Math.round(performance.now() - begun)} ms)`);
await viewer.finished;
