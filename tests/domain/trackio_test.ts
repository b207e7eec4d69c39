/** trackio's store, brought over: one that is made here, and one that the real trackio wrote. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import {
  downloadArtifact,
  experimentStatus,
  getArtifact,
  getExperiment,
  getProject,
  importTrackio,
  listArtifacts,
  listExperiments,
  listMetrics,
  listParameters,
  openComposite,
  readArtifact,
  readHistory,
} from "../../mod.ts";
import { faulty, refused } from "../support/faulty.ts";
import { temporary } from "../support/folders.ts";
import { onStore as imported, values } from "../support/imported.ts";
import { ignoredFor } from "../support/parts.ts";
import { venv } from "../support/venv.ts";

const trackio = venv("python-trackio", ["trackio==0.43.0"], "the real trackio");
const ignore = ignoredFor("imports from trackio", await trackio.lacks());

const RUN = "aaaaaaaabbbb4ccc8ddd000000000000";
const ID = "aaaaaaaa-bbbb-4ccc-8ddd-000000000000";
const at = (second: number) => `2026-11-28T06:30:${String(second).padStart(2, "0")}.309425+00:00`;

/** Makes a database as trackio does, with rows of metrics: the step, and what was logged. */
function database(
  path: string,
  rows: readonly (readonly [step: number, logged: unknown])[],
  { config = {}, isOld = false }: { config?: unknown; isOld?: boolean } = {},
) {
  const db = new DatabaseSync(path);
  const id = isOld ? "" : "run_id TEXT, ";
  db.exec(
    `CREATE TABLE metrics (id INTEGER PRIMARY KEY, ${id}timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT)`,
  );
  db.exec(
    `CREATE TABLE system_metrics (id INTEGER PRIMARY KEY, ${id}timestamp TEXT, run_name TEXT, metrics TEXT)`,
  );
  db.exec(
    `CREATE TABLE configs (id INTEGER PRIMARY KEY, ${id}run_name TEXT, config TEXT, created_at TEXT)`,
  );
  const own = isOld ? [] : [RUN];
  const marks = (count: number) => Array(count + own.length).fill("?").join(", ");
  const insert = db.prepare(`INSERT INTO metrics VALUES (${marks(5)})`);
  for (const [index, [step, logged]] of rows.entries()) {
    // Newer versions of trackio write bytes, older ones text.
    const text = typeof logged === "string" ? logged : JSON.stringify(logged);
    const cell = isOld ? text : new TextEncoder().encode(text);
    insert.run(index + 1, ...own, at(10 + index), "first", step, cell);
  }
  const system = db.prepare(`INSERT INTO system_metrics VALUES (${marks(4)})`);
  system.run(1, ...own, at(20), "first", '{"gpu": {"0": 0.5}}');
  system.run(2, ...own, at(21), "first", '{"gpu": {"0": 0.75}}');
  db.prepare(`INSERT INTO configs VALUES (${marks(4)})`)
    .run(
      1,
      ...own,
      "first",
      JSON.stringify(config).replace('"BIG"', "12345678901234567890"),
      at(9),
    );
  db.close();
}

const onStore = imported("trackio");

onStore("points, configuration, media and all else are kept", async (folder, rubicon) => {
  const picture = { _type: "trackio.image", "file_path": "iris/first/1/a.png", caption: null };
  database(`${folder}/iris.db`, [
    [0, { loss: 0.5, "val/acc": 1 }],
    [1, { loss: "NaN", nested: { a: "-Infinity", deep: { b: 2 } }, picture }],
    [1, { loss: 0.25, note: "halfway", flag: true }],
    [7, { pictures: [picture, { ...picture, "file_path": "iris/first/1/gone.png" }] }],
  ], {
    config: {
      ...{ lr: 0.1, opt: { name: "adam" }, big: "BIG", none: null },
      ...{ _Username: "ann", _Group: null, _Created: at(5) },
    },
  });
  new DatabaseSync(`${folder}/other.db`).close();
  await Deno.mkdir(`${folder}/media/iris/first/1`, { recursive: true });
  await Deno.writeTextFile(`${folder}/media/iris/first/1/a.png`, "png");
  assert.deepEqual(await importTrackio(rubicon, folder), {
    ...{ projects: 1, experiments: 1, alreadyThere: 0, parameters: 4, metrics: 5, points: 8 },
    ...{ superseded: 1, artifacts: 2, bytes: 6 },
  });
  const project = await getProject(rubicon, { name: "iris" });
  const experiment = await getExperiment(rubicon, project, { id: ID });
  assert.deepEqual([experiment.name, experiment.tags, experiment.createdAt], [
    "first",
    ["user:ann"],
    at(5),
  ]);
  assert.deepEqual(values(await listParameters(rubicon, experiment)), {
    ...{ lr: 0.1, opt: { name: "adam" }, big: 12345678901234567890n, none: null },
  });
  assert.deepEqual(values(await listMetrics(rubicon, experiment)), {
    ...{ loss: 0.25, "val/acc": 1, "nested/a": -Infinity, "nested/deep/b": 2 },
    "system/gpu/0": 0.75,
  });
  const points = await readHistory(rubicon, experiment);
  const of = (name: string) =>
    points.filter((one) => one.name === name).map(({ step, time, value }) => [step, time, value]);
  assert.deepEqual(of("loss"), [[0, at(10), 0.5], [1, at(12), 0.25]]);
  assert.deepEqual(of("system/gpu/0"), [[0, at(20), 0.5], [1, at(21), 0.75]]);
  const status = await experimentStatus(rubicon, experiment);
  assert.deepEqual([status?.state, status?.durationMs], ["finished", 16_000]);
  const image = await getArtifact(rubicon, experiment, { name: "picture/1/a.png" });
  const path = await downloadArtifact(rubicon, image, `${folder}/a.png`);
  assert.equal(await Deno.readTextFile(path), "png");
  const rest = await getArtifact(rubicon, experiment, { name: "trackio.json" });
  const json = JSON.parse(new TextDecoder().decode(await readArtifact(rubicon, rest)));
  assert.equal(json.config._Username, "ann");
  assert.deepEqual(json.logged.map(({ name, step }: Record<string, unknown>) => [name, step]), [
    ...[["picture", 1], ["note", 1], ["flag", 1], ["pictures", 7]],
  ]);
});

onStore(
  "a second time nothing is written, and more points are refused",
  async (folder, rubicon) => {
    const path = `${folder}/iris.db`;
    database(path, [[0, { loss: 1 }]]);
    const first = await importTrackio(rubicon, path);
    const again = await importTrackio(rubicon, new URL(`file://${folder}`), { projects: ["iris"] });
    assert.deepEqual([first.alreadyThere, again.experiments, again.alreadyThere], [0, 1, 1]);
    const db = new DatabaseSync(path);
    db.exec(`INSERT INTO metrics VALUES (2, '${RUN}', '${at(30)}', 'first', 1, '{"loss": 2}')`);
    db.close();
    await assert.rejects(importTrackio(rubicon, folder), { code: "already-exists" });
    const [experiment] = await listExperiments(
      rubicon,
      await getProject(rubicon, { name: "iris" }),
    );
    assert.equal(
      (await readHistory(rubicon, experiment!)).filter(({ name }) => name === "loss").length,
      1,
    );
  },
);

onStore("runs of before 0.24, which have no id, keep one id each time", async (folder, rubicon) => {
  database(`${folder}/old.db`, [[0, { loss: 1 }]], { isOld: true, config: { lr: 1 } });
  await importTrackio(rubicon, folder);
  const [experiment] = await listExperiments(rubicon, await getProject(rubicon, { name: "old" }));
  assert.deepEqual(values(await listParameters(rubicon, experiment!)), { lr: 1 });
  assert.equal((await importTrackio(rubicon, folder)).alreadyThere, 1);
  assert.equal((await listArtifacts(rubicon, experiment!)).length, 1);
});

Deno.test("trackio: an import that broke off at any write goes on, and ends the same", async () => {
  await temporary(async (folder) => {
    database(`${folder}/iris.db`, [[0, { loss: 1 }], [1, { loss: 2 }]], { config: { lr: 1 } });
    for (let broken = 0;; broken++) {
      const driver = faulty("store");
      let puts = 0;
      const put = driver.put.bind(driver);
      driver.put = (key, source, options) =>
        puts++ === broken ? Promise.reject(new Error("cut off")) : put(key, source, options);
      await using rubicon = await openComposite(driver, { onWarning() {} });
      const first = await importTrackio(rubicon, folder).catch((error) => error);
      const isWhole = !(first instanceof Error);
      const { experiments, points } = isWhole ? first : await importTrackio(rubicon, folder);
      assert.deepEqual([experiments, points], [1, 4], `put ${broken}`);
      const [one] = await listExperiments(rubicon, await getProject(rubicon, { name: "iris" }));
      assert.equal((await readHistory(rubicon, one!)).length, 4);
      if (isWhole) return assert.ok(broken > 4, `${broken} puts`);
    }
  });
});

onStore("what is no store, unknown or broken is named", async (folder, rubicon) => {
  const refused = (code: string, message: RegExp) => ({ name: "RubiconException", code, message });
  await assert.rejects(importTrackio(rubicon, `${folder}/no`), refused("not-found", /no database/));
  new DatabaseSync(`${folder}/other.db`).close();
  await assert.rejects(importTrackio(rubicon, folder), refused("not-found", /no database/));
  const cases: [row: unknown, message: RegExp][] = [
    ["{", /row of run "first" that is not JSON/],
    ["[]", /has no fields/],
    [{ a: { _type: "trackio.image", file_path: "../../etc/passwd" } }, /outside of/],
    [{ a: { _type: "trackio.image", file_path: "/etc/passwd" } }, /outside of/],
  ];
  for (const [index, [row, message]] of cases.entries()) {
    database(`${folder}/p${index}.db`, [[0, row]]);
    await assert.rejects(
      importTrackio(rubicon, `${folder}/p${index}.db`),
      refused("corrupt", message),
    );
  }
  await assert.rejects(
    importTrackio(rubicon, folder, { projects: ["p9"] }),
    refused("invalid-argument", /Did you mean "p0"/),
  );
  await Deno.writeTextFile(
    `${folder}/text.db`,
    "no database, but a text of some length".repeat(99),
  );
  await assert.rejects(
    importTrackio(rubicon, folder, { projects: ["text"] }),
    refused("corrupt", /cannot be read as a database/),
  );
});

Deno.test({
  name: "trackio: a store that the real trackio wrote is brought over as trackio reads it",
  ignore,
  fn: () =>
    temporary(async (folder) => {
      const said = await trackio.run([
        "-c",
        `
import json, os, sys
os.environ["TRACKIO_DIR"] = sys.stdin.read()
import trackio
from trackio.sqlite_storage import SQLiteStorage
trackio.init(project="My Proj / 1", name="first", config={"lr": 0.1, "opt": {"name": "adam", "b": [1, 2]}, "deep": True, "none": None})
for at in range(50):
    trackio.log({"loss": 1 / (at + 1), "val/acc": at * 0.1})
trackio.log({"nan": float("nan"), "inf": float("-inf"), "note": "hello", "nested": {"a": 1}}, step=60)
trackio.log({"table": trackio.Table(columns=["a"], data=[[1]])})
trackio.alert("careful", "it burns")
trackio.finish()
trackio.init(project="My Proj / 1", name="second", config={})
trackio.log({"loss": 3})
trackio.finish()
told = []
for run in SQLiteStorage.get_run_records("My Proj / 1"):
    logs = SQLiteStorage.get_logs("My Proj / 1", run["name"], run_id=run["id"])
    told.append({"id": run["id"], "name": run["name"], "logs": [
        [one["step"], one["timestamp"], {k: repr(v) for k, v in one.items() if isinstance(v, float) or type(v) is int and k != "step"}] for one in logs]})
print("TOLD" + json.dumps(told))
`,
      ], folder);
      const told = JSON.parse(said.slice(said.indexOf("TOLD") + 4)) as {
        id: string;
        name: string;
        logs: [step: number, time: string, values: Record<string, string>][];
      }[];
      await using rubicon = await openComposite({ persistence: "memory", rootDir: "real trackio" });
      const { projects, experiments, parameters, superseded } = await importTrackio(
        rubicon,
        folder,
      );
      assert.deepEqual([projects, experiments, parameters, superseded], [1, 2, 4, 0]);
      // trackio keeps the name of a project as that of its file alone.
      const project = await getProject(rubicon, { name: "MyProj1" });
      for (const { id, name, logs } of told) {
        const experiment = (await listExperiments(rubicon, project)).find((one) =>
          one.id.replaceAll("-", "") === id
        )!;
        assert.equal(experiment.name, name);
        const points = (await readHistory(rubicon, experiment)).filter((one) =>
          !one.name.startsWith("system/") && one.name !== "nested/a"
        );
        const theirs = logs.flatMap(([step, time, all]) =>
          Object.entries(all).map(([name, text]) => {
            const value = Number(text.replace("inf", "Infinity"));
            return JSON.stringify([name, step, time, String(value)]);
          })
        );
        const ours = points.map((one) =>
          JSON.stringify([one.name, one.step, one.time, String(one.value)])
        );
        assert.deepEqual(ours.sort(), theirs.sort());
        assert.equal(ours.length, name === "first" ? 102 : 1);
      }
      const [first] = await listExperiments(rubicon, project, { name: "first" });
      const rest = await getArtifact(rubicon, first!, { name: "trackio.json" });
      const json = JSON.parse(new TextDecoder().decode(await readArtifact(rubicon, rest)));
      assert.deepEqual(json.alerts.map(({ title }: { title: string }) => title), ["careful"]);
      assert.deepEqual(values(await listParameters(rubicon, first!)).opt, {
        ...{ name: "adam", b: [1, 2] },
      });
    }),
});

/** A database of one run that somebody else than trackio may have made. */
function foreign(folder: string, sql: string) {
  const db = new DatabaseSync(`${folder}/odd.db`);
  db.exec(`
    CREATE TABLE metrics (id INTEGER PRIMARY KEY, run_id TEXT, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT);
    CREATE TABLE configs (id INTEGER PRIMARY KEY, run_id TEXT, run_name TEXT, config TEXT, created_at TEXT);
    ${sql}`);
  db.close();
}

const row = (metrics: unknown, { step = "0", id = "'k'", time = `'${at(3)}'` } = {}) =>
  `INSERT INTO metrics VALUES (1, ${id}, ${time}, 'r', ${step}, '${JSON.stringify(metrics)}');`;
/** As many rows as take hours. */
const ENDLESS =
  "WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM c) SELECT id, 'k' AS run_id, " +
  "'' AS timestamp, 'r' AS run_name, id AS step, '{}' AS metrics FROM c";

for (
  const [what, sql, message] of [
    [
      "a row without a step",
      row({ a: 1 }, { step: "NULL" }),
      /odd\.db has a row of run "r" without a step/,
    ],
    ["a step that is text", row({ a: 1 }, { step: "'x'" }), /without a step/],
    ["a time that is none", row({ a: 1 }, { time: "'never'" }), /odd\.db: run r: "never" is not/],
    ["an id that is bytes", row({ a: 1 }, { id: "x'ff00'" }), /whose run_id is no text/],
    [
      "values nested too deep",
      row("DEEP").replace('"DEEP"', `{"a":${"[".repeat(1e5)}${"]".repeat(1e5)}}`),
      /not JSON/,
    ],
    [
      "a table without ids",
      "DROP TABLE metrics; CREATE TABLE metrics (run_id, run_name);",
      /cannot be read as .*: no such column: id/,
    ],
  ] as const
) {
  Deno.test(`trackio: ${what} is corrupt, with the file's name, and nothing is lost in silence`, () =>
    temporary(async (folder) => {
      foreign(folder, sql);
      await using rubicon = await openComposite(faulty());
      const error = await refused(() => importTrackio(rubicon, folder));
      assert.equal(error.code, "corrupt");
      assert.match(error.message, message);
    }));
}

Deno.test("trackio: a view in place of a table is no database of trackio, and is never run", () =>
  temporary(async (folder) => {
    foreign(folder, `DROP TABLE metrics; CREATE VIEW metrics AS ${ENDLESS};`);
    await using rubicon = await openComposite(faulty());
    assert.equal((await refused(() => importTrackio(rubicon, folder))).code, "not-found");
  }));

Deno.test("trackio: a page of the database that is damaged is corrupt, wherever it is", () =>
  temporary(async (folder) => {
    const many = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 2000)";
    foreign(
      folder,
      `${many} INSERT INTO metrics SELECT i, 'k', '${
        at(3)
      }', 'r', i, '{"a":1,"b":2,"c":3}' FROM c;`,
    );
    const bytes = await Deno.readFile(`${folder}/odd.db`);
    for (const from of [20_000, 60_000, 100_000]) {
      await Deno.writeFile(`${folder}/odd.db`, bytes.slice().fill(255, from, from + 8_192));
      await using rubicon = await openComposite(faulty());
      const error = await refused(() => importTrackio(rubicon, folder));
      assert.equal(error.code, "corrupt");
      assert.match(error.message, /odd\.db cannot be read/);
    }
  }));

onStore(
  "steps of 64 bits, and a run of which nothing says when it was",
  async (folder, rubicon) => {
    foreign(
      folder,
      row({ a: 1 }, { step: "9223372036854775807" }) +
        "INSERT INTO configs VALUES (1, 'c', 'bare', '{}', NULL);",
    );
    const { points, experiments } = await importTrackio(rubicon, folder);
    assert.deepEqual([points, experiments], [1, 2]);
    const project = await getProject(rubicon, { name: "odd" });
    const bare = await getExperiment(rubicon, project, { name: "bare" });
    assert.equal(bare.createdAt, "1970-01-01T00:00:00.000000+00:00");
    assert.equal((await importTrackio(rubicon, folder)).alreadyThere, 2);
  },
);

onStore(
  "media that are no files stay behind, and no link leads out of their folder",
  async (folder, rubicon) => {
    const path = (path: string) => ({ _type: "trackio.image", "file_path": path });
    await Deno.mkdir(`${folder}/media/sub`, { recursive: true });
    await Deno.writeTextFile(`${folder}/media/file`, "x");
    const paths = ["", "sub", "file/x", "a\0b", "x".repeat(5000), "file"];
    const picture = Object.fromEntries(paths.map((one, index) => [`p${index}`, path(one)]));
    foreign(folder, row(picture));
    const { artifacts, bytes } = await importTrackio(rubicon, folder);
    assert.deepEqual([artifacts, bytes], [1, 1]);
    await Deno.remove(`${folder}/odd.db`);
    await Deno.writeTextFile(`${folder}/secret`, "s");
    await Deno.symlink(`${folder}/secret`, `${folder}/media/link`);
    foreign(folder, row({ p: path("link") }, { id: "'other'" }));
    const error = await refused(() => importTrackio(rubicon, folder));
    assert.match(error.message, /a file is outside of .*media: link/);
  },
);
