/**
 * The rows of one experiment, from the objects that are known of it.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { hasCode } from "../../errors.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { fold, type What } from "../format/annotations.ts";
import { decodeEntity } from "../format/codec.ts";
import { DATA, entityFolder, metadataKey } from "../format/layout.ts";
import type {
  Artifact,
  EntityOf,
  Experiment,
  Kind,
  Project,
  Taggable,
} from "../format/entities.ts";
import { jsonText } from "../export/json.ts";
import { readState, statusOf } from "../history/state.ts";
import { readSeries } from "../history/read.ts";
import type { Series } from "../history/series.ts";
import { microsOf } from "../history/times.ts";
import { isOfOneObject } from "../reading/entity_files.ts";
import { bytesOf, groupName, type Held, joinedOf } from "../upkeep/inventory.ts";
import type { RowOf } from "./columns.ts";
import type { Objects } from "./source.ts";

/** What an experiment, or a project itself, adds to a dataset. */
export interface Records {
  id: string;
  checksum: string;
  running: boolean;
  experiment: RowOf<"experiments"> | undefined;
  values: RowOf<"values">[];
  artifacts: RowOf<"artifacts">[];
  series: Series;
}

const ENTITY = /\/(metrics|parameters|features|artifacts)\/[^/]+\/metadata\.json$/;
const KINDS = {
  metrics: "metric",
  parameters: "parameter",
  features: "feature",
  artifacts: "artifact",
} as const;

/** Reads all of an experiment that a dataset has; nothing if it is gone, or not to be read. */
export async function recordsOf(
  rubicon: Core,
  project: Project,
  objects: Objects,
  call: CallOptions,
): Promise<Records | undefined> {
  const { id, found, checksum } = objects;
  const reader = new Reader(rubicon, project, objects, call);
  await reader.gather();
  const records: Records = {
    ...{ id, checksum, running: false, experiment: undefined },
    ...{ values: [], artifacts: [], series: new Map() },
  };
  if (id !== "") {
    const experiment = await reader.own();
    if (!experiment) return undefined;
    const status = objects.hasStatus
      ? statusOf(await readState(rubicon, experiment, call))?.state ?? null
      : null;
    records.running = status === "running";
    records.experiment = experimentRow(experiment, status);
    if (objects.hasHistory) records.series = (await readSeries(rubicon, experiment, call)).series;
  }
  for (const key of [...found.objects.keys()].sort()) {
    const [, folder] = ENTITY.exec(key) ?? [];
    if (folder === undefined) continue;
    const kind = KINDS[folder as keyof typeof KINDS];
    const entity = await reader.entity(kind, key);
    if (!entity) continue;
    if (entity.kind === "artifact") records.artifacts.push(artifactRow(entity, objects));
    else records.values.push(valueRow(entity));
  }
  return records;
}

/** Reads entities of one experiment from whoever has them. */
class Reader {
  readonly #rubicon: Core;
  readonly #project: Project;
  readonly #objects: Objects;
  readonly #call: CallOptions;

  constructor(rubicon: Core, project: Project, objects: Objects, call: CallOptions) {
    this.#rubicon = rubicon;
    this.#project = project;
    this.#objects = objects;
    this.#call = call;
  }

  /** Asks for many small objects by one request, where a store has them together. */
  async gather(): Promise<void> {
    const { id, found } = this.#objects;
    const [backend] = found.backends;
    if (id === "" || !backend) return;
    const entries = [...found.objects.values()].flatMap(({ key, holders }) =>
      key.endsWith("/metadata.json")
        ? holders.flatMap((one) => one.backend === backend ? [one.entry] : [])
        : []
    );
    await backend.driver.gather(this.#folder, entries, { signal: this.#call.signal });
  }

  get #folder(): string {
    return entityFolder({
      kind: "experiment",
      projectName: this.#project.name,
      id: this.#objects.id,
    } as Experiment);
  }

  own(): Promise<Experiment | undefined> {
    return this.entity("experiment", metadataKey(this.#folder));
  }

  /** One entity with its tags and comments; nothing if it is gone, or, after a warning, if it is not whole anywhere. */
  async entity<K extends Exclude<Kind, "project">>(
    kind: K,
    key: string,
  ): Promise<EntityOf<K> | undefined> {
    const held = this.#objects.found.objects.get(key);
    if (!held) return undefined;
    try {
      const entity = await this.#decode(kind, held);
      if (entity) await this.#annotate(entity as Taggable, key.slice(0, key.lastIndexOf("/")));
      return entity;
    } catch (error) {
      this.#call.signal?.throwIfAborted();
      if (!isOfOneObject(error)) throw error;
      this.#rubicon.options.onWarning(`exportParquet: it is left out: ${error.message}`);
      return undefined;
    }
  }

  async #decode<K extends Kind>(kind: K, held: Held): Promise<EntityOf<K> | undefined> {
    const { key, holders: [first] } = held;
    const place = {
      projectName: this.#project.name,
      experimentId: this.#objects.id === "" ? null : this.#objects.id,
    };
    const decode = (bytes: Bytes) => decodeEntity(kind, bytes, place, key);
    const { signal } = this.#call;
    try {
      return decode(await first!.backend.driver.read(key, first!.entry.checksum, { signal }));
    } catch (error) {
      signal?.throwIfAborted();
      if (!hasCode(error, "not-found") && !isOfOneObject(error)) throw error;
    }
    // Another backend may have it whole.
    const bytes = await bytesOf(held, signal);
    return bytes && decode(bytes);
  }

  async #annotate(entity: Taggable, folder: string): Promise<void> {
    const { backends, groups } = this.#objects.found;
    for (const what of ["tags", "comments"] satisfies What[]) {
      const group = groups.get(groupName(what, folder));
      if (!group) continue;
      const { files } = await joinedOf(group, backends, this.#call.signal);
      entity[what] = fold(what, entity[what], [...files.values()]);
    }
  }
}

function experimentRow(one: Experiment, status: string | null): RowOf<"experiments"> {
  return {
    ...{ id: one.id, project_name: one.projectName, name: one.name, status },
    ...{ description: one.description, created_at: microsOf(one.createdAt) },
    ...{ tags: one.tags, comments: one.comments, branch_name: one.branchName },
    ...{ commit_hash: one.commitHash, model_name: one.modelName },
    training_metadata: one.trainingMetadata === null ? null : jsonText(one.trainingMetadata),
  };
}

/** A number is a number, a text a text, and anything else JSON; so are the digits that a float does not hold. */
function valueRow(one: EntityOf<"metric" | "parameter" | "feature">): RowOf<"values"> {
  const value = one.kind === "feature" ? one.importance : one.value;
  const isNumber = typeof value === "number";
  return {
    ...{ experiment_id: one.experimentId, kind: one.kind, name: one.name },
    number: isNumber || typeof value === "bigint" ? Number(value) : null,
    text: typeof value === "string" ? value.toWellFormed() : null,
    json: isNumber || typeof value === "string" || value == null ? null : jsonText(value),
    directionality: one.kind === "metric" ? one.directionality : null,
    ...{ tags: one.tags, created_at: microsOf(one.createdAt) },
  };
}

function artifactRow(one: Artifact, { found }: Objects): RowOf<"artifacts"> {
  const key = `${entityFolder(one)}/${DATA}`;
  const held = found.objects.get(key);
  const [sha256] =
    held?.holders.flatMap(({ entry }) =>
      entry.checksum?.startsWith("sha256:") ? [entry.checksum.slice("sha256:".length)] : []
    ) ?? [];
  return {
    ...{ id: one.id, experiment_id: one.experimentId, name: one.name, key },
    ...{ size: held?.size ?? null, sha256: sha256 ?? null },
    ...{ tags: one.tags, created_at: microsOf(one.createdAt) },
  };
}
