/** Catalogs, written and read. */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  type BackendConfig,
  type CatalogView,
  createProject,
  type Experiment,
  logExperiment,
  openCatalog,
  openComposite,
  publish,
  type RubiconErrorCode,
} from "../../mod.ts";
import { expander, literal, readYaml, writeYaml } from "../../domain/catalog/yaml.ts";
import { temporary } from "../support/folders.ts";
import { onFake } from "../support/on_fake.ts";

const code = (code: RubiconErrorCode, message?: RegExp) => (error: { code?: string }) => {
  assert.equal(error.code, code, String(error));
  if (message) assert.match(String(error), message);
  return true;
};

/** Two folders with one experiment each of some projects. */
async function logged(folder: string, names = ["My Proj"]) {
  const rubicon = await openComposite(
    ["a", "b"].map((root) => ({
      persistence: "filesystem" as const,
      rootDir: `${folder}/${root}`,
    })),
  );
  const experiments: Experiment[] = [];
  for (const name of names) {
    const project = await createProject(rubicon, { name });
    experiments.push(await logExperiment(rubicon, project, { name: `of ${name}` }));
  }
  return { rubicon, experiments };
}

Deno.test("catalog: a published experiment is found by name and id in all its backends", async () => {
  await temporary(async (folder) => {
    const { rubicon, experiments } = await logged(folder, ["one", "two"]);
    await using _closed = rubicon;
    await publish(rubicon, experiments, { to: `${folder}/catalog.yml` });
    await using catalog = await openCatalog(`${folder}/catalog.yml`);
    assert.deepEqual(
      catalog.experiments.map(({ id, projectName, backends }) => ({ id, projectName, backends })),
      experiments.map(({ id, projectName }) => ({
        ...{ id, projectName, backends: [`${folder}/a`, `${folder}/b`] },
      })).sort((x, y) => x.id < y.id ? -1 : 1),
    );
    const byId = await catalog.get(experiments[1]!.id);
    assert.deepEqual(byId.experiment, experiments[1]);
    assert.equal(byId.project.name, "two");
    const byName = await catalog.get(`experiment_${experiments[0]!.id.replaceAll("-", "_")}`);
    assert.deepEqual(byName.experiment, experiments[0]);
    assert.equal(byName.rubicon, byId.rubicon, "one composite for one list of backends");
    assert.deepEqual(await catalog.composites(), [byId.rubicon]);
    // The first backend lost: the second answers.
    await Deno.rename(`${folder}/a`, `${folder}/lost`);
    await using again = await openCatalog(`${folder}/catalog.yml`);
    assert.deepEqual((await again.get(again.experiments[0]!)).experiment.kind, "experiment");
  });
});

Deno.test("catalog: a relative one still leads to its store after both have moved", async () => {
  await temporary(async (folder) => {
    const { rubicon, experiments } = await logged(`${folder}/old`);
    await publish(rubicon, experiments, { to: `${folder}/old/catalog.yml`, relative: true });
    await rubicon.close();
    await Deno.rename(`${folder}/old`, `${folder}/new`);
    await using catalog = await openCatalog(new URL(`file://${folder}/new/catalog.yml`));
    assert.deepEqual(catalog.experiments[0]!.backends, [`${folder}/new/a`, `${folder}/new/b`]);
    assert.deepEqual((await catalog.get(experiments[0]!.id)).experiment, experiments[0]);
  });
});

Deno.test("catalog: a base keeps its other sources and what is not ours", async () => {
  await temporary(async (folder) => {
    const { rubicon, experiments } = await logged(folder, ["one", "two"]);
    await using _closed = rubicon;
    const base = `${folder}/base.yml`;
    await Deno.writeTextFile(
      base,
      "metadata: {version: 1}\nsources:\n  weather: {driver: csv, args: {urlpath: x.csv}}\n",
    );
    const first = await publish(rubicon, [experiments[0]!], { base });
    assert.equal(await Deno.readTextFile(base), first, "without `to` the base is written");
    const second = await publish(rubicon, [experiments[1]!], { base, to: `${folder}/both.yml` });
    assert.equal(await Deno.readTextFile(base), first);
    assert.equal(await Deno.readTextFile(`${folder}/both.yml`), second);
    await using catalog = await openCatalog(`${folder}/both.yml`);
    assert.deepEqual(catalog.others, ["weather"]);
    assert.equal(catalog.experiments.length, 2);
    assert.deepEqual(readYaml(second, "it").metadata, { version: 1 });
  });
});

Deno.test("catalog: views come back as they were given, with rubicon-ml's defaults", async () => {
  await temporary(async (folder) => {
    const { rubicon, experiments } = await logged(folder);
    await using _closed = rubicon;
    const views: CatalogView[] = [
      { kind: "table", metricNames: ["acc"] },
      { kind: "correlation", name: "mine", selectedMetric: "acc" },
      { kind: "lists", columnNames: ["a", "b"] },
      { kind: "dataframe", dataframeName: "df", x: "a", y: "b" },
    ];
    await publish(rubicon, experiments, { to: `${folder}/c.yml`, views });
    await using catalog = await openCatalog(`${folder}/c.yml`);
    const byKind = (kind: string) => catalog.views.find((view) => view.kind === kind);
    assert.deepEqual(byKind("table"), {
      ...{ kind: "table", name: "experiment_table", isSelectable: true, metricNames: ["acc"] },
      ...{ metricQueryTags: null, metricQueryType: null, parameterNames: null },
      ...{ parameterQueryTags: null, parameterQueryType: null },
    });
    assert.equal(byKind("correlation")!.name, "mine");
    assert.deepEqual(byKind("lists"), {
      ...{ kind: "lists", name: "metric_list", columnNames: ["a", "b"], selectedMetric: null },
    });
    assert.deepEqual(byKind("dataframe"), {
      ...{ kind: "dataframe", name: "dataframe_plot", dataframeName: "df", x: "a", y: "b" },
    });
  });
});

onFake("a catalog in a bucket is written and read by its own configuration", async ({ proxy }) => {
  const configure = (rootDir: string): BackendConfig => ({
    persistence: "s3",
    ...{ rootDir, endpoint: proxy.endpoint, retries: 1 },
    ...{ accessKeyId: "key", secretAccessKey: "very-secret" },
  });
  await using rubicon = await openComposite(configure("s3://bucket/shared/root"));
  const project = await createProject(rubicon, { name: "Iris" });
  const experiment = await logExperiment(rubicon, project, { name: "forest" });
  const to = "s3://bucket/shared/catalog.yml";
  const text = await publish(rubicon, [experiment], { to, relative: true, configure });
  assert.match(text, /\{\{ CATALOG_DIR \}\}\/root/);
  assert.ok(!text.includes("very-secret") && !text.includes("127.0.0.1"), "no secret, no address");
  await using catalog = await openCatalog(to, { configure });
  assert.deepEqual((await catalog.get(experiment.id)).experiment, experiment);
  await assert.rejects(
    openCatalog("s3://bucket/shared/other.yml", { configure }),
    code("not-found", /no such object/),
  );
  await assert.rejects(openCatalog("s3://bucket", { configure }), code("invalid-argument"));
});

Deno.test("catalog: one is read from a web server, whose refusal is told", async () => {
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) =>
      request.url.endsWith("/c.yml")
        ? new Response(
          "sources:\n  e:\n    driver: rubicon_ml_experiment\n    args: {experiment_id: i, " +
            "project_name: p, urlpath: '{{ CATALOG_DIR }}/root'}\n",
        )
        : new Response("no", { status: request.url.endsWith("/gone") ? 404 : 500 }),
  );
  const at = `http://127.0.0.1:${server.addr.port}/x`;
  await using catalog = await openCatalog(new URL(`${at}/c.yml`));
  assert.deepEqual(catalog.experiments[0]!.backends, [`${at}/root`]);
  await assert.rejects(openCatalog(`${at}/gone`), code("not-found", /404/));
  await assert.rejects(openCatalog(`${at}/broken`), code("unavailable", /500/));
});

Deno.test("catalog: what is wrong is refused before anything is written", async () => {
  await temporary(async (folder) => {
    const { rubicon, experiments } = await logged(folder);
    await using _closed = rubicon;
    await using memory = await openComposite({ persistence: "memory", rootDir: "cat" });
    const to = `${folder}/c.yml`;
    const refused: [Promise<unknown>, RegExp][] = [
      [publish(memory, experiments, { to }), /no backend is a folder or a bucket/],
      [publish(rubicon, experiments, { relative: true }), /Pass `to`/],
      [publish(rubicon, experiments, { to, views: [{ kind: "pie" } as never] }), /one of table, /],
      [publish(rubicon, [{} as never], { to }), /experiments/],
      [publish(rubicon, experiments[0] as never, { to }), /a list of experiments/],
      [publish(rubicon, experiments, { to, backends: [] }), /a list of roots/],
      [publish(rubicon, experiments, { tu: to } as never), /Did you mean `to`/],
      [
        publish(rubicon, experiments, {
          to,
          views: [{ kind: "table", metricQueryType: "xor" as never }],
        }),
        /metricQueryType must be and or or, not "xor"/,
      ],
      [
        publish(rubicon, experiments, { to, views: [{ kind: "lists", columns: [] } as never] }),
        /has no option "columns"/,
      ],
      [
        publish(rubicon, experiments, { to, views: [{ kind: "dataframe" } as never] }),
        /dataframeN/,
      ],
      [openCatalog("" as string), /a path or a URL/],
    ];
    for (const [promise, message] of refused) {
      await assert.rejects(promise, code("invalid-argument", message));
    }
    await assert.rejects(Deno.stat(to), Deno.errors.NotFound);
    await assert.rejects(openCatalog(to), code("not-found", /no such file/));
    const broken: [string, RegExp][] = [
      ["a: [", /is not YAML/],
      ["just text", /no "sources"/],
      ["sources: {e: {driver: rubicon_ml_experiment, args: {}}}", /lacks its experiment/],
      [
        "sources: {e: {driver: rubicon_ml_experiment, args: {experiment_id: i, project_name: p}}}",
        /where its store is/,
      ],
      [
        "sources: {t: {driver: rubicon_ml_metric_list, args: {column_names: 3}}}",
        /"t" has column_names: 3/,
      ],
    ];
    for (const [text, message] of broken) {
      await Deno.writeTextFile(`${folder}/broken.yml`, text);
      await assert.rejects(openCatalog(`${folder}/broken.yml`), code("corrupt", message));
    }
  });
});

Deno.test("catalog: an experiment that it lacks is told with the nearest name", async () => {
  await temporary(async (folder) => {
    const { rubicon, experiments } = await logged(folder);
    await using _closed = rubicon;
    await publish(rubicon, experiments, { to: `${folder}/c.yml` });
    await using catalog = await openCatalog(`${folder}/c.yml`);
    const name = catalog.experiments[0]!.name;
    await assert.rejects(
      catalog.get(`${name}x`),
      code("not-found", new RegExp(`Did you mean "${name}"`)),
    );
  });
});

Deno.test("catalog: any text of a source comes back from YAML and from templates", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("yes", "1:30", "0o17", "~", "1_000", "2001-01-01", "{{ CATALOG_DIR }}", "{{{"),
    fc.array(fc.constantFrom("{", "{{", "{%", "{#", "}}", "'", '"', " ", "CATALOG_DIR")).map((
      all,
    ) => all.join("")),
  );
  fc.assert(fc.property(text, text, (name, value) => {
    const written = writeYaml({ sources: { [`k${name}`]: literal(value) } });
    const [[key, read]] = Object.entries(readYaml(written, "it").sources) as [[string, string]];
    assert.equal(key, `k${name}`);
    assert.equal(expander("/folder")(read), value);
  }));
});
