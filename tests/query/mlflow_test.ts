/**
 * The filters of MLflow's own documentation ("Search Runs"), as they are pasted, over runs of which each finds some.
 */
import assert from "node:assert/strict";
import { cellsOf } from "../../domain/query/cells.ts";
import { evaluate } from "../../domain/query/evaluate.ts";
import { parseQuery } from "../../mod.ts";
import { runsOf } from "../support/runs.ts";

const RUNS = runsOf(
  {
    name: "alpha",
    id: "a1b2c3d4",
    createdAt: "2022-12-10T01:00:00.000000+00:00",
    tags: [
      ...["mlflow.user:john@mlflow.com", "model:sklearn-tree", "type:big logistic one"],
      ...["production:true", "mlflow.parentRunId:x"],
    ],
    parameters: { model: "CNN", layers: "10", alpha: "0.3", lambda: "0.001", "model-type": "x" },
    metrics: {
      ...{ accuracy: 0.93, "f1 score": 0.6, error: 0.05, "error rate": 0.1, rmse: 0.5 },
      ...{ "prediction accuracy": 0.945, "2019-04-02 error rate": 0.2, accuracy_score: 99 },
    },
  },
  {
    name: "beta",
    createdAt: "2022-12-09T01:00:00.000000+00:00",
    tags: ["model:torch", "type:LOGISTIC", "production:false"],
    // The same settings as numbers, as this module keeps them.
    parameters: { model: "Inception", layers: 10, alpha: 0.3, lambda: 0.001 },
    metrics: { accuracy: 0.92, "f1 score": 0.5, error: 0.01, rmse: 0.95, accuracy_score: 100 },
  },
  { name: "delta", createdAt: "2022-09-01T00:00:00.000000+00:00", parameters: { model: "CNN" } },
);

const FILTERS: [filter: string, names: string[]][] = [
  ["metrics.accuracy > 0.92", ["alpha"]],
  ["attributes.created > 1670628787527", ["alpha"]],
  ["attributes.Created > 1670628787527", ["alpha"]],
  ["attributes.start_time > 1670628787527", ["alpha"]],
  ["attributes.start_time >= 1664067852747", ["alpha", "beta"]],
  ["metrics.`f1 score` > 0.5", ["alpha"]],
  ["tags.`mlflow.user` = 'john@mlflow.com'", ["alpha"]],
  ["tags.\"mlflow.user\" = 'john@mlflow.com'", ["alpha"]],
  ["tags.`mlflow.parentRunId` = 'x'", ["alpha"]],
  ["tags.`model` LIKE 'sklearn%'", ["alpha"]],
  ["tags.`type` ILIKE '%Logistic%'", ["alpha", "beta"]],
  ["attributes.`run_name` IN ('alpha', 'beta', 'gamma')", ["alpha", "beta"]],
  ["attributes.`run name` IN ('alpha', 'beta', 'gamma')", ["alpha", "beta"]],
  ["attributes.`Run name` IN ('alpha', 'beta', 'gamma')", ["alpha", "beta"]],
  ["attributes.`Run Name` IN ('alpha', 'beta', 'gamma')", ["alpha", "beta"]],
  ['attributes.`run_name` ILIKE "%ALPHA%"', ["alpha"]],
  ["attributes.run_name = 'alpha'", ["alpha"]],
  ["attributes.run_id = 'a1b2c3d4'", ["alpha"]],
  ["attributes.run_id IN ('a1b2c3d4', 'e5f6g7h8')", ["alpha"]],
  [
    'params.alpha = "0.3" and params.lambda = "0.001" and metrics.error <= 0.05',
    ["alpha", "beta"],
  ],
  ['params."model-type" = "x"', ["alpha"]],
  ["metrics.`error rate` < 1", ["alpha"]],
  ['metrics."2019-04-02 error rate" < 1', ["alpha"]],
  [
    "params.model = 'CNN' and params.layers = '10' and metrics.`prediction accuracy` >= 0.945",
    ["alpha"],
  ],
  ["params.model = 'Inception'", ["beta"]],
  ["metrics.rmse < 0.9 and tags.production = 'true'", ["alpha"]],
  ["metrics.accuracy_score < 99.90", ["alpha"]],
  ["params.model != 'CNN'", ["beta"]],
  ["metrics.accuracy > 0.72", ["alpha", "beta"]],
  ["tags.production IS NULL", ["delta"]],
  ["tags.production IS NOT NULL", ["alpha", "beta"]],
  ["name LIKE 'a%' AND tags.production = 'true'", ["alpha"]],
  ["metrics.rmse > 0", ["alpha", "beta"]],
];

Deno.test("mlflow: the filters of its documentation run as they are pasted", () => {
  for (const [filter, expected] of FILTERS) {
    const rows = evaluate(parseQuery(filter), cellsOf(RUNS));
    assert.deepEqual(rows.map((row) => RUNS[row]!.experiment.name), expected, filter);
  }
});

Deno.test("mlflow: order_by of its documentation is what comes after order by", () => {
  const orders: [text: string, names: string[]][] = [
    ["metrics.accuracy DESC", ["alpha", "beta", "delta"]],
    ["metrics.rmse", ["alpha", "beta", "delta"]],
    ["params.lr DESC", ["alpha", "beta", "delta"]],
    ["attributes.start_time ASC", ["delta", "beta", "alpha"]],
  ];
  for (const [text, expected] of orders) {
    const rows = evaluate(parseQuery(`order by ${text}`), cellsOf(RUNS));
    assert.deepEqual(rows.map((row) => RUNS[row]!.experiment.name), expected, text);
  }
});

Deno.test("mlflow: what its filters lack is there: or, not, regular expressions, in on metrics", () => {
  const filters: [filter: string, names: string[]][] = [
    ["metrics.accuracy > 0.92 or params.model = 'Inception'", ["alpha", "beta"]],
    ["not params.model = 'CNN'", ["beta"]],
    ["params.model NOT LIKE 'C%'", ["beta"]],
    ["name =~ '^(al|del)'", ["alpha", "delta"]],
    ["metrics.accuracy in (0.92, 1)", ["beta"]],
    ["metrics.accuracy between 0.92 and 0.925", ["beta"]],
    ["metrics.accuracy not between 0.92 and 0.925", ["alpha"]],
    ["metrics.accuracy not in (0.92, 1)", ["alpha"]],
    ["params.layers > 9", ["beta"]],
  ];
  for (const [filter, expected] of filters) {
    const rows = evaluate(parseQuery(filter), cellsOf(RUNS));
    assert.deepEqual(rows.map((row) => RUNS[row]!.experiment.name), expected, filter);
  }
});
