import assert from "node:assert/strict";
import * as rubiconMl from "../../mod.ts";
import {
  type Artifact,
  type Composite,
  createProject,
  type Dataframe,
  type Experiment,
  logArtifact,
  logDataframe,
  logExperiment,
  logMetric,
  type Metric,
  openComposite,
  type Project,
} from "../../mod.ts";
import { contents, type Faulty, faulty, refused } from "../support/faulty.ts";

interface World {
  driver: Faulty;
  rubicon: Composite;
  project: Project;
  experiment: Experiment;
  metric: Metric;
  artifact: Artifact;
  dataframe: Dataframe;
}

// Bad input is what the types forbid, so the functions are called without them.
type Anything = (...args: unknown[]) => Promise<unknown>;
const call = rubiconMl as unknown as Record<string, Anything>;
const cyclic: unknown[] = [];
cyclic.push(cyclic);

type Case = [what: string, work: (world: World) => Promise<unknown>, message: RegExp];

const on = (name: string, ...args: unknown[]) => ({ rubicon }: World) =>
  call[name]!(rubicon, ...args);
const inProject = (name: string, ...args: unknown[]) => ({ rubicon, project }: World) =>
  call[name]!(rubicon, project, ...args);
const inExperiment = (name: string, ...args: unknown[]) => ({ rubicon, experiment }: World) =>
  call[name]!(rubicon, experiment, ...args);

const CASES: Case[] = [
  ["no composite", () => call.createProject!({ name: "x" }), /composite first, from openComposite/],
  ["undefined composite", () => call.listProjects!(undefined), /composite first/],
  ["no options", on("createProject"), /one object with its options/],
  ["a name instead of options", on("createProject", "x"), /one object with its options, not "x"/],
  ["an unknown option", on("createProject", { name: "x", nmae: 1 }), /no option "nmae"/],
  ["no name", on("createProject", {}), /name must be text, not undefined/],
  ["null for a name", on("createProject", { name: null }), /name must be text, not null/],
  ["a number for a name", on("createProject", { name: 7 }), /name must be text, not 7/],
  ["NaN for a name", on("createProject", { name: NaN }), /name must be text, not NaN/],
  ["an empty name", on("createProject", { name: "" }), /not a valid name/],
  ["white space for a name", on("createProject", { name: " \t\n" }), /not a valid name/],
  ["punctuation for a name", on("createProject", { name: "!!!" }), /not a valid name/],
  ["dots for a name", on("createProject", { name: ".." }), /not a valid name/],
  ["half a surrogate pair", on("createProject", { name: "a\ud800" }), /surrogate/],
  ["NUL in a name", on("createProject", { name: "a\0b" }), /NUL/],
  [
    "a name too long for a folder",
    on("createProject", { name: "x".repeat(256) }),
    /longer than 255/,
  ],
  [
    "a long name of wide letters",
    on("createProject", { name: "é".repeat(128) }),
    /longer than 255/,
  ],
  [
    "a number for a description",
    on("createProject", { name: "x", description: 1 }),
    /description must be text/,
  ],
  [
    "an object for a URL",
    on("createProject", { name: "x", githubUrl: {} }),
    /githubUrl must be text/,
  ],
  [
    "training metadata that is no list",
    on("createProject", { name: "x", trainingMetadata: "s3" }),
    /trainingMetadata/,
  ],
  [
    "training metadata without tuples",
    on("createProject", { name: "x", trainingMetadata: ["s3"] }),
    /trainingMetadata/,
  ],
  [
    "an id that is a path",
    on("createProject", { name: "x", id: "../../etc" }),
    /id must be a UUID/,
  ],
  ["an id that is a number", on("createProject", { name: "x", id: 1 }), /id must be a UUID/],
  [
    "a time that is no time",
    on("createProject", { name: "x", createdAt: "yesterday" }),
    /createdAt must be an ISO 8601/,
  ],
  [
    "a Date for a time",
    on("createProject", { name: "x", createdAt: new Date() }),
    /createdAt must be an ISO 8601/,
  ],
  [
    "another kind",
    on("createProject", { name: "x", kind: "metric" }),
    /takes a project, not a metric/,
  ],
  ["neither name nor id", on("getProject", {}), /a name or an id/],
  ["both name and id", on("getProject", { name: "x", id: crypto.randomUUID() }), /a name or an id/],
  ["an id that is a path to read", on("getProject", { id: "../x" }), /id must be a UUID/],
  [
    "a policy that is none",
    on("createProject", { name: "x", write: "most" }),
    /write must be "all" or/,
  ],
  [
    "a time limit of zero",
    on("createProject", { name: "x", timeoutMs: 0 }),
    /timeoutMs must be a number/,
  ],
  [
    "a time limit in text",
    on("createProject", { name: "x", timeoutMs: "5s" }),
    /timeoutMs must be a number/,
  ],
  ["a read policy that is none", on("listProjects", { read: "last" }), /read must be "first" or/],
  ["a restore from no composite", () => call.restoreProject!({ name: "x" }), /composite first/],
  ["a trash of no composite", () => call.emptyTrash!(undefined), /composite first/],
  ["a trash of no project", on("emptyTrash", {}), /emptyTrash takes a project/],
  ["an age that is none", on("emptyTrash", undefined, { olderThanMs: -1 }), /olderThanMs must be/],
  ["a dry run that is no boolean", on("emptyTrash", undefined, { dryRun: 1 }), /dryRun must be/],
  ["no project", on("logExperiment"), /takes a project as returned/],
  ["a name for a project", on("logExperiment", "p"), /takes a project as returned/],
  ["a promise for a project", on("logExperiment", Promise.resolve()), /"await" missing/],
  [
    "an experiment for a project",
    ({ rubicon, experiment }) => call.logExperiment!(rubicon, experiment),
    /takes a project as returned/,
  ],
  [
    "a project whose name is no key",
    ({ rubicon, project }) => call.logExperiment!(rubicon, { ...project, name: "/" }),
    /not a valid name/,
  ],
  ["tags that are text", inProject("logExperiment", { tags: "a" }), /tags must be a list/],
  [
    "a tag that is a number",
    inProject("logExperiment", { tags: ["a", 1] }),
    /tags\[1\] must be text/,
  ],
  [
    "comments that are text",
    inProject("logExperiment", { comments: "a" }),
    /comments must be a list/,
  ],
  [
    "a bad child of an experiment",
    inProject("logExperiment", { metrics: { m: () => 1 } }),
    /metric "m": value: a store cannot hold function/,
  ],
  [
    "two children with one key",
    inProject("logExperiment", { parameters: { lr_01: 1, "lr_0.1": 2 } }),
    /"lr_01" and "lr_0\.1" have one key/,
  ],
  [
    "children that are a number",
    inProject("logExperiment", { metrics: 5 }),
    /takes a list, or an object/,
  ],
  [
    "a bad feature among good ones",
    inProject("logExperiment", { features: ["a", "!"] }),
    /features\[1\].*not a valid name/s,
  ],
  ["a wrong match", inProject("listExperiments", { match: "or" }), /match must be "any" or "all"/],
  [
    "a wrong order",
    inProject("listExperiments", { order: "desc" }),
    /order must be "oldest" or "newest"/,
  ],
  [
    "a limit below zero",
    inProject("listExperiments", { limit: -1 }),
    /limit must be a whole number/,
  ],
  [
    "a limit that is no number",
    inProject("listExperiments", { limit: "5" }),
    /limit must be a whole number/,
  ],
  ["a filter by a number", inProject("listExperiments", { name: 3 }), /name must be text/],
  ["an unknown filter", inProject("listExperiments", { tag: ["x"] }), /no option "tag"/],
  [
    "an experiment's id that is a path",
    inProject("getExperiment", { id: "a/b" }),
    /id must be a UUID/,
  ],
  ["no metric", inExperiment("logMetric"), /one object with its options/],
  ["a metric without a value", inExperiment("logMetric", { name: "m" }), /value is missing/],
  ["a metric without a name", inExperiment("logMetric", { value: 1 }), /name must be text/],
  ["an empty slug", inExperiment("logMetric", { name: "--", value: 1 }), /not a valid name/],
  ["a function for a value", inExperiment("logMetric", { name: "m", value: () => 1 }), /value/],
  ["a symbol for a value", inExperiment("logMetric", { name: "m", value: Symbol("x") }), /value/],
  [
    "undefined deep in a value",
    inExperiment("logMetric", { name: "m", value: { a: [1, undefined] } }),
    /value.*a.*1/s,
  ],
  ["a cyclic value", inExperiment("logMetric", { name: "m", value: cyclic }), /cycl/i],
  ["a map for a value", inExperiment("logMetric", { name: "m", value: new Map() }), /Map/],
  ["an invalid date", inExperiment("logMetric", { name: "m", value: new Date(NaN) }), /date/i],
  [
    "a value that Python would take as typed",
    inExperiment("logMetric", { name: "m", value: { _type: "datetime", value: 1 } }),
    /_type/,
  ],
  [
    "a wrong directionality",
    inExperiment("logMetric", { name: "m", value: 1, directionality: "up" }),
    /directionality must be "score"/,
  ],
  [
    "an importance that no store can hold",
    inExperiment("logFeature", { name: "f", importance: () => 1 }),
    /feature "f": importance: a store cannot hold function/,
  ],
  [
    "a metric of another experiment",
    ({ rubicon, experiment, metric }) =>
      call.logMetric!(rubicon, { ...experiment, id: crypto.randomUUID() }, metric),
    /experimentId is/,
  ],
  [
    "a metric logged as a parameter",
    ({ rubicon, experiment, metric }) => call.logParameter!(rubicon, experiment, metric),
    /directionality|takes a parameter/,
  ],
  [
    "one bad among many",
    inExperiment("logMetrics", [{ name: "a", value: 1 }, { name: "b" }]),
    /logMetrics\[1\]: value is missing/,
  ],
  ["many with one key", inExperiment("logMetrics", { "a b": 1, "A  B": 2 }), /have one key/],
  [
    "an experiment whose id is a path",
    ({ rubicon, experiment }) =>
      call.logMetric!(rubicon, { ...experiment, id: "../x" }, { name: "m", value: 1 }),
    /id must be a UUID/,
  ],
  [
    "a project where an experiment belongs",
    ({ rubicon, project }) => call.logMetric!(rubicon, project, { name: "m", value: 1 }),
    /takes an experiment as returned/,
  ],
  [
    "an artifact without data",
    inExperiment("logArtifact", { name: "a" }),
    /one of data, path and directory/,
  ],
  [
    "an artifact with two kinds of data",
    inExperiment("logArtifact", { name: "a", data: "x", path: "y" }),
    /one of data, path and directory/,
  ],
  ["an artifact without a name", inExperiment("logArtifact", { data: "x" }), /name must be text/],
  [
    "an artifact with an empty name",
    inExperiment("logArtifact", { name: "", data: "x" }),
    /name is empty/,
  ],
  [
    "an object for an artifact",
    inExperiment("logArtifact", { name: "a", data: { a: 1 } }),
    /data must be bytes, text.*logJson/s,
  ],
  [
    "a file that is not there",
    inExperiment("logArtifact", { path: "./no-such-file" }),
    /there is no/,
  ],
  ["a folder where a file belongs", inExperiment("logArtifact", { path: "." }), /is a folder/],
  [
    "a file where a folder belongs",
    inExperiment("logArtifact", { directory: "./deno.json" }),
    /is a file/,
  ],
  [
    "an artifact whose id is a path",
    ({ rubicon, artifact }) => call.readArtifact!(rubicon, { ...artifact, id: "../x" }),
    /id must be a UUID/,
  ],
  [
    "a metric for an artifact",
    ({ rubicon, metric }) => call.readArtifact!(rubicon, metric),
    /takes an artifact as returned/,
  ],
  [
    "deleting what is no dataframe",
    ({ rubicon, artifact }) => call.deleteDataframe!(rubicon, artifact),
    /takes a dataframe as returned/,
  ],
  ["a dataframe without a table", inExperiment("logDataframe", {}), /rows .* or as columns/],
  [
    "a dataframe with two tables",
    inExperiment("logDataframe", { rows: [], columns: {} }),
    /rows .* or as columns/,
  ],
  [
    "columns of unequal length",
    inExperiment("logDataframe", { columns: { x: [1], y: [1, 2] } }),
    /y|length/,
  ],
  ["a column of mixed types", inExperiment("logDataframe", { rows: [{ x: 1 }, { x: "a" }] }), /x/],
  ["rows that are numbers", inExperiment("logDataframe", { rows: [1, 2] }), /row/],
  ["no tags", inExperiment("addTags", []), /list of tags/],
  ["a text for tags", inExperiment("addTags", "x"), /list of tags/],
  ["a number for a tag", inExperiment("removeTags", [1]), /tags\[0\] must be text/],
  ["tags on a project", inProject("addTags", ["x"]), /takes an experiment or/],
  ["no comments", inExperiment("addComments", []), /list of comments/],
  [
    "a child that is itself",
    ({ rubicon, experiment }) => call.addChildExperiment!(rubicon, experiment, experiment),
    /cannot be its own child/,
  ],
  [
    "a child of another project",
    ({ rubicon, experiment }) =>
      call.addChildExperiment!(rubicon, experiment, { ...experiment, projectName: "q" }),
    /Both must be in one project/,
  ],
  [
    "a limit that is no number",
    inProject("toTable", { limit: -1 }),
    /limit must be a whole number/,
  ],
  [
    "a list with holes",
    // deno-lint-ignore no-sparse-arrays -- that is the case.
    inExperiment("logMetrics", [, { name: "x", value: 1 }]),
    /logMetrics\[0\] takes one object/,
  ],
  [
    "a signal that is none",
    inExperiment("logMetric", { name: "x", value: 1, signal: {} }),
    /AbortS/,
  ],
  [
    "no function for receipts",
    inExperiment("logMetric", { name: "x", value: 1, onReceipts: 3 }),
    /onReceipts must be a function/,
  ],
  [
    "a stream that is read already",
    ({ rubicon, project }) => {
      const data = new Blob(["x"]).stream();
      data.getReader();
      return call.logArtifact!(rubicon, project, { name: "x", data });
    },
    /nobody else is reading/,
  ],
  [
    "a stream of texts",
    ({ rubicon, project }) =>
      call.logArtifact!(rubicon, project, { name: "x", data: ReadableStream.from(["x"]) }),
    /a stream of bytes, but gave "x"/,
  ],
  ["a dry run that is a text", on("repair", { dryRun: "no" }), /dryRun is true or false/],
  [
    "a value with half a surrogate pair",
    inExperiment("logParameter", { name: "x", value: ["a\ud800"] }),
    /value\[0\].*half a surrogate/,
  ],
  [
    "a value with such a key",
    inExperiment("logParameter", { name: "x", value: { "a\ud800": 1 } }),
    /key with half a surrogate/,
  ],
  [
    "a set of lists",
    inExperiment("logParameter", { name: "x", value: new Set([[1]]) }),
    /sets cannot hold lists/,
  ],
  ["an option that repair lacks", on("repair", { dry: true }), /repair has no option "dry"/],
  ["repair by what is no content", on("repair", { compare: "size" }), /compare/],
  ["repair by a rule that is none", on("repair", { conflicts: "last" }), /conflicts is "majority"/],
  ["repair from nowhere", on("repair", { from: "x" }), /from is one of .*not "x"/],
  [
    "a restore of no project",
    on("restoreArchives", { name: "p" }),
    /restoreArchives takes a project/,
  ],
  [
    "an option that a restore lacks",
    inProject("restoreArchives", { latest: true }),
    /restoreArchives has no option "latest"/,
  ],
  ["a number for a project", on("verify", { project: 3 }), /project must be text, not 3/],
  ["a signal of verify that is none", on("verify", { signal: 3 }), /AbortSignal/],
  ["null for the options of flush", on("flush", null), /one object, not null/],
  ["an unknown option of flush", on("flush", { timeout: 3 }), /no option "timeout"/],
  ["flush of nothing", () => call.flush!(), /flush takes a composite/],
  ["status of nothing", async () => await call.status!(), /status takes a composite/],
];

Deno.test("bad input: each case is refused with what to do, before anything is written", async (t) => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  const metric = await logMetric(rubicon, experiment, { name: "metric", value: 1 });
  const artifact = await logArtifact(rubicon, experiment, { name: "a", data: "x" });
  const dataframe = await logDataframe(rubicon, experiment, { rows: [{ x: 1 }] });
  const world: World = { driver, rubicon, project, experiment, metric, artifact, dataframe };
  const before = await contents(driver);
  assert.ok(CASES.length >= 60);
  for (const [what, work, message] of CASES) {
    await t.step(what, async () => {
      const error = await refused(() => work(world));
      assert.ok(["invalid-argument", "invalid-config"].includes(error.code), error.code);
      assert.match(error.message, message);
      assert.deepEqual(await contents(driver), before);
    });
  }
});

Deno.test("bad input: configurations", async (t) => {
  const cases: [what: string, args: unknown[], message: RegExp][] = [
    ["no backends", [[]], /one backend at least/],
    ["a name for a backend", ["memory"], /configuration such as/],
    ["null for a backend", [[null]], /configuration such as/],
    [
      "an unknown persistence",
      [{ persistence: "ftp" }],
      /no persistence "ftp".*filesystem, memory/s,
    ],
    ["no persistence", [{ rootDir: "x" }], /no persistence undefined/],
    ["an unknown option", [{ persistence: "memory", root: "x" }], /no option "root"/],
    ["one place twice", [[{ persistence: "memory", rootDir: "x" }, {
      persistence: "memory",
      rootDir: "x",
    }]], /Two backends are/],
    ["a folder without a root", [{ persistence: "filesystem" }], /rootDir/],
    ["a wrong write policy", [{ persistence: "memory" }, { write: "some" }], /write must be/],
    [
      "a wrong failure mode",
      [{ persistence: "memory" }, { failureMode: "ignore" }],
      /failureMode must be/,
    ],
    ["null for the settings", [{ persistence: "memory" }, null], /one object, not null/],
    ["an unknown setting", [{ persistence: "memory" }, { wirte: "any" }], /no option "wirte"/],
    [
      "no function for warnings",
      [{ persistence: "memory" }, { onWarning: "x" }],
      /must be a function/,
    ],
    ["a number for a label", [{ persistence: "memory", label: 3 }], /label must be text/],
    ["an empty label", [{ persistence: "memory", label: "" }], /label must be text/],
    ["a wrong time limit", [{ persistence: "memory", timeoutMs: -1 }], /timeoutMs/],
  ];
  for (const [what, args, message] of cases) {
    await t.step(what, async () => {
      const error = await refused(() => call.openComposite!(...args));
      assert.equal(error.code, "invalid-config");
      assert.match(error.message, message);
    });
  }
});

Deno.test("bad input: a closed composite", async () => {
  const rubicon = await openComposite({ persistence: "memory", rootDir: "closed" });
  const project = await createProject(rubicon, { name: "p" });
  await rubicon.close();
  await rubicon.close();
  for (const work of [() => logExperiment(rubicon, project), () => call.listProjects!(rubicon)]) {
    assert.equal((await refused(work)).code, "closed");
  }
});
