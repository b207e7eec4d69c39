/**
 * The program as commander sees it. Of each command only the name and one line are known here: the rest is loaded once
 * it is asked for.
 *
 * @module
 */
import { Command, CommanderError, Help } from "npm:commander@15.1.0";
import type { CommandEntry, CommandModule } from "./command.ts";
import type { Cli } from "./context.ts";
import type { GlobalOptions } from "./options.ts";
import { COMMANDS } from "./commands.ts";
import { addGlobalOptions, HELP_END, OPTION_GROUPS } from "./global_options.ts";
import { Stopped } from "./exit.ts";
import { printNow } from "./output/stream.ts";
import { painted } from "./output/style.ts";
import { VERSION } from "./version.ts";

export { Command, CommanderError };

/** Lines of help are not longer than this, however wide the terminal is. */
const MOST_WIDTH = 100;
const WIDTH = 80;

/** The program, ready to parse arguments. */
export function programOf(
  cliOf: (options: GlobalOptions) => Cli,
  stderr: { write(text: string): void },
): Command {
  const program = new Command("rubicon")
    .description("Logs experiments and asks about them, in folders and buckets, several at once.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this, or the options of a command")
    .helpCommand(false)
    .configureHelp({
      styleTitle: (text) => painted(text, "bold"),
      styleCommandText: (text) => painted(text, "cyan"),
      styleOptionText: (text) => painted(text, "cyan"),
      subcommandTerm: (command) => command.name(),
      formatHelp: (command, helper) =>
        commandsFirst(Help.prototype.formatHelp.call(helper, command, helper)),
    })
    .configureOutput({
      writeOut: printNow,
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => helpWidth(Deno.stdout),
      getErrHelpWidth: () => helpWidth(Deno.stderr),
      getOutHasColors: () => !Deno.noColor && Deno.stdout.isTerminal(),
      getErrHasColors: () => !Deno.noColor && Deno.stderr.isTerminal(),
    })
    .showSuggestionAfterError()
    .exitOverride();
  addGlobalOptions(program);
  program.addHelpText("after", HELP_END);
  addCommands(program, COMMANDS, cliOf);
  return program;
}

/** Adds commands of which no more than a line is known. The rest is loaded once one is asked for, also for its help. */
function addCommands(
  parent: Command,
  entries: readonly CommandEntry[],
  cliOf: (options: GlobalOptions) => Cli,
): void {
  for (const { name, summary, group, hidden = false, commands } of entries) {
    const command = parent.command(name, { hidden }).description(summary);
    if (group !== undefined) command.helpGroup(group);
    if (commands) addCommands(command.helpCommand(false), commands, cliOf);
  }
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  parent.hook("preSubcommand", async (_parent, command) => {
    const { load } = byName.get(command.name())!;
    if (load) prepare(command, await load(), cliOf);
  });
}

/** Gives a command its arguments and options, and what it does. */
function prepare(
  command: Command,
  { define, run }: CommandModule,
  cliOf: (options: GlobalOptions) => Cli,
): void {
  define(command);
  command.addHelpText("after", "\nStores, output and storage options: see rubicon --help.");
  command.action(async (...all) => {
    const args = all.slice(0, command.registeredArguments.length) as (string & string[])[];
    const options = command.optsWithGlobals();
    await using cli = cliOf(options);
    const code = await run(cli, options, args, COMMANDS);
    if (code !== undefined && code !== 0) throw new Stopped(code);
  });
}

/** The help with its options below its commands, which are what people look for. */
function commandsFirst(text: string): string {
  const [head, ...sections] = text.trimEnd().split(/\n\n(?=\S)/);
  const isOptions = (section: string) => OPTION_GROUPS.some((group) => section.includes(group));
  const [options, others] = [sections.filter(isOptions), sections.filter((one) => !isOptions(one))];
  return `${[head, ...others, ...options].join("\n\n")}\n`;
}

function helpWidth(output: { isTerminal(): boolean }): number {
  return output.isTerminal() ? Math.min(Deno.consoleSize().columns, MOST_WIDTH) : WIDTH;
}
