/**
 * `rubicon export html`: the viewer as a page that needs no server.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import type { Cli } from "../../context.ts";
import type { DriverConfig } from "../../../drivers/registry.ts";
import { projectName } from "../../find.ts";
import { collect, numberFrom } from "../../global_options.ts";
import { plainText } from "../../output/text.ts";
import { sizeText } from "../../output/cells.ts";
import { storesAt } from "../../store/given.ts";

interface Options {
  project?: string[];
  output: string;
  title?: string;
  singleFile?: boolean;
  maxArtifactBytes?: number;
  maxTotalBytes?: number;
}

export function define(command: Command): void {
  const bytes = numberFrom(0, true);
  const options = [
    new Option(
      "-o, --output <path>",
      "a folder, s3://bucket/prefix, or FILE.html, which has all of it",
    )
      .makeOptionMandatory(),
    new Option("-p, --project <name>", "only this project (several times; default: all)")
      .argParser(collect),
    new Option("--title <text>", "what the page is called"),
    new Option("--single-file", "one file, also in a folder"),
    new Option("--max-artifact-bytes <bytes>", "the largest artifact or dataframe that comes along")
      .argParser(bytes),
    new Option("--max-total-bytes <bytes>", "how many bytes of them come along in all").argParser(
      bytes,
    ),
  ];
  for (const option of options) command.addOption(option);
}

export async function run(cli: Cli, options: Options): Promise<void> {
  const { output, title, singleFile, maxArtifactBytes, maxTotalBytes } = options;
  const named = projectName(cli, undefined);
  const projects = options.project ?? (named === undefined ? undefined : [named]);
  const { exportViewer } = await import("../../../viewer/export.ts");
  const rubicon = await cli.open();
  const [target] = storesAt([output], cli.options).backends;
  const written = await cli.withBar((onProgress) =>
    exportViewer(rubicon, {
      // A bucket takes the storage options that the command was given.
      to: target!.persistence === "s3" ? target as DriverConfig : output,
      ...{ projects, title, singleFile, maxArtifactBytes, maxTotalBytes },
      ...{ onProgress, signal: cli.signal },
    })
  );
  await cli.answer({
    value: { output, ...written },
    text: () => [`${plainText(output)}\n`],
  });
  cli.note(`${written.files} files, ${sizeText(written.bytes)}.`);
}
