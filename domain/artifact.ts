/**
 * Artifacts: bytes with a name, such as a model, a plot or a log.
 *
 * @module
 */
import { RubiconException } from "../errors.ts";
import type { CallOptions, Composite } from "../composite.ts";
import type { Bytes } from "../drivers/driver.ts";
import { type ArtifactData, checkArtifact, dataOf, type FileData, sourceOf } from "./files/data.ts";
import {
  type AttachedQuery,
  createAttached,
  deleteAttached,
  getAttached,
  listAttached,
  prepareAttached,
} from "./writing/attached.ts";
import { checkComposite, checkFields, checkParent, refuse } from "./check.ts";
import { describe } from "./format/codec.ts";
import { DATA, entityFolder } from "./format/layout.ts";
import { readAttached } from "./reading/deleted.ts";
import type { ProgressOption } from "./progress.ts";
import type { Artifact, Parent } from "./format/entities.ts";
import { inputFields, type ListFilter, type LogInput } from "./inputs.ts";

/** What {@linkcode logArtifact} takes: the data, or where it is, and the artifact's fields. */
export type ArtifactInput =
  & (LogInput<Artifact, "name"> & { data: ArtifactData } | LogInput<Artifact> & FileData)
  & CallOptions
  & ProgressOption;

const INPUT = inputFields("artifact", ["data", "path", "directory", "onProgress"]);

/**
 * Logs an artifact to a project or an experiment, in every backend. The data is there before the
 * artifact shows.
 *
 * @throws {RubiconException} with the artifact as `entity` where it was not written as it should be: pass
 * `{ ...error.entity, data }` to this function again to complete it.
 *
 * @example
 * ```ts
 * import { createProject, logArtifact, openComposite, readArtifact } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logArtifact" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const artifact = await logArtifact(rubicon, project, { name: "notes.txt", data: "three species" });
 * const bytes = await readArtifact(rubicon, artifact);
 * if (new TextDecoder().decode(bytes) !== "three species") throw new Error("the same bytes");
 * ```
 */
export async function logArtifact(
  rubicon: Composite,
  parent: Parent,
  input: ArtifactInput,
): Promise<Artifact> {
  const where = "logArtifact";
  checkComposite(rubicon, where);
  checkParent(parent, where);
  checkFields(input, INPUT, where);
  const { name, ...data } = await sourceOf(input, where);
  const artifact = prepareAttached("artifact", parent, { ...input, name }, where);
  if (input.onProgress === undefined) {
    return await createAttached(rubicon, artifact, { name: DATA, source: data.source }, input);
  }
  const { countedUpload } = await import("./files/counted.ts");
  const what = `upload ${describe(artifact)}`;
  const { source, call, finish } = countedUpload(rubicon, what, data, input, where);
  await createAttached(rubicon, artifact, { name: DATA, source }, { ...call, id: input.id });
  finish();
  return artifact;
}

/**
 * Gets one artifact, without its data, by id or by name. Of several with one name it is the last logged.
 *
 * @throws {RubiconException} `not-found` where no backend has it.
 *
 * @example
 * ```ts
 * import { createProject, getArtifact, logArtifact, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "getArtifact" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const { id } = await logArtifact(rubicon, project, { name: "notes.txt", data: "…" });
 * const artifact = await getArtifact(rubicon, project, { name: "notes.txt" });
 * if (artifact.id !== id) throw new Error("it is the one that was logged");
 * ```
 */
export async function getArtifact(
  rubicon: Composite,
  parent: Parent,
  query: AttachedQuery,
): Promise<Artifact> {
  return await getAttached(rubicon, "artifact", parent, query, "getArtifact");
}

/**
 * The artifacts of a project itself, or of an experiment, oldest first.
 *
 * @throws {RubiconException} where no backend is able to read.
 *
 * @example
 * ```ts
 * import { createProject, listArtifacts, logArtifact, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "listArtifacts" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logArtifact(rubicon, project, { name: "notes.txt", data: "…" });
 * if ((await listArtifacts(rubicon, project)).length !== 1) throw new Error("there is one");
 * ```
 */
export async function listArtifacts(
  rubicon: Composite,
  parent: Parent,
  filter: ListFilter = {},
): Promise<Artifact[]> {
  return await listAttached(rubicon, "artifact", parent, filter, "listArtifacts");
}

/**
 * An artifact's data, whole. For large data use {@linkcode openArtifact}.
 *
 * @throws {RubiconException} where no backend is able to read.
 *
 * @example See {@linkcode logArtifact}
 */
export async function readArtifact(
  rubicon: Composite,
  artifact: Artifact,
  options: CallOptions = {},
): Promise<Bytes> {
  checkComposite(rubicon, "readArtifact");
  const key = checkArtifact(rubicon, artifact, options, "readArtifact");
  const { verifiedBytes } = await import("../composite/layers/verified.ts");
  return await readAttached(
    rubicon,
    entityFolder(artifact),
    `the data of ${describe(artifact)}`,
    async ({ driver, label }) => ({
      value: await verifiedBytes(await driver.get(key), `${label}: ${key}`),
    }),
    options,
  );
}

/**
 * An artifact's data as a stream. If it breaks off, it goes on in another backend that has the same bytes. Bytes that are
 * not those that their store has a checksum of are noticed at the end alone, when they are handed out already: the stream
 * then fails with `corrupt`. Where that matters, use {@linkcode readArtifact} or `downloadArtifact`, which take another
 * backend's copy then.
 *
 * @throws {RubiconException} where no backend is able to read.
 *
 * @example
 * ```ts
 * import { createProject, logArtifact, openArtifact, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "openArtifact" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const artifact = await logArtifact(rubicon, project, { name: "notes.txt", data: "abc" });
 * const text = await new Response(await openArtifact(rubicon, artifact)).text();
 * if (text !== "abc") throw new Error("the same bytes");
 * ```
 */
export async function openArtifact(
  rubicon: Composite,
  artifact: Artifact,
  options: CallOptions = {},
): Promise<ReadableStream<Bytes>> {
  const open = await dataOf(rubicon, artifact, options, "openArtifact");
  return (await open()).stream;
}

/** What {@linkcode logJson} takes: the value, and the artifact's fields. */
export type JsonInput = LogInput<Artifact, "name"> & {
  /** What `JSON.stringify` takes. */
  json: unknown;
};

const JSON_INPUT = inputFields("artifact", ["json"]);

/**
 * Logs a value as an artifact of JSON.
 *
 * @throws {RubiconException} `invalid-argument` where JSON cannot hold the value.
 *
 * @example
 * ```ts
 * import { createProject, logJson, openComposite, readArtifact } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logJson" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const artifact = await logJson(rubicon, project, { name: "config.json", json: { depth: 3 } });
 * const text = new TextDecoder().decode(await readArtifact(rubicon, artifact));
 * if (JSON.parse(text).depth !== 3) throw new Error("as JSON");
 * ```
 */
export async function logJson(
  rubicon: Composite,
  parent: Parent,
  input: JsonInput,
): Promise<Artifact> {
  const where = "logJson";
  checkComposite(rubicon, where);
  checkParent(parent, where);
  checkFields(input, JSON_INPUT, where);
  const { json, ...rest } = input;
  let data: string | undefined;
  try {
    data = JSON.stringify(json);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RubiconException("invalid-argument", `${where}: json cannot be JSON: ${why}`, {
      cause,
    });
  }
  if (data === undefined) refuse(`${where}: json is ${typeof json}, which JSON cannot hold.`);
  return await logArtifact(rubicon, parent, { ...rest, data });
}

/**
 * Deletes an artifact from every backend.
 *
 * @throws {RubiconException} where the write policy is not met: call it again to finish.
 *
 * @example
 * ```ts
 * import { createProject, deleteArtifact, listArtifacts, logArtifact, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "deleteArtifact" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const artifact = await logArtifact(rubicon, project, { name: "notes.txt", data: "…" });
 * await deleteArtifact(rubicon, artifact);
 * if ((await listArtifacts(rubicon, project)).length !== 0) throw new Error("it is gone");
 * ```
 */
export async function deleteArtifact(
  rubicon: Composite,
  artifact: Artifact,
  options: CallOptions = {},
): Promise<void> {
  await deleteAttached(rubicon, "artifact", artifact, options, "deleteArtifact");
}
