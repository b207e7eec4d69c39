/** On a terminal: its width, its colours, and what is left out. */
import assert from "node:assert/strict";
import { widthOf } from "../../cli/output/text.ts";
import { CLI, makeStore, RUN } from "../support/cli.ts";
import { succeeds } from "../support/parts.ts";

const hasScript = await succeeds("script", "-qec", "true", "/dev/null");
// deno-lint-ignore no-console -- the line is what a person running the suite looks for.
if (!hasScript) console.log("the command line on a terminal: ignored, it lacks script");

/** What a command prints on a terminal that is so wide, with and without its colours. */
async function onTerminal(args: string[], columns: number, env: Record<string, string> = {}) {
  const run = [Deno.execPath(), ...RUN, "-A", CLI, ...args].map((part) => `'${part}'`).join(" ");
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", `stty cols ${columns} rows 12; ${run}`, "/dev/null"],
    clearEnv: true,
    env: {
      ...{
        PATH: Deno.env.get("PATH")!,
        HOME: Deno.env.get("HOME") ?? "/",
        TERM: "xterm",
        SHELL: "/bin/sh",
      },
      ...env,
    },
    stdin: "null",
  }).output();
  const raw = new TextDecoder().decode(stdout).replaceAll("\r\n", "\n");
  // deno-lint-ignore no-control-regex -- colours are what it is about.
  const text = raw.replaceAll(/\x1b\[[\d;]*m/g, "");
  return { raw, text, lines: text.split("\n").filter((line) => line !== "") };
}

Deno.test({
  name: "cli: a terminal's table is as wide as it is, its best values are green, and metrics stay",
  ignore: !hasScript,
  async fn() {
    await using store = await makeStore();
    const args = ["table", "Iris", ...store.roots];
    const [wide, narrow, tiny, plain, never, always] = await Promise.all([
      onTerminal(args, 120),
      onTerminal(args, 60),
      onTerminal(args, 34),
      onTerminal(args, 60, { NO_COLOR: "1" }),
      onTerminal([...args, "--color", "never"], 60),
      onTerminal([...args, "--json"], 60),
    ]);
    for (const [{ lines }, columns] of [[wide, 120], [narrow, 60], [tiny, 34]] as const) {
      for (const line of lines.filter((line) => !line.includes("not fit"))) {
        assert.ok(widthOf(line) <= columns, `${columns}: ${line}`);
      }
    }
    assert.match(wide.lines[0]!, /^ID +NAME +accuracy +loss +lr +seed +COMMIT +TAGS +CREATED/);
    assert.match(narrow.lines[0]!, /^ID +NAME +accuracy +loss +lr +CREATED \(UTC\)$/);
    assert.match(narrow.text, /3 columns do not fit: seed, COMMIT, TAGS\./);
    assert.match(tiny.lines[0]!, /^ID +NAME +accuracy/);
    assert.ok(narrow.raw.includes("\x1b[32m0.95\x1b[39m"), narrow.raw);
    for (const { raw } of [plain, never, always]) assert.ok(!raw.includes("\x1b["), raw);
  },
});

Deno.test({
  name: "cli: a terminal shows what fits at once, and says how to see the rest",
  ignore: !hasScript,
  async fn() {
    await using store = await makeStore();
    const { roots } = store;
    const runs = Array.from({ length: 20 }, (_, at) => `{"name":"more-${at}"}`).join("\n");
    const { ok } = await import("../support/cli.ts");
    await ok(["log", "-p", "Iris", "--stdin", ...roots], { stdin: runs });
    const [some, all, three] = await Promise.all([
      onTerminal(["ls", "Iris", ...roots], 80),
      onTerminal(["ls", "Iris", "--all", ...roots], 80),
      onTerminal(["ls", "Iris", "-n", "3", ...roots], 80),
    ]);
    assert.equal(some.lines.length, 12);
    assert.match(some.text, /The first 10 of 23: --all shows the rest/);
    assert.equal(all.lines.length, 24);
    assert.equal(three.lines.length, 4);
  },
});
