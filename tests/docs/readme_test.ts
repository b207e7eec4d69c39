/**
 * Every command of the README is run, with the text that stands there: by a rule that knows what has to come of it. A
 * command without a rule fails, and so does a rule without a command.
 */
import assert from "node:assert/strict";
import { elsewhere, servePublished } from "../support/published.ts";
import { ignoredFor, succeeds } from "../support/parts.ts";
import { freePort } from "../support/servers.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const README = await Deno.readTextFile(`${ROOT}README.md`);
/** What a person downloads where there is no Deno; here the Deno that is running takes its place. */
const NPX = "npx -y deno@2.9.6";

/** The commands of a text: lines of shell blocks, continued ones joined, and such code between words. */
function commandsOf(text: string): string[] {
  const blocks = Array.from(
    text.matchAll(/^```(?:sh|bash|shell|console)\n(.*?)^```/gms),
    ([, code]) => code!.replaceAll(/\\\n\s*/g, "").split("\n").filter((line) => line.trim() !== ""),
  ).flat();
  const prose = text.replaceAll(/^```.*?^```/gms, "");
  const inline = Array.from(
    prose.matchAll(/`((?:deno|npx|npm|go|git|docker|curl) [^`]+)`/g),
    ([, code]) => code!,
  )
    .filter((code) => code !== NPX);
  return [...blocks, ...inline];
}

const COMMANDS = commandsOf(README);

/** What is done about some of the commands, in the order in which they stand there. */
interface Rule {
  name: string;
  commands: readonly RegExp[];
  lacks?: string | undefined;
  run(commands: string[]): Promise<void>;
}

interface Shell {
  cwd: string;
  env?: Record<string, string>;
}

/** A folder with `deno` in it, for the PATH: the Deno that is running, whatever else is installed. */
const bin = await Deno.makeTempDir();
await Deno.symlink(Deno.execPath(), `${bin}/deno`);
Deno.test.afterAll(() => Deno.remove(bin, { recursive: true }));

/** A shell of its own session, so that whatever it has started can be ended with it. */
function spawn(command: string, { cwd, env = {} }: Shell) {
  return new Deno.Command("bash", {
    args: ["-c", command.replaceAll(NPX, `'${Deno.execPath()}'`)],
    cwd,
    env: { NO_COLOR: "1", PATH: `${bin}:${Deno.env.get("PATH")}`, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
}

async function shell(command: string, where: Shell): Promise<string> {
  const { success, stdout, stderr } = await spawn(command, where).output();
  const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.ok(success, `${command}\n${out}${said}`);
  return `${out}${said}`;
}

/** A copy of this checkout, so that nothing of it is touched. */
async function checkout(): Promise<AsyncDisposable & { cwd: string }> {
  const cwd = await Deno.makeTempDir({ prefix: "checkout-" });
  const skipped = new Set([".git", ".cache", "local", "node_modules"]);
  const copy = async (from: string, to: string) => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
      if (skipped.has(name)) continue;
      if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
      if (!isDirectory) continue;
      await Deno.mkdir(`${to}/${name}`);
      await copy(`${from}/${name}`, `${to}/${name}`);
    }
  };
  await copy(ROOT, cwd);
  return { cwd, [Symbol.asyncDispose]: () => Deno.remove(cwd, { recursive: true }) };
}

async function lacksGo(): Promise<string | undefined> {
  return await succeeds("go", "version") ? undefined : "Go";
}

/** Starts a server by a command, waits until it answers, and ends all of it in the end. */
async function server(command: string, where: Shell, url: string): Promise<AsyncDisposable> {
  const child = spawn(command, where);
  const output = child.output();
  const stop = async () => {
    // The whole session: "go run" has a child of its own.
    Deno.kill(-child.pid, "SIGKILL");
    return await output;
  };
  let ended = false;
  child.status.then(() => ended = true);
  for (const start = Date.now(); !ended && Date.now() - start < 300_000;) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer) return { [Symbol.asyncDispose]: async () => void await stop() };
    await new Promise((done) => setTimeout(done, 200));
  }
  const { stdout, stderr } = ended ? await output : await stop();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new Error(`${command}\ndid not come up:\n${said}`);
}

/** A port that the README names, or a free one where that is taken. */
function portFor(named: number): number {
  try {
    Deno.listen({ hostname: "127.0.0.1", port: named }).close();
    return named;
  } catch {
    return freePort();
  }
}

const RULES: Rule[] = [{
  name: "the demo",
  commands: [/^npx -y deno@[\d.]+ task demo\b/],
  async run([command]) {
    await using copy = await checkout();
    const out = await shell(command!, copy);
    assert.equal(out.match(/metric accuracy = 0\.8/g)?.length, 2);
    assert.match(out, /RubiconException \(not-found\)/);
    assert.match(out, /repair copied 9 objects/);
    assert.ok((await Deno.stat(`${copy.cwd}/local/rootA/exampleproject/metadata.json`)).isFile);
  },
}, {
  name: "the tests",
  commands: [/^npx -y deno@[\d.]+ task test\b/],
  // It runs these very tests: here it is run with a single file.
  async run([command]) {
    await using copy = await checkout();
    const out = await shell(
      command!.replace("task test", "task test tests/drivers/registry_test.ts"),
      copy,
    );
    assert.match(out, /Task test deno test -A --doc --parallel/);
    assert.match(out, /registry_test\.ts[^]*ok \| \d+ passed \| 0 failed/);
    const gate = await Deno.readTextFile(`${ROOT}.ci/run`);
    assert.ok(gate.includes(`\n${NPX} task test `), "the CI runs it as it stands in the README");
  },
}, {
  name: "the gate",
  commands: [/^npx -y deno@[\d.]+ task ok$/],
  // It runs these very tests too: it has to be what the CI runs, and the test task.
  async run([command]) {
    const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
    const gate = await Deno.readTextFile(`${ROOT}.ci/run`);
    const gates = Array.from(gate.matchAll(/^gate deno task (\S+)$/gm), ([, name]) => name!);
    const { dependencies, command: last } = tasks[command!.split(" ").at(-1)!];
    assert.deepEqual(dependencies, gates.filter((name) => name !== "demo"));
    assert.equal(last, "deno task test");
    for (const name of gates) assert.equal(typeof tasks[name], "string", name);
  },
}, {
  name: "the example in memory",
  commands: [/^deno run examples\/memory\.ts$/],
  async run([command]) {
    await using copy = await checkout();
    assert.match(await shell(command!, copy), /metric accuracy = 0\.8/);
  },
}, {
  name: "the command line",
  commands: [/^deno run -A cli\.ts log /, /^deno run -A cli\.ts table /],
  async run([log, table]) {
    await using copy = await checkout();
    assert.match(await shell(log!, copy), /^[\da-f]{8}-[\da-f-]{27}\n$/);
    assert.match(
      await shell(table!, copy),
      /^ID +accuracy +lr +CREATED \(UTC\)\n[\da-f]{8} +0\.8 +0\.1 /,
    );
  },
}, {
  name: "the reference",
  commands: [/^deno doc mod\.ts$/, /^deno doc --filter listExperiments mod\.ts$/],
  async run([all, one]) {
    await using copy = await checkout();
    assert.match(await shell(all!, copy), /function logExperiment\(/);
    assert.match(await shell(one!, copy), /order: "newest"/);
  },
}, {
  name: "an import from a URL",
  commands: [
    /^deno run --allow-import job\.ts\b/,
    /^deno run --allow-import --frozen job\.ts\b/,
    /^deno bundle --allow-import -o job\.js job\.ts\b/,
    /^deno run job\.js\b/,
  ],
  async run([first, frozen, bundle, bundled]) {
    const [, line, url] =
      /^```ts ignore\n(import \{ openComposite \} from "(https:\S+\/)mod\.ts";\n)```$/m
        .exec(README) ?? [];
    assert.ok(line && url, "the README has the line that imports it");
    await using published = await servePublished();
    const use = 'await using one = await openComposite({ persistence: "memory" });\n' +
      "console.log(one.backends.length, 'backend');\n";
    await using place = await elsewhere(published, {
      "job.ts": line.replace(url, published.url) + use,
    });
    const where = { cwd: place.folder, env: { DENO_DIR: place.cache } };
    assert.match(await shell(first!, where), /^1 backend$/m);
    assert.ok(
      (await Deno.readTextFile(`${place.folder}/deno.lock`)).includes(`${published.url}mod.ts`),
    );
    assert.match(await shell(frozen!, where), /^1 backend$/m);
    await shell(bundle!, where);
    await published.stop();
    assert.match(await shell(bundled!, where), /^1 backend$/m);
  },
}, {
  name: "a bucket on this machine, and the example with it",
  commands: [
    /^mkdir .* go run github\.com\/versity\/versitygw\S+ --port 127\.0\.0\.1:7070 posix \S+$/,
    /^AWS_\S+ .*deno run .*examples\/filesystem_and_s3\.ts s3:\/\/my-bucket\/demo$/,
  ],
  lacks: await lacksGo(),
  async run(commands) {
    const port = portFor(7070);
    const [start, example] = commands.map((one) => one.replaceAll(":7070", `:${port}`));
    await using copy = await checkout();
    await using _server = await server(start!, copy, `http://127.0.0.1:${port}`);
    const out = await shell(example!, copy);
    assert.equal(out.match(/metric accuracy = 0\.8/g)?.length, 2);
    assert.match(out, /repair: 11 objects are copied/);
  },
}];

Deno.test("readme: each command has a rule, and each rule its commands", () => {
  assert.ok(COMMANDS.length >= 10);
  const rules = RULES.flatMap(({ commands }) => commands);
  for (const command of COMMANDS) {
    assert.equal(rules.filter((rule) => rule.test(command)).length, 1, `no rule: ${command}`);
  }
  for (const rule of rules) {
    assert.equal(COMMANDS.filter((command) => rule.test(command)).length, 1, `no command: ${rule}`);
  }
  assert.deepEqual(commandsOf("Or `deno fly`:\n\n```sh\na \\\n  b # c\nd\n```\n"), [
    "a b # c",
    "d",
    "deno fly",
  ]);
});

for (const { name, commands, lacks, run } of RULES) {
  Deno.test({
    name: `readme: ${name}`,
    ignore: ignoredFor(`the README's commands: ${name}`, lacks),
    async fn() {
      await run(commands.map((rule) => COMMANDS.find((command) => rule.test(command))!));
    },
  });
}
