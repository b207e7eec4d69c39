/** Exit codes and messages: what is wrong, where, and what was probably meant. */
import assert from "node:assert/strict";
import { makeStore, rubicon, type Said } from "../support/cli.ts";

/** What each of several commands said, all of them at once. */
const all = (commands: Record<string, string[]>, env: Record<string, string> = {}) =>
  Promise.all(
    Object.entries(commands).map(async ([title, args]): Promise<[string, Said]> => [
      title,
      await rubicon(args, { env }),
    ]),
  ).then((entries) => Object.fromEntries(entries));

Deno.test("cli: wrong usage is exit 2, says so on stderr alone, and names what was meant", async () => {
  await using store = await makeStore();
  const { roots } = store;
  const said = await all({
    nothing: [],
    command: ["tabel"],
    option: ["ls", "--rootdir", "x"],
    choice: ["ls", "--write", "most", ...roots],
    missing: ["best", ...roots],
    number: ["table", "Iris", "--limit", "few", ...roots],
    both: ["ls", "--json", "--jsonl", ...roots],
    store: ["ls"],
    project: ["show", ...roots],
    query: ["query", "metrics.acuracy > 1", "-p", "Iris", ...roots],
    column: ["table", "Iris", "--columns", "acuracy", ...roots],
    order: ["table", "Iris", "--order-by", "metrics.accuracy up", ...roots],
    jsonpath: ["search", "$..[", "-p", "Iris", ...roots],
    stdin: ["log", "-p", "Iris", "--stdin", "--name", "x", ...roots],
    pair: ["log", "-p", "Iris", "--param", "lr", ...roots],
    target: ["sync", ...roots],
    prefix: ["show", "1111", "-p", "Iris", "--root-dir", "a", "--config", "b"],
  });
  for (const [title, { code, out, err }] of Object.entries(said)) {
    assert.equal(code, 2, `${title}: ${err}`);
    assert.equal(out, "", title);
    if (title !== "nothing") assert.match(err, /^error: /, title);
  }
  const err = (title: keyof typeof said) => said[title]!.err;
  assert.match(err("nothing"), /^Usage: rubicon/);
  assert.match(err("command"), /unknown command 'tabel'\n\(Did you mean table\?\)/);
  assert.match(err("option"), /unknown option '--rootdir'\n\(Did you mean --root-dir\?\)/);
  assert.match(err("choice"), /'most' is invalid\. Allowed choices are all, quorum, any/);
  assert.match(err("missing"), /missing required argument 'metric'/);
  assert.match(err("number"), /It must be a whole number of at least 1/);
  assert.match(err("both"), /'--jsonl' cannot be used with option '--json'/);
  assert.match(err("store"), /Which store\? Give --root-dir PATH.*RUBICON_ROOT_DIR.*rubicon\.json/);
  assert.match(
    err("project"),
    /Which project\? Give one of "Iris", "Prüfung 日本" by --project NAME/,
  );
  assert.match(err("query"), /acuracy.*Did you mean "?metrics\.accuracy/s);
  assert.match(err("column"), /no column "acuracy"\. Did you mean "accuracy"\?/);
  assert.match(err("order"), /metrics\.accuracy up/);
  assert.match(err("stdin"), /--name and --stdin both say what to log/);
  assert.match(err("pair"), /--param "lr": it is NAME=VALUE, such as --param lr=0\.1/);
  assert.match(err("target"), /Where to\? Give --to/);
  assert.match(err("prefix"), /--root-dir and --config both say where the store is/);
});

Deno.test("cli: what is not there is exit 1, and names what is near", async () => {
  await using store = await makeStore();
  const { roots } = store;
  const project = ["-p", "Iris", ...roots];
  const said = await all({
    project: ["ls", "Irs", ...roots],
    experiment: ["show", "run-11", ...project],
    id: ["show", "ffffffff-0000-4000-8000-000000000000", ...project],
    artifact: ["get", "note.txt", "-e", "run-1", ...project],
    none: ["best", "accuracy", "--tag", "nobody", ...project],
    empty: ["show", "latest", "-p", "Prüfung 日本", ...roots],
  });
  for (const [title, { code, out }] of Object.entries(said)) {
    assert.equal(code, 1, title);
    assert.equal(out, "", title);
  }
  assert.match(said.project!.err, /Did you mean "Iris"\?/);
  assert.match(said.experiment!.err, /Did you mean "run-1"/);
  assert.match(
    said.artifact!.err,
    /no artifact and no dataframe "note\.txt".*Did you mean "notes\.txt"\?/,
  );
  assert.match(said.empty!.err, /There is no experiment in project "Prüfung 日本"/);
});

Deno.test("cli: a store that fails is exit 3, and says which one and why", async () => {
  await using store = await makeStore();
  const file = `${store.folder}/file`;
  await Deno.writeTextFile(file, "no folder");
  const nobody = "http://127.0.0.1:1";
  const bucket = ["--root-dir", "s3://bucket/p", "--endpoint", nobody, "--retries", "0"];
  const keys = { AWS_ACCESS_KEY_ID: "AKIDnobody", AWS_SECRET_ACCESS_KEY: "nobodyMaySeeThis" };
  const said = await all({
    bucket: ["ls", ...bucket],
    permission: ["ls", ...store.roots],
    status: ["status", ...store.roots, ...bucket],
    write: ["log", "-p", "Iris", ...store.roots, ...bucket],
  }, keys);
  assert.equal(said.bucket!.code, 3);
  assert.match(said.bucket!.err, /s3:\/\/bucket\/p/);
  assert.equal(said.status!.code, 3);
  assert.match(said.status!.out, /^filesystem:\S+ +yes/m);
  assert.match(said.status!.out, /^s3:.* no /m);
  assert.equal(said.write!.code, 3);
  const refused = await rubicon(["ls", ...store.roots], { allow: ["--allow-read=/nowhere"] });
  assert.equal(refused.code, 3);
  assert.match(refused.err, /--allow-read/);
});

Deno.test("cli: an empty store is no error, and is told of", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, out, err } = await rubicon(["ls", "--root-dir", `${folder}/none`]);
    assert.equal(code, 0);
    assert.equal(out, "PROJECT  CREATED (UTC)  DESCRIPTION\n");
    assert.match(err, /There is no project in filesystem:.*none/);
    const quiet = await rubicon(["ls", "--json", "-q", "--root-dir", `${folder}/none`]);
    assert.deepEqual([quiet.code, quiet.out, quiet.err], [0, "[]\n", ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("cli: no key and no token is ever printed, from wherever it comes", async () => {
  const folder = await Deno.makeTempDir();
  const secrets = ["AKIDnobodymaysee", "sEcReTnobodymaysee", "t0KeNnobodymaysee"];
  const [id, secret, token] = secrets as [string, string, string];
  const nobody = ["--endpoint", "http://127.0.0.1:1", "--retries", "0"];
  const root = ["--root-dir", "s3://bucket/p", ...nobody];
  const options = ["--key", id, "--secret", secret, "--token", token];
  await Deno.writeTextFile(
    `${folder}/rubicon.json`,
    JSON.stringify({
      backends: [{
        ...{ rootDir: "s3://bucket/p", endpoint: "http://127.0.0.1:1", retries: 0 },
        ...{ accessKeyId: id, secretAccessKey: secret, sessionToken: token },
      }],
    }),
  );
  await Deno.writeTextFile(
    `${folder}/broken.json`,
    `{"backends":[{"secretAccessKey":"${secret}",}]}`,
  );
  await Deno.writeTextFile(
    `${folder}/odd.json`,
    JSON.stringify({ backends: [{ rootDir: "s3://b/p", secretKey: secret }] }),
  );
  const env = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token };
  try {
    const runs: [string[], Record<string, string>][] = [
      [["ls", ...root, ...options], {}],
      [["doctor", "--json", ...root, ...options], {}],
      [["status", "--json", ...root], env],
      [["ls", ...root], env],
      [["ls"], {}],
      [["doctor"], {}],
      [["ls", "--config", "broken.json"], {}],
      [["ls", "--config", "odd.json"], {}],
      [["ls", "--secrt", secret, ...root], {}],
    ];
    const said = await Promise.all(runs.map(([args, env]) => rubicon(args, { cwd: folder, env })));
    for (const [at, { code, out, err }] of said.entries()) {
      assert.ok(code > 0, runs[at]![0].join(" "));
      for (const hidden of secrets) {
        assert.ok(!(out + err).includes(hidden), `${runs[at]![0]}\n${out}${err}`);
      }
    }
    assert.match(said[6]!.err, /broken\.json: it is no JSON/);
    assert.match(said[7]!.err, /secretKey/);
    assert.match(said[8]!.err, /unknown option '--secrt'/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
