/**
 * The options that all commands take, before or behind the command's name.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "npm:commander@15.1.0";

/** An option that may be there several times. */
export const collect = (value: string, before: string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

/** A number of at least `least`. */
export const numberFrom = (least: number, isWhole = false) => (text: string): number => {
  const value = text.trim() === "" ? NaN : Number(text);
  if (value >= least && Number.isFinite(value) && (!isWhole || Number.isInteger(value))) {
    return value;
  }
  throw new InvalidArgumentError(
    `It must be ${isWhole ? "a whole number" : "a number"} of at least ${least}.`,
  );
};

/** A number of any size. */
export function anyNumber(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number.");
}

const STORES = "Stores:";
const OUTPUT = "Output:";
const STORAGE = "Storage options (see docs/backends.md):";

/** The headings of options in the help. */
export const OPTION_GROUPS: readonly string[] = ["Options:", STORES, OUTPUT, STORAGE];

/** The storage options by the names that the drivers give them. */
export const STORAGE_OPTIONS = {
  endpoint: "s3",
  region: "s3",
  accessKeyId: "s3",
  secretAccessKey: "s3",
  sessionToken: "s3",
  pathStyle: "s3",
  partSize: "s3",
  concurrency: "s3",
  requestTimeoutMs: "s3",
  retries: "s3",
  durable: "filesystem",
} as const;

/** Adds them. */
export function addGlobalOptions(program: Command): void {
  const add = (group: string, options: readonly Option[]) => {
    for (const option of options) program.addOption(option.helpGroup(group));
  };
  const whole = (least: number) => numberFrom(least, true);
  add(STORES, [
    new Option(
      "--root-dir <path>",
      "a folder or s3://bucket/prefix; several: a composite, in this order " +
        "(default: $RUBICON_ROOT_DIR, or rubicon.json)",
    ).argParser(collect),
    new Option("--config <file>", "stores from this file (default: rubicon.json here or above)"),
    new Option("--write <policy>", "how many have to take a write").choices([
      ...["all", "quorum", "any"],
    ]),
    new Option("--read <policy>", "who answers").choices([
      ...["first", "merge"],
    ]),
    new Option("--timeout <seconds>", "the longest time without progress (default: 30)").argParser(
      numberFrom(0.001),
    ),
  ]);
  add(OUTPUT, [
    new Option("--json", "one JSON value in place of a table"),
    new Option("--jsonl", "JSON lines, a value a line").conflicts("json"),
    new Option("--color <when>", "colours on a terminal").choices(["auto", "always", "never"]),
    new Option("--no-color", "the same as --color never, or NO_COLOR in the environment"),
    new Option("-q, --quiet", "no notes, warnings and bars on stderr"),
  ]);
  add(STORAGE, [
    new Option("--endpoint <url>", "the S3 server (default: $AWS_ENDPOINT_URL_S3, or Amazon's)"),
    new Option("--region <name>", "its region (default: $AWS_REGION)"),
    new Option(
      "--access-key-id <id>",
      "--key, as rubicon_ml takes it (better: $AWS_ACCESS_KEY_ID)",
    ),
    new Option(
      "--secret-access-key <key>",
      "--secret, as rubicon_ml takes it (better: $AWS_SECRET_ACCESS_KEY)",
    ),
    new Option("--session-token <token>", "of temporary keys (better: $AWS_SESSION_TOKEN)"),
    new Option("--path-style <bool>", "the bucket is in the path").choices(["true", "false"]),
    new Option("--part-size <bytes>", "the size of an upload's parts").argParser(whole(5 << 20)),
    new Option("--concurrency <count>", "requests at once").argParser(whole(1)),
    new Option("--request-timeout-ms <ms>", "how long one request may take").argParser(whole(1)),
    new Option("--retries <count>", "how often one is tried again").argParser(whole(0)),
    new Option("--durable", "in folders: wait for the disk itself"),
  ]);
}

/** What stands at the end of the help. */
export const HELP_END = `
Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 a backend failed.
rubicon <command> --help has a command's own options; docs/cli.md has examples.`;
