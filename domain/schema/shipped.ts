/**
 * Schemas for what TypeScript people have.
 *
 * @module
 */
import type { Schema, SchemaValue } from "./types.ts";

const counted = (name: string, attr: string, more: Partial<SchemaValue> = {}): SchemaValue => ({
  ...{ name, value_attr: attr, ...more },
});

const inDict = (name: string, dict: string, key: string, more: Partial<SchemaValue> = {}) => ({
  ...{ name, value_dict: dict, value_key: key, optional: true, ...more },
});

/** Fewer are cheaper. */
const LESS = { directionality: "loss", optional: true } as const;

/** All of them, by name. */
export const SHIPPED: readonly Schema[] = [
  {
    name: "tfjs__History",
    docs_url: "https://js.tensorflow.org/api/latest/#tf.LayersModel.fit",
    parameters: [
      inDict("epochs", "params", "epochs"),
      inDict("batch_size", "params", "batchSize"),
      inDict("samples", "params", "samples"),
    ],
    // A value for each epoch: loss, val_loss, and the metrics that the model was compiled with.
    metrics: [{ each_attr: "history" }],
  },
  {
    name: "tfjs__LayersModel",
    docs_url: "https://js.tensorflow.org/api/latest/#class:LayersModel",
    parameters: [
      { name: "model", value_func: "getClassName" },
      { name: "weights", value_func: "countParams" },
    ],
    schema: [{ name: "tfjs__Optimizer", attr: "optimizer", optional: true }],
    artifacts: [{ self: "log_tfjs_model" }],
  },
  { name: "tfjs__Sequential", extends: "tfjs__LayersModel" },
  {
    name: "tfjs__Optimizer",
    docs_url: "https://js.tensorflow.org/api/latest/#Training-Optimizers",
    parameters: [{ name: "optimizer", value_func: "getClassName" }, { each_func: "getConfig" }],
  },
  {
    name: "ai__LanguageModelUsage",
    docs_url: "https://ai-sdk.dev/docs/reference/ai-sdk-core/generate-text",
    metrics: [
      counted("input_tokens", "inputTokens", LESS),
      counted("output_tokens", "outputTokens", LESS),
      counted("total_tokens", "totalTokens", LESS),
      inDict("cached_input_tokens", "inputTokenDetails", "cacheReadTokens"),
      inDict("reasoning_tokens", "outputTokenDetails", "reasoningTokens", LESS),
    ],
  },
  {
    // The class of what generateText gives.
    name: "ai__DefaultGenerateTextResult",
    docs_url: "https://ai-sdk.dev/docs/reference/ai-sdk-core/generate-text",
    parameters: [
      inDict("model", "response", "modelId"),
      { name: "finish_reason", value_attr: "finishReason" },
    ],
    artifacts: [{ name: "text", data_object_attr: "text", optional: true }],
    schema: [{ name: "ai__LanguageModelUsage", attr: "totalUsage" }],
  },
  {
    name: "vitest__JsonReport",
    docs_url: "https://vitest.dev/guide/reporters#json-reporter",
    metrics: [
      counted("tests", "numTotalTests"),
      counted("passed", "numPassedTests"),
      counted("failed", "numFailedTests", { directionality: "loss" }),
      counted("pending", "numPendingTests", LESS),
      counted("success", "success"),
    ],
    artifacts: [{ self: "log_vitest_cases" }],
  },
];
