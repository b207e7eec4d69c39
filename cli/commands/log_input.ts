/**
 * What `rubicon log` takes, as what the functions take.
 *
 * @module
 */
import type { ArtifactInput } from "../../domain/artifact.ts";
import type { DataframeInput } from "../../domain/dataframe.ts";
import type { ExperimentInput } from "../../domain/experiment.ts";
import { parseJson, reviveValue, type Value } from "../../domain/format/values.ts";
import { suggest } from "../../messages.ts";
import { UsageError } from "../exit.ts";

/** What commander makes of the options. */
export interface LogOptions {
  project?: string;
  name?: string;
  param?: string[];
  metric?: string[];
  loss?: string[];
  feature?: string[];
  tag?: string[];
  comment?: string[];
  artifact?: string[];
  description?: string;
  model?: string;
  git?: boolean;
  stdin?: boolean;
}

/** One experiment that is to be logged. */
export interface Given {
  experiment: ExperimentInput;
  artifacts: ArtifactInput[];
  dataframes: DataframeInput[];
}

/** An experiment from options. */
export function fromOptions(options: LogOptions): Given {
  const { name, description, model, tag, comment } = options;
  const metrics = (option: "metric" | "loss", directionality: "score" | "loss") =>
    (options[option] ?? []).map((text) => ({ ...pair(text, `--${option}`), directionality }));
  return {
    experiment: {
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(model !== undefined && { modelName: model }),
      ...(tag && { tags: tag }),
      ...(comment && { comments: comment }),
      parameters: (options.param ?? []).map((text) => pair(text, "--param")),
      metrics: [...metrics("metric", "score"), ...metrics("loss", "loss")],
      features: (options.feature ?? []).map((text) => {
        if (!text.includes("=")) return { name: text };
        const { name, value } = pair(text, "--feature");
        return { name, importance: value };
      }),
    },
    artifacts: (options.artifact ?? []).map(fileOf),
    dataframes: [],
  };
}

/** `NAME=VALUE`, in which the value is JSON, or else text. */
function pair(text: string, option: string): { name: string; value: Value } {
  const at = text.indexOf("=");
  if (at <= 0) {
    throw new UsageError(
      `${option} ${JSON.stringify(text)}: it is NAME=VALUE, such as ${option} lr=0.1.`,
    );
  }
  return { name: text.slice(0, at), value: valueOf(text.slice(at + 1)) };
}

function valueOf(text: string): Value {
  try {
    return reviveValue(parseJson(text));
  } catch {
    return text; // What is no JSON is the text itself.
  }
}

function fileOf(text: string): ArtifactInput {
  const at = text.indexOf("=");
  const [name, path] = at > 0 ? [text.slice(0, at), text.slice(at + 1)] : [undefined, text];
  const isFolder = (() => {
    try {
      return Deno.statSync(path).isDirectory;
    } catch {
      return false; // The function that reads it says what is wrong.
    }
  })();
  const source = isFolder ? { directory: path } : { path };
  return name === undefined ? source : { ...source, name };
}

const FIELDS = [
  ...["name", "description", "modelName", "branchName", "commitHash", "tags", "comments"],
  ...["trainingMetadata", "parameters", "metrics", "features", "artifacts", "dataframes"],
  ...["id", "createdAt"],
];

/** Experiments from JSON on stdin: one, a list, or one a line. */
export async function fromStdin(options: LogOptions, signal: AbortSignal): Promise<Given[]> {
  const { project: _project, git: _git, stdin: _stdin, ...others } = options;
  const [other] = Object.keys(others).filter((name) =>
    [
      "name",
      "param",
      "metric",
      "loss",
      "feature",
      "tag",
      "comment",
      "artifact",
      "description",
      "model",
    ]
      .includes(name)
  );
  if (other !== undefined) {
    throw new UsageError(
      `--${other} and --stdin both say what to log. Put all of it into the JSON.`,
    );
  }
  const text = await stdinText(signal);
  const found = valuesIn(text);
  if (found.length === 0) {
    throw new UsageError("stdin: there is no JSON. Pipe an experiment into it.");
  }
  return found.map((one, at) => givenIn(one, `stdin: experiment ${at}`));
}

async function stdinText(signal: AbortSignal): Promise<string> {
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([new Response(Deno.stdin.readable).text(), stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function valuesIn(text: string): unknown[] {
  try {
    return [parseJson(text)].flat();
  } catch (whole) {
    const lines = text.split("\n").map((line) => line.trim());
    return lines.flatMap((line, at) => {
      if (line === "") return [];
      try {
        return [parseJson(line)];
      } catch (cause) {
        const isOne = lines.filter((one) => one !== "").length === 1 ||
          !/^\s*\{.*\}$/.test(lines[0]!);
        const why = (isOne ? whole : cause) as Error;
        throw new UsageError(
          isOne
            ? `stdin: it is no JSON: ${why.message}`
            : `stdin: line ${at + 1} is no JSON: ${why.message}`,
        );
      }
    });
  }
}

function givenIn(value: unknown, where: string): Given {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(
      `${where} must be an object such as {"name":"forest","metrics":{"acc":0.8}}.`,
    );
  }
  for (const field of Object.keys(value)) {
    if (FIELDS.includes(field)) continue;
    throw new UsageError(
      `${where} has no field ${JSON.stringify(field)}.${suggest(field, FIELDS)}`,
    );
  }
  const { artifacts = [], dataframes = [], ...experiment } = value as Record<string, unknown>;
  for (const [name, list] of Object.entries({ artifacts, dataframes })) {
    if (!Array.isArray(list)) throw new UsageError(`${where}: ${name} must be a list.`);
  }
  return {
    // The functions check the rest, and say what is wrong.
    experiment: experiment as ExperimentInput,
    artifacts: artifacts as ArtifactInput[],
    dataframes: dataframes as DataframeInput[],
  };
}
