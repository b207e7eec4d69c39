/** Help, and what a command loads. */
import assert from "node:assert/strict";
import { COMMANDS } from "../../cli/commands.ts";
import { STORAGE_OPTIONS } from "../../cli/global_options.ts";
import { VERSION } from "../../cli/version.ts";
import { OPTIONS as S3_OPTIONS } from "../../drivers/s3/options.ts";
import { CLI, makeStore, ok, rubicon, RUN } from "../support/cli.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("cli help: it names each command with its line, and ends in exit codes", async () => {
  const [help, short, word] = await Promise.all([ok(["--help"]), ok(["-h"]), ok(["help"])]);
  assert.equal(short, help);
  assert.equal(word, help);
  assert.match(help, /^Usage: rubicon \[options\] \[command\]\n/);
  for (const { name, summary, hidden } of COMMANDS) {
    if (!hidden) assert.ok(help.replaceAll(/\s+/g, " ").includes(` ${name} ${summary} `), name);
  }
  assert.match(
    help,
    /Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 a backend failed\.\n/,
  );
  for (const line of help.split("\n")) assert.ok(line.length <= 80, line);
});

Deno.test("cli help: each command has its own, and the version is the module's", async () => {
  const names = COMMANDS.map(({ name }) => name);
  const helps = await Promise.all([
    ...names.map((name) => ok([name, "--help"])),
    ok(["help", "export", "csv"]),
  ]);
  for (const [at, help] of helps.entries()) {
    assert.match(help, new RegExp(`^Usage: rubicon ${names[at] ?? "export csv"} `));
    assert.match(help, /\n$/);
  }
  assert.equal(await ok(["--version"]), `${VERSION}\n`);
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  assert.equal(VERSION, version);
});

/** The files of this checkout that a run has loaded, as V8's coverage names them. */
async function loadedBy(args: string[]): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [...RUN, `--coverage=${folder}`, "-A", CLI, ...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    assert.equal(code, 0);
    const urls = [];
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".json")) {
        urls.push(JSON.parse(await Deno.readTextFile(`${folder}/${name}`)).url);
      }
    }
    return urls.filter((url) => url.startsWith(ROOT.href)).map((url) => url.slice(ROOT.href.length))
      .sort();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("cli help: --help loads the names of the commands, and none of them", async () => {
  const loaded = await loadedBy(["--help"]);
  assert.ok(loaded.includes("cli.ts") && loaded.includes("cli/commands.ts"), loaded.join("\n"));
  const others = loaded.filter((path) =>
    !/^cli(?:\.ts|\/[^/]+\.ts|\/output\/(?:style|stream|text)\.ts)$/.test(path)
  );
  assert.deepEqual(others, [
    "cli/commands/export/formats.ts",
    "cli/commands/import/sources.ts",
    "errors.ts",
  ]);
  assert.ok(loaded.length <= 18, `${loaded.length} modules: ${loaded.join(" ")}`);
});

Deno.test("cli: each command loads what it needs alone", async () => {
  await using store = await makeStore();
  const { roots } = store;
  const [ls, table, verify] = await Promise.all([
    loadedBy(["ls", ...roots]),
    loadedBy(["table", "Iris", ...roots]),
    loadedBy(["verify", ...roots]),
  ]);
  const isIn = (loaded: string[], path: RegExp) => loaded.filter((one) => path.test(one));
  for (const loaded of [ls, table, verify]) {
    assert.deepEqual(
      isIn(loaded, /^drivers\/s3|parquet|zip|jsonpath|^mod\.ts|outbox|^drivers\/memory/),
      [],
    );
    const commands = isIn(loaded, /^cli\/commands\/[^/]+\.ts$/);
    assert.ok(commands.length <= 2, commands.join(" "));
  }
  assert.deepEqual(isIn(ls, /domain\/(?:query|upkeep|table)/), ["domain/query/wildcard.ts"]);
  assert.ok(isIn(verify, /domain\/upkeep/).length > 3);
  assert.ok(ls.length <= 130, `${ls.length} modules`);
});

Deno.test("cli: the storage options are those of the drivers", () => {
  const own = Object.entries(STORAGE_OPTIONS).filter(([, kind]) => kind === "s3").map(([name]) =>
    name
  );
  // A function cannot be an option of a command.
  assert.deepEqual(own.toSorted(), S3_OPTIONS.filter((name) => name !== "credentials").toSorted());
});

Deno.test("cli: options of rubicon_ml and of fsspec are taken as they are", async () => {
  const args = [
    "--endpoint_url",
    "http://127.0.0.1:1",
    "--key",
    "id",
    "--secret",
    "s",
    "--retries",
    "0",
  ];
  const { code, err } = await rubicon([
    ...["search", "--root-dir", "s3://bucket/p", "--project-name", "P", "--pp", ...args, "$..name"],
  ]);
  assert.equal(code, 3);
  assert.match(err, /s3:\/\/bucket\/p at 127\.0\.0\.1:1/);
});
