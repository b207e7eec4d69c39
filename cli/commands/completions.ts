/**
 * `rubicon completions`: what shells need to complete commands, options and their choices.
 *
 * @module
 */
import { Argument, Command, type Option } from "npm:commander@15.1.0";
import type { Cli } from "../context.ts";
import type { CommandEntry } from "../command.ts";
import type { Completed } from "./completion_scripts.ts";
import { addGlobalOptions } from "../global_options.ts";
import { print } from "../output/stream.ts";

export function define(command: Command): void {
  command.addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]));
  command.addHelpText(
    "after",
    `
bash: rubicon completions bash > ~/.local/share/bash-completion/completions/rubicon
zsh:  rubicon completions zsh > "\${fpath[1]}/_rubicon"
fish: rubicon completions fish > ~/.config/fish/completions/rubicon.fish`,
  );
}

export async function run(
  _cli: Cli,
  _options: unknown,
  [shell]: [string],
  all: readonly CommandEntry[],
): Promise<void> {
  const commands = (await Promise.all(all.map((entry) => described(entry, [])))).flat();
  const { bash, fish, zsh } = await import("./completion_scripts.ts");
  await print([
    shell === "bash" ? bash(commands) : shell === "zsh" ? zsh(commands) : fish(commands),
  ]);
}

async function described(entry: CommandEntry, above: readonly string[]): Promise<Completed[]> {
  const { name, summary, load, commands = [], hidden } = entry;
  if (hidden) return [];
  const command = new Command(name);
  addGlobalOptions(command);
  if (load) (await load()).define(command);
  const own: Completed = {
    path: [...above, name].join(" "),
    summary,
    options: command.options.filter(({ hidden }) => !hidden).map(completed),
    choices: commands.length > 0
      ? commands.map((one) => one.name)
      : command.registeredArguments[0]?.argChoices ?? [],
  };
  const below = commands.map((one) => described(one, [...above, name]));
  return [own, ...(await Promise.all(below)).flat()];
}

const completed = (option: Option): Completed["options"][number] => ({
  flags: [option.short, option.long].filter((flag) => flag !== undefined),
  takesValue: option.required || option.optional,
  choices: option.argChoices ?? [],
  summary: option.description,
});
