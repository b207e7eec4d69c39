/**
 * `rubicon repair`: make all stores the same.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import { repair, type RepairOptions } from "../../domain/upkeep/repair.ts";
import type { Cli } from "../context.ts";
import { Exit } from "../exit.ts";
import { plainText } from "../output/text.ts";
import { addProject } from "../selection.ts";
import { differenceLines, noteForeign } from "./verify.ts";

interface Options {
  project?: string;
  dryRun?: boolean;
  from?: string;
  compare: "checksum" | "bytes";
  conflicts?: RepairOptions["conflicts"];
}

export function define(command: Command): void {
  const options = [
    new Option("--dry-run", "only say what would be done"),
    new Option("--from <label>", "copy from this store where it has the object (its label)"),
    new Option("--conflicts <rule>", "whose content wins (default: conflicts are left alone)")
      .choices(["majority", "first", "newest"]),
    new Option("--compare <how>", "by checksums where the stores have them, or all by its bytes")
      .choices(["checksum", "bytes"]).default("checksum"),
  ];
  for (const option of options) command.addOption(option);
  addProject(command);
}

export async function run(cli: Cli, options: Options): Promise<number> {
  const { project, dryRun = false, from, compare, conflicts } = options;
  const rubicon = await cli.open("writes");
  const found = await cli.withBar((onProgress) =>
    repair(rubicon, {
      compare,
      dryRun,
      onProgress,
      signal: cli.signal,
      ...(project !== undefined && { project }),
      ...(from !== undefined && { from }),
      ...(conflicts && { conflicts }),
    })
  );
  const { mended, failures, clean } = found;
  const failed = failures.map(({ error, ...mend }) => ({
    ...mend,
    error: { code: error.code, message: error.message },
  }));
  const value = { ...found, dryRun, failures: failed };
  await cli.answer({
    value,
    lines: mended,
    text: async () => [
      ...mended.length > 0
        ? await cli.table(
          [
            { title: "ACTION", rank: 3 },
            { title: "KEY", rank: 4 },
            { title: "IN", rank: 2 },
            { title: "FROM", rank: 1 },
          ],
          mended.map(({ action, key, backend, from }) => [
            { text: action, paint: action === "delete" ? "red" : "green" },
            plainText(key),
            plainText(backend),
            plainText(from ?? ""),
          ]),
          true,
        )
        : [],
      ...found.conflicts.length > 0 ? await differenceLines(cli, found.conflicts) : [],
      `${
        dryRun ? `${mended.length} objects would be mended` : `${mended.length} objects are mended`
      }` +
      `${found.conflicts.length > 0 ? `, ${found.conflicts.length} conflicts are left` : ""}` +
      `${failed.length > 0 ? `, ${failed.length} could not be` : ""}.\n`,
    ],
  });
  for (const { key, error } of failures) cli.warn(`${key}: ${error.message}`);
  if (found.conflicts.length > 0) {
    cli.note("--conflicts majority, first or newest says whose content wins.");
  }
  noteForeign(cli, found.foreign);
  return failures.length > 0 ? Exit.failed : clean ? Exit.done : Exit.no;
}
