/**
 * Logging by schema: what an object has, as a YAML file or an object says.
 *
 * @module
 */
import type { Composite } from "../../composite.ts";
import { logArtifact, logJson } from "../artifact.ts";
import {
  checkAddress,
  checkComposite,
  checkExperiment,
  checkFields,
  checkProject,
  isPlain,
  refuse,
  show,
} from "../check.ts";
import { logDataframe } from "../dataframe.ts";
import { type ExperimentInput, logExperiment } from "../experiment.ts";
import { logFeatures } from "../feature.ts";
import type { Experiment, Project } from "../format/entities.ts";
import { asList, CALL_FIELDS, inputFields } from "../inputs.ts";
import { nearest } from "../../messages.ts";
import { logMetrics } from "../metric.ts";
import { logParameters } from "../parameter.ts";
import { addTags } from "../annotations.ts";
import { checkSchema } from "./check_schema.ts";
import { findSchema, inferSchema } from "./registry.ts";
import type { Found, FoundArtifact } from "./resolve.ts";
import type { Schema, SchemaLogger } from "./types.ts";

/** Options of {@linkcode logWithSchema}, with the fields of the experiment that is logged. */
export interface WithSchemaOptions extends ExperimentInput {
  /** The schema, or its name. Default: the project's, or else the one of the object's class. */
  schema?: Schema | string | undefined;
  /** The experiment that gets it all. Default: a new one. */
  experiment?: Experiment | undefined;
  /**
   * What `self: NAME` of an artifact calls, by name. There are `log_tfjs_model` (a model of tfjs, as `model.json` and
   * `weights.bin`) and `log_vitest_cases` (the tests of a Vitest report, as a dataframe).
   */
  loggers?: Readonly<Record<string, SchemaLogger>> | undefined;
}

const OWN = ["schema", "experiment", "loggers"];
const OPTIONS = inputFields("experiment", [...OWN, "parameters", "metrics", "features"]);

/** The schemas that are set, by composite and project. */
const set = new WeakMap<Composite, Map<string, Schema>>();

/**
 * Sets the schema by which objects of a project are logged, for as long as the composite is open; `null` takes it back.
 *
 * @throws {RubiconException} `invalid-argument` for what is no schema, or a name that is not known.
 *
 * @example
 * ```ts
 * import { createProject, logWithSchema, openComposite, setSchema } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "setSchema" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * setSchema(rubicon, project, { parameters: [{ name: "alpha", value_attr: "alpha" }] });
 * await logWithSchema(rubicon, project, { alpha: 0.1 });
 * ```
 */
export function setSchema(
  rubicon: Composite,
  project: Project,
  schema: Schema | string | null,
): void {
  const where = "setSchema";
  checkComposite(rubicon, where);
  checkProject(project, where);
  const schemas = set.get(rubicon) ?? new Map<string, Schema>();
  set.set(rubicon, schemas);
  if (schema === null) schemas.delete(project.name);
  else schemas.set(project.name, structuredClone(schemaOf(schema, where)));
}

function schemaOf(schema: Schema | string, where: string): Schema {
  if (typeof schema === "string") return findSchema(schema, where);
  checkSchema(schema, where);
  return schema;
}

/**
 * Logs what a schema names of an object: rubicon-ml's `log_with_schema`. All of it is read before anything is written, so that
 * what is missing leaves nothing behind. An object of `children` gets an experiment of its own, with the tags `child` and
 * `parent_id:ID`.
 *
 * @returns The experiment.
 * @throws {RubiconException} `invalid-argument` if something is missing that is not optional, with its name;
 * `permission-denied` for a variable of the environment that may not be read.
 *
 * @example
 * ```ts
 * import { createProject, listMetrics, logWithSchema, openComposite } from "../../mod.ts";
 *
 * class Model {
 *   alpha = 0.1;
 *   score = () => 0.8;
 * }
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logWithSchema" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logWithSchema(rubicon, project, new Model(), {
 *   schema: {
 *     parameters: [{ name: "alpha", value_attr: "alpha" }],
 *     metrics: [{ name: "score", value_func: "score" }],
 *   },
 * });
 * const [metric] = await listMetrics(rubicon, experiment);
 * if (metric?.value !== 0.8) throw new Error("what the method gave");
 * ```
 */
export async function logWithSchema(
  rubicon: Composite,
  project: Project,
  object: unknown,
  options: WithSchemaOptions = {},
): Promise<Experiment> {
  const where = "logWithSchema";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(options, OPTIONS, where);
  const { schema, experiment, loggers: own = {}, ...fields } = options;
  if (experiment !== undefined) {
    checkExperiment(experiment, `${where}: experiment`);
    const odd = Object.keys(fields).find((name) => !CALL_FIELDS.has(name));
    if (odd !== undefined) {
      refuse(`${where}: ${odd} is for a new experiment. Leave out \`experiment\`, or ${odd}.`);
    }
  }
  const named = schema ?? set.get(rubicon)?.get(project.name) ?? inferSchema(object, where);
  const checked = checkSchema(schemaOf(named, where), `${where}: schema`);
  const [{ resolve }, { LOGGERS }] = await Promise.all([
    import("./resolve.ts"),
    import("./loggers.ts"),
  ]);
  const found = await resolve(object, checked, where);
  const loggers = { ...LOGGERS, ...own };
  checkFound(found, loggers, where);
  return await write(rubicon, project, found, { ...options, loggers }, experiment, []);
}

/** Whether all that was found can be logged. */
function checkFound(
  { artifacts, dataframes, children }: Found,
  loggers: NonNullable<WithSchemaOptions["loggers"]>,
  where: string,
): void {
  for (const artifact of artifacts) {
    if (!("logger" in artifact) || typeof loggers[artifact.logger] === "function") continue;
    const near = nearest(artifact.logger, Object.keys(loggers));
    refuse(
      `${where}: the schema calls ${
        show(artifact.logger)
      }. Pass it as \`loggers: { ${artifact.logger}: … }\`.` +
        (near ? ` There is \`${near}\`.` : ""),
    );
  }
  for (const { name, table } of dataframes) {
    if (!Array.isArray(table) && !isPlain(table)) {
      refuse(`${where}: the dataframe ${show(name)} must be rows or columns, not ${show(table)}.`);
    }
  }
  for (const child of children) checkFound(child, loggers, where);
}

async function write(
  rubicon: Composite,
  project: Project,
  found: Found,
  options: WithSchemaOptions,
  given: Experiment | undefined,
  tags: readonly string[],
): Promise<Experiment> {
  const { schema: _schema, experiment: _experiment, loggers = {}, ...fields } = options;
  const call = Object.fromEntries(Object.entries(fields).filter(([name]) => CALL_FIELDS.has(name)));
  const isParent = found.children.length > 0;
  const { features, parameters, metrics } = found;
  let experiment: Experiment;
  if (given === undefined) {
    experiment = await logExperiment(rubicon, project, {
      ...fields,
      tags: [...fields.tags ?? [], ...tags, ...isParent ? ["parent"] : []],
      parameters: [...parameters, ...asList(fields.parameters, "value")],
      metrics: [...metrics, ...asList(fields.metrics, "value")],
      features: [...features, ...asList(fields.features, "importance")],
    });
  } else {
    experiment = given;
    await logParameters(rubicon, experiment, parameters, call);
    await logMetrics(rubicon, experiment, metrics, call);
    await logFeatures(rubicon, experiment, features, call);
  }
  for (const artifact of found.artifacts) {
    await writeArtifact(rubicon, experiment, artifact, loggers, call);
  }
  for (const { name, table } of found.dataframes) {
    const data = Array.isArray(table) ? { rows: table } : { columns: table };
    await logDataframe(rubicon, experiment, { name, ...call, ...data } as never);
  }
  for (const child of found.children) {
    const { id: _id, ...own } = options;
    await write(rubicon, project, child, own, undefined, ["child", `parent_id:${experiment.id}`]);
  }
  return given && isParent ? await addTags(rubicon, experiment, ["parent"], call) : experiment;
}

async function writeArtifact(
  rubicon: Composite,
  experiment: Experiment,
  artifact: FoundArtifact,
  loggers: NonNullable<WithSchemaOptions["loggers"]>,
  call: object,
): Promise<void> {
  if ("logger" in artifact) {
    await loggers[artifact.logger]!(rubicon, experiment, artifact.object, artifact.args);
    return;
  }
  const { name, data } = artifact;
  const isBytes = data instanceof Uint8Array || data instanceof Blob ||
    data instanceof ReadableStream || typeof data === "string";
  if (isBytes) await logArtifact(rubicon, experiment, { name, data, ...call } as never);
  else await logJson(rubicon, experiment, { name, json: data, ...call } as never);
}

/**
 * Reads a schema from its file, YAML or JSON, such as one that Python uses.
 *
 * @param at A file's path, a URL, or `s3://bucket/folder/name.yaml`.
 * @throws {RubiconException} `not-found` if it is not there; `corrupt` if it is not YAML; `invalid-argument` if it is no schema.
 *
 * @example
 * ```ts
 * import { loadSchema, registerSchema } from "../../mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".yaml" });
 * await Deno.writeTextFile(path, "parameters:\n  - name: alpha\n    value_attr: alpha\n");
 * registerSchema("my_lib__Loaded", await loadSchema(path));
 * await Deno.remove(path);
 * ```
 */
export async function loadSchema(
  at: string | URL,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Schema> {
  const where = "loadSchema";
  checkAddress(at, where);
  checkFields(options, new Set(["signal"]), where);
  const [{ parseYaml }, { byEnvironment, readText }] = await Promise.all([
    import("../files/yaml.ts"),
    import("../files/location.ts"),
  ]);
  const what = `${where}: ${at}`;
  const text = await readText(at, what, { configure: byEnvironment, signal: options.signal });
  const schema = parseYaml(text, what) as Schema;
  checkSchema(schema, what);
  return schema;
}
