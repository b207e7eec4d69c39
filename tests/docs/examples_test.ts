import assert from "node:assert/strict";
import { getProject, listExperiments, openComposite, readHistory, toTable } from "../../mod.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksServers, makeBucket, startVersitygw } from "../support/servers.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

async function run(args: string[], env: Record<string, string> = {}, cwd = ROOT): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--config", `${ROOT}deno.json`, ...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert.ok(success, said);
  assert.equal(said, "", "a bar is for terminals alone");
  return new TextDecoder().decode(stdout);
}

const example = (name: string) => `${ROOT}examples/${name}.ts`;

Deno.test("examples: memory needs no permission at all", async () => {
  assert.match(await run([example("memory")]), /metric accuracy = 0\.8/);
});

Deno.test("examples: two folders, twice in a row, with nothing but the folders' permissions", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    for (let times = 0; times < 2; times++) {
      const out = await run(
        ["--allow-read=./local", "--allow-write=./local", example("multiple_backends")],
        {},
        cwd,
      );
      const [treeA, treeB] = out.split(/\.\/local\/root[AB]\n/).slice(1).map((part) =>
        part.split("\n\n")[0]
      );
      assert.ok(treeA!.includes("nestimators/") && treeA!.includes("data.parquet"));
      assert.equal(treeA, treeB);
      assert.equal(out.match(/metric accuracy = 0\.8/g)!.length, 2);
      assert.match(out, /RubiconException \(not-found\) No backend was able to read/);
      assert.match(out, /repair copied 9 objects to it, and both are the same again/);
    }
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

Deno.test("examples: a training over a grid, whose curves are in both folders", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    const permissions = ["--allow-read=./local", "--allow-write=./local"];
    const out = await run([...permissions, example("train")], {}, cwd);
    const losses = Array.from(
      out.matchAll(/^hidden (\d), lr ([\d.]+): 60 epochs, loss ([\d.]+) → ([\d.]+)$/gm),
      ([, hidden, lr, first, last]) => ({ hidden, lr, first: Number(first), last: Number(last) }),
    );
    assert.equal(losses.length, 4, out);
    const of = (hidden: string) => losses.filter((one) => one.hidden === hidden);
    for (const { first, last } of of("8")) assert.ok(last < first / 2, out);
    // One neuron is a straight line, which cannot cut off a circle.
    for (const { last } of of("1")) assert.ok(last > 0.4, out);
    assert.match(out, /^The best one: hidden 8, /m);
    for (const store of ["train-a", "train-b"]) {
      await using rubicon = await openComposite({
        persistence: "filesystem",
        rootDir: `${cwd}/local/${store}`,
      });
      const project = await getProject(rubicon, { name: "circle" });
      const { rows } = await toTable(rubicon, project);
      assert.deepEqual(rows.map(({ status }) => status), Array(4).fill("finished"));
      const experiments = await listExperiments(rubicon, project);
      for (const experiment of experiments) {
        const points = await readHistory(rubicon, experiment, { metrics: ["accuracy"] });
        assert.equal(points.length, 60);
      }
    }
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

/** `script` of util-linux runs a command on a terminal. */
const noTerminal = Deno.build.os === "linux" && await Deno.stat("/usr/bin/script").catch(() => null)
  ? undefined
  : "util-linux's script";

Deno.test({
  name: "examples: a bar on a terminal, with the same permissions",
  ignore: ignoredFor("the bar on a terminal", noTerminal),
  async fn() {
    const cwd = await Deno.makeTempDir();
    const command = [
      ...[Deno.execPath(), "run", "--no-prompt", "--config", `${ROOT}deno.json`],
      ...["--allow-read=./local", "--allow-write=./local", example("multiple_backends")],
    ];
    try {
      const { success, stdout } = await new Deno.Command("/usr/bin/script", {
        args: ["-qec", command.map((word) => `'${word}'`).join(" "), "/dev/null"],
        cwd,
        env: { NO_COLOR: "1", TERM: "xterm" },
      }).output();
      const out = new TextDecoder().decode(stdout);
      assert.ok(success, out);
      assert.match(out, /={30} 18\/18 objects repair/);
      assert.match(out, /repair copied 9 objects/);
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  },
});

Deno.test({
  name: "examples: a folder and a bucket",
  ignore: ignoredFor("the example with a bucket", await lacksServers()),
  async fn() {
    await using server = await startVersitygw();
    await makeBucket(server, "my-bucket");
    const cwd = await Deno.makeTempDir();
    try {
      const out = await run([
        ...["--allow-read=./local", "--allow-write=./local", "--allow-net", "--allow-env"],
        ...[example("filesystem_and_s3"), "s3://my-bucket/demo"],
      ], {
        AWS_ENDPOINT_URL_S3: server.endpoint,
        AWS_ACCESS_KEY_ID: server.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
      }, cwd);
      assert.equal(out.match(/metric accuracy = 0\.8/g)!.length, 2);
      assert.match(out, /verify: 11 of 11 objects/);
      assert.match(out, /repair: 11 objects/);
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  },
});
