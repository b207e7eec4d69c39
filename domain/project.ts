/**
 * Projects: collections of experiments with one name.
 *
 * @module
 */
import { hasCode, RubiconException } from "../errors.ts";
import type { CallOptions, Composite } from "../composite.ts";
import type { Core } from "../composite/plan.ts";
import { equal } from "../drivers/same.ts";
import type { Bytes } from "../drivers/driver.ts";
import { checkComposite, checkFields, checkId, checkName, refuse } from "./check.ts";
import { decodeEntity, encodeEntity } from "./format/codec.ts";
import { metadataKey, projectFolder } from "./format/layout.ts";
import { FIELDS } from "./format/schema.ts";
import { gone, isTrashedIn, noteLiving, readAttached } from "./reading/deleted.ts";
import { build, create } from "./writing/create.ts";
import { refuseTaken } from "./writing/taken.ts";
import type { Project } from "./format/entities.ts";
import { CALL_FIELDS, inputFields, type LogInput, readOnly } from "./inputs.ts";

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
  const project = prepare(input, "createProject");
  await refuseTaken(rubicon, project, input);
  return await create(rubicon, project, input);
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
    const { findLast } = await import("./reading/find.ts");
    return await findLast(rubicon, query, list, `project with the id ${id}`);
  }
  checkName(name, "getProject: name");
  const { findNamed } = await import("./reading/find.ts");
  return await findNamed(
    "project",
    name!,
    () => byName(rubicon, name!, query),
    () => listProjects(rubicon, readOnly(query)),
  );
}

async function byName(rubicon: Core, name: string, call: CallOptions): Promise<Project> {
  return (await stored(rubicon, name, call)).project;
}

/** A project with its bytes, so that its copies are the same whatever wrote it. */
async function stored(
  rubicon: Core,
  name: string,
  call: CallOptions,
): Promise<{ project: Project; bytes: Bytes }> {
  const folder = projectFolder(name);
  const key = metadataKey(folder);
  const what = `project "${name}"`;
  return await readAttached(rubicon, folder, what, async (backend) => {
    const [{ bytes }, isGone] = await Promise.all([
      backend.driver.get(key),
      // A deletion that stopped half-way leaves its mark, and the project.
      isTrashedIn(backend, folder),
    ]);
    if (isGone) throw gone(what, folder);
    noteLiving([backend], [folder]);
    const from = `${backend.label}: ${key}`;
    const project = decodeEntity("project", bytes, { projectName: name }, from);
    return { value: { project, bytes } };
  }, call);
}

/** So long it takes Python, at the most, to write a small file that it has opened, in milliseconds. */
const HALF_WRITTEN_MS = 100;

/** The same, with one more look at a broken file: Python writes in place, so it may be half-written. */
async function storedOrSoon(rubicon: Core, name: string, call: CallOptions) {
  try {
    return await stored(rubicon, name, call);
  } catch (error) {
    const receipts = error instanceof RubiconException ? error.receipts : [];
    const isBroken = hasCode(error, "corrupt") ||
      receipts.some((receipt) => hasCode(receipt.error, "corrupt"));
    if (!isBroken) throw error;
    await new Promise((resolve) => setTimeout(resolve, HALF_WRITTEN_MS));
    return await stored(rubicon, name, call);
  }
}

/**
 * Gets the project of a name, or creates it. Every backend then has the same one: where only some had
 * it, it is copied to the others. A project that exists keeps its description and other fields; if others are passed,
 * `onWarning` is told.
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
    await refuseTaken(rubicon, project, input);
    try {
      return await create(rubicon, project, input);
    } catch (error) {
      // Another process was faster: its project is the one.
      if (!hasCode(error, "already-exists")) throw error;
      found = await storedOrSoon(rubicon, project.name, input);
    }
  }
  const { project: there, bytes } = found;
  if (there.name !== project.name) {
    refuse(
      `getOrCreateProject: "${project.name}" and "${there.name}", which already exists, have one ` +
        "key in the store. Use a name that differs in letters or digits.",
    );
  }
  tellDifferences(rubicon, input, project, there);
  const key = metadataKey(projectFolder(there.name));
  await rubicon.write({
    what: `project "${there.name}"`,
    waves: [[{ key, source: bytes, present: "keep" }]],
    exists: true,
    entity: there,
  }, input);
  return there;
}

/** Tells which of the fields that were passed are not those of the project that is there. */
function tellDifferences(
  rubicon: Composite,
  input: ProjectInput,
  wanted: Project,
  there: Project,
): void {
  const given = FIELDS.project.map(({ name }) => name as keyof Project)
    .filter((name) => (input as Partial<Project>)[name] !== undefined);
  const own = encodeEntity(there);
  const other = given.filter((name) =>
    !equal(own, encodeEntity({ ...there, [name]: wanted[name] }))
  );
  if (other.length === 0) return;
  rubicon.options.onWarning(
    `getOrCreateProject: project "${there.name}" already exists with another ${
      other.join(" and ")
    }, which it keeps. What was passed is not stored.`,
    there,
  );
}

/** The project that has this one's name, unless no backend has it. */
async function existing(
  rubicon: Core,
  project: Project,
  call: CallOptions,
): Promise<{ project: Project; bytes: Bytes } | undefined> {
  try {
    return await storedOrSoon(rubicon, project.name, call);
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
  const { readEntities } = await import("./reading/list.ts");
  return await readEntities(rubicon, "project", { projectName: "" }, "the projects", options);
}
