/** Answers of the command, as text and as JSON: what people and programs go by. */
import assert from "node:assert/strict";
import { getProject, openComposite, withRun } from "../../mod.ts";
import { idOf, makeStore, ok, rubicon } from "../support/cli.ts";

/** Runs several commands at once: each of them is a process. */
const all = (commands: string[][], roots: string[]): Promise<string[]> =>
  Promise.all(commands.map((args) => ok([...args, ...roots])));

Deno.test("cli: ls and table are tables, and wide ones where nobody looks", async () => {
  await using store = await makeStore();
  const { roots } = store;
  const [projects, runs, table, long] = await all([
    ["ls"],
    ["ls", "Iris"],
    ["table", "Iris"],
    ["ls", "--long"],
  ], roots);
  assert.equal(
    projects,
    "PROJECT       CREATED (UTC)     DESCRIPTION\n" +
      "Iris          2026-11-24 09:00  three species\n" +
      "Prüfung 日本  2026-11-24 09:01\n",
  );
  assert.equal(
    runs,
    "ID        NAME   CREATED (UTC)     TAGS                COMMIT\n" +
      "33333333  run-3  2026-11-24 09:12  model:forest        01234567\n" +
      "22222222  run-2  2026-11-24 09:11  base, model:forest  01234567\n" +
      "11111111  run-1  2026-11-24 09:10  base                01234567\n",
  );
  assert.equal(
    table,
    "ID        NAME   accuracy     loss     lr  seed  COMMIT    TAGS                CREATED (UTC)\n" +
      "33333333  run-3      0.9   █▁ 2.25  0.001    42  01234567  model:forest        2026-11-24 09:12\n" +
      "22222222  run-2      0.95   █▁ 0.5  0.01     42  01234567  base, model:forest  2026-11-24 09:11\n" +
      "11111111  run-1      0.8      █▁ 1  0.1      42  01234567  base                2026-11-24 09:10\n",
  );
  assert.match(long!, /^Iris +3 +2026-11-24 09:12 +2026-11-24 09:00 +three species$/m);
});

Deno.test("cli ls: JSON has the state of each experiment", async () => {
  await using store = await makeStore();
  {
    await using composite = await openComposite({
      ...{ persistence: "filesystem", rootDir: `${store.folder}/a` },
    });
    const project = await getProject(composite, { name: "Iris" });
    await withRun(composite, project, { name: "ended" }, () => {});
  }
  const said = await ok(["ls", "Iris", "--json", "--limit", "2", ...store.roots]);
  assert.deepEqual(
    JSON.parse(said).map(({ name, status }: Record<string, unknown>) => [name, status]),
    [["ended", "finished"], ["run-3", null]],
  );
});

Deno.test("cli: the same as JSON and JSON lines, in the shapes of the functions", async () => {
  await using store = await makeStore();
  const [projects, runs, table, lines, chosen, since, span] = await all([
    ["ls", "--json"],
    ["ls", "Iris", "--jsonl", "--limit", "1"],
    ["table", "Iris", "--json", "--limit", "1"],
    ["table", "Iris", "--jsonl", "--order-by", "metrics.accuracy best"],
    ["table", "Iris", "--jsonl", "--columns", "name,metrics.accuracy", "-w", "params.lr < 0.05"],
    ["ls", "Iris", "--json", "--since", "2026-11-24", "--before", "2026-11-24T09:11:00Z"],
    ["ls", "Iris", "--json", "--since", "1m"],
  ], store.roots);
  assert.deepEqual(
    JSON.parse(projects!).map((one: { name: string }) => one.name),
    ["Iris", "Prüfung 日本"],
  );
  assert.deepEqual(JSON.parse(projects!)[0], {
    ...{ kind: "project", name: "Iris", createdAt: "2026-11-24T09:00:07.240755+00:00" },
    ...{ description: "three species", githubUrl: null, id: idOf(0), trainingMetadata: null },
  });
  assert.deepEqual(JSON.parse(runs!), {
    ...{ kind: "experiment", projectName: "Iris", id: idOf(3), name: "run-3", comments: [] },
    ...{ branchName: null, commitHash: "0123456789abcdef", description: null, modelName: null },
    ...{ tags: ["model:forest"], trainingMetadata: null, status: null },
    createdAt: "2026-11-24T09:12:07.240755+00:00",
  });
  const { columns, rows } = JSON.parse(table!);
  assert.deepEqual(columns.at(-1), {
    ...{ name: "loss", kind: "metric", label: "loss", directionality: "loss" },
  });
  assert.deepEqual([rows.length, rows[0].loss, rows[0].lr], [1, [3, 2.25], 0.001]);
  assert.deepEqual(
    lines!.trim().split("\n").map((line) => JSON.parse(line).accuracy),
    [0.95, 0.9, 0.8],
  );
  assert.deepEqual(JSON.parse(since!).map((one: { name: string }) => one.name), ["run-1"]);
  assert.deepEqual(JSON.parse(span!), []);
  assert.equal(chosen, '{"name":"run-3","accuracy":0.9}\n{"name":"run-2","accuracy":0.95}\n');
});

Deno.test("cli: query, best, diff and search answer as their functions do", async () => {
  await using store = await makeStore();
  const project = ["--project", "Iris"];
  const [query, best, bestJson, diff, search, pretty, lowest] = await all([
    ["query", "metrics.accuracy > 0.85 order by metrics.accuracy", "--columns", "name", ...project],
    ["best", "accuracy", ...project],
    ["best", "metrics.accuracy", "--json", ...project],
    ["diff", "run-1", "2222", "latest", ...project],
    ["search", "$..experiment[?(@.tags[*]=='base')].name", "--project-name", "Iris"],
    ["search", "$..experiment[*].name", "-pn", "Iris", "--pp"],
    ["best", "last(loss)", "--tag", "model:*", ...project],
  ], store.roots);
  assert.equal(query, "NAME\nrun-3\nrun-2\n");
  assert.equal(
    best,
    "ID                                    NAME   accuracy  TAGS\n" +
      `${idOf(2)}  run-2      0.95  base, model:forest\n`,
  );
  const { experiment, ...rest } = JSON.parse(bestJson!);
  assert.equal(experiment.id, idOf(2));
  assert.deepEqual(rest, { metric: "accuracy", value: 0.95, directionality: "score" });
  assert.match(diff!, /^KIND +KEY +run-1 +run-2 +Δ +Δ % +run-3 +Δ +Δ %$/m);
  assert.match(diff!, /^parameter +lr +0\.1 +0\.01 +-0\.09 +-90 % +0\.001 +-0\.099 +-99 %$/m);
  assert.match(
    diff!,
    /^metric +accuracy +0\.8 +0\.95 +\+0\.15 +\+18\.7 % +0\.9 +\+0\.1 +\+12\.5 %$/m,
  );
  assert.doesNotMatch(diff!, /seed/);
  assert.equal(search, '["run-1","run-2"]\n');
  assert.equal(pretty, '[\n  "run-1",\n  "run-2",\n  "run-3"\n]\n');
  assert.match(lowest!, /run-2/);
});

Deno.test("cli: show has all that belongs to an experiment or a project", async () => {
  await using store = await makeStore();
  const [one, json, project] = await all([
    ["show", "run-1", "-p", "Iris"],
    ["show", idOf(1), "-p", "Iris", "--json"],
    ["show", "-p", "Iris"],
  ], store.roots);
  assert.match(
    one!,
    /^experiment +run-1\nid +11111111-.*\nproject +Iris\ncreated +2026-11-24T09:10:07Z$/m,
  );
  assert.match(one!, /^Parameters \(2\)\n {2}NAME {2}VALUE\n {2}lr {4}0\.1\n {2}seed {2}42$/m);
  assert.match(one!, /^ {2}loss +█▁ 1 +lower$/m);
  assert.match(
    one!,
    new RegExp(`^Artifacts \\(1\\)\\n {2}NAME +ID\\n {2}notes.txt  ${idOf(5)}$`, "m"),
  );
  const { experiment, parameters, metrics, artifacts, ...rest } = JSON.parse(json!);
  assert.deepEqual(
    [experiment.name, parameters.length, metrics.length, artifacts[0].name],
    ["run-1", 2, 2, "notes.txt"],
  );
  assert.deepEqual(rest, {
    ...{ features: [], dataframes: [], parents: [], children: [], status: null },
  });
  assert.match(project!, /^experiments +3$/m);
});

Deno.test("cli: paths with spaces and Unicode, and projects with such names", async () => {
  await using store = await makeStore();
  const cwd = `${store.folder}/Läufe 日本`;
  await Deno.mkdir(cwd);
  const root = ["--root-dir", "ein Ordner ü"];
  const id = await ok(
    ["log", "-p", "Größe 大", "--name", "erster Lauf", "-m", "größe=1", ...root],
    { cwd },
  );
  assert.match(id, /^[\da-f-]{36}\n$/);
  const [table, copy] = await Promise.all([
    ok(["table", "Größe 大", ...root], { cwd }),
    ok(["ls", "--json", "--root-dir", `${store.folder}/b c`]),
  ]);
  assert.match(table, /größe/);
  assert.match(table, /erster Lauf +1/);
  assert.equal(JSON.parse(copy).length, 2);
});

Deno.test("cli: names that would act on a terminal do not", async () => {
  await using store = await makeStore();
  const { roots } = store;
  const name = "\x1b]0;title\x07\x1b[2Jrun\u202e";
  await ok(["log", "-p", "Iris", "--name", name, "-t", "a\nb", ...roots]);
  const [list, missing] = await Promise.all([
    ok(["ls", "Iris", ...roots]),
    rubicon(["show", "\x1b[31mred", "-p", "Iris", ...roots]),
  ]);
  // deno-lint-ignore no-control-regex -- control characters are what it is about.
  const acts = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/;
  assert.doesNotMatch(list + missing.err, acts);
  assert.match(list, /\\x1b\]0;title\\x07\\x1b\[2Jrun\\u202e/);
  assert.equal(missing.code, 1);
});
