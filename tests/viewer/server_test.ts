/**
 * The viewer's server: what it gives of a store, and how little it asks of the store for it.
 */
import assert from "node:assert/strict";
import {
  addTags,
  createProject,
  listProjects,
  logArtifact,
  logExperiment,
  logMetric,
  logParameter,
  openComposite,
  toParquet,
} from "../../mod.ts";
import type {
  FrameFile,
  ProjectFile,
  RunFile,
  RunsFile,
  ViewerIndex,
} from "../../viewer/contract.ts";
import { faulty } from "../support/faulty.ts";
import { served } from "./support/serving.ts";
import { inMemory, makeStore } from "./support/stores.ts";
import { fillSweep } from "./support/sweep.ts";

const own = (file: RunsFile, name: string) =>
  file.columns.find((one) => one.kind === "own" && one.name === name)!.values;

Deno.test("viewer server: the index has each project with its counts, and each backend", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon, { title: "Mine" });
  const index = await server.index();
  const { title, live, edit, format, error } = index;
  assert.deepEqual({ title, live, edit, format, error }, {
    ...{ title: "Mine", live: true, edit: false, format: 1, error: null },
  });
  assert.deepEqual(
    index.projects.map(({ name, experiments, error }) => [name, experiments, error]),
    [
      ["Iris demo", 12, null],
      ["Größe & Maß", 3, null],
      ["Training", 9, null],
    ],
  );
  assert.equal(index.projects[0]!.lastRunAt, "2026-11-02T20:00:00.000000+00:00");
  assert.deepEqual(
    index.backends.map(({ label, answered, circuit }) => [label, answered, circuit]),
    [
      ["memory", true, "closed"],
    ],
  );
  const runs: RunsFile = await server.json(index.projects[1]!.runs.path);
  assert.equal(runs.checksum, index.projects[1]!.runs.checksum);
  assert.deepEqual(own(runs, "name"), ["Lauf 0", "Lauf 1", "Lauf 2"], "oldest first");
  assert.deepEqual(runs.project, { name: "Größe & Maß", slug: "größe-maß", githubUrl: null });
});

Deno.test("viewer server: a run's page has all that was logged to it", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon);
  const { ids } = await server.runs("iris-demo");
  const run: RunFile = await server.json(`projects/iris-demo/runs/${ids[0]}.json`);
  assert.equal(run.name, "forest 1");
  assert.deepEqual(run.comments, ["The one to beat.", "Seed 42."]);
  assert.equal(
    run.commitUrl,
    "https://github.com/example/iris/commit/0123456789abcdef0123456789abcdef01234567",
  );
  assert.deepEqual(run.children.map(({ name }) => name), ["forest 2", "forest 3"]);
  assert.deepEqual(run.trainingMetadata, [["s3://data/iris.parquet", "SELECT * LIMIT 50"]]);
  assert.ok(run.parameters.some(({ name, value }) => name === "n_estimators" && value === 50));
  assert.deepEqual(run.features.map(({ name }) => name), ["sepal length", "petal width", "unused"]);
  assert.equal(run.environment?.["versions.deno"], "2.9.6");
  const shows = Object.fromEntries(run.artifacts.map(({ name, show }) => [name, show]));
  assert.deepEqual(shows, {
    ...{ "matrix.svg": "image", "notes.txt": "text", "config.json": "json", "sample.png": "image" },
    ...{ "tone.wav": "audio", "table.csv": "csv", "report.html": "html", "model.bin": "none" },
    ...{ "environment.json": "json", "scores.parquet": "parquet" },
  });
  const child: RunFile = await server.json(`projects/iris-demo/runs/${ids[1]}.json`);
  assert.deepEqual(child.parents, [{ id: ids[0], name: "forest 1" }]);
});

Deno.test("viewer server: a dataframe is columns with types, and whole as Parquet", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon);
  const { ids } = await server.runs("iris-demo");
  const run: RunFile = await server.json(`projects/iris-demo/runs/${ids[0]}.json`);
  const frame: FrameFile = await server.json(run.dataframes[0]!.path!);
  assert.equal(frame.rows, 40);
  assert.deepEqual(frame.columns.map(({ name, type }) => [name, type]), [
    ...[["step", "number"], ["truth", "number"], ["predicted", "number"], ["score", "number"]],
    ...[["when", "time"], ["label", "text"]],
  ]);
  assert.deepEqual(frame.columns[5]!.values.slice(0, 2), ["row 0", "row 1"]);
  const parquet = await (await server.get(frame.download!)).bytes();
  assert.equal(new TextDecoder().decode(parquet.slice(0, 4)), "PAR1");
  const project: ProjectFile = await server.json("projects/iris-demo/project.json");
  assert.deepEqual(project.artifacts.map(({ name }) => name), ["readme.md"]);
  const data: FrameFile = await server.json(project.dataframes[0]!.path!);
  assert.equal(data.columns[0]!.values.length, 500);
});

Deno.test("viewer server: an artifact that is Parquet has its first rows, any other has none", async () => {
  await using rubicon = await openComposite(inMemory());
  const project = await createProject(rubicon, { name: "P" });
  const run = await logExperiment(rubicon, project);
  const data = await toParquet({
    columns: ["fold", "label"],
    rows: Array.from({ length: 6_000 }, (_, at) => ({ fold: at, label: `row ${at}` })),
  });
  for (const [name, some] of [["a.bin", data], ["broken", data.slice(0, 900)]] as const) {
    await logArtifact(rubicon, run, { name, data: some });
  }
  await logArtifact(rubicon, run, { name: "notes.parquet", data: "only text" });
  await using server = await served(rubicon);
  const { artifacts }: RunFile = await server.json(`projects/p/runs/${run.id}.json`);
  const [whole, broken, notes] = ["a.bin", "broken", "notes.parquet"].map((name) =>
    artifacts.find((one) => one.name === name)!
  );
  const table: FrameFile = await server.json(whole!.table!);
  assert.equal(table.rows, 6_000);
  assert.deepEqual(table.columns.map(({ name, type }) => [name, type]), [
    ["fold", "number"],
    ["label", "text"],
  ]);
  assert.equal(table.columns[0]!.values.length, 5_000);
  const answer = await server.get(broken!.table!);
  assert.equal(answer.status, 500);
  assert.equal((await answer.json()).code, "corrupt");
  assert.equal(notes!.table, undefined);
  const none = await server.get(notes!.path!.replace(/\.[a-z]+$/, ".table.json"));
  assert.equal(none.status, 404);
  await none.body?.cancel();
});

Deno.test("viewer server: an unchanged store is one 304, and nothing of it is read", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  await fillSweep(rubicon, { runs: 20, parameters: 6, metrics: 3 });
  await using server = await served(rubicon);
  const first = await server.get("index.json?at=image-classifier");
  const { projects: [project] } = await first.json() as ViewerIndex;
  const etag = first.headers.get("etag")!;
  const before = { ...driver.calls };
  const again = await server.get("index.json?at=image-classifier", { "if-none-match": etag });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), "");
  assert.deepEqual(
    { ...driver.calls },
    { ...before, list: before.list + 1 },
    "one listing tells that nothing is new",
  );
  const runs = await server.get(project!.runs.path);
  await runs.body?.cancel();
  assert.equal(driver.calls.get, before.get, "the runs were read for the index");
  const same = await server.get(project!.runs.path, { "if-none-match": runs.headers.get("etag")! });
  assert.equal(same.status, 304);
});

Deno.test("viewer server: whatever becomes of a run shows at the next look, also in a folder", async () => {
  const folder = await Deno.makeTempDir();
  const backends = [inMemory(), { persistence: "filesystem" as const, rootDir: folder }];
  for (const backend of backends) {
    await using rubicon = await openComposite(backend);
    // Somebody else writes.
    await using other = await openComposite(backend);
    const project = await createProject(other, { name: "P" });
    await using server = await served(rubicon);
    let seen = (await server.index("p")).projects[0]!.runs.checksum;
    const changes = async (what: string, work: () => Promise<unknown>) => {
      await work();
      const now = (await server.index("p")).projects[0]!.runs.checksum;
      assert.notEqual(now, seen, `${backend.persistence}: ${what}`);
      seen = now;
    };
    const input = { parameters: { a: 1 }, metrics: { m: 1 } };
    let run!: Awaited<ReturnType<typeof logExperiment>>;
    await changes("a run", async () => run = await logExperiment(other, project, input));
    await changes("a metric", () => logMetric(other, run, { name: "late", value: 2 }));
    await changes("a parameter", () => logParameter(other, run, { name: "late", value: 2 }));
    await changes("a tag", async () => run = await addTags(other, run, ["new"]));
    await changes("another run", () => logExperiment(other, project, {}));
    const file = await server.runs("p");
    assert.deepEqual(own(file, "tags"), [["new"], []]);
    assert.equal((await server.index("p")).projects[0]!.runs.checksum, file.checksum);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("viewer server: a run that is written while its project is read shows at the next look", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "P" });
  await logExperiment(rubicon, project, { name: "first" });
  await using server = await served(rubicon);
  await server.index();
  // The look has seen one more run, and not the last one, when the runs are read.
  await logExperiment(rubicon, project, { name: "second" });
  const [, runs] = await Promise.all([
    logExperiment(rubicon, project, { name: "third" }),
    server.runs("p"),
  ]);
  assert.ok(runs.ids.length >= 2);
  assert.equal((await server.runs("p")).ids.length, 3);
});

Deno.test("viewer server: while one project is shown, others and new ones come with a later look", async () => {
  let now = 1_000_000;
  await using rubicon = await makeStore("bare");
  await using server = await served(rubicon, { now: () => now });
  assert.deepEqual((await server.index()).projects.map(({ name }) => name), ["Nothing yet"]);
  await createProject(rubicon, { name: "Another" });
  assert.equal((await server.index("nothing-yet")).projects.length, 1);
  now += 30_000;
  assert.equal((await server.index("nothing-yet")).projects.length, 2);
  await createProject(rubicon, { name: "Third" });
  assert.equal((await server.index()).projects.length, 3, "a look at all is one");
  await createProject(rubicon, { name: "Fourth" });
  assert.equal(
    (await server.get("projects/fourth/runs.json")).status,
    200,
    "one that is asked for is found",
  );
});

Deno.test("viewer server: a large project is not read for the index, but its last run is found", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const { project, experiments } = await fillSweep(rubicon, {
    runs: 2_001,
    parameters: 6,
    metrics: 2,
  });
  assert.equal(project.name, "Image classifier");
  await using server = await served(rubicon);
  const before = driver.calls.get;
  const { projects: [entry] } = await server.index();
  // Its last run is found by the store's times, so by some of the runs' own files alone.
  assert.ok(driver.calls.get - before < 2_100, `${driver.calls.get - before} objects were read`);
  assert.equal(entry!.experiments, 2_001);
  assert.equal(entry!.lastRunAt, experiments.map(({ createdAt }) => createdAt).sort().at(-1));
  const runs: RunsFile = await server.json(entry!.runs.path);
  assert.equal(runs.ids.length, 2_001);
  assert.equal((await server.index("p")).projects[0]!.runs.checksum, runs.checksum);
});

Deno.test("viewer server: three broken backends together show all runs, and how each is", async () => {
  await using rubicon = await makeStore("broken");
  await using server = await served(rubicon);
  const { projects, backends, error } = await server.index();
  assert.equal(error, null);
  assert.equal((await server.runs("image-classifier")).ids.length, 40);
  assert.equal(projects[0]!.experiments, 40);
  assert.deepEqual(backends.map(({ label, answered }) => [label, answered]), [
    ...[["store-a", false], ["store-b", true], ["store-c", true]],
  ]);
  assert.match(backends[0]!.lastError!, /out of order/);
});

Deno.test("viewer server: a backend that hangs does not keep the page from what the others have", async () => {
  const [first, hanging] = [faulty("first"), faulty("hanging")];
  const rubicon = await openComposite([first, hanging], { onWarning: () => {}, timeoutMs: 4_000 });
  await logExperiment(rubicon, await createProject(rubicon, { name: "P" }));
  hanging.faults.all = "hang";
  const server = await served(rubicon);
  const { projects, backends } = await server.index();
  assert.deepEqual(projects.map(({ name }) => name), ["P"]);
  assert.deepEqual(
    backends.map(({ answered }) => answered),
    [null, null],
    "not all have said so yet",
  );
  await server.viewer.close();
});

Deno.test("viewer server: what comes to a backend behind a damaged one shows, too", async () => {
  const [damaged, whole] = [faulty("damaged"), faulty("whole")];
  await using both = await openComposite([damaged, whole], { onWarning: () => {} });
  const project = await createProject(both, { name: "P" });
  const run = await logExperiment(both, project, { name: "first" });
  const key = `p/experiments/${run.id}/metadata.json`;
  await damaged.put(key, new TextEncoder().encode('{"name": "cut sh'));
  await using server = await served(both);
  assert.deepEqual(own(await server.runs("p"), "name"), ["first"]);
  const before = (await server.index("p")).projects[0]!.runs.checksum;
  await using other = await openComposite(whole);
  await logExperiment(other, project, { name: "second" });
  assert.notEqual((await server.index("p")).projects[0]!.runs.checksum, before);
  assert.deepEqual(own(await server.runs("p"), "name"), ["first", "second"]);
});

Deno.test("viewer server: a store that is down says so, and shows what was known when it goes", async () => {
  await using rubicon = await makeStore("down");
  await using server = await served(rubicon);
  const index = await server.index();
  assert.match(index.error!, /No backend was able to read the projects/);
  assert.deepEqual(index.backends.map(({ answered }) => answered), [false, false, false]);
  assert.equal((await server.get("projects/p/runs.json")).status, 503);

  const driver = faulty();
  await using going = await openComposite(driver);
  await logExperiment(going, await createProject(going, { name: "P" }), {});
  await using other = await served(going);
  const before = await other.index();
  driver.faults.all = "before";
  const after = await other.index();
  assert.match(after.error!, /out of order/);
  assert.deepEqual(after.projects.map(({ name, experiments }) => [name, experiments]), [["P", 1]]);
  const alone = await other.index("p");
  assert.match(alone.projects[0]!.error!, /out of order/);
  driver.faults.all = undefined!;
  const again = await other.index();
  assert.equal(again.projects[0]!.runs.checksum, before.projects[0]!.runs.checksum);
});

Deno.test("viewer server: a project that cannot be read does not hide the others", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver, { onWarning: () => {} });
  const bad = await createProject(rubicon, { name: "Bad" });
  await logExperiment(rubicon, await createProject(rubicon, { name: "Good" }), {});
  const run = await logExperiment(rubicon, bad, {});
  const list = driver.list;
  driver.list = (prefix, options) => {
    if (prefix.startsWith("bad")) throw new Error("the disk is worn");
    return list(prefix, options);
  };
  await using reopened = await openComposite(driver, { onWarning: () => {} });
  await using server = await served(reopened);
  const { projects } = await server.index();
  assert.deepEqual(projects.map(({ name, error }) => [name, error !== null]), [
    ...[["Bad", true], ["Good", false]],
  ]);
  assert.equal((await server.get(`projects/bad/runs/${run.id}.json`)).status, 503);
});

Deno.test("viewer server: what is not there is 404, with words", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon);
  const id = crypto.randomUUID();
  const paths = [
    ...["nowhere", "projects/other/runs.json", `projects/iris-demo/runs/${id}.json`],
    ...[
      `projects/iris-demo/artifacts/own/${id}.txt`,
      `projects/iris-demo/artifacts/${id}/${id}.txt`,
    ],
    ...[`projects/iris-demo/dataframes/own/${id}.json`, "projects/iris-demo/columns/3.json"],
    ...["projects/iris-demo/sparks.json", `projects/iris-demo/history/${id}.json`],
    ...["actions/verify", "..%2f..%2fetc/passwd"],
  ];
  for (const path of paths) {
    const response = await server.get(path);
    assert.equal(response.status, 404, path);
    const { error, code } = await response.json();
    assert.equal(code, "not-found");
    assert.ok(error.length > 10, path);
  }
});

Deno.test("viewer server: an artifact that is deleted is gone, also for who has its tag", async () => {
  await using rubicon = await makeStore("bare");
  const [project] = await listProjects(rubicon);
  const artifact = await logArtifact(rubicon, project!, { name: "a.txt", data: "text" });
  await using server = await served(rubicon);
  const { artifacts: [shown] }: ProjectFile = await server.json(
    "projects/nothing-yet/project.json",
  );
  const response = await server.get(shown!.path!);
  assert.equal(await response.text(), "text");
  const etag = response.headers.get("etag")!;
  assert.equal((await server.get(shown!.path!, { "if-none-match": etag })).status, 304);
  const { deleteArtifact } = await import("../../mod.ts");
  await deleteArtifact(rubicon, artifact);
  const gone = await server.get(shown!.path!, { "if-none-match": etag });
  assert.equal(gone.status, 404);
  await gone.body?.cancel();
});

Deno.test("viewer server: answers are packed where that is worth it, and the same unpacked", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon);
  const { projects: [project] } = await server.index();
  const plain = await server.get(project!.runs.path, { "accept-encoding": "identity" });
  assert.equal(plain.headers.get("content-encoding"), null);
  const packed = await server.get(project!.runs.path, { "accept-encoding": "gzip, br" });
  assert.equal(packed.headers.get("vary"), "accept-encoding");
  assert.equal(await packed.text(), await plain.text());
  const refused = await server.get(project!.runs.path, { "accept-encoding": "gzip;q=0" });
  assert.equal(refused.headers.get("content-encoding"), null);
  await refused.body?.cancel();
});

Deno.test("viewer server: projects can be chosen, and the others are not there", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon, { projects: new Set(["Iris demo"]) });
  assert.deepEqual((await server.index()).projects.map(({ name }) => name), ["Iris demo"]);
  const response = await server.get("projects/gr%C3%B6%C3%9Fe-ma%C3%9F/runs.json");
  assert.equal(response.status, 404);
  await response.body?.cancel();
});

Deno.test("viewer server: it stops, and leaves the composite open", async () => {
  await using rubicon = await makeStore("small");
  const server = await served(rubicon);
  await server.index();
  await server.viewer.close();
  await server.viewer.finished;
  await assert.rejects(server.get("index.json"));
  assert.equal((await listProjects(rubicon)).length, 3);
});
