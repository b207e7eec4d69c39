/** Logging, tagging, downloading and exporting. */
import assert from "node:assert/strict";
import { idOf, makeStore, ok, rubicon } from "../support/cli.ts";

Deno.test("cli: log takes an experiment from options, values as JSON or as text", async () => {
  await using store = await makeStore();
  const { roots, folder } = store;
  await Deno.writeTextFile(`${folder}/model.bin`, "weights");
  await Deno.mkdir(`${folder}/plots`);
  await Deno.writeTextFile(`${folder}/plots/a.txt`, "plot");
  const said = await ok([
    ...["log", "-p", "Iris", "--name", "by hand", "--description", "d", "--model", "XGB"],
    ...["-P", "lr=0.1", "-P", "opt=adam", "-P", "big=1180591620717411303424", "-P", 'text="1"'],
    ...[
      "-P",
      "empty=",
      "-P",
      "a=b=c",
      "-m",
      "acc=0.5",
      "--loss",
      "loss=[3,2,1]",
      "--feature",
      "year",
    ],
    ...["--feature", "weight=0.5", "-t", "one", "-t", "two", "--comment", "c"],
    ...[
      "--artifact",
      "model.bin",
      "--artifact",
      "plots",
      "--artifact",
      "named=model.bin",
      ...roots,
    ],
  ], { cwd: folder });
  const id = said.trim();
  const shown = JSON.parse(await ok(["show", id, "-p", "Iris", "--json", ...roots]));
  const { experiment, parameters, metrics, features, artifacts } = shown;
  assert.deepEqual([experiment.name, experiment.modelName, experiment.tags, experiment.comments], [
    ...["by hand", "XGB", ["one", "two"], ["c"]],
  ]);
  const values = (all: { name: string; value: unknown }[]) =>
    Object.fromEntries(all.map(({ name, value }) => [name, value]));
  assert.deepEqual(values(parameters), {
    ...{ lr: 0.1, opt: "adam", big: 2 ** 70, text: "1", empty: "", a: "b=c" },
  });
  assert.deepEqual(values(metrics), { acc: 0.5, loss: [3, 2, 1] });
  assert.equal(
    metrics.find(({ name }: { name: string }) => name === "loss").directionality,
    "loss",
  );
  assert.deepEqual(
    features.map((
      { name, importance }: { name: string; importance: unknown },
    ) => [name, importance]).sort(),
    [["weight", 0.5], ["year", null]],
  );
  assert.deepEqual(
    artifacts.map(({ name }: { name: string }) => name).sort(),
    ["model.bin", "named", "plots.zip"],
  );
});

Deno.test("cli: log takes experiments as JSON on stdin, one, a list, or one a line", async () => {
  await using store = await makeStore();
  const { roots } = store;
  const log = (stdin: string) =>
    rubicon(["log", "-p", "Iris", "--stdin", "--json", ...roots], { stdin });
  const one = {
    ...{ name: "piped", tags: ["x"], parameters: { lr: 0.1 }, metrics: [{ name: "m", value: 1 }] },
    artifacts: [{ name: "a.txt", data: "abc" }],
    dataframes: [{ name: "cases", rows: [{ x: 1 }, { x: 2 }] }],
  };
  const single = await log(JSON.stringify(one, undefined, 2));
  assert.equal(single.code, 0, single.err);
  const [logged] = JSON.parse(single.out);
  const lines = await log('{"name":"l1"}\n\n{"name":"l2"}\n');
  assert.deepEqual(JSON.parse(lines.out).map((one: { name: string }) => one.name), ["l1", "l2"]);
  const [shown, csv, bad, field, empty, notList] = await Promise.all([
    ok(["show", logged.id, "-p", "Iris", "--json", ...roots]),
    ok(["get", "cases", "-e", "piped", "-p", "Iris", "-o", "-", "--format", "csv", ...roots]),
    log('{"name":"l3"}\n{"name":}\n'),
    log('{"nmae":"x"}'),
    log(""),
    log('{"artifacts":1}'),
  ]);
  assert.equal(JSON.parse(shown).artifacts[0].name, "a.txt");
  assert.equal(csv, "x\r\n1\r\n2\r\n");
  for (const { code, out } of [bad, field, empty, notList]) assert.deepEqual([code, out], [2, ""]);
  assert.match(bad.err, /stdin: line 2 is no JSON/);
  assert.match(field.err, /stdin: experiment 0 has no field "nmae"\. Did you mean "name"\?/);
  assert.match(empty.err, /stdin: there is no JSON|stdin: it is no JSON/);
  // What cannot be understood is refused before anything of it is written.
  assert.doesNotMatch(await ok(["ls", "Iris", ...roots]), /l3/);
});

Deno.test("cli: tag adds tags and takes them back", async () => {
  await using store = await makeStore();
  const of = ["-p", "Iris", ...store.roots];
  assert.equal(await ok(["tag", "run-3", "best", "b c", ...of]), "model:forest\nbest\nb c\n");
  assert.equal(await ok(["tag", "run-3", "--remove", "b c", ...of]), "model:forest\nbest\n");
  const { code, err } = await rubicon(["tag", "run-3", ...of]);
  assert.equal(code, 2);
  assert.match(err, /Which tags\?/);
});

Deno.test("cli: get saves an artifact, prints it, or unpacks it", async () => {
  await using store = await makeStore();
  const { folder, roots } = store;
  const of = ["-e", "run-1", "-p", "Iris", ...roots];
  await Deno.mkdir(`${folder}/tree/sub`, { recursive: true });
  await Deno.writeTextFile(`${folder}/tree/sub/x.txt`, "deep");
  await ok(["log", "-p", "Iris", "--name", "zipped", "--artifact", "tree", ...roots], {
    cwd: folder,
  });
  const [path, text, json, unzipped, both] = await Promise.all([
    ok(["get", "notes.txt", ...of], { cwd: folder }),
    ok(["get", "notes.txt", "-o", "-", ...of]),
    ok(["get", "notes.txt", "-o", "copy.txt", "--json", ...of], { cwd: folder }),
    ok(["get", "tree.zip", "--unzip", "-o", "out", "-e", "zipped", "-p", "Iris", ...roots], {
      cwd: folder,
    }),
    rubicon(["get", "notes.txt", "-o", "-", "--json", ...of]),
  ]);
  assert.match(path, /notes\.txt\n$/);
  assert.equal(await Deno.readTextFile(`${folder}/notes.txt`), "some notes\n");
  assert.equal(text, "some notes\n");
  assert.equal(JSON.parse(json).entity.name, "notes.txt");
  assert.equal(await Deno.readTextFile(`${folder}/copy.txt`), "some notes\n");
  assert.match(unzipped, /x\.txt\n$/);
  assert.equal(await Deno.readTextFile(`${folder}/out/sub/x.txt`), "deep");
  assert.equal(both.code, 2);
});

Deno.test("cli: export writes a table as CSV, JSON lines and Parquet, to a file or stdout", async () => {
  await using store = await makeStore();
  const { folder, roots } = store;
  const columns = ["--columns", "name,accuracy", "--order-by", "metrics.accuracy"];
  const [csv, jsonl, file] = await Promise.all([
    ok(["export", "csv", "Iris", ...columns, ...roots]),
    ok(["export", "jsonl", "-p", "Iris", ...columns, "-n", "1", ...roots]),
    ok(["export", "parquet", "Iris", ...columns, "-o", "runs.parquet", "--json", ...roots], {
      cwd: folder,
    }),
  ]);
  assert.equal(csv, "name,accuracy\r\nrun-1,0.8\r\nrun-3,0.9\r\nrun-2,0.95\r\n");
  assert.equal(jsonl, '{"name":"run-1","accuracy":0.8}\n');
  assert.deepEqual(JSON.parse(file), { output: "runs.parquet", rows: 3 });
  const bytes = await Deno.readFile(`${folder}/runs.parquet`);
  assert.equal(new TextDecoder().decode(bytes.subarray(-4)), "PAR1");
});

Deno.test("cli: if one of many cannot be logged, those that were are named all the same", async () => {
  await using store = await makeStore();
  const { roots } = store;
  const stdin = `{"name":"fine"}\n{"id":"${idOf(1)}","name":"an id that is taken"}\n`;
  const { code, out, err } = await rubicon(["log", "-p", "Iris", "--stdin", "--json", ...roots], {
    stdin,
  });
  assert.equal(code, 1, err);
  assert.match(err, /^error: .*already exists/s);
  assert.deepEqual(JSON.parse(out).map((one: { name: string }) => one.name), ["fine"]);
});

Deno.test("cli: export parquet --to writes a dataset, again only what changed, of whole projects", async () => {
  await using store = await makeStore();
  const { folder, roots } = store;
  const to = `${folder}/data set`;
  const all = ["export", "parquet", "--to", to, ...roots];
  const first = JSON.parse(await ok([...all, "--json"]));
  assert.deepEqual({ ...first, bytes: 0 }, {
    ...{ to, experiments: 3, values: 12, points: 0, artifacts: 1 },
    ...{ written: 3, kept: 0, removed: 0, bytes: 0 },
  });
  const again = await ok([...all, "Iris", "--since", "last"]);
  assert.match(
    again,
    /data set: 3 experiments, 12 values, 0 points, 1 artifacts\.\n0 files written/,
  );
  const bad: [string[], RegExp][] = [
    [["--since", "3d"], /--since last/],
    [["--where", "metrics.accuracy > 1"], /leave out --where/],
    [["-o", "x.parquet"], /--output and --to/],
  ];
  const said = await Promise.all(bad.map(([args]) => rubicon([...all, ...args])));
  for (const [at, { code, err }] of said.entries()) {
    assert.equal(code, 2, err);
    assert.match(err, bad[at]![1]);
  }
  const two = await rubicon(["export", "parquet", "Iris", "Prüfung 日本", "-o", "x", ...roots]);
  assert.deepEqual([two.code, /--to PATH/.test(two.err)], [2, true]);
});
