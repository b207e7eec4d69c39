import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  addComments,
  addTags,
  type Composite,
  createProject,
  getOrCreateProject,
  getProject,
  listArtifacts,
  listDataframes,
  listExperiments,
  listFeatures,
  listMetrics,
  listParameters,
  listProjects,
  logArtifact,
  logDataframe,
  logExperiment,
  logMetric,
  openComposite,
  readArtifact,
  readDataframe,
  removeComments,
  removeTags,
  slugify,
  toTable,
} from "../../mod.ts";
import { inside } from "../support/core.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";
import { lacksServers, makeBucket, s3Config, startVersitygw } from "../support/servers.ts";

const ignore = ignoredFor("rubicon-ml", await lacksPython());

/** A test on a fresh folder. */
function onFolder(name: string, fn: (root: string, rubicon: Composite) => Promise<void>): void {
  Deno.test({
    name: `rubicon-ml: ${name}`,
    ignore,
    async fn() {
      const root = await Deno.makeTempDir();
      try {
        await using rubicon = await openComposite({ persistence: "filesystem", rootDir: root });
        await fn(root, rubicon);
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    },
  });
}

const I = (text: string) => Temporal.Instant.from(text);

/** Values, each with Python's way to write and to check it. */
const VALUES: [name: string, python: string, value: unknown][] = [
  ["none", "None", null],
  ["true", "True", true],
  ["int", "-7", -7],
  ["float", "0.8", 0.8],
  ["tiny", "5e-324", 5e-324],
  ["huge", "1e308", 1e308],
  ["nan", "float('nan')", NaN],
  ["inf", "float('inf')", Infinity],
  ["minus inf", "float('-inf')", -Infinity],
  ["minus zero", "-0.0", -0],
  ["safe", "2**53 - 1", 2 ** 53 - 1],
  ["int64", "2**63 - 1", 2n ** 63n - 1n],
  ["big", "2**70 + 1", 2n ** 70n + 1n],
  ["minus big", "-(2**70)", -(2n ** 70n)],
  ["large float", "float(2**60)", 2 ** 60],
  [
    "text",
    "'ünï \\U0001F600 \\\" \\\\ \\n NaN -Infinity 12345678901234567890'",
    'ünï 😀 " \\ \n NaN -Infinity 12345678901234567890',
  ],
  ["list", "[1, [2.5, None], {'a': True}]", [1, [2.5, null], { a: true }]],
  [
    "object",
    "{'__proto__': 1, 'constructor': {'x': 2}, '_type': 'mine'}",
    JSON.parse('{"__proto__": 1, "constructor": {"x": 2}, "_type": "mine"}'),
  ],
  ["nested nan", "{'a': [float('nan'), 2**70]}", { a: [NaN, 2n ** 70n] }],
  [
    "datetime",
    "datetime(2026, 11, 24, 0, 9, 37, 240755, tzinfo=timezone.utc)",
    I("2026-11-24T00:09:37.240755Z"),
  ],
  ["old", "datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=timezone.utc)", I("0001-01-01T00:00:00.000001Z")],
  ["date", "date(1999, 12, 31)", Temporal.PlainDate.from("1999-12-31")],
  ["set", "{1, 'a'}", new Set([1, "a"])],
];

/** What Python alone can write, and what it is here. */
const ONLY_PYTHON: [name: string, python: string, value: unknown][] = [
  [
    "offset",
    "datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))",
    I("2026-01-01T00:00:00Z"),
  ],
  [
    "odd offset",
    "datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-5, minutes=-30)))",
    I("2026-01-01T05:30:00Z"),
  ],
  ["naive", "datetime(2026, 1, 1, 0, 0, 0, 5)", I("2026-01-01T00:00:00.000005Z")],
  ["np float", "np.float64(0.5)", 0.5],
  ["np float32", "np.float32(0.5)", 0.5],
  ["np float16", "np.float16(0.5)", 0.5],
  ["np int8", "np.int8(-3)", -3],
  ["np uint8", "np.uint8(200)", 200],
  ["np int64", "np.int64(2**62)", 2n ** 62n],
  ["np small int64", "np.int64(5)", 5],
  ["np bool", "np.bool_(True)", true],
  ["np str", "np.str_('äb')", "äb"],
  ["np array", "np.arange(6, dtype='<f8').reshape(2, 3)", {
    dtype: "<f8",
    shape: [2, 3],
    data: new Float64Array([0, 1, 2, 3, 4, 5]),
  }],
  ...([
    "|i1 Int8Array",
    "|u1 Uint8Array",
    "<i2 Int16Array",
    "<u2 Uint16Array",
    "<i4 Int32Array",
    "<u4 Uint32Array",
    "<f2 Float16Array",
    "<f4 Float32Array",
  ]
    .map((pair): [string, string, unknown] => {
      const [dtype, type] = pair.split(" ") as [string, "Int8Array"];
      return [`np ${dtype}`, `np.array([1, 2], dtype='${dtype}')`, {
        dtype,
        shape: [2],
        data: new globalThis[type]([1, 2]),
      }];
    })),
  ["np i8", "np.array([2**62, -1], dtype='<i8')", {
    dtype: "<i8",
    shape: [2],
    data: new BigInt64Array([2n ** 62n, -1n]),
  }],
  ["np u8", "np.array([2**64 - 1], dtype='<u8')", {
    dtype: "<u8",
    shape: [1],
    data: new BigUint64Array([2n ** 64n - 1n]),
  }],
  ["np bools", "np.array([True, False])", { dtype: "|b1", shape: [2], data: [true, false] }],
  ["np empty", "np.zeros((0, 3))", { dtype: "<f8", shape: [0, 3], data: new Float64Array() }],
  ["np nested", "[{'a': np.int16(3)}]", [{ a: 3 }]],
];

const PRELUDE = `
from datetime import date, datetime, timedelta, timezone
import numpy as np, pandas as pd
from rubicon_ml import Rubicon
`;

onFolder("every value that Python writes is read here", async (root, rubicon) => {
  const all = [...VALUES, ...ONLY_PYTHON];
  await python(
    `${PRELUDE}
r = Rubicon(persistence="filesystem", root_dir=input["root"])
p = r.get_or_create_project("Ünï  Project! 1", description="d", github_url="g", training_metadata=[("a", 1), ("b", [2])])
e = p.log_experiment(name="e", description="d", model_name="m", branch_name="b", commit_hash="c",
  training_metadata=("s3", ["x"]), tags=["t"], comments=["c"])
${all.map(([name, text]) => `e.log_metric(${JSON.stringify(name)}, ${text})`).join("\n")}
${all.map(([name, text]) => `e.log_parameter(${JSON.stringify(name)}, ${text})`).join("\n")}
e.log_metric("loss", 1, directionality="loss", description="d", tags=["x"], comments=["y"])
e.log_feature("f", importance=0.5); e.log_feature("g")
e.add_tags(["u", "v"]); e.remove_tags(["t", "u"]); e.add_comments(["d"]); e.remove_comments(["c"])
p.log_artifact(data_bytes=b"project", name="pa"); e.log_artifact(data_bytes=bytes(range(256)), name="ea")
e.log_artifact(data_object={"pickled": 1}, name="pickle"); p.log_json({"a": [1]}, name="j.json")
`,
    { root },
  );
  const [project] = await listProjects(rubicon);
  assert.equal(project!.name, "Ünï  Project! 1");
  assert.deepEqual(project!.trainingMetadata, [["a", 1], ["b", [2]]]);
  assert.equal((await getProject(rubicon, { name: "Ünï  Project! 1" })).githubUrl, "g");
  const [experiment] = await listExperiments(rubicon, project!);
  const { id: _, createdAt, ...rest } = experiment!;
  assert.match(createdAt, /^\d{4}-.*\.\d{6}\+00:00$/);
  assert.deepEqual(rest, {
    kind: "experiment",
    projectName: project!.name,
    name: "e",
    description: "d",
    modelName: "m",
    branchName: "b",
    commitHash: "c",
    trainingMetadata: [["s3", ["x"]]],
    tags: ["v"],
    comments: ["d"],
  });
  const metrics = new Map((await listMetrics(rubicon, experiment!)).map((one) => [one.name, one]));
  const parameters = new Map(
    (await listParameters(rubicon, experiment!)).map((one) => [one.name, one]),
  );
  const same = (a: unknown, b: unknown, name: string) => {
    if (a instanceof Temporal.Instant || a instanceof Temporal.PlainDate) {
      assert.equal(String(a), String(b), name);
    } else assert.deepEqual(a, b, name);
  };
  for (const [name, , value] of all) {
    same(metrics.get(name)?.value, value, `metric ${name}`);
    same(parameters.get(name)?.value, value, `parameter ${name}`);
  }
  const { directionality, tags, comments } = metrics.get("loss")!;
  assert.deepEqual([directionality, tags, comments], ["loss", ["x"], ["y"]]);
  const features = await listFeatures(rubicon, experiment!);
  assert.deepEqual(features.map(({ name, importance }) => [name, importance]), [["f", 0.5], [
    "g",
    null,
  ]]);
  const [ea, pickle] = await listArtifacts(rubicon, experiment!);
  assert.deepEqual(
    await readArtifact(rubicon, ea!),
    Uint8Array.from({ length: 256 }, (_, at) => at),
  );
  assert.equal((await readArtifact(rubicon, pickle!))[0], 0x80);
  assert.equal((await listArtifacts(rubicon, project!)).length, 2);
  assert.equal((await toTable(rubicon, project!)).rows.length, 1);
});

onFolder(
  "every value that is written here Python reads, without a warning or a log line",
  async (root, rubicon) => {
    const project = await createProject(rubicon, {
      name: "Ünï Project",
      trainingMetadata: [["a", 1]],
    });
    let experiment = await logExperiment(rubicon, project, {
      name: "e",
      modelName: "m",
      commitHash: "c",
      branchName: "b",
      description: "d",
      tags: ["own"],
      comments: ["note"],
      trainingMetadata: [["s3", ["x"]]],
      features: [{ name: "f", importance: 0.5 }, "g"],
      metrics: VALUES.map(([name, , value]) => ({ name, value: value as string })),
      parameters: [{
        name: "array",
        value: { dtype: "<f8", shape: [2, 2], data: new Float64Array([1, 2, 3, 4]) },
      }],
    });
    await logMetric(rubicon, experiment, { name: "loss", value: 1, directionality: "loss" });
    experiment = await addTags(rubicon, experiment, ["a", "b"]);
    experiment = await removeTags(rubicon, experiment, ["a", "own"]);
    experiment = await addComments(rubicon, experiment, ["c"]);
    experiment = await removeComments(rubicon, experiment, ["note"]);
    await logArtifact(rubicon, experiment, { name: "x", data: "bytes" });
    await logArtifact(rubicon, project, { name: "empty", data: "" });
    assert.equal(
      await python(
        `${PRELUDE}
import math
r = Rubicon(persistence="filesystem", root_dir=input["root"])
[p] = r.projects()
assert p.name == "Ünï Project" and r.get_project(p.name).id == input["id"] and p.training_metadata == ("a", 1)
[e] = p.experiments()
assert (e.name, e.model_name, e.commit_hash, e.branch_name, e.description) == ("e", "m", "c", "b", "d")
assert e.tags == ["b"] and e.comments == ["c"], (e.tags, e.comments)
assert e.training_metadata == ("s3", ["x"]), e.training_metadata
m = {x.name: x for x in e.metrics()}
def same(a, b):
    if isinstance(a, float) and math.isnan(a): return isinstance(b, float) and math.isnan(b)
    if isinstance(a, dict): return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list): return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b and math.copysign(1, a) == math.copysign(1, b) if isinstance(a, float) else a == b and type(a) is type(b)
for name, value in [${
          VALUES.map(([name, text]) => `(${JSON.stringify(name)}, ${text})`).join(", ")
        }]:
    assert same(value, m[name].value), (name, value, m[name].value)
assert m["loss"].directionality == "loss"
assert [(f.name, f.importance) for f in e.features()] == [("f", 0.5), ("g", None)]
assert (e.parameter(name="array").value == np.array([[1., 2.], [3., 4.]])).all()
assert e.artifact(name="x").get_data() == b"bytes" and p.artifact(name="empty").get_data() == b""
assert len(p.to_df()) == 1
output = "all read"`,
        { root, id: project.id },
      ),
      "all read",
    );
  },
);

onFolder("slugs are Python's, for 3,000 names", async () => {
  const spaces = [
    9,
    10,
    11,
    12,
    13,
    28,
    29,
    30,
    31,
    32,
    0x85,
    0xa0,
    0x1680,
    0x2000,
    0x200a,
    0x200b,
    0x2028,
    0x2029,
    0x202f,
    0x205f,
    0x3000,
    0xfeff,
    0x180e,
  ];
  // Assigned since Unicode 13 at the latest: Python 3.11 and V8 know different versions of the newer ones.
  const letter = fc.oneof(
    fc.constantFrom(..."aZ09_-.!~ßİIıΣσςǅẞ".split("")),
    fc.constantFrom(...spaces.map((code) => String.fromCodePoint(code))),
    fc.integer({ min: 0x20, max: 0x2fff }).map((code) => String.fromCodePoint(code)),
    fc.integer({ min: 0x10400, max: 0x1044f }).map((code) => String.fromCodePoint(code)),
  );
  const names = fc.sample(fc.array(letter, { maxLength: 12 }).map((parts) => parts.join("")), 3000);
  const expected = await python(
    "from rubicon_ml.repository.utils import slugify\nimport unicodedata\n" +
      "output = [slugify(name) if all(unicodedata.category(c) != 'Cn' for c in name) else None for name in input]",
    names,
  ) as (string | null)[];
  assert.ok(expected.filter((slug) => slug !== null).length > 2000);
  names.forEach((name, at) => {
    if (expected[at] !== null) assert.equal(slugify(name), expected[at], JSON.stringify(name));
  });
});

onFolder(
  "dataframes: pandas reads what is written here, with equal types",
  async (root, rubicon) => {
    const project = await createProject(rubicon, { name: "p" });
    await logDataframe(rubicon, project, {
      name: "d",
      rows: [
        {
          i: 1,
          big: 2n ** 60n,
          f: NaN,
          s: "ä",
          b: true,
          t: I("2026-01-01T00:00:00.123456Z"),
          l: [1, 2],
          d: Temporal.PlainDate.from("2026-01-01"),
        },
        {
          i: -2,
          big: 5n,
          f: 1.5,
          s: null,
          b: false,
          t: I("1969-12-31T23:59:59.999999Z"),
          l: [],
          d: null,
        },
      ],
    });
    const read = await python(
      `${PRELUDE}
r = Rubicon(persistence="filesystem", root_dir=input)
df = r.get_project("p").dataframe(name="d").get_data()
assert str(df.index) == "RangeIndex(start=0, stop=2, step=1)"
assert df["big"].tolist() == [2**60, 5] and df["i"].tolist() == [1, -2]
assert np.isnan(df["f"][0]) and df["f"][1] == 1.5 and df["s"][0] == "ä" and pd.isna(df["s"][1])
assert df["t"].tolist() == [pd.Timestamp("2026-01-01T00:00:00.123456Z"), pd.Timestamp("1969-12-31T23:59:59.999999Z")]
assert [list(x) for x in df["l"]] == [[1, 2], []] and df["d"][0] == date(2026, 1, 1) and df["d"][1] is None
output = {c: str(t) for c, t in df.dtypes.items()}`,
      root,
    );
    assert.deepEqual(read, {
      ...{ i: "int64", big: "int64", f: "float64", s: "str", b: "bool" },
      ...{ t: "datetime64[us, UTC]", l: "object", d: "object" },
    });
  },
);

onFolder("dataframes: what pandas, dask and polars write is read here", async (root, rubicon) => {
  await python(
    `${PRELUDE}
import dask.dataframe as dd, polars as pl, os, glob
r = Rubicon(persistence="filesystem", root_dir=input)
p = r.get_or_create_project("p")
df = pd.DataFrame({"i": [1, 2, 3, 4], "big": [2**60, 1, 2, 3], "f": [1.5, float("nan"), 3, 4], "s": ["a", None, "c", "d"],
  "t": pd.to_datetime(["2026-01-01T00:00:00.123456Z"] * 4), "c": pd.Categorical(["x", "y", "x", "y"]), "l": [[1], [2, 3], [], None]})
p.log_dataframe(df, name="pandas")
p.log_dataframe(df.set_index("s"), name="indexed")
p.log_dataframe(dd.from_pandas(df[["i", "f"]], npartitions=3), name="dask")
d = p.log_dataframe(df[["i"]], name="polars")
path = glob.glob(f"{input}/p/dataframes/{d.id}/data/data.parquet")[0]
os.remove(path); os.rmdir(os.path.dirname(path))
pl.DataFrame({"i": [1, 2], "s": ["a", None]}).write_parquet(os.path.dirname(path))
`,
    root,
  );
  const [project] = await listProjects(rubicon);
  const frames = new Map((await listDataframes(rubicon, project!)).map((one) => [one.name, one]));
  const pandas = await readDataframe(rubicon, frames.get("pandas")!);
  assert.deepEqual(pandas.columns, ["i", "big", "f", "s", "t", "c", "l"]);
  const [first, second, third, fourth] = pandas.rows;
  assert.deepEqual([first!.i, first!.big, first!.f, first!.s, first!.c, first!.l], [
    1,
    2n ** 60n,
    1.5,
    "a",
    "x",
    [1],
  ]);
  assert.equal(String(first!.t), "2026-01-01T00:00:00.123456Z");
  assert.deepEqual([second!.f, second!.s, second!.l, third!.l, fourth!.l], [
    null,
    null,
    [2, 3],
    [],
    null,
  ]);
  const indexed = await readDataframe(rubicon, frames.get("indexed")!);
  assert.ok(indexed.columns.includes("s"), "a named index is a column");
  const dask = await readDataframe(rubicon, frames.get("dask")!);
  assert.deepEqual(dask.rows.map(({ i }) => i), [1, 2, 3, 4]);
  assert.deepEqual(dask.columns, ["i", "f"]);
  const polars = await readDataframe(rubicon, frames.get("polars")!);
  assert.deepEqual(polars.rows, [{ i: 1, s: "a" }, { i: 2, s: null }]);
});

onFolder("a tag that was removed stays removed after cp -r", async (root, rubicon) => {
  const project = await createProject(rubicon, { name: "p" });
  for (let at = 0; at < 5; at++) {
    let experiment = await logExperiment(rubicon, project, { tags: ["own"] });
    experiment = await addTags(rubicon, experiment, ["a", "b", "c"]);
    experiment = await removeTags(rubicon, experiment, ["a", "own"]);
    experiment = await addTags(rubicon, experiment, ["a"]);
    await removeTags(rubicon, experiment, ["a", "b"]);
  }
  const copy = `${root}-copy`;
  await new Deno.Command("cp", { args: ["-r", root, copy] }).output();
  try {
    assert.deepEqual(
      await python(
        `${PRELUDE}
output = [e.tags for e in Rubicon(persistence="filesystem", root_dir=input).get_project("p").experiments()]`,
        copy,
      ),
      [["c"], ["c"], ["c"], ["c"], ["c"]],
    );
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
});

onFolder(
  "what a killed writer leaves behind is passed over without a warning",
  async (root, rubicon) => {
    const project = await createProject(rubicon, { name: "p" });
    const experiment = await logExperiment(rubicon, project, { metrics: { m: 1 } });
    const staged = ".staged-0c7cbc5e-6a3f-4be7-9d1c-0a52c1f6f2aa";
    // A folder with its first object in it, and a file, where the driver stages them.
    for (const folder of ["p", `p/experiments/${experiment.id}`]) {
      await Deno.mkdir(`${root}/${folder}/${staged}`);
      await Deno.writeTextFile(`${root}/${folder}/${staged}/metadata.json`, '{"name": "half');
    }
    await Deno.writeTextFile(`${root}/p/experiments/${staged}`, '{"name": "half');
    assert.deepEqual(
      await python(
        `${PRELUDE}
r = Rubicon(persistence="filesystem", root_dir=input)
output = [[p.name, [[m.name for m in e.metrics()] for e in p.experiments()]] for p in r.projects()]`,
        root,
      ),
      [["p", [["m"]]]],
    );
  },
);

onFolder("both log to one project at once, and nothing is lost", async (root, rubicon) => {
  const rounds = 20;
  // Each waits for the other before every round: Python alone takes longer to start than all of this takes here.
  const barrier = await Deno.makeTempDir();
  const first = await getOrCreateProject(rubicon, { name: "shared" });
  const theirs = python(
    `${PRELUDE}
import os, time
r = Rubicon(persistence="filesystem", root_dir=input["root"])
ids = set(); spans = []
for round in range(input["rounds"]):
    open(f"{input['barrier']}/python{round}", "w").close()
    while not os.path.exists(f"{input['barrier']}/deno{round}"): time.sleep(0.001)
    start = time.time()
    p = r.get_or_create_project("shared")
    ids.add(p.id)
    for at in range(5):
        e = p.log_experiment(name=f"python {round} {at}"); e.log_metric("m", at)
    p.experiments()
    spans.append([start, time.time()])
output = [list(ids), spans]`,
    { root, rounds, barrier },
  ) as Promise<[ids: string[], spans: [number, number][]]>;
  let ended = false;
  theirs.catch(() => ended = true);
  const seconds = () => (performance.timeOrigin + performance.now()) / 1000;
  const there = async (path: string) => {
    while (!ended && !await Deno.stat(path).then(() => true, () => false)) {
      await new Promise((done) => setTimeout(done, 1));
    }
  };
  const spans: [number, number][] = [];
  for (let round = 0; round < rounds && !ended; round++) {
    await Deno.writeTextFile(`${barrier}/deno${round}`, "");
    await there(`${barrier}/python${round}`);
    const start = seconds();
    const project = await getOrCreateProject(rubicon, { name: "shared" });
    for (let at = 0; at < 5; at++) {
      await logExperiment(rubicon, project, { name: `deno ${round} ${at}`, metrics: { m: at } });
    }
    await listExperiments(rubicon, project);
    spans.push([start, seconds()]);
  }
  const [ids, others] = await theirs;
  await Deno.remove(barrier, { recursive: true });
  const project = await getProject(rubicon, { name: "shared" });
  assert.deepEqual([...ids, project.id], [first.id, first.id]);
  const together = spans.filter(([start, end], at) =>
    start < others[at]![1] && others[at]![0] < end
  );
  assert.ok(together.length >= rounds / 2, `${together.length} rounds were at the same time`);
  const { rows } = await toTable(rubicon, project);
  assert.equal(rows.length, rounds * 10);
  assert.ok(rows.every(({ m }) => typeof m === "number"));
});

Deno.test({
  name: "rubicon-ml: both ways on a real S3 server",
  ignore: ignore || ignoredFor("rubicon-ml on S3", await lacksServers()),
  async fn() {
    await using server = await startVersitygw();
    await makeBucket(server, "shared");
    await using rubicon = await openComposite(s3Config(server, "s3://shared/root"));
    const project = await createProject(rubicon, { name: "p" });
    // With so many metrics it has a digest, which Python passes over.
    let experiment = await logExperiment(rubicon, project, {
      ...{ name: "deno", metrics: { m: NaN, n: 1, o: 2, p: 3 } },
    });
    const key = `p/experiments/${experiment.id}/digest.json`;
    assert.ok((await inside(rubicon).backends[0]!.driver.stat(key)).size > 0);
    experiment = await addTags(rubicon, experiment, ["a", "b"]);
    await removeTags(rubicon, experiment, ["a"]);
    await logDataframe(rubicon, experiment, { name: "d", rows: [{ x: 1 }] });
    await logArtifact(rubicon, experiment, { name: "x", data: "bytes" });
    await python(
      `${PRELUDE}
r = Rubicon(persistence="filesystem", root_dir="s3://shared/root", key=input["accessKeyId"], secret=input["secretAccessKey"],
  client_kwargs={"endpoint_url": input["endpoint"]})
[p] = r.projects(); [e] = p.experiments()
assert e.name == "deno" and e.tags == ["b"] and np.isnan(e.metric(name="m").value) and len(e.metrics()) == 4
assert e.artifact(name="x").get_data() == b"bytes"
mine = p.log_experiment(name="python"); mine.log_metric("m", 2**70); mine.log_artifact(data_bytes=b"theirs", name="y")`,
      server,
    );
    const theirs = (await listExperiments(rubicon, project)).find(({ name }) => name === "python")!;
    assert.equal((await listMetrics(rubicon, theirs))[0]!.value, 2n ** 70n);
    const [artifact] = await listArtifacts(rubicon, theirs);
    assert.equal(new TextDecoder().decode(await readArtifact(rubicon, artifact!)), "theirs");
  },
});

Deno.test({
  name:
    "rubicon-ml: what its composite wrote to two roots reads back whole, however one of them is damaged",
  ignore,
  async fn() {
    const [one, two] = await Promise.all([Deno.makeTempDir(), Deno.makeTempDir()]);
    try {
      await python(
        `${PRELUDE}
r = Rubicon(composite_config=[{"persistence": "filesystem", "root_dir": d} for d in input])
p = r.create_project("p")
for at in range(3):
    e = p.log_experiment(name=f"e{at}", tags=["t"])
    for name in "abc": e.log_metric(name, at); e.log_parameter(name, at)
    e.log_artifact(data_bytes=b"x" * 10, name="x"); e.log_dataframe(pd.DataFrame({"x": [at]}), name="d"); e.add_tags(["u"])
`,
        [one, two],
      );
      const damages: [string, (root: string) => Promise<void>][] = [
        ["nothing", async () => {}],
        ["the whole root is gone", (root) => Deno.remove(root, { recursive: true })],
        ["the root is empty", async (root) => {
          await Deno.remove(root, { recursive: true });
          await Deno.mkdir(root);
        }],
        [
          "all experiments are gone (only merging can tell)",
          (root) => Deno.remove(`${root}/p/experiments`, { recursive: true }),
        ],
        [
          "every metadata.json is cut in half",
          (root) =>
            each(
              root,
              "metadata.json",
              (path, text) => Deno.writeTextFile(path, text.slice(0, text.length / 2)),
            ),
        ],
        [
          "every metadata.json is empty",
          (root) => each(root, "metadata.json", (path) => Deno.writeTextFile(path, "")),
        ],
        [
          "every metadata.json is gone",
          (root) => each(root, "metadata.json", (path) => Deno.remove(path)),
        ],
        [
          "metadata.json has the wrong types",
          (root) =>
            each(
              root,
              "metadata.json",
              (path) => Deno.writeTextFile(path, '{"name": 1, "id": []}'),
            ),
        ],
        [
          "every tags file is broken",
          (root) => each(root, "tags_", (path) => Deno.writeTextFile(path, "{")),
        ],
        ["the data is gone", (root) => each(root, "data", (path) => Deno.remove(path))],
        [
          "the Parquet is broken",
          (root) => each(root, "data.parquet", (path) => Deno.writeTextFile(path, "no")),
        ],
        ["a file is where the folder was", async (root) => {
          await Deno.remove(`${root}/p`, { recursive: true });
          await Deno.writeTextFile(`${root}/p`, "");
        }],
      ];
      for (const [what, damage] of damages) {
        const root = await Deno.makeTempDir();
        await new Deno.Command("cp", { args: ["-r", `${one}/.`, root] }).output();
        await damage(root);
        await using rubicon = await openComposite([
          { persistence: "filesystem", rootDir: root },
          { persistence: "filesystem", rootDir: two },
        ], { read: what.includes("merging") ? "merge" : "first" });
        const project = await getProject(rubicon, { name: "p" });
        const experiments = await listExperiments(rubicon, project);
        assert.deepEqual(
          experiments.map(({ name, tags }) => [name, tags.sort()]),
          [0, 1, 2].map((at) => [`e${at}`, ["t", "u"]]),
          what,
        );
        for (const [at, experiment] of experiments.entries()) {
          const metrics = await listMetrics(rubicon, experiment);
          assert.deepEqual(metrics.map(({ name, value }) => [name, value]), [["a", at], ["b", at], [
            "c",
            at,
          ]], what);
          assert.equal((await listParameters(rubicon, experiment)).length, 3, what);
          const [artifact] = await listArtifacts(rubicon, experiment);
          assert.equal((await readArtifact(rubicon, artifact!)).length, 10, what);
          const [frame] = await listDataframes(rubicon, experiment);
          assert.deepEqual((await readDataframe(rubicon, frame!)).rows, [{ x: at }], what);
        }
        assert.equal((await toTable(rubicon, project)).rows.length, 3, what);
        await Deno.remove(root, { recursive: true }).catch(() => {});
      }
    } finally {
      for (const root of [one, two]) await Deno.remove(root, { recursive: true });
    }
  },
});

async function each(
  folder: string,
  name: string,
  work: (path: string, text: string) => Promise<void>,
): Promise<void> {
  for (const entry of [...Deno.readDirSync(folder)]) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) await each(path, name, work);
    else if (entry.name === name || (name.endsWith("_") && entry.name.startsWith(name))) {
      await work(path, await Deno.readTextFile(path));
    }
  }
}
