/** How many requests things take, listings of several pages, and creators that race: on real servers. */
import assert from "node:assert/strict";
import {
  createProject,
  listExperiments,
  listMetrics,
  logArtifact,
  logExperiment,
  logFeature,
  logMetric,
  logParameter,
  openComposite,
  toTable,
} from "../../mod.ts";
import { refused } from "../support/faulty.ts";
import { answer, bytes, onServers, play } from "../support/on_servers.ts";
import type { Trick } from "../support/proxy.ts";
import { s3Config } from "../support/servers.ts";

const onEach = await onServers("S3 requests");

onEach("a listing that is none is no empty store", async ({ proxy, open }) => {
  const driver = await open({ retries: 1 });
  const start = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>prefix%2Fa</Key>";
  const tricks: [string, Trick][] = [
    ["a page of somebody else's", answer("200 OK", "<html>Please log in</html>")],
    ["nothing", answer("200 OK", "")],
    ["an error", answer("200 OK", "<Error><Code>InternalError</Code></Error>")],
    [
      "an end without an end",
      answer("200 OK", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"),
    ],
    ["half of one", { answer: `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${start}` }],
  ];
  for (const [what, trick] of tricks) {
    proxy.trick = () => trick;
    for (
      const work of [() => Array.fromAsync(driver.list("")), () => driver.folders("")]
    ) {
      const error = await refused(work).catch((error) => assert.fail(`${what}: ${error.message}`));
      assert.equal(error.code, "unavailable", what);
    }
  }
});

onEach("listings of more than a page are paged to the end", async ({ proxy, open, direct }) => {
  const keys = Array.from({ length: 1203 }, (_, at) => `many/${at % 3}/${at}`);
  for (let at = 0; at < keys.length; at += 100) {
    await Promise.all(keys.slice(at, at + 100).map((key) => direct.put(key, bytes(""))));
  }
  const driver = await open();
  play(proxy);
  const found = await Array.fromAsync(driver.list("many"));
  assert.deepEqual(found.map(({ key }) => key).sort(), keys.sort());
  assert.equal(proxy.requests.length, 2);
  play(proxy);
  assert.deepEqual((await driver.folders("many")).sort(), ["0", "1", "2"]);
  assert.equal(proxy.requests.length, 1);
});

onEach("a write is one request", async ({ server, root, proxy }) => {
  await using rubicon = await openComposite({
    ...s3Config(server, root),
    endpoint: proxy.endpoint,
  });
  const count = async (work: () => Promise<unknown>) => {
    proxy.requests.length = 0;
    await work();
    return proxy.requests.length;
  };
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  assert.equal(await count(() => logExperiment(rubicon, project)), 1);
  assert.equal(await count(() => logMetric(rubicon, experiment, { name: "m", value: 1 })), 1);
  assert.equal(await count(() => logParameter(rubicon, experiment, { name: "p", value: 1 })), 1);
  assert.equal(await count(() => logFeature(rubicon, experiment, { name: "f" })), 1);
  assert.equal(await count(() => logArtifact(rubicon, experiment, { name: "a", data: "x" })), 2);
  await Promise.all(Array.from({ length: 28 }, () => logExperiment(rubicon, project)));
  const listed = await listExperiments(rubicon, project);
  assert.equal(listed.length, 30);
  assert.ok(await count(() => listExperiments(rubicon, project)) <= 1 + 30);
  assert.equal(await count(() => listMetrics(rubicon, experiment)), 2);
  await logExperiment(rubicon, project, { metrics: { a: 1, b: 2 }, parameters: { c: 3 } });
  const table = await toTable(rubicon, project);
  assert.equal(
    await count(async () => assert.deepEqual(await toTable(rubicon, project), table)),
    1,
  );
  await using other = await openComposite(s3Config(server, root));
  await logMetric(other, experiment, { name: "from another process", value: 7 });
  const changed = await count(async () => {
    const { rows } = await toTable(rubicon, project);
    assert.ok(rows.some((row) => row["from another process"] === 7), "never stale");
  });
  assert.equal(changed, 2, "the listing, and what is new");
  await using fresh = await openComposite({ ...s3Config(server, root), endpoint: proxy.endpoint });
  assert.equal(await count(() => logMetric(fresh, experiment, { name: "n", value: 1 })), 3);
  assert.ok(proxy.mostAtOnce <= 32);
});

onEach("64 racing creators in several processes: one wins", async ({ server, root, direct }) => {
  const code = `
    import { openDriver, hasCode } from ${
    JSON.stringify(new URL("../../mod.ts", import.meta.url).href)
  };
    const driver = await openDriver(JSON.parse(Deno.args[0]));
    const wins = await Promise.all(Array.from({ length: 16 }, (_, at) =>
      driver.put("project/metadata.json", new TextEncoder().encode(Deno.args[1] + at), { ifAbsent: true })
        .then(() => Deno.args[1] + at, (error) => { if (!hasCode(error, "already-exists")) throw error; })));
    console.log(JSON.stringify(wins.filter((win) => win !== undefined)));`;
  const config = JSON.stringify(s3Config(server, root));
  const cwd = new URL("../..", import.meta.url).pathname;
  const script = await Deno.makeTempFile({ dir: `${cwd}tests`, prefix: ".race-", suffix: ".ts" });
  try {
    await Deno.writeTextFile(script, code);
    const outputs = await Promise.all(
      ["a", "b", "c", "d"].map((name) =>
        new Deno.Command(Deno.execPath(), {
          args: [
            "run",
            "--no-check",
            `--allow-net=${new URL(server.endpoint).host}`,
            script,
            config,
            name,
          ],
          cwd,
        }).output()
      ),
    );
    const wins = outputs.flatMap(({ success, stdout, stderr }) => {
      assert.ok(success, new TextDecoder().decode(stderr));
      return JSON.parse(new TextDecoder().decode(stdout)) as string[];
    });
    assert.equal(wins.length, 1);
    const stored = await direct.get("project/metadata.json");
    assert.equal(new TextDecoder().decode(stored.bytes), wins[0]);
  } finally {
    await Deno.remove(script);
  }
});
