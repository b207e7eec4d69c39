/**
 * Projects and experiments as people name them.
 *
 * @module
 */
import { RubiconException } from "../errors.ts";
import type { Composite } from "../composite/types.ts";
import { getProject, listProjects } from "../domain/project.ts";
import type { Experiment, Project } from "../domain/format/entities.ts";
import type { Cli } from "./context.ts";
import { UsageError } from "./exit.ts";
import { plainText } from "./output/text.ts";
import { envOf } from "./store/environment.ts";
import { storeOf } from "./store/given.ts";

/** The project that an option, the environment or a file names; the only one if nothing does. */
export async function findProject(
  cli: Cli,
  rubicon: Composite,
  given: string | undefined,
): Promise<Project> {
  const name = projectName(cli, given);
  const { signal } = cli;
  if (name !== undefined) return await getProject(rubicon, { name, signal });
  const projects = await listProjects(rubicon, { signal });
  const [project, ...others] = projects;
  if (project && others.length === 0) return project;
  if (!project) {
    const places = rubicon.backends.map(({ label }) => label).join(", ");
    throw new RubiconException("not-found", `There is no project in ${places}.`);
  }
  const names = projects.map((one) => JSON.stringify(plainText(one.name)));
  const some = names.slice(0, 5).join(", ") + (names.length > 5 ? `, … (${names.length})` : "");
  throw new UsageError(`Which project? Give one of ${some} by --project NAME.`);
}

/** The name of the project that is meant, if one is named. */
export function projectName(cli: Cli, given: string | undefined): string | undefined {
  return given ?? envOf("RUBICON_PROJECT_NAME") ?? storeOf(cli.options).project;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** The start of an id has so many characters at least, so that it is not taken for a name. */
const PREFIX = /^[\da-f]{4}[\da-f-]*$/i;

/**
 * An experiment by its id, the start of its id, its name (the last one that was logged with it), or `latest`.
 *
 * @throws {RubiconException} `not-found`, with names that are near.
 */
export async function findExperiment(
  cli: Cli,
  rubicon: Composite,
  project: Project,
  text: string,
): Promise<Experiment> {
  const { getExperiment, listExperiments } = await import("../domain/experiment.ts");
  const { signal } = cli;
  if (UUID.test(text)) {
    return await getExperiment(rubicon, project, { id: text.toLowerCase(), signal });
  }
  if (text === "latest") {
    const [latest] = await listExperiments(rubicon, project, { order: "newest", limit: 1, signal });
    if (latest) return latest;
    throw new RubiconException(
      "not-found",
      `There is no experiment in project ${JSON.stringify(project.name)}.`,
    );
  }
  if (PREFIX.test(text)) {
    const all = await listExperiments(rubicon, project, { signal });
    const found = all.filter(({ id }) => id.startsWith(text.toLowerCase()));
    const named = all.findLast(({ name }) => name === text);
    if (named) return named;
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      const some = found.slice(0, 3).map(({ id }) => id).join(", ");
      throw new UsageError(
        `${found.length} experiments have ids that start so: ${some}. Give more of it.`,
      );
    }
  }
  return await getExperiment(rubicon, project, { name: text, signal });
}

/** How an experiment is called in a heading: its name, or the start of its id. */
export const titleOf = ({ name, id }: Experiment): string => plainText(name ?? id.slice(0, 8));

/** How much of ids is shown so that all are different. */
export function idLength(ids: readonly string[]): number {
  for (let length = 8; length < 36; length++) {
    if (new Set(ids.map((id) => id.slice(0, length))).size === new Set(ids).size) return length;
  }
  return 36;
}
