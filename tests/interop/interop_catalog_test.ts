/** Catalogs by this module and by rubicon-ml, opened by the real intake and here. */
import assert from "node:assert/strict";
import {
  createProject,
  type Experiment,
  logExperiment,
  logMetric,
  openCatalog,
  openComposite,
  publish,
} from "../../mod.ts";
import { temporary } from "../support/folders.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";

const ignore = ignoredFor("catalogs with intake", await lacksPython());

/** rubicon-ml warns, and logs, that its part for intake will go. */
const QUIET =
  "warnings.filterwarnings('ignore', category=DeprecationWarning); logging.disable(logging.WARNING)";

const NAMES = [
  "My Proj",
  "yes",
  "1:30",
  'a "quoted" {{ CATALOG_DIR }} {% x %} {# y #} \'s',
  "Größe ✓",
];

Deno.test({
  name: "catalog: what is published here is opened by intake, which gives the experiment",
  ignore,
  fn: () =>
    temporary(async (folder) => {
      await using rubicon = await openComposite(
        ["a", "b"].map((root) => ({
          persistence: "filesystem" as const,
          rootDir: `${folder}/${root}`,
        })),
      );
      const experiments: Experiment[] = [];
      for (const name of NAMES) {
        const project = await createProject(rubicon, { name });
        const experiment = await logExperiment(rubicon, project, { name: `of ${name}` });
        await logMetric(rubicon, experiment, { name: "acc", value: 0.5 });
        experiments.push(experiment);
      }
      await publish(rubicon, experiments, {
        to: `${folder}/catalog.yml`,
        relative: true,
        views: [
          { kind: "table", metricNames: ["acc"] },
          { kind: "lists", columnNames: ["yes", "no"] },
        ],
      });
      const read = await python(
        `
${QUIET}
import yaml, intake
with open(input["path"]) as f:
    plain = yaml.safe_load(f)
catalog = intake.open_catalog(input["path"])
output = {"views": plain["sources"]["metric_list"], "sources": len(list(catalog))}
table = catalog["experiment_table"]
table.discover()
output["table"] = type(table.read()).__name__
output["found"] = []
for name in input["names"]:
    source = catalog[name]
    source.discover()
    experiment = source.read()
    output["found"].append([experiment.id, experiment.name, experiment.project.name, experiment.metrics()[0].value])
`,
        {
          path: `${folder}/catalog.yml`,
          names: experiments.map(({ id }) => `experiment_${id.replaceAll("-", "_")}`),
        },
      );
      assert.deepEqual(read, {
        views: {
          driver: "rubicon_ml_metric_list",
          args: { column_names: ["yes", "no"], selected_metric: null },
        },
        sources: NAMES.length + 2,
        table: "ExperimentsTable",
        found: experiments.map((
          { id, projectName },
        ) => [id, `of ${projectName}`, projectName, 0.5]),
      });
    }),
});

Deno.test({
  name: "catalog: what rubicon-ml publishes is opened here, its base kept",
  ignore,
  fn: () =>
    temporary(async (folder) => {
      const ids = await python(
        `
${QUIET}
from rubicon_ml import Rubicon
from rubicon_ml.intake_rubicon.publish import publish
os.chdir(input)
rubicon = Rubicon(persistence="filesystem", root_dir=input + "/root")
output = []
for at, name in enumerate(["My Proj", "yes"]):
    project = rubicon.create_project(name)
    experiment = project.log_experiment(name=f"e{at}")
    output.append(experiment.id)
    base = {} if at == 0 else {"base_catalog_filepath": input + "/catalog.yml"}
    publish([experiment], output_filepath=input + "/catalog.yml", **base)
`,
        folder,
      ) as string[];
      await using catalog = await openCatalog(`${folder}/catalog.yml`);
      assert.deepEqual(
        new Set(catalog.experiments.map(({ id }) => id)),
        new Set(ids),
      );
      const { project, experiment } = await catalog.get(ids[1]!);
      assert.deepEqual([project.name, experiment.name], ["yes", "e1"]);
    }),
});
