/**
 * The other store of commands that copy: `--to`.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import type { Composite } from "../../composite/types.ts";
import type { Cli } from "../context.ts";
import { UsageError } from "../exit.ts";
import { collect } from "../global_options.ts";
import { readConfig } from "./config.ts";
import { storesAt } from "./given.ts";
import { openStore } from "./open.ts";

/** What commander makes of it. */
export interface TargetOptions {
  to?: string[];
  toConfig?: string;
}

/** Adds `--to` and `--to-config`. */
export function addTarget(command: Command, what: string): void {
  command.addOption(
    new Option("--to <path>", `${what}: a folder or s3://bucket/prefix (several times)`)
      .argParser(collect),
  ).addOption(
    new Option("--to-config <file>", "or the stores of such a file as rubicon.json")
      .conflicts("to"),
  );
}

/** Opens the other store; nothing if none is named. */
export async function openTarget(
  cli: Cli,
  { to, toConfig }: TargetOptions,
): Promise<Composite | undefined> {
  if (!to && toConfig === undefined) return undefined;
  const given = to ? storesAt(to, cli.options) : readConfig(toConfig!);
  return cli.keep(await openStore(given, cli), "writes");
}

/** Opens the other store, which must be named. */
export async function openOther(cli: Cli, options: TargetOptions): Promise<Composite> {
  const target = await openTarget(cli, options);
  if (target) return target;
  throw new UsageError("Where to? Give --to PATH, --to s3://bucket/prefix or --to-config FILE.");
}
