/** Which store is meant: options, the environment, and rubicon.json. */
import assert from "node:assert/strict";
import { fakeS3 } from "../support/fake_s3.ts";
import { serveFake } from "../support/on_fake.ts";
import { makeStore, ok, rubicon } from "../support/cli.ts";

Deno.test("cli: the store comes from options, else the environment, else rubicon.json above", async () => {
  await using store = await makeStore();
  const { folder } = store;
  const deep = `${folder}/x/y z`;
  await Deno.mkdir(deep, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/rubicon.json`,
    JSON.stringify({
      backends: [{ rootDir: "a" }, { rootDir: "./b c", label: "copy" }],
      project: "Iris",
    }),
  );
  const other = `${folder}/other.json`;
  await Deno.writeTextFile(
    other,
    JSON.stringify({ backends: [{ rootDir: "b c", label: "other" }] }),
  );
  const source = async (args: string[], env: Record<string, string> = {}) =>
    JSON.parse(await ok(["doctor", "--read-only", "--json", ...args], { cwd: deep, env })).source;
  const [above, file, variable, option, own, stores, project, override] = await Promise.all([
    source([]),
    source(["--config", "../../other.json"], { RUBICON_ROOT_DIR: `${folder}/a` }),
    source([], { RUBICON_ROOT_DIR: `${folder}/a` }),
    source(["--root-dir", `${folder}/a`], { RUBICON_ROOT_DIR: "elsewhere" }),
    source([], { PERSISTENCE: "filesystem", ROOT_DIR: `${folder}/a` }),
    ok(["status", "--jsonl"], { cwd: deep }),
    ok(["show", "latest", "--json"], { cwd: deep }),
    rubicon(["show", "latest"], { cwd: deep, env: { RUBICON_PROJECT_NAME: "Prüfung 日本" } }),
  ]);
  assert.deepEqual([above, file, variable, option, own], [
    ...[
      `${folder}/rubicon.json`,
      "../../other.json",
      "RUBICON_ROOT_DIR",
      "--root-dir",
      "PERSISTENCE",
    ],
  ]);
  assert.deepEqual(stores.trim().split("\n").map((line) => JSON.parse(line).backend), [
    ...[`filesystem:${folder}/a`, "copy"],
  ]);
  assert.equal(JSON.parse(project).experiment.name, "run-3");
  assert.match(override.err, /no experiment in project "Prüfung 日本"/);
});

Deno.test("cli: rubicon.json says what is wrong with it", async () => {
  const folder = await Deno.makeTempDir();
  const cases: [unknown, RegExp][] = [
    [[], /must be an object/],
    [{ backend: [] }, /no field "backend".*Did you mean "backends"/],
    [{ backends: [] }, /backends must be a list/],
    [{ backends: [{}] }, /backends\[0\]: it needs a rootDir/],
    [{ backends: [{ rootDir: "a" }], project: 1 }, /project must be the name/],
    [{ backends: [{ rootDir: "a" }], write: "most" }, /write must be "all" or "quorum" or "any"/],
    [{ backends: [{ rootDir: "a", persistence: "fliesystem" }] }, /no persistence "fliesystem"/],
    [
      { backends: [{ rootDir: "a", durabel: true }] },
      /no option "durabel".*did you mean "durable"/,
    ],
  ];
  try {
    await Promise.all(cases.map(async ([content, message], at) => {
      const file = `${folder}/${at}.json`;
      await Deno.writeTextFile(file, JSON.stringify(content));
      const { code, err } = await rubicon(["ls", "--config", file]);
      assert.equal(code, 2, err);
      assert.match(err, message);
    }));
    const { code, err } = await rubicon(["ls", "--config", `${folder}/none.json`]);
    assert.equal(code, 2);
    assert.match(err, /none\.json: it cannot be read/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("cli: a bucket takes network access to its host and the variables that are used, no more", async () => {
  const server = serveFake(fakeS3());
  try {
    const { endpoint } = server;
    const net = `--allow-net=${new URL(endpoint).host}`;
    const env = {
      ...{
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_ACCESS_KEY_ID: "id",
        AWS_SECRET_ACCESS_KEY: "secret",
      },
      RUBICON_ROOT_DIR: "s3://bucket/p",
    };
    const allow = [net, `--allow-env=${Object.keys(env)}`];
    await ok(["log", "-p", "P", "-m", "a=1"], { env, allow });
    const [table, noNet, noKeys] = await Promise.all([
      ok(["table", "--jsonl"], { env, allow }),
      rubicon(["ls"], { env, allow: allow.slice(1) }),
      rubicon(["ls"], { env, allow: [net, "--allow-env=RUBICON_ROOT_DIR,AWS_ENDPOINT_URL_S3"] }),
    ]);
    assert.equal(JSON.parse(table).a, 1);
    assert.equal(noNet.code, 3);
    assert.match(noNet.err, /--allow-net/);
    assert.equal(noKeys.code, 2);
    assert.match(noKeys.err, /--allow-env=AWS_ACCESS_KEY_ID/);
  } finally {
    await server[Symbol.asyncDispose]();
  }
});

Deno.test("cli: several roots are one composite, with its policies", async () => {
  await using store = await makeStore();
  const { folder } = store;
  const [one, two, file] = [`${folder}/one`, `${folder}/two`, `${folder}/file`];
  await Deno.writeTextFile(file, "");
  const roots = ["--root-dir", one, "--root-dir", two];
  await ok(["log", "-p", "New", "--write", "all", ...roots]);
  const [a, b, clean] = await Promise.all([
    ok(["ls", "--json", "--root-dir", one]),
    ok(["ls", "--json", "--root-dir", two]),
    ok(["verify", ...roots]),
  ]);
  assert.equal(a, b);
  assert.match(clean, /^The stores are the same: 2 objects in 2 stores\.$/m);
  // A folder that is none takes nothing: `any` goes on, `all` does not.
  const bad = ["--root-dir", one, "--root-dir", file];
  const [any, all] = await Promise.all([
    rubicon(["log", "-p", "New", "--write", "any", ...bad]),
    rubicon(["log", "-p", "New", "--write", "all", ...bad]),
  ]);
  assert.equal(any.code, 0, any.err);
  assert.match(any.out, /^[\da-f-]{36}\n$/);
  assert.ok(all.code >= 2, all.err);
});
