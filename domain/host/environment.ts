/**
 * What the code runs on, as an artifact: rubicon-ml's `log_pip_requirements` and `log_conda_environment`.
 *
 * @module
 */
import type { Composite } from "../../composite.ts";
import { logJson } from "../artifact.ts";
import { checkComposite, checkFields, checkParent } from "../check.ts";
import type { Artifact, Parent } from "../format/entities.ts";
import { inputFields, type LogInput } from "../inputs.ts";

/** Files that say what a program is made of. */
const FILES = ["deno.json", "deno.jsonc", "deno.lock", "package.json"];

const INPUT = inputFields("artifact");

/** What {@linkcode logEnvironment} takes. */
export type EnvironmentInput = LogInput<Artifact>;

/**
 * Logs Deno's versions, the platform, and the `deno.json`, lock file and `package.json` that are found from the
 * current folder upwards, as an artifact of JSON (`environment.json` unless named otherwise). Never a variable
 * of the environment, since those hold secrets. Files that may not be read are named under `notRead`.
 *
 * @throws {RubiconException} as {@linkcode logArtifact} does.
 *
 * @example
 * ```ts
 * import { createProject, logEnvironment, openComposite, readArtifact } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "environment" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const artifact = await logEnvironment(rubicon, project);
 * const { versions } = JSON.parse(new TextDecoder().decode(await readArtifact(rubicon, artifact)));
 * if (versions.deno !== Deno.version.deno) throw new Error("this Deno");
 * ```
 */
export async function logEnvironment(
  rubicon: Composite,
  parent: Parent,
  input: EnvironmentInput = {},
): Promise<Artifact> {
  const where = "logEnvironment";
  checkComposite(rubicon, where);
  checkParent(parent, where);
  checkFields(input, INPUT, where);
  const { os, arch } = Deno.build;
  const { readUpwards } = await import("../files/disk.ts");
  const json = { versions: Deno.version, platform: { os, arch }, ...await readUpwards(FILES) };
  return await logJson(rubicon, parent, { name: "environment.json", ...input, json });
}
