/**
 * Projects: collections of experiments with one name.
 *
 * @module
 */
import { hasCode } from "../errors.ts";
import type { CallOptions, Composite } from "../composite.ts";
import type { Core } from "../composite/plan.ts";
import { checkComposite, checkFields, checkId, checkName, refuse } from "./check.ts";
import { encodeEntity } from "./format/codec.ts";
import { findLast } from "./reading/find.ts";
import { metadataKey, projectFolder } from "./format/layout.ts";
import { readEntities } from "./reading/list.ts";
import { readEntity } from "./reading/entity_files.ts";
import { CALL_FIELDS, inputFields } from "./format/schema.ts";
import { build, create } from "./writing/create.ts";
import type { Project } from "./format/entities.ts";
import type { LogInput } from "./inputs.ts";

/** What {@linkcode createProject} and {@linkcode getOrCreateProject} take. */
export type ProjectInput = Omit<LogInput<Project, "name">, "tags" | "comments">;

/** How to find one project: by its name or by its id. */
export type ProjectQuery = ({ name: string } | { id: string }) & CallOptions;

const INPUT = inputFields("project");
const QUERY = new Set(["name", "id", ...CALL_FIELDS]);

function prepare(input: ProjectInput, where: string): Project {
  checkFields(input, INPUT, where);
  return build("project", undefined, input, where);
}

/**
 * Creates a project in every backend. Of any number of processes that create one name, one succeeds.
 *
 * @throws {RubiconException} `already-exists` where the name, or another with the same slug, is taken.
 *
 * @example
 * ```ts
 * import { createProject, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "createProject" });
 * const project = await createProject(rubicon, { name: "Iris", description: "three species" });
 * if (project.name !== "Iris") throw new Error("plain data comes back");
 * ```
 */
export async function createProject(rubicon: Composite, input: ProjectInput): Promise<Project> {
  checkComposite(rubicon, "createProject");
  return await create(rubicon, prepare(input, "createProject"), input);
}

/**
 * Gets one project, by name or by id.
 *
 * @throws {RubiconException} `not-found` where no backend has it.
 *
 * @example
 * ```ts
 * import { createProject, getProject, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "getProject" });
 * const { id } = await createProject(rubicon, { name: "Iris" });
 * const project = await getProject(rubicon, { name: "Iris" });
 * if (project.id !== id) throw new Error("it is the one that was created");
 * ```
 */
export async function getProject(rubicon: Composite, query: ProjectQuery): Promise<Project> {
  checkComposite(rubicon, "getProject");
  checkFields(query, QUERY, "getProject");
  const { name, id, ...call } = query as { name?: string; id?: string } & CallOptions;
  if ((name === undefined) === (id === undefined)) refuse("getProject takes a name or an id.");
  if (id !== undefined) {
    checkId(id, "getProject: id");
    const list = async (more: Pick<CallOptions, "read">) =>
      (await listProjects(rubicon, { ...call, ...more })).filter((one) => one.id === id);
    return await findLast(rubicon, query, list, `project with the id ${id}`);
  }
  checkName(name, "getProject: name");
  return await byName(rubicon, name!, query);
}

async function byName(rubicon: Core, name: string, call: CallOptions): Promise<Project> {
  const folder = projectFolder(name);
  return await readEntity(
    rubicon,
    "project",
    folder,
    { projectName: name },
    `project "${name}"`,
    call,
  );
}

/**
 * Gets the project of a name, or creates it. Every backend then has the same one: where only some had
 * it, it is copied to the others.
 *
 * @throws {RubiconException} `already-exists` where another name has the same slug.
 *
 * @example
 * ```ts
 * import { getOrCreateProject, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "getOrCreate" });
 * const first = await getOrCreateProject(rubicon, { name: "Iris" });
 * const second = await getOrCreateProject(rubicon, { name: "Iris" });
 * if (first.id !== second.id) throw new Error("it is created once");
 * ```
 */
export async function getOrCreateProject(
  rubicon: Composite,
  input: ProjectInput,
): Promise<Project> {
  checkComposite(rubicon, "getOrCreateProject");
  const project = prepare(input, "getOrCreateProject");
  let found = await existing(rubicon, project, input);
  if (!found) {
    try {
      return await create(rubicon, project, input);
    } catch (error) {
      // Another process was faster: its project is the one.
      if (!hasCode(error, "already-exists")) throw error;
      found = await byName(rubicon, project.name, input);
    }
  }
  const there = found;
  if (there.name !== project.name) {
    refuse(
      `getOrCreateProject: "${project.name}" and "${there.name}", which is there already, have one ` +
        "key in the store. Use a name that differs in letters or digits.",
    );
  }
  const key = metadataKey(projectFolder(there.name));
  await rubicon.write({
    what: `project "${there.name}"`,
    waves: [[{ key, source: encodeEntity(there), present: "keep" }]],
    exists: true,
    entity: there,
  }, input);
  return there;
}

/** The project that has this one's name, unless no backend has it. */
async function existing(
  rubicon: Core,
  project: Project,
  call: CallOptions,
): Promise<Project | undefined> {
  try {
    return await byName(rubicon, project.name, call);
  } catch (error) {
    // A backend that cannot be read may have the project, but then no write would succeed either.
    if (hasCode(error, "not-found", "read-failed", "unavailable")) return undefined;
    throw error;
  }
}

/**
 * All projects, oldest first.
 *
 * @throws {RubiconException} where no backend is able to read.
 *
 * @example
 * ```ts
 * import { createProject, listProjects, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "listProjects" });
 * await createProject(rubicon, { name: "Iris" });
 * const names = (await listProjects(rubicon)).map(({ name }) => name);
 * if (names.join() !== "Iris") throw new Error("there is one");
 * ```
 */
export async function listProjects(
  rubicon: Composite,
  options: CallOptions = {},
): Promise<Project[]> {
  checkComposite(rubicon, "listProjects");
  checkFields(options, CALL_FIELDS, "listProjects");
  const projects = await readEntities(
    rubicon,
    "project",
    { projectName: "" },
    "the projects",
    options,
  );
  return projects;
}
