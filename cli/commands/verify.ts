/**
 * `rubicon verify`: are all stores the same?
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import { verify } from "../../domain/upkeep/verify.ts";
import type { Difference } from "../../domain/upkeep/findings.ts";
import type { Cli } from "../context.ts";
import { Exit } from "../exit.ts";
import { plainText } from "../output/text.ts";
import { addProject } from "../selection.ts";

export function define(command: Command): void {
  command.addOption(
    new Option("--compare <how>", "by checksums where the stores have them, or all by its bytes")
      .choices(["checksum", "bytes"]).default("checksum"),
  );
  addProject(command);
}

export async function run(
  cli: Cli,
  { project, compare }: { project?: string; compare: "checksum" | "bytes" },
): Promise<number> {
  const rubicon = await cli.open();
  const found = await cli.withBar((onProgress) =>
    verify(rubicon, {
      compare,
      onProgress,
      signal: cli.signal,
      ...(project !== undefined && { project }),
    })
  );
  const { clean, differences, objects, foreign } = found;
  await cli.answer({
    value: found,
    lines: differences,
    text: async () => [
      ...differences.length > 0 ? await differenceLines(cli, differences) : [],
      `${
        clean ? "The stores are the same" : `${differences.length} objects differ`
      }: ${objects} objects ` +
      `in ${rubicon.backends.length} ${rubicon.backends.length === 1 ? "store" : "stores"}.\n`,
    ],
  });
  noteForeign(cli, foreign);
  if (!clean) cli.note("rubicon repair --dry-run says what would be done about it.");
  return clean ? Exit.done : Exit.no;
}

/** Says what belongs to nothing. */
export function noteForeign(cli: Cli, foreign: readonly string[]): void {
  if (foreign.length === 0) return;
  const some = foreign.slice(0, 3).join(", ");
  cli.note(
    `${foreign.length} objects belong to no entity and are left alone: ${some}${
      foreign.length > 3 ? ", …" : ""
    }`,
  );
}

/** Differences as a table. */
export async function differenceLines(
  cli: Cli,
  differences: readonly Difference[],
): Promise<string[]> {
  return await cli.table(
    [
      { title: "KIND", rank: 3 },
      { title: "KEY", rank: 4 },
      { title: "HAS", rank: 1 },
      { title: "LACKS", rank: 2 },
    ],
    differences.map(({ kind, key, has, lacks, damaged = [] }) => [
      { text: kind, paint: kind === "missing" ? "yellow" : "red" },
      plainText(key),
      plainText(has.map((group) => group.join(", ")).join(" | ")),
      plainText([...lacks, ...damaged.map((label) => `${label} (damaged)`)].join(", ")),
    ]),
    true,
  );
}
