/**
 * What the real rubicon-ml makes of a store with a trash, on a folder and in a bucket: it lists nothing that was deleted,
 * and warns of nothing, also while a deletion or a restoration is under way.
 */
import assert from "node:assert/strict";
import {
  addTags,
  type BackendConfig,
  createProject,
  deleteExperiment,
  deleteProject,
  emptyTrash,
  logArtifact,
  logDataframe,
  logExperiment,
  openComposite,
  restoreExperiment,
  restoreProject,
} from "../../mod.ts";
import { openDriver } from "../../mod.ts";
import type { Driver } from "../../drivers/driver.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, pythonSession } from "../support/python.ts";
import { lacksServers, makeBucket, s3Config, startVersitygw } from "../support/servers.ts";

const ignore = ignoredFor("the trash with rubicon-ml", await lacksPython() ?? await lacksServers());

const SCRIPT = `
import fsspec, logging, os
from rubicon_ml import Rubicon

said = []
class Keep(logging.Handler):
    def emit(self, record):
        said.append(record.getMessage())
logging.getLogger().addHandler(Keep(level=logging.WARNING))

def answer(store):
    if store["root_dir"].startswith("s3://"):
        options = {k: v for k, v in store.items() if k not in ("persistence", "root_dir")}
        fsspec.filesystem("s3", **options).invalidate_cache()
    found = {}
    for project in Rubicon(**store).projects():
        found[project.name] = sorted(
            [e.name, sorted(e.tags), sorted(m.name for m in e.metrics()), [p.name for p in e.parameters()],
             [a.name for a in e.artifacts()], [d.name for d in e.dataframes()]]
            for e in project.experiments())
        project.artifacts()
    assert not said, said
    return found
`;

const FULL = ["gone", ["t"], ["loss", "m"], ["p"], ["a"], ["d"]];
const OTHER = ["other", [], ["m"], [], [], []];

/** A driver that calls `look` before each verb that changes something. */
function looking(inner: Driver, look: () => Promise<void>): Driver {
  const { putTree } = inner;
  return {
    ...inner,
    async put(...args) {
      await look();
      return await inner.put(...args);
    },
    async delete(...args) {
      await look();
      return await inner.delete(...args);
    },
    ...(putTree && {
      async putTree(...args) {
        await look();
        return await putTree(...args);
      },
    }),
  };
}

Deno.test({
  name: "rubicon-ml lists nothing of the trash and never warns, at any step",
  ignore,
  async fn() {
    const rootDir = await Deno.makeTempDir();
    await using server = await startVersitygw();
    await makeBucket(server, "trash");
    const stores: { config: BackendConfig; python: unknown }[] = [{
      config: { persistence: "filesystem", rootDir },
      python: { persistence: "filesystem", root_dir: rootDir },
    }, {
      config: s3Config(server, "s3://trash/root") as BackendConfig,
      python: {
        persistence: "filesystem",
        root_dir: "s3://trash/root",
        client_kwargs: { endpoint_url: server.endpoint },
        key: server.accessKeyId,
        secret: server.secretAccessKey,
      },
    }];
    await using session = await pythonSession(SCRIPT);
    for (const { config, python } of stores) {
      const seen = () => session.call(python);
      let steps = 0;
      let look = async () => {};
      await using rubicon = await openComposite(
        looking(await openDriver(config as never), () => look()),
      );
      const project = await createProject(rubicon, { name: "p" });
      await createProject(rubicon, { name: "keep" });
      await logExperiment(rubicon, project, { name: "other", metrics: { m: 2 } });
      const experiment = await addTags(
        rubicon,
        await logExperiment(rubicon, project, {
          name: "gone",
          parameters: { p: 1 },
          metrics: { m: 1, loss: 3 },
        }),
        ["t"],
      );
      await logArtifact(rubicon, experiment, { name: "a", data: "bytes" });
      await logDataframe(rubicon, experiment, { name: "d", rows: [{ x: 1 }] });
      const all = { keep: [], p: [FULL, OTHER] };
      assert.deepEqual(await seen(), all);
      // Whatever it sees on the way, it neither warns nor fails.
      look = async () => {
        steps++;
        await seen();
      };
      await deleteExperiment(rubicon, experiment);
      assert.deepEqual(await seen(), { keep: [], p: [OTHER] });
      await restoreExperiment(rubicon, project, { id: experiment.id });
      assert.deepEqual(await seen(), all);
      assert.ok(steps > 20, `${steps} steps were looked at`);
      await deleteProject(rubicon, project);
      assert.deepEqual(await seen(), { keep: [] });
      await restoreProject(rubicon, { name: "p" });
      assert.deepEqual(await seen(), all);
      await deleteExperiment(rubicon, experiment);
      await emptyTrash(rubicon, project);
      await emptyTrash(rubicon);
      assert.deepEqual(await seen(), { keep: [], p: [OTHER] });
    }
    await Deno.remove(rootDir, { recursive: true });
  },
});
