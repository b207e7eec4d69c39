/**
 * What git knows of the code that is running.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";

/** The state of a git repository. */
export interface GitInfo {
  /** The branch; `HEAD` if none is checked out, as rubicon-ml says it. */
  branchName: string;
  /** The commit's hash. */
  commitHash: string;
  /** The URL of the remote `origin`, without user, password and query; `null` if there is none. */
  githubUrl: string | null;
  /** Whether there are changes that are not committed. */
  dirty: boolean;
}

/**
 * Reads branch, commit, remote and whether there are uncommitted changes. The names are those of the fields of
 * projects and experiments. Needs `--allow-run=git`. Nothing that the repository's own configuration names is run, and
 * nothing is fetched: the repository may be anybody's. Changes inside of submodules do not count.
 *
 * @param folder A folder of the repository. Default: the current one.
 * @throws {RubiconException} `permission-denied` without the permission, `unavailable` if there is no git, no
 * repository or no commit.
 *
 * @example
 * ```ts
 * import {
 *   getOrCreateProject,
 *   gitInfo,
 *   hasCode,
 *   logExperiment,
 *   openComposite,
 * } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "gitInfo" });
 * const git = await gitInfo().catch((error) => {
 *   if (!hasCode(error, "unavailable")) throw error;
 *   return undefined; // It runs outside of any repository.
 * });
 * // Python's table of experiments links commits by the project's URL, and fails without one.
 * const project = await getOrCreateProject(rubicon, {
 *   name: "Iris",
 *   githubUrl: git?.githubUrl ?? null,
 * });
 * await logExperiment(rubicon, project, {
 *   ...(git && { branchName: git.branchName, commitHash: git.commitHash }),
 *   tags: git?.dirty ? ["dirty"] : [],
 * });
 * ```
 */
export async function gitInfo(folder?: string | URL): Promise<GitInfo> {
  const all = [
    git(folder, "rev-parse", "--abbrev-ref", "HEAD"),
    git(folder, "rev-parse", "HEAD"),
    isDirty(folder),
    remote(folder),
  ] as const;
  // No process goes on after this, whichever fails first.
  await Promise.allSettled(all);
  const [branchName, commitHash, dirty, githubUrl] = await Promise.all(all);
  return { branchName, commitHash, githubUrl, dirty };
}

/**
 * Whether something is not committed. To compare a file, git runs it through the filters that attributes name: those of
 * the repository's own configuration do nothing here.
 */
async function isDirty(folder: string | URL | undefined): Promise<boolean> {
  const found = await git(folder, "config", "--null", "--name-only", "--list", "--show-scope");
  const parts = found.split("\0");
  const off = new Set<string>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [scope, name] = [parts[at]!, parts[at + 1]!];
    const [, driver] = /^filter\.(.*)\.[^.]+$/s.exec(name) ?? [];
    if (driver === undefined || scope === "system" || scope === "global") continue;
    // git takes such a name for a shorter one with a value.
    if (driver.includes("=")) {
      throw new RubiconException(
        "unavailable",
        `gitInfo: the repository has a filter with an odd name, ${
          JSON.stringify(driver)
        }. Rename it.`,
      );
    }
    for (const key of ["clean", "smudge", "process"]) off.add(`filter.${driver}.${key}=`);
    off.add(`filter.${driver}.required=false`);
  }
  const settings = [...off].flatMap((setting) => ["-c", setting]);
  return await git(folder, ...settings, "status", "--porcelain", "--ignore-submodules=dirty") !==
    "";
}

async function remote(folder: string | URL | undefined): Promise<string | null> {
  const names = await git(folder, "remote");
  if (!names.split("\n").includes("origin")) return null;
  return withoutSecrets(await git(folder, "remote", "get-url", "origin"));
}

/**
 * A text in which URLs have neither user and password (which may have an @ of its own) nor query, which may hold a token.
 */
const withoutSecrets = (text: string): string =>
  text.replace(/([\w+.-]+:\/\/)(?:[^/\s]*@)?([^\s?#'"]*)[^\s'"]*/g, "$1$2");

/** What git never does here, whatever the repository's configuration says. */
const SAFE = [
  // Refreshing the index would run a hook.
  "--no-optional-locks",
  "--no-pager",
  ...["-c", "core.fsmonitor=false"],
  ...["-c", "core.hooksPath=/dev/null"],
];

/** Missing objects of a partial clone are not fetched, since a remote may be any command. */
const ENVIRONMENT = {
  GIT_NO_LAZY_FETCH: "1",
  GIT_ALLOW_PROTOCOL: "none",
  GIT_TERMINAL_PROMPT: "0",
};

async function git(folder: string | URL | undefined, ...args: string[]): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command("git", {
      args: [...SAFE, ...args],
      env: ENVIRONMENT,
      ...(folder !== undefined && { cwd: folder }),
    }).output();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      throw new RubiconException(
        "permission-denied",
        "gitInfo: git must not be run. Allow it with --allow-run=git.",
        { cause },
      );
    }
    throw new RubiconException(
      "unavailable",
      "gitInfo: git cannot be run: it is not installed, or the folder does not exist.",
      { cause },
    );
  }
  const decoder = new TextDecoder();
  if (output.success) return decoder.decode(output.stdout).trimEnd();
  const why = withoutSecrets(decoder.decode(output.stderr).trim());
  const command = args.find((arg) => /^[a-z-]+$/.test(arg) && !arg.startsWith("-"));
  throw new RubiconException("unavailable", `gitInfo: git ${command} failed: ${why}`);
}
