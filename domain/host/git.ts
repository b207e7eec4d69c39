/**
 * What git knows of the code that is running.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";

/** The state of a git repository. */
export interface GitInfo {
  /** The branch; `HEAD` where none is checked out, as rubicon-ml says it. */
  branchName: string;
  /** The commit's hash. */
  commitHash: string;
  /** The URL of the remote `origin`, without any user or password; `null` where there is none. */
  githubUrl: string | null;
  /** Whether there are changes that are not committed. */
  dirty: boolean;
}

/**
 * Reads branch, commit, remote and whether there are uncommitted changes. The names are those of the fields of
 * projects and experiments. Needs `--allow-run=git`.
 *
 * @param folder A folder of the repository. Default: the current one.
 * @throws {RubiconException} `permission-denied` without the permission, `unavailable` where there is no git, no
 * repository or no commit.
 *
 * @example
 * ```ts
 * import { createProject, gitInfo, hasCode, logExperiment, openComposite } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "gitInfo" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const git = await gitInfo().catch((error) => {
 *   if (!hasCode(error, "unavailable")) throw error;
 *   return undefined; // It runs outside of any repository.
 * });
 * await logExperiment(rubicon, project, {
 *   ...(git && { branchName: git.branchName, commitHash: git.commitHash }),
 *   tags: git?.dirty ? ["dirty"] : [],
 * });
 * ```
 */
export async function gitInfo(folder?: string | URL): Promise<GitInfo> {
  const [branchName, commitHash, changes] = await Promise.all([
    git(folder, "rev-parse", "--abbrev-ref", "HEAD"),
    git(folder, "rev-parse", "HEAD"),
    git(folder, "status", "--porcelain"),
  ]);
  return {
    branchName,
    commitHash,
    githubUrl: await remote(folder),
    dirty: changes !== "",
  };
}

async function remote(folder: string | URL | undefined): Promise<string | null> {
  const names = await git(folder, "remote");
  if (!names.split("\n").includes("origin")) return null;
  const url = await git(folder, "remote", "get-url", "origin");
  // A password may have an @ of its own, and a scheme a plus sign.
  return url.replace(/^([\w+.-]+:\/\/)[^/]*@/, "$1");
}

async function git(folder: string | URL | undefined, ...args: string[]): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command("git", { args, ...(folder !== undefined && { cwd: folder }) })
      .output();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      throw new RubiconException(
        "permission-denied",
        "gitInfo: git may not be run. Allow it with --allow-run=git.",
        { cause },
      );
    }
    throw new RubiconException("unavailable", "gitInfo: git is not there, or the folder is not.", {
      cause,
    });
  }
  const decoder = new TextDecoder();
  if (output.success) return decoder.decode(output.stdout).trimEnd();
  const why = decoder.decode(output.stderr).trim();
  throw new RubiconException("unavailable", `gitInfo: git ${args.join(" ")} failed: ${why}`);
}
