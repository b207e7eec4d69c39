/**
 * What a command is, before and after it is loaded.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import type { Cli } from "./context.ts";

/** What a command's file exports. */
export interface CommandModule {
  /** Tells commander the arguments and options. */
  define(command: Command): void;
  /**
   * Does it.
   *
   * @param options What commander made of the options.
   * @param args The arguments in their order; one that may be there several times is a list.
   * @param all The commands that there are.
   * @returns The exit code; nothing for 0.
   */
  // deno-lint-ignore no-explicit-any -- commander's options have no type; each command names its own.
  run(cli: Cli, options: any, args: any, all: readonly CommandEntry[]): Promise<number | void>;
}

/** A command, before it is loaded. */
export interface CommandEntry {
  name: string;
  /** One line. */
  summary: string;
  /** The heading in the help under which it stands. */
  group?: string;
  /** Whether it is left out of the help. */
  hidden?: boolean;
  /** Loads it; missing if it is only what others stand under. */
  load?(): Promise<CommandModule>;
  /** The commands that stand under it. */
  commands?: readonly CommandEntry[];
}
