/**
 * `rubicon get`: an artifact or a dataframe as a file, or on stdout.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import { hasCode, RubiconException } from "../../errors.ts";
import type { Composite } from "../../composite/types.ts";
import type { Artifact, Dataframe, Parent } from "../../domain/format/entities.ts";
import type { Cli } from "../context.ts";
import { UsageError } from "../exit.ts";
import { findExperiment, findProject } from "../find.ts";
import { plainText } from "../output/text.ts";
import { printBytes } from "../output/stream.ts";
import { addProject } from "../selection.ts";

interface GetOptions {
  project?: string;
  experiment?: string;
  output?: string;
  format?: "parquet" | "csv" | "jsonl";
  unzip?: boolean;
}

export function define(command: Command): void {
  command.argument("<name>", "the name or the id of an artifact or a dataframe")
    .option("-e, --experiment <experiment>", "of this experiment (default: of the project itself)")
    .option("-o, --output <path>", "a file or a folder; - is stdout", ".")
    .addOption(
      new Option("--format <format>", "of a dataframe (default: what the path ends in, or parquet)")
        .choices(["parquet", "csv", "jsonl"]),
    )
    .option("--unzip", "unpack a zip into the folder");
  addProject(command);
}

export async function run(cli: Cli, options: GetOptions, [name]: [string]): Promise<void> {
  const { output = ".", unzip = false } = options;
  if (output === "-" && (unzip || !cli.isForPeople)) {
    throw new UsageError(
      `-o - writes the data itself to stdout: leave out ${unzip ? "--unzip" : "--json"}.`,
    );
  }
  const rubicon = await cli.open();
  const project = await findProject(cli, rubicon, options.project);
  const parent = options.experiment === undefined
    ? project
    : await findExperiment(cli, rubicon, project, options.experiment);
  const found = await findAttached(cli, rubicon, parent, name);
  if (found.kind === "dataframe" && unzip) {
    throw new UsageError(`${name} is a dataframe, not a zip.`);
  }
  if (output === "-") return await toStdout(cli, rubicon, found, options.format);
  const paths = await save(cli, rubicon, found, output, options);
  await cli.answer({
    value: { entity: found, paths },
    lines: paths,
    text: () => paths.map((path) => `${plainText(path)}\n`),
  });
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

async function findAttached(
  cli: Cli,
  rubicon: Composite,
  parent: Parent,
  text: string,
): Promise<Artifact | Dataframe> {
  const [{ getArtifact, listArtifacts }, { getDataframe, listDataframes }] = await Promise.all([
    import("../../domain/artifact.ts"),
    import("../../domain/dataframe.ts"),
  ]);
  const query = { ...(UUID.test(text) ? { id: text } : { name: text }), signal: cli.signal };
  const absent = (error: unknown) => {
    if (hasCode(error, "not-found")) return undefined;
    throw error;
  };
  const [artifact, dataframe] = await Promise.all([
    getArtifact(rubicon, parent, query).catch(absent),
    getDataframe(rubicon, parent, query).catch(absent),
  ]);
  if (artifact && dataframe) {
    throw new UsageError(
      `${text} is an artifact and a dataframe: give the id, ${artifact.id} or ${dataframe.id}.`,
    );
  }
  const found = artifact ?? dataframe;
  if (found) return found;
  const { suggest } = await import("../../messages.ts");
  const { signal } = cli;
  const all = await Promise.all([
    listArtifacts(rubicon, parent, { signal }),
    listDataframes(rubicon, parent, { signal }),
  ]);
  const names = all.flat().map((one) => one.name).filter((one) => one !== null);
  const of = parent.kind === "project"
    ? `project ${JSON.stringify(parent.name)} itself (--experiment names one)`
    : `experiment ${parent.name ?? parent.id}`;
  throw new RubiconException(
    "not-found",
    `There is no artifact and no dataframe ${JSON.stringify(text)} of ${of}.${
      suggest(text, names)
    }`,
  );
}

async function save(
  cli: Cli,
  rubicon: Composite,
  found: Artifact | Dataframe,
  output: string,
  { format, unzip }: GetOptions,
): Promise<string[]> {
  const { signal } = cli;
  if (found.kind === "dataframe") {
    const { downloadDataframe } = await import("../../domain/export/dataframe.ts");
    return [await downloadDataframe(rubicon, found, output, { format, signal })];
  }
  const { downloadArtifact, unzipArtifact } = await import("../../domain/download.ts");
  if (unzip) return await unzipArtifact(rubicon, found, output, { signal });
  return [
    await cli.withBar((onProgress) =>
      downloadArtifact(rubicon, found, output, { signal, onProgress })
    ),
  ];
}

async function toStdout(
  cli: Cli,
  rubicon: Composite,
  found: Artifact | Dataframe,
  format: GetOptions["format"] = "parquet",
): Promise<void> {
  const { signal } = cli;
  if (found.kind === "artifact") {
    const { openArtifact } = await import("../../domain/artifact.ts");
    for await (const bytes of await openArtifact(rubicon, found, { signal })) {
      await printBytes(bytes);
    }
    return;
  }
  const { readDataframe } = await import("../../domain/dataframe.ts");
  const table = await readDataframe(rubicon, found, { signal });
  const to = new WritableStream<Uint8Array>({ write: printBytes });
  if (format === "parquet") {
    const { toParquet } = await import("../../domain/export/parquet.ts");
    return await toParquet(table, { to, signal });
  }
  const { toCsv, toJsonLines } = await import("../../domain/export/csv.ts");
  await (format === "csv" ? toCsv : toJsonLines)(table, { to, signal });
}
