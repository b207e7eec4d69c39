/**
 * JSONPath beside the real thing: rubicon-ml's `RubiconJSON` with jsonpath-ng, on the same store.
 */
import assert from "node:assert/strict";
import {
  createProject,
  listExperiments,
  logArtifact,
  logDataframe,
  logExperiment,
  logFeature,
  logMetric,
  logParameter,
  openComposite,
  search,
} from "../../mod.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";

/** The queries of the dialect's description, for experiments. */
const VECTORS: [path: string, found: unknown[]][] = [
  ["$..experiment[?(@.tags[*]=='large')].name", ["e1", "e2"]],
  ["$..experiment[?(@.name=~'e[12]')].name", ["e1", "e2"]],
  ["$..experiment[*].metric[?(@.name=='precision' & @.value>=0.96)].value", [0.96, 0.97]],
  ["$..experiment[?(@.metric[?(@.name=='precision' & @.value>=0.96)])].name", ["e1", "e2"]],
  ["$..experiment[?(@.parameter[?(@.name=='opt' & @.value=='adam')])].name", ["e1", "e2"]],
  ["$..experiment[*].parameter[?(@.name='opt')].value", ["sgd", "adam", "adam"]],
  [
    "($..experiment[?(@.name=='e0')].name) | ($..experiment[?(@.name=='e2')].name)",
    ["e0", "e2"],
  ],
  ["experiment[-1:].name", ["e2"]],
  ["$.experiment[\\name][*].name", ["e2", "e1", "e0"]],
  ["$.experiment.`len`", [3]],
];

/** Queries that both sides are asked; those of rubicon-ml's notebook on JSONPath, in the names of these runs, first. */
const QUERIES = [
  "$..experiment[*].metric[*].value",
  "$..experiment[?(@.tags[*]=='x')].name",
  "$..experiment[*].metric[?(@.name=='precision' & @.value>=0.5)].name",
  "$..experiment[?(@.metric[?(@.name=='precision')].value<=0.5)].name",
  "$..name",
  "$..experiment[0,2].name",
  "$..experiment[::2].name",
  "$..experiment[1:].name",
  "$..experiment[:-1].name",
  "$..experiment[::-1].name",
  "$..experiment[5].name",
  "$..experiment[-1].name",
  "$..experiment[*]['name','model_name']",
  "$..experiment[*].name,model_name",
  "$..experiment[/name][*].name",
  "$..experiment[*].parameter[\\name,/value][*].name",
  "$..experiment[*].`keys`",
  "$..experiment[*].tags.`len`",
  "$..experiment[*].tags[*].`parent`",
  "$..experiment[*].metric[0].`parent`.`parent`.name",
  "$..experiment[*].`this`.name",
  "$..experiment[?@.name=='e1'].name",
  "$..experiment[?(@.name!='e1')].name",
  "$..experiment[?(name=='e1')].name",
  "$..experiment[?(@.model_name)].name",
  "$..experiment[?(@.tags[0])].name",
  "$..experiment[?(@.nothing)].name",
  "$..experiment[*].feature[?(@.importance>0.1)].name",
  "$..experiment[*].artifact[*].name",
  "$..experiment[*].dataframe[*].name",
  "$..experiment[*].parameter[?((@.name=='opt') & (@.value=~'^ad'))].value",
  "$..experiment[?(@.parameter[?(@.name=='deep')].value.a.b==1)].name",
  "$..experiment[*].parameter[?(@.value==true)].name",
  "$..b",
  "$..experiment[*]..directionality",
  "($..experiment[*]).name",
  "nothing.at.all",
];

/** Queries for a project. Python loses its texts and lists there, so they ask for numbers and the experiments' own fields. */
const OF_PROJECTS = [
  "$.project[*].name",
  "$.project[*].artifact[*].name",
  "$.project[*].`len`",
  "$..experiment[*].name",
  "$..experiment[?(@.tags[*]=='large')].name",
  "$..experiment[*].metric[?(@.name=='precision' & @.value>=0.5)].value",
  "$..experiment[?(@.metric[?(@.name=='precision')].value<=0.5)].name",
  "$.project[0].experiment[-1:].name",
];

/** What Python finds that is a defect (`null` if it fails), and what is found here. */
const DEFECTS: [path: string, theirs: unknown, ours: unknown[]][] = [
  // Literals without a point cut the numbers that they are compared with.
  ["$..experiment[*].metric[?(@.name=='precision' & @.value>0)].value", [], [0.5, 0.96, 0.97]],
  // A query with < or > sees no texts, and fails if it compares a number with one.
  ["$..experiment[*].parameter[?(@.name=='opt' & @.value>'b')].value", null, ["sgd"]],
  // Without parentheses only the last side is left.
  ["$..experiment[0].name | $..experiment[2].name", ["e2"], ["e0", "e2"]],
];

/** The three runs, in a folder. */
async function store(rootDir: string) {
  const rubicon = await openComposite({ persistence: "filesystem", rootDir });
  const project = await createProject(rubicon, { name: "p" });
  const runs = [
    { name: "e0", tags: [], opt: "sgd", lr: 0.1, precision: 0.5 },
    { name: "e1", tags: ["large"], opt: "adam", lr: 0.01, precision: 0.96 },
    { name: "e2", tags: ["large", "x"], opt: "adam", lr: 0.5, precision: 0.97 },
  ];
  for (const { name, tags, opt, lr, precision } of runs) {
    const experiment = await logExperiment(rubicon, project, { name, tags, modelName: `m${name}` });
    for (const [parameter, value] of Object.entries({ opt, lr, deep: { a: { b: 1 } }, ok: true })) {
      await logParameter(rubicon, experiment, { name: parameter, value });
    }
    for (const [metric, value] of Object.entries({ precision, curve: [1, 2, precision] })) {
      await logMetric(rubicon, experiment, { name: metric, value });
    }
    await logFeature(rubicon, experiment, { name: "year", importance: lr });
    await logArtifact(rubicon, experiment, { name: "a.txt", data: name });
    await logDataframe(rubicon, experiment, { name: "df", columns: { x: [1] } });
  }
  await logArtifact(rubicon, project, { name: "p.txt", data: "p" });
  return { rubicon, project };
}

Deno.test("jsonpath: finds what the description of the dialect says", async () => {
  const rootDir = await Deno.makeTempDir();
  try {
    const { rubicon, project } = await store(rootDir);
    await using _ = rubicon;
    const experiments = await listExperiments(rubicon, project);
    for (const [path, found] of VECTORS) {
      assert.deepEqual(await search(rubicon, { experiments }, path), found, path);
    }
    for (const [path, , ours] of DEFECTS) {
      assert.deepEqual(await search(rubicon, { experiments }, path), ours, path);
    }
  } finally {
    await Deno.remove(rootDir, { recursive: true });
  }
});

Deno.test({
  name: "jsonpath: finds what rubicon-ml finds in the same store, its defects aside",
  ignore: ignoredFor("JSONPath beside rubicon-ml", await lacksPython()),
  async fn() {
    const rootDir = await Deno.makeTempDir();
    try {
      const { rubicon, project } = await store(rootDir);
      await using _ = rubicon;
      const paths = [...VECTORS.map(([path]) => path), ...QUERIES];
      const odd = DEFECTS.map(([path]) => path);
      const theirs = await python(
        `
import warnings; warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
from rubicon_ml import Rubicon, RubiconJSON
project = Rubicon(persistence="filesystem", root_dir=input["root"]).get_project("p")
by_experiments = RubiconJSON(experiments=project.experiments())
def ask(json, path): return [match.value for match in json.search(path)]
def asked(json, path):
    try: return ask(json, path)
    except Exception: return None
output = {
  "experiments": [ask(by_experiments, path) for path in input["paths"]],
  "odd": [asked(by_experiments, path) for path in input["odd"]],
}
by_projects = RubiconJSON(projects=[project])
output["projects"] = [ask(by_projects, path) for path in input["ofProjects"]]`,
        { root: rootDir, paths, odd, ofProjects: OF_PROJECTS },
      ) as Record<"experiments" | "projects" | "odd", unknown[][]>;
      const experiments = await listExperiments(rubicon, project);
      for (const [at, path] of paths.entries()) {
        const ours = await search(rubicon, { experiments }, path);
        assert.deepEqual(ours, theirs.experiments[at], path);
      }
      for (const [at, path] of OF_PROJECTS.entries()) {
        const ours = await search(rubicon, { projects: [project] }, path);
        assert.deepEqual(ours, theirs.projects[at], path);
        assert.deepEqual(await search(rubicon, {}, path), ours, path);
      }
      for (const [at, [path, found]] of DEFECTS.entries()) {
        assert.deepEqual(theirs.odd[at], found, `Python is as it was: ${path}`);
      }
    } finally {
      await Deno.remove(rootDir, { recursive: true });
    }
  },
});
