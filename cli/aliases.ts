/**
 * Options as other programs spell them: rubicon_ml's own command line, and fsspec's names for S3.
 *
 * @module
 */
const ALIASES: Readonly<Record<string, string>> = {
  "-pn": "--project",
  "-ps": "--page-size",
  "--project-name": "--project",
  "--endpoint_url": "--endpoint",
  "--endpoint-url": "--endpoint",
  "--access_key_id": "--access-key-id",
  "--aws_access_key_id": "--access-key-id",
  "--key": "--access-key-id",
  "--secret_access_key": "--secret-access-key",
  "--aws_secret_access_key": "--secret-access-key",
  "--secret": "--secret-access-key",
  "--session_token": "--session-token",
  "--aws_session_token": "--session-token",
  "--token": "--session-token",
  "--region_name": "--region",
};

/** Arguments with the options that other programs spell in another way. What stands behind `--` stays as it is. */
export function withAliases(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  const renamed = args.map((arg, at) => {
    if (end >= 0 && at >= end || !arg.startsWith("-")) return arg;
    const [, name, value = ""] = /^([^=]+)(=.*)?$/s.exec(arg) ?? [];
    const known = name !== undefined && Object.hasOwn(ALIASES, name) && ALIASES[name];
    return known ? known + value : arg;
  });
  // `help table` is `table --help`: the options of a command are known once it is loaded.
  const [first, ...rest] = renamed;
  return first === "help" ? [...rest, "--help"] : renamed;
}
