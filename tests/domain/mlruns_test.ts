/** MLflow's file store, brought over: one that is made here, and one that the real MLflow wrote. */
import assert from "node:assert/strict";
import {
  downloadArtifact,
  experimentStatus,
  getArtifact,
  getExperiment,
  getProject,
  importMlruns,
  listChildExperiments,
  listExperiments,
  listMetrics,
  listParameters,
  listProjects,
  openComposite,
  readArtifact,
  readHistory,
} from "../../mod.ts";
import { faulty, refused } from "../support/faulty.ts";
import { temporary } from "../support/folders.ts";
import { onStore as imported, values } from "../support/imported.ts";
import { ignoredFor } from "../support/parts.ts";
import { venv } from "../support/venv.ts";

const mlflow = venv("python-mlflow", ["mlflow-skinny==3.17.2"], "the real MLflow");
const ignore = ignoredFor("imports from MLflow", await mlflow.lacks());

const RUN = "aaaaaaaabbbb4ccc8ddd0000000000";

/** Writes a store of one experiment with runs, each with what MLflow would have in its folder. */
async function store(root: string, runs: Record<string, string>[], meta = "") {
  const write = async (path: string, text: string) => {
    await Deno.mkdir(`${root}/7/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${root}/7/${path}`, text);
  };
  await write("meta.yaml", `experiment_id: '7'\nname: Iris\ncreation_time: 1700000000000\n${meta}`);
  for (const [at, files] of runs.entries()) {
    const id = `${RUN}${String(at).padStart(2, "0")}`;
    await write(
      `${id}/meta.yaml`,
      `run_id: ${id}\nrun_name: run ${at}\nstatus: 3\nstart_time: 170000000${at}000\nend_time: 170000001${at}000\n`,
    );
    for (const [path, text] of Object.entries(files)) await write(`${id}/${path}`, text);
  }
}

const onStore = imported("mlruns");

onStore("points, parameters, tags, artifacts and times are kept", async (folder, rubicon) => {
  await store(folder, [{
    "params/lr": "0.1",
    "params/big": "123456789012345678901",
    "params/version": "007",
    "params/nested/name": "x y",
    "params/flag": "False",
    "metrics/loss": "1700000000100 0.5 0\n1700000000300 0.25 2\n1700000000200 nan 1\n",
    "metrics/val/acc": "1700000000100 inf 5\n1700000000150 0.75 5\n",
    "metrics/val_acc": "1700000000100 1 0\n",
    "metrics/unstepped": "1700000000300 3 0\n1700000000100 1 0\n1700000000200 2 0\n",
    "tags/team": "a",
    "tags/mlflow.runName": "named",
    "tags/mlflow.source.git.commit": "abc",
    "tags/mlflow.note.content": "a note",
    "artifacts/model/weights.txt": "0.8",
  }, { "tags/mlflow.parentRunId": `${RUN}00` }]);
  const counts = await importMlruns(rubicon, folder);
  assert.deepEqual(counts, {
    ...{ projects: 1, experiments: 2, alreadyThere: 0, parameters: 5, metrics: 4, points: 9 },
    ...{ superseded: 1, artifacts: 1, bytes: 3 },
  });
  const project = await getProject(rubicon, { name: "Iris" });
  assert.equal(project.createdAt, "2023-11-14T22:13:20.000000+00:00");
  const id = "aaaaaaaa-bbbb-4ccc-8ddd-000000000000";
  const experiment = await getExperiment(rubicon, project, { id });
  assert.deepEqual(
    [experiment.name, experiment.description, experiment.commitHash, experiment.createdAt],
    ["named", "a note", "abc", "2023-11-14T22:13:20.000000+00:00"],
  );
  const child = "aaaaaaaa-bbbb-4ccc-8ddd-000000000001";
  assert.deepEqual(experiment.tags, ["team:a", `child:${child}`]);
  assert.deepEqual((await listChildExperiments(rubicon, experiment)).map(({ id }) => id), [child]);
  assert.deepEqual(values(await listParameters(rubicon, experiment)), {
    ...{ lr: 0.1, big: "123456789012345678901", version: "007", flag: false },
    "nested/name": "x y",
  });
  assert.deepEqual(values(await listMetrics(rubicon, experiment)), {
    ...{ loss: 0.25, "val/acc": 0.75, unstepped: 3, "val_acc 2": 1 },
  });
  const points = await readHistory(rubicon, experiment);
  assert.deepEqual(
    points.filter(({ name }) => name === "loss").map((
      { step, time, value },
    ) => [step, time, value]),
    [
      [0, "2023-11-14T22:13:20.100000+00:00", 0.5],
      [1, "2023-11-14T22:13:20.200000+00:00", NaN],
      [2, "2023-11-14T22:13:20.300000+00:00", 0.25],
    ],
  );
  // Logged without steps: counted by their times. Of one step the later time counts.
  assert.deepEqual(
    points.filter(({ name }) => name === "unstepped").map(({ step, value }) => [step, value]),
    [[0, 1], [1, 2], [2, 3]],
  );
  assert.deepEqual(points.filter(({ name }) => name === "val/acc").map(({ value }) => value), [
    0.75,
  ]);
  const status = await experimentStatus(rubicon, experiment);
  assert.deepEqual([status?.state, status?.durationMs], ["finished", 10_000]);
  const weights = await getArtifact(rubicon, experiment, { name: "model/weights.txt" });
  const path = await downloadArtifact(rubicon, weights, `${folder}/weights.txt`);
  assert.equal(await Deno.readTextFile(path), "0.8");
  const meta = await getArtifact(rubicon, experiment, { name: "mlflow.json" });
  const json = JSON.parse(new TextDecoder().decode(await readArtifact(rubicon, meta)));
  assert.deepEqual([json.params.version, json.tags["mlflow.runName"]], ["007", "named"]);
});

onStore(
  "a second time nothing is written, and texts stay texts if wanted",
  async (folder, rubicon) => {
    await store(folder, [{ "params/lr": "0.1", "artifacts/a.txt": "x" }]);
    await importMlruns(rubicon, folder, { parameters: "text" });
    const files = Array.from(Deno.readDirSync(`${folder}/root/iris/experiments`));
    const again = await importMlruns(rubicon, new URL(`file://${folder}`), { parameters: "text" });
    assert.deepEqual([again.experiments, again.alreadyThere], [1, 1]);
    assert.deepEqual(Array.from(Deno.readDirSync(`${folder}/root/iris/experiments`)), files);
    const [experiment] = await listExperiments(
      rubicon,
      await getProject(rubicon, { name: "Iris" }),
    );
    assert.equal((await listParameters(rubicon, experiment!))[0]!.value, "0.1");
  },
);

Deno.test("mlruns: an import that broke off at any write goes on, and ends the same", async () => {
  await temporary(async (folder) => {
    await store(folder, [{
      "metrics/loss": "1700000000100 0.5 0\n1700000000300 0.25 1\n",
      "params/lr": "1",
      "artifacts/a.txt": "x",
    }, { "metrics/loss": "1700000000100 0.5 0\n" }]);
    for (let broken = 0;; broken++) {
      const driver = faulty("store");
      let puts = 0;
      const put = driver.put.bind(driver);
      driver.put = (key, source, options) =>
        puts++ === broken ? Promise.reject(new Error("cut off")) : put(key, source, options);
      await using rubicon = await openComposite(driver, { onWarning() {} });
      const first = await importMlruns(rubicon, folder).catch((error) => error);
      const isWhole = !(first instanceof Error);
      const { experiments, points } = isWhole ? first : await importMlruns(rubicon, folder);
      assert.deepEqual([experiments, points], [2, 3], `put ${broken}`);
      const [one] = await listExperiments(rubicon, await getProject(rubicon, { name: "Iris" }));
      assert.equal((await readHistory(rubicon, one!)).length, 2);
      assert.equal((await experimentStatus(rubicon, one!))?.state, "finished");
      if (isWhole) return assert.ok(broken > 8, `${broken} puts`);
    }
  });
});

onStore(
  "what is deleted, unknown or broken is left out, named or refused",
  async (folder, rubicon) => {
    const refused = (code: string, message: RegExp) => ({
      name: "RubiconException",
      code,
      message,
    });
    await assert.rejects(
      importMlruns(rubicon, `${folder}/no`),
      refused("not-found", /no file store/),
    );
    await store(folder, [{}], "lifecycle_stage: deleted\n");
    assert.equal((await importMlruns(rubicon, folder)).experiments, 0);
    assert.equal((await importMlruns(rubicon, folder, { deleted: true })).experiments, 1);
    await assert.rejects(
      importMlruns(rubicon, folder, { experiments: ["Irus"], deleted: true }),
      refused("invalid-argument", /Did you mean "Iris"/),
    );
    await assert.rejects(
      importMlruns(rubicon, folder, { parameter: "text" } as never),
      refused("invalid-argument", /Did you mean `parameters`/),
    );
    await store(folder, [{ "metrics/loss": "1700000000100 half 0\n" }]);
    await assert.rejects(importMlruns(rubicon, folder), refused("corrupt", /loss has a line/));
    await store(folder, [{}], ": [");
    await assert.rejects(
      importMlruns(rubicon, folder),
      refused("corrupt", /meta\.yaml is not YAML/),
    );
  },
);

Deno.test({
  name: "mlruns: a store that the real MLflow wrote is brought over as MLflow reads it",
  ignore,
  fn: () =>
    temporary(async (folder) => {
      const told = JSON.parse(
        await mlflow.run([
          "-c",
          `
import json, logging, os, sys
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
import mlflow
logging.disable(logging.WARNING)
mlflow.set_tracking_uri("file://" + sys.stdin.read())
mlflow.set_experiment("My exp / one")
with mlflow.start_run(run_name="first", tags={"team": "a"}, description="a note") as run:
    mlflow.log_params({"lr": 0.1, "opt": "adam", "deep": True, "none": None, "tiny": 1e-05})
    for step in range(100):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metric("val/acc", step * 0.1, step=step * 10)
    mlflow.log_metric("nan", float("nan"))
    mlflow.log_metric("inf", float("-inf"))
    mlflow.log_text("hello", "notes/a.txt")
    with mlflow.start_run(run_name="child", nested=True):
        mlflow.log_metric("loss", 1)
try:
    with mlflow.start_run(run_name="bad"):
        raise ValueError("x")
except ValueError:
    pass
gone = mlflow.start_run(run_name="gone")
mlflow.end_run()
mlflow.delete_run(gone.info.run_id)
client = mlflow.MlflowClient()
told = []
for one in client.search_runs([run.info.experiment_id], order_by=["start_time ASC"]):
    history = {name: [[m.step, m.timestamp, repr(m.value)] for m in client.get_metric_history(one.info.run_id, name)]
               for name in one.data.metrics}
    told.append({"id": one.info.run_id, "name": one.info.run_name, "status": one.info.status.lower(),
        "start": one.info.start_time, "params": one.data.params, "history": history})
print(json.dumps(told))
`,
        ], folder),
      ) as {
        id: string;
        name: string;
        status: string;
        start: number;
        params: Record<string, string>;
        history: Record<string, [number, number, string][]>;
      }[];
      await using rubicon = await openComposite({ persistence: "memory", rootDir: "real mlruns" });
      const counts = await importMlruns(rubicon, folder, { parameters: "text" });
      assert.deepEqual(counts, {
        ...{ projects: 1, experiments: 3, alreadyThere: 0, parameters: 5, metrics: 5 },
        ...{ points: 203, superseded: 0, artifacts: 1, bytes: 5 },
      });
      const [project] = await listProjects(rubicon);
      const ours = await Promise.all(
        (await listExperiments(rubicon, project!)).map(async (experiment) => {
          const history: Record<string, [number, number, number][]> = {};
          for (const { name, step, time, value } of await readHistory(rubicon, experiment)) {
            (history[name] ??= []).push([step, Date.parse(time), value]);
          }
          return {
            id: experiment.id.replaceAll("-", ""),
            name: experiment.name,
            status: (await experimentStatus(rubicon, experiment))?.state,
            start: Date.parse(experiment.createdAt),
            params: Object.fromEntries(
              (await listParameters(rubicon, experiment)).map(({ name, value }) => [name, value]),
            ),
            history,
          };
        }),
      );
      const byId = <T extends { id: string }>(all: T[]) => all.sort((a, b) => a.id < b.id ? -1 : 1);
      assert.deepEqual(
        byId(ours),
        byId(told.map((one) => ({
          ...one,
          history: Object.fromEntries(
            Object.entries(one.history).map(([name, points]) => [
              name,
              points.map(([step, time, value]) => [
                step,
                time,
                Number(value.replace("inf", "Infinity")),
              ]),
            ]),
          ),
        }))),
      );
    }),
});

for (
  const [what, files, message] of [
    [
      "a time of no year",
      { "metrics/m": "99999999999999999 1 1\n" },
      /metrics.m has a line that is no point/,
    ],
    [
      "a start of no year",
      { "meta.yaml": `run_id: ${RUN}00\nstart_time: -9e15\n` },
      /has a start_time of no year/,
    ],
    [
      "an id that is none",
      { "meta.yaml": "run_id: ../../x\n", "params/p": "1" },
      /its id is no UUID: "..\/..\/x"/,
    ],
  ] as const
) {
  Deno.test(`mlruns: ${what} is corrupt, by name`, () =>
    temporary(async (folder) => {
      await store(folder, [files as unknown as Record<string, string>]);
      await using rubicon = await openComposite(faulty());
      const error = await refused(() => importMlruns(rubicon, folder));
      assert.equal(error.code, "corrupt");
      assert.match(error.message, message);
    }));
}

Deno.test("mlruns: links bring no other files of the machine over", () =>
  temporary(async (folder) => {
    await Deno.mkdir(`${folder}/secret`);
    await Deno.writeTextFile(`${folder}/secret/file`, "s3cret");
    for (
      const [at, link] of ["artifacts/file", "artifacts/folder", "params", "metrics"].entries()
    ) {
      const root = `${folder}/${at}`;
      await store(root, [{ "artifacts/own": "1" }]);
      const target = link.endsWith("file") ? "secret/file" : "secret";
      await Deno.symlink(`${folder}/${target}`, `${root}/7/${RUN}00/${link}`);
      await using rubicon = await openComposite(faulty());
      const error = await refused(() => importMlruns(rubicon, root));
      assert.equal(error.code, "corrupt");
      assert.ok(error.message.includes(`${link} is a link`), error.message);
    }
  }));
