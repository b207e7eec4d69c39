/** The viewer of a catalog: what it names is shown, of all its stores, and nothing else. */
import assert from "node:assert/strict";
import {
  addChildExperiment,
  type CatalogTable,
  type CatalogView,
  createProject,
  type Experiment,
  getProject,
  listExperiments,
  logArtifact,
  logExperiment,
  logMetric,
  openCatalog,
  openComposite,
  publish,
} from "../../mod.ts";
import { parseRoute, parseView } from "../../viewer/app/state/view.ts";
import { exportViewer, serveViewer } from "../../viewer.ts";
import { readSources } from "../../domain/catalog/source.ts";
import { expander, readYaml } from "../../domain/catalog/yaml.ts";
import type { RunFile, RunsFile, ViewerIndex } from "../../viewer/contract.ts";
import { temporary } from "../support/folders.ts";
import { onFake } from "../support/on_fake.ts";
import { served } from "./support/serving.ts";

/** Logs runs of a project into a folder, and closes it. */
async function log(rootDir: string, name: string, count: number): Promise<Experiment[]> {
  await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
  const project = await createProject(rubicon, { name });
  const experiments: Experiment[] = [];
  for (let at = 0; at < count; at++) {
    const experiment = await logExperiment(rubicon, project, {
      ...{ name: `${name} ${at}`, parameters: { lr: at, depth: 3 }, metrics: { acc: at / 10 } },
    });
    await logMetric(rubicon, experiment, { name: "loss", value: 1, tags: ["shown"] });
    await logArtifact(rubicon, experiment, { name: "a.txt", data: name });
    experiments.push(experiment);
  }
  return experiments;
}

/** Publishes some into a catalog that may be there. */
async function add(
  catalog: string,
  rootDir: string,
  experiments: readonly Experiment[],
  views: readonly CatalogView[] = [],
) {
  await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
  const isThere = await Deno.stat(catalog).then(() => true, () => false);
  await publish(rubicon, experiments, { to: catalog, views, ...(isThere && { base: catalog }) });
}

/** Serves a catalog for as long as a test asks. */
async function onCatalog(
  path: string,
  test: (ask: <T>(path: string) => Promise<T>, url: string) => Promise<void>,
  options: Parameters<typeof serveViewer>[1] = {},
) {
  await using catalog = await openCatalog(path);
  await using viewer = await serveViewer(catalog, { port: 0, ...options });
  await test(async (path) => {
    const response = await fetch(new URL(path, viewer.url));
    return response.ok
      ? await response.json()
      : { status: response.status, body: await response.json() };
  }, viewer.url);
}

Deno.test("viewer catalog: it shows the runs that the catalog names, and no others", async () => {
  await temporary(async (folder) => {
    const root = `${folder}/root`;
    const iris = await log(root, "Iris", 3);
    await log(root, "Other", 1);
    {
      await using rubicon = await openComposite({ persistence: "filesystem", rootDir: root });
      await addChildExperiment(rubicon, iris[0]!, iris[1]!);
      await addChildExperiment(rubicon, iris[0]!, iris[2]!);
    }
    await add(`${folder}/c.yml`, root, [iris[0]!, iris[2]!]);
    await onCatalog(`${folder}/c.yml`, async (ask) => {
      const index = await ask<ViewerIndex>("index.json");
      assert.deepEqual(
        index.projects.map((
          { name, slug, experiments, error },
        ) => [name, slug, experiments, error]),
        [["Iris", "iris", 2, null]],
      );
      assert.deepEqual([index.error, index.views, index.backends.length], [null, [], 1]);
      const runs = await ask<RunsFile>(index.projects[0]!.runs.path);
      assert.deepEqual(runs.ids, [iris[0]!.id, iris[2]!.id]);
      const run = await ask<RunFile>(`projects/iris/runs/${iris[0]!.id}.json`);
      assert.deepEqual(run.children.map(({ id }) => id), [iris[2]!.id]);
      assert.equal(run.artifacts.length, 1);
      const [chosen, other] = iris.map(({ id }) => id);
      for (
        const end of [`runs/${other}.json`, `history/${other}.json`, `curves/${chosen},${other}`]
      ) {
        const { status, body } = await ask<{ status: number; body: { error: string } }>(
          `projects/iris/${end}`,
        );
        assert.deepEqual([status, /catalog does not name/.test(body.error)], [404, true]);
      }
      const path = run.artifacts[0]!.path!.replace(iris[0]!.id, iris[1]!.id);
      assert.equal((await ask<{ status: number }>(path)).status, 404);
      assert.equal((await ask<{ status: number }>("projects/other/runs.json")).status, 404);
    });
  });
});

Deno.test("viewer catalog: several stores, also with a project of one name, are one page", async () => {
  await temporary(async (folder) => {
    const [a, b] = [await log(`${folder}/a`, "Iris", 2), await log(`${folder}/b`, "Iris", 1)];
    const c = await log(`${folder}/b`, "Trees", 1);
    await add(`${folder}/c.yml`, `${folder}/a`, a);
    await add(`${folder}/c.yml`, `${folder}/b`, [...b, ...c]);
    await onCatalog(`${folder}/c.yml`, async (ask, base) => {
      const { projects, backends } = await ask<ViewerIndex>("index.json");
      assert.equal(new Set(projects.map(({ slug }) => slug)).size, 3);
      const names = projects.map(({ name }) => name.replace(/\d/, "N")).sort();
      assert.deepEqual(names, ["Iris (store N)", "Iris (store N)", "Trees"]);
      for (const { runs, slug, experiments } of projects) {
        const { ids } = await ask<RunsFile>(runs.path);
        assert.equal(ids.length, experiments);
        for (const id of ids) {
          const run = await ask<RunFile>(`projects/${encodeURIComponent(slug)}/runs/${id}.json`);
          assert.equal(run.id, id);
          const artifact = await fetch(new URL(run.artifacts[0]!.path!, base));
          assert.equal(await artifact.text(), slug === "trees" ? "Trees" : "Iris");
        }
        // While one is shown, the others are looked at now and then.
        const again = await ask<ViewerIndex>(`index.json?at=${encodeURIComponent(slug)}`);
        assert.equal(again.projects.length, 3);
      }
      assert.equal(new Set(backends.map(({ label }) => label)).size, 2, "labels differ");
      assert.ok(backends.every(({ label }) => /^store \d: /.test(label)));
    });
  });
});

Deno.test("viewer catalog: its views are the page's, beside those that are saved in the store", async () => {
  await temporary(async (folder) => {
    const iris = await log(`${folder}/root`, "Iris", 2);
    const trees = await log(`${folder}/root`, "Trees ~ 2", 1);
    await add(`${folder}/c.yml`, `${folder}/root`, [...iris, ...trees], [
      { kind: "table", name: "some", metricNames: ["acc"], parameterNames: ["lr"] },
      { kind: "table", name: "tagged", metricQueryTags: ["shown", "x"], parameterNames: null },
      { kind: "table", name: "both tags", metricQueryTags: ["shown", "x"], metricQueryType: "and" },
      { kind: "table", name: "all" },
      { kind: "correlation", parameterNames: ["lr", "a'b"], selectedMetric: "loss" },
      { kind: "lists", selectedMetric: "acc", columnNames: ["a", "it's"] },
      { kind: "dataframe", dataframeName: "df", x: "a b", y: "ü" },
    ]);
    const options = { edit: true };
    await onCatalog(`${folder}/c.yml`, async (ask, url) => {
      const { views } = await ask<ViewerIndex>("index.json");
      assert.equal(views.length, 14, "each view of each project");
      const of = (name: string) => {
        const { hash } = views.find((one) => one.project === "iris" && one.name === name)!;
        return { route: parseRoute(hash), view: parseView(hash) };
      };
      const shown = (name: string) => of(name).view.columns?.filter((key) => !key.startsWith("o."));
      assert.deepEqual(of("some").route, { screen: "project", slug: "iris", tab: "table" });
      assert.deepEqual(of("some").view.columns, ["o.name", "m.acc", "p.lr", "o.createdAt"]);
      assert.deepEqual(shown("tagged"), ["m.loss", "p.depth", "p.lr"]);
      assert.deepEqual(shown("both tags"), ["p.depth", "p.lr"]);
      assert.equal(shown("all"), undefined);
      const chart = (name: string) => {
        const { route, view } = of(name);
        return [route.screen === "project" && route.tab, view.charts];
      };
      assert.deepEqual(chart("metric_correlation_plot"), [
        "parallel",
        { parallel: { a: ["p.lr", "p.a'b"], c: "m.loss" } },
      ]);
      assert.deepEqual(chart("metric_list"), [
        "heatmap",
        { heatmap: { m: "m.acc", l: ["a", "it's"] } },
      ]);
      assert.deepEqual(chart("dataframe_plot"), ["frames", {
        frames: { d: "df", x: "a b", y: "ü" },
      }]);
      const page = await (await fetch(url)).text();
      const [, token = ""] = /name="rubicon-token" content="([0-9a-f]+)"/.exec(page) ?? [];
      const post = async (body: unknown) => {
        const response = await fetch(new URL("actions/edit", url), {
          method: "POST",
          headers: { "content-type": "application/json", "x-rubicon-token": token },
          body: JSON.stringify(body),
        });
        return [response.status, await response.text()] as const;
      };
      const [status, said] = await post({ do: "deleteView", project: "iris", name: "some" });
      assert.deepEqual([status, /one of the catalog/.test(said)], [400, true]);
      // One of the same name that is saved later counts.
      await post({ do: "saveView", project: "iris", name: "some", hash: "/p/iris/table" });
      const saved = (await ask<ViewerIndex>("index.json")).views.filter((one) =>
        one.project === "iris" && one.name === "some"
      );
      assert.deepEqual(saved.map(({ hash }) => hash), ["/p/iris/table"]);
      const [other] = await post({
        ...{ do: "addTags", project: "iris", values: ["x"] },
        experimentId: "00000000-0000-4000-8000-000000000000",
      });
      assert.equal(other, 404);
    }, options);
  });
});

Deno.test("viewer catalog: what its stores lack is told, and the others are shown", async () => {
  await temporary(async (folder) => {
    const iris = await log(`${folder}/a`, "Iris", 2);
    await add(`${folder}/c.yml`, `${folder}/a`, iris);
    await add(`${folder}/c.yml`, `${folder}/b`, await log(`${folder}/b`, "Trees", 1));
    await Deno.rename(`${folder}/b`, `${folder}/moved`);
    await Deno.remove(`${folder}/a/iris/experiments/${iris[1]!.id}`, { recursive: true });
    const text = await Deno.readTextFile(`${folder}/c.yml`);
    // A third store that cannot even be opened.
    await Deno.writeTextFile(
      `${folder}/c.yml`,
      text + "  experiment_x:\n    driver: rubicon_ml_experiment\n    args: {experiment_id: x, " +
        `project_name: P, urlpath: ${folder}/d, backends: ["${folder}/d", "${folder}/d/inner"]}\n`,
    );
    await onCatalog(`${folder}/c.yml`, async (ask) => {
      const { projects, error } = await ask<ViewerIndex>("index.json");
      assert.deepEqual(projects.map(({ name, experiments }) => [name, experiments]), [["Iris", 1]]);
      assert.match(projects[0]!.error!, /^1 of the 2 runs that the catalog names are not there/);
      assert.match(error!, /store \d of the catalog: .*inside/);
      assert.match(error!, /names runs of "Trees", and its store has no such project/);
    });
  });
});

Deno.test("viewer catalog: one that names nothing to show is refused", async () => {
  await temporary(async (folder) => {
    await add(`${folder}/c.yml`, `${folder}/a`, await log(`${folder}/a`, "Iris", 1));
    await Deno.writeTextFile(`${folder}/empty.yml`, "sources: {}\n");
    await using empty = await openCatalog(`${folder}/empty.yml`);
    await assert.rejects(serveViewer(empty, { port: 0 }), { code: "not-found", message: /no exp/ });
    await using catalog = await openCatalog(`${folder}/c.yml`);
    await assert.rejects(
      serveViewer(catalog, { port: 0, projects: ["Irs"] }),
      { code: "not-found", message: /Did you mean "Iris"/ },
    );
    await assert.rejects(serveViewer({} as never), { code: "invalid-argument" });
    await using nested = await openCatalog(`${folder}/c.yml`, {
      configure: () => ({ persistence: "s3", rootDir: "nothing" }),
    });
    await assert.rejects(serveViewer(nested, { port: 0 }), { code: "invalid-config" });
  });
});

onFake("the server makes a catalog of runs, without a secret or an endpoint", async ({ proxy }) => {
  await using rubicon = await openComposite([
    { persistence: "memory", rootDir: "made" },
    {
      ...{ persistence: "s3", rootDir: "s3://bucket/runs", endpoint: proxy.endpoint, retries: 1 },
      ...{ accessKeyId: "key", secretAccessKey: "very-secret" },
    },
  ]);
  const project = await createProject(rubicon, { name: "My Proj" });
  const runs = [await logExperiment(rubicon, project), await logExperiment(rubicon, project)];
  await using server = await served(rubicon);
  assert.equal((await server.index()).catalog, true);
  const asked = {
    ...{ project: "my-proj", ids: [runs[1]!.id] },
    columns: [
      { kind: "own", name: "name" },
      { kind: "metric", name: "acc" },
      { kind: "parameter", name: "lr" },
    ],
  };
  const response = await server.post("actions/catalog", asked);
  const { text } = await response.json();
  const { experiments, views } = readSources(readYaml(text, "it").sources, expander("/x"), "it");
  assert.deepEqual(experiments.map(({ name: _name, ...rest }) => rest), [
    { id: runs[1]!.id, projectName: "My Proj", backends: ["s3://bucket/runs"] },
  ]);
  const [table] = views as CatalogTable[];
  assert.deepEqual([table!.metricNames, table!.parameterNames], [["acc"], ["lr"]]);
  assert.doesNotMatch(text, /secret|127\.0\.0\.1|key\b/);
  const wrong: [body: object, status: number, said: RegExp][] = [
    [{ ...asked, ids: [] }, 400, /list of runs/],
    [{ ...asked, ids: "x" }, 400, /ids/],
    [{ ...asked, ids: ["00000000-0000-4000-8000-000000000000"] }, 400, /no run of this project/],
    [{ ...asked, project: "other" }, 404, /no project/],
    [{ ...asked, project: 3 }, 400, /slug/],
    [{ ...asked, columns: [3] }, 400, /columns/],
    [{ ...asked, columns: undefined }, 400, /columns/],
  ];
  for (const [body, status, said] of wrong) {
    const answer = await server.post("actions/catalog", body);
    assert.deepEqual([answer.status, said.test(await answer.text())], [status, true], String(said));
  }
  const foreign = await server.post("actions/catalog", asked, { "x-rubicon-token": "no" });
  assert.equal(foreign.status, 403);
});

Deno.test("viewer catalog: none is offered of memory, to other machines, and by an export", async () => {
  await temporary(async (folder) => {
    await log(`${folder}/root`, "Iris", 1);
    await using memory = await openComposite({ persistence: "memory", rootDir: "nowhere" });
    await using rubicon = await openComposite({
      ...{ persistence: "filesystem", rootDir: `${folder}/root` },
    });
    const project = await getProject(rubicon, { name: "Iris" });
    const [{ id }] = await listExperiments(rubicon, project) as [Experiment];
    {
      await using server = await served(memory);
      assert.equal((await server.index()).catalog, undefined);
    }
    await using server = await served(rubicon, { hosts: ["runs.example.org"] });
    assert.equal((await server.index()).catalog, undefined);
    const refused = await server.post("actions/catalog", {
      project: "iris",
      ids: [id],
      columns: [],
    });
    assert.equal(refused.status, 403);
    await exportViewer(rubicon, { to: `${folder}/site` });
    const index = JSON.parse(await Deno.readTextFile(`${folder}/site/index.json`));
    assert.equal(index.catalog, undefined);
  });
});
