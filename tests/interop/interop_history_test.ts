/**
 * Runs with histories, read by the real rubicon-ml with warnings as errors: it sees their summaries, logs nothing, and
 * its archives bring all of them along.
 */
import assert from "node:assert/strict";
import {
  archiveProject,
  createProject,
  experimentStatus,
  getExperiment,
  getProject,
  logExperiment,
  openComposite,
  readHistory,
  restoreArchives,
  startRun,
  toTable,
} from "../../mod.ts";
import { temporary } from "../support/folders.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";
import { venv } from "../support/venv.ts";

const ignore = ignoredFor("histories in rubicon-ml", await lacksPython());
const VIZ = venv("python-viz", [
  ...["rubicon-ml[viz]==0.15.3", "dash==2.18.2", "plotly==6.0.1", "pandas==2.3.3"],
], "rubicon-ml's plots");
const ignoreViz = ignoredFor("samples in rubicon-ml's plots", await VIZ.lacks());

/** A project of one run that is finished, one that goes on with parts, and an experiment without a run. */
async function project(rootDir: string) {
  const rubicon = await openComposite({ persistence: "filesystem", rootDir });
  const project = await createProject(rubicon, { name: "Curves" });
  const finished = await startRun(rubicon, project, {
    ...{ name: "finished", parameters: { lr: 0.5 }, tagStatus: true },
    ...{ summary: { loss: "min" as const }, samples: 4 },
  });
  const live = await startRun(rubicon, project, { name: "live", samples: 4 });
  for (const run of [finished, live]) {
    for (let step = 0; step < 10; step++) {
      run.log({ loss: 1 / (step + 1), odd: step === 9 ? NaN : Infinity }, { step: step / 2 });
      await run.flush();
    }
  }
  await finished.finish();
  await logExperiment(rubicon, project, { name: "plain", metrics: { loss: 7 } });
  return { rubicon, project, finished, live };
}

Deno.test({
  name: "rubicon-ml reads runs with histories, without a warning and without a line of log",
  ignore,
  fn: () =>
    temporary(async (root) => {
      const { rubicon, finished, live } = await project(root);
      const seen = await python(
        `
import io, logging, math
from rubicon_ml import Rubicon
# What is logged at warning and above goes to the error stream, which has to stay empty. What fsspec opens is told apart.
opened = io.StringIO()
files = logging.getLogger("fsspec.local")
files.setLevel(logging.DEBUG)
files.propagate = False
files.addHandler(logging.StreamHandler(opened))
project = Rubicon(persistence="filesystem", root_dir=input["root"]).get_project("Curves")
output = {}
for e in project.experiments():
    output[e.name] = {
        "metrics": {m.name: [repr(m.value), m.directionality, m.id] for m in e.metrics()},
        "tags": e.tags,
        "parameters": {p.name: p.value for p in e.parameters()},
        "rest": [len(e.features()), len(e.artifacts()), len(e.dataframes())],
    }
frame = project.to_dataframe() if hasattr(project, "to_dataframe") else project.to_df()
frame = frame.set_index("name")
output["frame"] = {name: repr(float(frame.loc[name, "loss"])) for name in ["finished", "plain"]}
output["columns"] = sorted(c for c in frame.columns if "hist" in c or "stat" in c)
lines = opened.getvalue().splitlines()
output["opened"] = [len(lines) > 10, [line for line in lines if "/history" in line or "status_" in line]]
`,
        { root },
      ) as Record<string, { metrics: Record<string, string[]>; tags: string[] }>;
      const metrics = Object.fromEntries(
        Object.entries(seen.finished!.metrics).map(([name, [value, way]]) => [name, [value, way]]),
      );
      assert.deepEqual(metrics, {
        loss: ["0.1", "loss"],
        "loss samples": ["[1, 0.25, 0.14285714285714285, 0.1]", "loss"],
        odd: ["nan", "score"],
        "odd samples": ["[inf, inf, inf, nan]", "score"],
      });
      assert.deepEqual(seen.finished!.tags, ["status:finished"]);
      assert.deepEqual(seen.live!.metrics, {}, "a run that goes on has no summary yet");
      assert.deepEqual((seen as Record<string, unknown>).frame, { finished: "0.1", plain: "7.0" });
      assert.deepEqual((seen as Record<string, unknown>).columns, []);
      assert.deepEqual((seen as Record<string, unknown>).opened, [true, []], "no part is opened");
      for (const { rest } of Object.values(seen) as { rest?: number[] }[]) {
        if (rest) assert.deepEqual(rest, [0, 0, 0]);
      }
      // And what Python adds, this module sees beside it.
      await python(
        `
from rubicon_ml import Rubicon
project = Rubicon(persistence="filesystem", root_dir=input["root"]).get_project("Curves")
for e in project.experiments():
    e.add_tags(["seen"])
    e.log_metric("from python", 5)
`,
        { root },
      );
      const { rows } = await toTable(rubicon, await getProject(rubicon, { name: "Curves" }));
      assert.deepEqual(
        rows.map(({ name, status, tags, "from python": value }) => [name, status, tags, value]),
        [
          ["plain", null, ["seen"], 5],
          ["live", "running", ["seen"], 5],
          ["finished", "finished", ["status:finished", "seen"], 5],
        ],
      );
      assert.equal((await readHistory(rubicon, finished.experiment)).length, 20);
      await live.finish();
      await rubicon.close();
    }),
});

Deno.test({
  name: "rubicon-ml's archive() carries histories and states along, and ours reads there",
  ignore,
  fn: () =>
    temporary(async (base) => {
      const [root, there] = [`${base}/here`, `${base}/there`];
      const { rubicon, project: curves, finished, live } = await project(root);
      await python(
        `
from rubicon_ml import Rubicon
here = Rubicon(persistence="filesystem", root_dir=input["root"]).get_project("Curves")
there = Rubicon(persistence="filesystem", root_dir=input["there"])
there.get_or_create_project("Curves")
here.archive(remote_rubicon=there)
`,
        { root, there },
      );
      await using other = await openComposite({ persistence: "filesystem", rootDir: there });
      const restored = await getProject(other, { name: "Curves" });
      await restoreArchives(other, restored);
      for (const [run, state] of [[finished, "finished"], [live, "running"]] as const) {
        const { id } = run.experiment;
        const experiment = await getExperiment(other, restored, { id });
        assert.deepEqual(
          await readHistory(other, experiment),
          await readHistory(rubicon, run.experiment),
        );
        assert.equal((await experimentStatus(other, experiment))?.state, state);
      }
      // The other way round: Python reads what this module has archived.
      await live.finish();
      await archiveProject(rubicon, curves);
      const names = await python(
        `
import contextlib, io
from rubicon_ml import Rubicon
here = Rubicon(persistence="filesystem", root_dir=input["root"])
third = Rubicon(persistence="filesystem", root_dir=input["third"])
project = third.get_or_create_project("Curves")
with contextlib.redirect_stdout(io.StringIO()):
    project.experiments_from_archive(here)
output = sorted(e.name for e in project.experiments())
`,
        { root, third: `${base}/third` },
      );
      assert.deepEqual(names, ["finished", "live", "plain"]);
      await rubicon.close();
    }),
});

Deno.test({
  name: "rubicon-ml's MetricListsComparison draws the samples of runs of any length",
  ignore: ignore || ignoreViz,
  fn: () =>
    temporary(async (rootDir) => {
      await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
      const project = await createProject(rubicon, { name: "Curves" });
      for (const length of [3, 50, 1000]) {
        const run = await startRun(rubicon, project, { samples: 50 });
        for (let step = 0; step < length; step++) run.log({ loss: length / (step + 1) });
        await run.finish();
      }
      const script = `
import json, sys
from rubicon_ml import Rubicon
from rubicon_ml.viz import MetricListsComparison
import rubicon_ml.viz.metric_lists_comparison as module
root = json.loads(sys.stdin.read())
experiments = Rubicon(persistence="filesystem", root_dir=root).get_project("Curves").experiments()
plot = MetricListsComparison(experiments=experiments)
plot.load_experiment_data()
class App:
    def callback(self, *_):
        def keep(work):
            self.work = work
            return work
        return keep
plot.app = App()
plot.register_callbacks()
class Context:
    triggered = [{"prop_id": "."}]
module.callback_context = Context()
figure, _, text, selected = plot.app.work(None)
print(json.dumps({"rows": len(figure.data[0].z), "columns": len(figure.data[0].z[0]), "text": text, "selected": selected}))
`;
      assert.deepEqual(JSON.parse(await VIZ.run(["-c", script], JSON.stringify(rootDir))), {
        rows: 3,
        columns: 50,
        text: "over 3 experiments",
        selected: "loss samples",
      });
    }),
});
