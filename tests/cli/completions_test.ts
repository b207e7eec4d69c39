/** Completions: run by the shells themselves, as far as they are here. */
import assert from "node:assert/strict";
import { FORMATS } from "../../cli/commands/export/formats.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { ok } from "../support/cli.ts";
import { ignoredFor, lacksPackage, succeeds } from "../support/parts.ts";

const scripts = new Map<string, Promise<string>>();
const scriptOf = (shell: string): Promise<string> => {
  if (!scripts.has(shell)) scripts.set(shell, ok(["completions", shell]));
  return scripts.get(shell)!;
};

/** Few machines have all three shells. */
const lacks = async (shell: string): Promise<boolean> =>
  ignoredFor(
    `completions of ${shell}`,
    await lacksPackage(shell, () => succeeds(shell, "-c", "true")),
  );

async function run(shell: string, args: string[], script: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(shell, { args: [...args, script] })
    .output();
  const said = new TextDecoder().decode(stderr);
  assert.ok(success && said === "", said);
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "cli completions: bash completes commands, options, choices and formats",
  ignore: await lacks("bash"),
  async fn() {
    const script = await scriptOf("bash");
    const ask = (words: string[]) => `
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
_rubicon; echo "\${COMPREPLY[*]}"`;
    const asked = [
      ["rubicon", "table", "--lim"],
      ["rubicon", "repair", "--conflicts", ""],
      ["rubicon", "export", ""],
      ["rubicon", "export", "csv", "--defuse"],
      ["rubicon", "--root-dir", "x", "gate", "--min"],
      ["rubicon", "completions", ""],
      ["rubicon", "get", ""],
      ["rubicon", "table", "--write", "q"],
      ["rubicon", "di"],
    ];
    const formats = FORMATS.map(({ name }) => name).join(" ");
    const out = await run("bash", ["--norc", "-c"], script + asked.map(ask).join("\n"));
    assert.deepEqual(out.split("\n").slice(0, -1), [
      ...["--limit", "majority first newest", formats, "--defuse-formulas"],
      ...["--min-delta", "bash zsh fish", "", "quorum", "diff"],
    ]);
  },
});

Deno.test({
  name: "cli completions: zsh takes the script",
  ignore: await lacks("zsh"),
  async fn() {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, await scriptOf("zsh"));
    await run("zsh", ["-f", "-n"], file);
    await Deno.remove(file);
  },
});

Deno.test({
  name: "cli completions: fish completes commands and choices",
  ignore: await lacks("fish"),
  async fn() {
    const script = await scriptOf("fish");
    const out = await run("fish", ["--no-config", "-c"], `${script}\ncomplete -C 'rubicon ta'`);
    assert.match(out, /^table\t/m);
  },
});

Deno.test("cli completions: each shell's script has every command", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = await scriptOf(shell);
    for (const { name } of COMMANDS) {
      assert.ok(new RegExp(`\\b${name}\\b`).test(script), `${shell}: ${name}`);
    }
  }
});
