/**
 * Queries on a store: which experiments are found, in which order, and what is read for it.
 */
import assert from "node:assert/strict";
import {
  addTags,
  bestExperiment,
  createProject,
  type ExperimentFilter,
  getExperiment,
  listExperiments,
  listMetrics,
  logExperiment,
  logMetrics,
  openComposite,
  toTable,
  type Where,
} from "../../mod.ts";
import { told } from "../support/told.ts";

const RUNS = [
  { name: "sgd-1", tags: ["base:a", "old"], opt: "sgd", lr: 0.1, acc: 0.5, loss: 0.9 },
  { name: "adam-1", tags: ["base:b", "large-1"], opt: "adam", lr: 0.01, acc: 0.96, loss: 0.2 },
  { name: "adam-2", tags: ["large-2"], opt: "adam", lr: 0.5, acc: 0.97, loss: 0.1 },
  { name: "adam-3", tags: [], opt: "adam", lr: 0.05, acc: NaN, loss: NaN },
];

async function store() {
  const { driver, asked } = told();
  const rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  for (const [at, { name, tags, opt, lr, acc, loss }] of RUNS.entries()) {
    await logExperiment(rubicon, project, {
      name,
      tags,
      createdAt: `2026-01-0${at + 1}T12:00:00Z`,
      parameters: { opt, lr },
      metrics: [
        { name: "acc", value: acc },
        { name: "loss", value: loss, directionality: "loss" },
      ],
    });
  }
  asked.length = 0;
  const names = async (filter: ExperimentFilter) =>
    (await listExperiments(rubicon, project, filter)).map(({ name }) => name);
  return { rubicon, project, asked, names };
}

Deno.test("queries: experiments are found by object and by expression alike", async () => {
  const { rubicon, project, names } = await store();
  const both: [object: Where, text: string, found: string[]][] = [
    [{ "metrics.acc": { gte: 0.9 } }, "metrics.acc >= 0.9", ["adam-1", "adam-2"]],
    [{ "params.opt": "sgd" }, "params.opt == 'sgd'", ["sgd-1"]],
    [{ tags: { has: "large*" } }, 'tags.has("large*")', ["adam-1", "adam-2"]],
    [{ not: { tags: { has: "large*" } } }, '!tags.has("large*")', ["sgd-1", "adam-3"]],
    [{ "tags.base": { exists: true } }, "tags.base is not null", ["sgd-1", "adam-1"]],
    [{ "metrics.acc": NaN }, "metrics.acc == NaN", ["adam-3"]],
    [
      { createdAt: { gte: new Date("2026-01-02"), lt: new Date("2026-01-04") } },
      "created_at >= '2026-01-02' and created_at < '2026-01-04'",
      ["adam-1", "adam-2"],
    ],
    [
      { or: [{ "params.lr": { lt: 0.02 } }, { name: { like: "sgd%" } }] },
      "params.lr < 0.02 or name like 'sgd%'",
      ["sgd-1", "adam-1"],
    ],
    [
      { "params.opt": { in: ["adam", "x"] }, name: { matches: /[12]$/ } },
      "params.opt in ('adam', 'x') and name =~ '[12]$'",
      ["adam-1", "adam-2"],
    ],
  ];
  for (const [where, text, found] of both) {
    assert.deepEqual(await names({ where }), found, text);
    assert.deepEqual(await names({ where: text }), found, text);
    const { rows } = await toTable(rubicon, project, { where });
    assert.deepEqual(rows.map(({ name }) => name), found.toReversed(), "the newest first");
  }
});

Deno.test("queries: order, limit and what is missing last", async () => {
  const { rubicon, project, names } = await store();
  const best = ["adam-2", "adam-1", "sgd-1", "adam-3"];
  assert.deepEqual(await names({ orderBy: { "metrics.acc": "best" } }), best);
  assert.deepEqual(await names({ orderBy: { "metrics.loss": "best" } }), best);
  assert.deepEqual(await names({ where: "order by metrics.acc desc" }), best);
  assert.deepEqual(await names({ orderBy: ["metrics.acc DESC", "createdAt asc"] }), best);
  assert.deepEqual(await names({ orderBy: "metrics.acc" }), [
    "sgd-1",
    "adam-1",
    "adam-2",
    "adam-3",
  ]);
  assert.deepEqual(
    await names({ orderBy: ["params.opt", "-createdAt"], limit: 2 }),
    ["adam-3", "adam-2"],
  );
  assert.deepEqual(await names({ orderBy: "-name", limit: 1 }), ["sgd-1"]);
  assert.deepEqual(
    await names({ where: { "metrics.acc": { gt: 0 } }, order: "newest", limit: 2 }),
    ["adam-2", "adam-1"],
  );
  assert.deepEqual(await names({ where: { "metrics.acc": { gt: 0 } }, limit: 1 }), ["sgd-1"]);
  const { rows } = await toTable(rubicon, project, {
    orderBy: { "metrics.loss": "best" },
    limit: 1,
  });
  assert.deepEqual(rows.map(({ loss }) => loss), [0.1]);
  await assert.rejects(names({ where: "order by name", orderBy: "name" }), /use one of them/);
});

Deno.test("queries: what an experiment's own file decides is decided before its children are read", async () => {
  const { rubicon, project, asked, names } = await store();
  const children = () => asked.filter((key) => /\/(?:metrics|parameters)\//.test(key)).length;
  assert.deepEqual(await names({ where: { name: { like: "adam%" }, tags: { has: "large*" } } }), [
    "adam-1",
    "adam-2",
  ]);
  assert.equal(children(), 0, "nothing of it asks for a metric or a parameter");
  assert.deepEqual(await names({ where: "tags.base = 'b' and metrics.acc > 0.9" }), ["adam-1"]);
  assert.equal(children(), 4, "those of one experiment");
  asked.length = 0;
  await toTable(rubicon, project, { columns: ["name", "tags"], orderBy: "name" });
  assert.equal(children(), 0, "no column needs them");
  await toTable(rubicon, project, { where: "name = 'sgd-1'", columns: ["name", "acc"] });
  assert.equal(children(), 4);
  asked.length = 0;
  await bestExperiment(rubicon, project, "metrics.acc", { name: "adam*", without: ["large-2"] });
  assert.equal(children(), 8, "those of two experiments");
});

Deno.test("queries: a column that no experiment has is a slip, unless exists asks for it", async () => {
  const { rubicon, project, names } = await store();
  await assert.rejects(names({ where: "metrics.acurracy > 1" }), {
    code: "invalid-argument",
    message: /No experiment has metrics\.acurracy\. .*\n {2}metrics\.acurracy > 1\n {2}\^{16}$/s,
  });
  await assert.rejects(names({ where: { "metrics.lr": 1 } }), /Did you mean params\.lr\?/);
  await assert.rejects(names({ orderBy: "-params.ltr" }), /Did you mean params\.lr\?/);
  await assert.rejects(
    bestExperiment(rubicon, project, "metrics.los"),
    /Did you mean metrics\.loss\?/,
  );
  assert.deepEqual(await names({ where: "exists(metrics.new) and metrics.new > 1" }), []);
  // Only some of the runs are looked at, and others may have it.
  assert.deepEqual(await names({ where: "name = 'sgd-1' and metrics.new > 1" }), []);
  const empty = await createProject(rubicon, { name: "empty" });
  assert.deepEqual(await listExperiments(rubicon, empty, { where: "metrics.x > 1" }), []);
  await assert.rejects(
    toTable(rubicon, project, { columns: ["acurate", "acc"] }),
    /There is no column "acurate"/,
  );
});

Deno.test("queries: the merged answer of two backends is sorted and cut as a whole", async () => {
  const a = told().driver;
  const b = told().driver;
  const both = await openComposite([a, b]);
  const project = await createProject(both, { name: "p" });
  for (const [at, driver] of [a, b, a, b].entries()) {
    const one = await openComposite(driver);
    await logExperiment(one, project, { name: `${at}`, metrics: { acc: at % 3 } });
  }
  const found = await listExperiments(both, project, {
    read: "merge",
    where: { "metrics.acc": { gte: 0 } },
    orderBy: ["-metrics.acc", "-name"],
    limit: 3,
  });
  assert.deepEqual(found.map(({ name }) => name), ["2", "1", "3"]);
});

Deno.test("filters: names and tags with wildcards, tags that must not be there, times", async () => {
  const { rubicon, project, names } = await store();
  assert.deepEqual(await names({ name: "adam-*" }), ["adam-1", "adam-2", "adam-3"]);
  assert.deepEqual(await names({ name: "*-1" }), ["sgd-1", "adam-1"]);
  assert.deepEqual(await names({ name: "adam" }), []);
  assert.deepEqual(await names({ without: ["large*", "old"] }), ["adam-3"]);
  assert.deepEqual(await names({ tags: ["base:*"], without: ["old"] }), ["adam-1"]);
  const since = new Date("2026-01-02T12:00:00Z");
  assert.deepEqual(await names({ since, before: "2026-01-04T12:00:00Z" }), ["adam-1", "adam-2"]);
  assert.deepEqual(await names({ since, where: "params.lr > 0.1", name: "adam*" }), ["adam-2"]);
  const { rows } = await toTable(rubicon, project, { name: "adam*", tags: ["large-*"], limit: 1 });
  assert.deepEqual(rows.map(({ name }) => name), ["adam-2"]);
  const [experiment] = await listExperiments(rubicon, project);
  await logMetrics(rubicon, experiment!, { acc_top: 1 });
  const metrics = await listMetrics(rubicon, experiment!, { name: "acc*" });
  assert.deepEqual(metrics.map(({ name }) => name), ["acc", "acc_top"]);
  await assert.rejects(names({ since: "yesterday" }), /since must be an ISO 8601 text/);
  await assert.rejects(names({ before: new Date(NaN) }), /before must be an ISO 8601 text/);
});

Deno.test("filters: a star in the name of one that is asked for is a star", async () => {
  const { rubicon, project } = await store();
  await logExperiment(rubicon, project, { name: "a*" });
  await logExperiment(rubicon, project, { name: "ab" });
  assert.equal((await getExperiment(rubicon, project, { name: "a*" })).name, "a*");
});

Deno.test("filters: a pattern of stars is answered at once", async () => {
  const { rubicon, project, names } = await store();
  const experiment = await getExperiment(rubicon, project, { name: "sgd-1" });
  await addTags(rubicon, experiment, ["a".repeat(10_000)]);
  // A regular expression would take longer than the universe has.
  assert.deepEqual(await names({ tags: [`${"*a".repeat(50)}*b`] }), []);
  assert.deepEqual(await names({ tags: ["*a".repeat(50)] }), ["sgd-1"]);
});

Deno.test("best: by directionality, the older of equal ones, never NaN", async () => {
  const { rubicon, project } = await store();
  const best = async (...args: [metric: `metrics.${string}`, options?: { where?: string }]) =>
    (await bestExperiment(rubicon, project, ...args))?.name;
  assert.equal(await best("metrics.acc"), "adam-2");
  assert.equal(await best("metrics.loss"), "adam-2");
  assert.equal(await best("metrics.acc", { where: "params.lr < 0.1" }), "adam-1");
  assert.equal(await best("metrics.acc", { where: "name = 'adam-3'" }), undefined);
  await logExperiment(rubicon, project, { name: "later", metrics: { acc: 0.97, curve: [1, 3] } });
  await logExperiment(rubicon, project, { name: "text", metrics: { acc: "high", curve: [2, 2] } });
  assert.equal(await best("metrics.acc"), "adam-2");
  assert.equal((await bestExperiment(rubicon, project, "last(metrics.curve)"))?.name, "later");
  await assert.rejects(best("acc" as "metrics.x"), /A metric is metrics\.acc/);
  await assert.rejects(best("params.lr" as "metrics.x"), /Only a metric has a best value/);
});
