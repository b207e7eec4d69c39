/** Pipes, closed outputs, full disks, and Ctrl-C. */
import assert from "node:assert/strict";
import { listExperiments, openComposite } from "../../mod.ts";
import { fakeS3 } from "../support/fake_s3.ts";
import { ignoredMounts, memoryDisk } from "../support/mounts.ts";
import { serveFake } from "../support/on_fake.ts";
import { makeStore, ok, rubicon, shell, start } from "../support/cli.ts";

/** A store with more runs than a pipe holds. */
async function manyRuns(rootDir: string): Promise<void> {
  const runs = Array.from({ length: 300 }, (_, at) => ({
    ...{ name: `run-${at}`, description: "x".repeat(600) },
    metrics: { accuracy: at },
  }));
  await ok(["log", "-p", "Many", "--stdin", "-q", "--root-dir", rootDir], {
    stdin: JSON.stringify(runs),
  });
}

Deno.test("cli: a pipe that is closed early ends it without a word", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await manyRuns(folder);
    const script = (command: string) =>
      shell(
        `set -o pipefail; rubicon ${command} --root-dir '${folder}' | head -n 1; echo "\${PIPESTATUS[0]}"`,
      );
    const [table, json, lines, csv] = await Promise.all([
      ...["table Many", "table Many --json", "ls Many --jsonl", "export csv Many"].map(script),
    ]);
    assert.match(table!.out, /^ID .*\n0\n$/);
    assert.equal(json!.out, "{\n0\n");
    assert.match(lines!.out, /^\{"kind":"experiment".*\}\n0\n$/);
    assert.match(csv!.out, /^id,name,.*\r\n0\n$/);
    for (const { err } of [table!, json!, lines!, csv!]) assert.equal(err, "");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("cli: a closed stdout is no crash, and a full one is exit 3", async () => {
  await using store = await makeStore();
  const roots = store.roots.map((part) => `'${part}'`).join(" ");
  const [closed, full, both] = await Promise.all([
    shell(`rubicon ls ${roots} >&-; echo $? >&2`),
    shell(`rubicon ls ${roots} > /dev/full; echo $? >&2`),
    shell(`rubicon ls --nothing ${roots} 2> /dev/full; echo $?`),
  ]);
  assert.equal(closed.err, "0\n");
  assert.match(full.err, /^error: The output cannot be written: .*No space left.*\n3\n$/);
  assert.equal(both.out, "2\n");
});

Deno.test({
  name: "cli: a disk that is full is exit 3, and what was logged before is whole",
  ignore: ignoredMounts("the command line on a full disk"),
  async fn() {
    await using disk = await memoryDisk(1);
    const root = ["--root-dir", `${disk.folder}/store`];
    await ok(["log", "-p", "P", "-m", "a=1", ...root]);
    const large = await Deno.makeTempFile();
    try {
      await Deno.writeFile(large, new Uint8Array(4 << 20));
      const { code, out, err } = await rubicon(["log", "-p", "P", "--artifact", large, ...root]);
      assert.equal(code, 3, err);
      assert.equal(out, "");
      assert.match(err, /^error: .*(full|[Nn]o space)/s);
    } finally {
      await Deno.remove(large);
    }
    const [verified, table] = await Promise.all([
      ok(["verify", ...root]),
      ok(["table", "P", "--jsonl", "-w", "metrics.a = 1", ...root]),
    ]);
    assert.match(verified, /The stores are the same/);
    assert.equal(table.trim().split("\n").length, 1);
  },
});

Deno.test("cli: Ctrl-C in the middle of a sync ends it, and the next one completes it", async () => {
  await using source = await makeStore();
  const fake = fakeS3();
  const reached = Promise.withResolvers<void>();
  const hold = Promise.withResolvers<void>();
  let puts = 0;
  let isHeld = true;
  const { transport } = fake;
  fake.transport = async (url, request, signal) => {
    // Metadata comes after data, so that there is something to be completed.
    if (isHeld && request.method === "PUT" && ++puts > 2) {
      reached.resolve();
      await hold.promise;
    }
    return await transport(url, request, signal);
  };
  const server = serveFake(fake);
  try {
    const env = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
    const to = ["--to", "s3://bucket/copy", "--endpoint", server.endpoint];
    const args = ["sync", "Iris", ...source.roots, ...to];
    const child = start(args, { env });
    await reached.promise;
    child.kill("SIGINT");
    const { code, stdout, stderr } = await child.output();
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 130, said);
    assert.equal(stdout.length, 0);
    assert.equal(said, "Stopped by SIGINT. What is written stays.\n");
    isHeld = false;
    hold.resolve();
    const again = await ok(args, { env });
    assert.match(again, /^Iris +\d+ +\d+ +/m);
    await using copy = await openComposite({
      ...{ persistence: "s3", rootDir: "s3://bucket/copy", endpoint: server.endpoint },
      ...{ accessKeyId: "id", secretAccessKey: "secret" },
    });
    const { getProject } = await import("../../mod.ts");
    const project = await getProject(copy, { name: "Iris" });
    assert.equal((await listExperiments(copy, project)).length, 3);
  } finally {
    hold.resolve();
    await server[Symbol.asyncDispose]();
  }
});

Deno.test("cli: Ctrl-C while stdin is read ends it, and nothing is written", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const child = start(["log", "-p", "P", "--stdin", "--root-dir", `${folder}/s`], { stdin: "" });
    const writer = child.stdin.getWriter();
    // More than a pipe holds: once it is taken, the command reads.
    await writer.write(new TextEncoder().encode(`[${" ".repeat(1 << 20)}`));
    child.kill("SIGTERM");
    const { code } = await child.output();
    await writer.abort().catch(() => {});
    assert.equal(code, 143);
    await assert.rejects(Deno.stat(`${folder}/s`), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
