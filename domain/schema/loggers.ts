/**
 * Loggers that schemas call by name.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import { logArtifact, logJson } from "../artifact.ts";
import { isPlain, refuse } from "../check.ts";
import { logDataframe } from "../dataframe.ts";
import type { SchemaLogger } from "./types.ts";

/** What tfjs hands to an IO handler, as far as it is needed. */
interface ModelArtifacts {
  modelTopology?: unknown;
  weightSpecs?: unknown;
  weightData?: ArrayBuffer | ArrayBuffer[];
  [more: string]: unknown;
}

type Saves = { save(handler: { save(artifacts: ModelArtifacts): Promise<unknown> }): unknown };

/**
 * A model of tfjs, as the two files that `tf.loadLayersModel` reads. tfjs itself is not needed: a model saves itself to any
 * object that has a `save`.
 */
const logTfjsModel: SchemaLogger = async (rubicon, experiment, object) => {
  if (typeof (object as Partial<Saves>)?.save !== "function") {
    refuse("log_tfjs_model: the object is no model of tfjs: it has no save().");
  }
  let saved: ModelArtifacts | undefined;
  await (object as Saves).save({
    save(artifacts) {
      saved = artifacts;
      const modelArtifactsInfo = { dateSaved: new Date(), modelTopologyType: "JSON" };
      return Promise.resolve({ modelArtifactsInfo });
    },
  });
  if (saved === undefined) {
    throw new RubiconException("invalid-argument", "log_tfjs_model: the model saved nothing.");
  }
  const { weightData = [], weightSpecs = [], ...json } = saved;
  await logArtifact(rubicon, experiment, {
    name: "weights.bin",
    data: new Blob([weightData].flat()),
  });
  const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
  // As JSON has it: what tfjs leaves undefined is left out.
  const plain = JSON.parse(JSON.stringify({ ...json, weightsManifest }));
  await logJson(rubicon, experiment, { name: "model.json", json: plain });
};

interface Case {
  fullName?: unknown;
  status?: unknown;
  duration?: unknown;
  failureMessages?: unknown;
}

/** The tests of a Vitest report, one row each. Of a failure it is the first line: the others are paths of the machine. */
const logVitestCases: SchemaLogger = async (rubicon, experiment, object) => {
  const files = isPlain(object) ? object.testResults : undefined;
  if (!Array.isArray(files)) refuse("log_vitest_cases: the object is no report: no testResults.");
  const rows = files.flatMap(({ name, assertionResults }) =>
    (assertionResults as Case[]).map((one) => ({
      file: String(name).split(/[\\/]/).at(-1)!,
      test: String(one.fullName),
      status: String(one.status),
      duration_ms: typeof one.duration === "number" ? one.duration : null,
      failure: Array.isArray(one.failureMessages) && one.failureMessages.length > 0
        ? String(one.failureMessages[0]).split("\n")[0]!
        : null,
    }))
  );
  if (rows.length > 0) await logDataframe(rubicon, experiment, { name: "cases", rows });
};

/** The loggers that are there from the start. */
export const LOGGERS: Readonly<Record<string, SchemaLogger>> = {
  "log_tfjs_model": logTfjsModel,
  "log_vitest_cases": logVitestCases,
};
