/**
 * S3 at 20 ms a round trip: versitygw behind Toxiproxy, beside rubicon-ml on the same bucket.
 */
import process from "node:process";
import { S3Client } from "npm:@bradenmacdonald/s3-lite-client@1.0.0";
import { readConfig } from "../drivers/s3/config.ts";
import { makeSign } from "../drivers/s3/sign.ts";
import { createProject, logExperiment, logMetric, openComposite, toTable } from "../mod.ts";
import { startProxy } from "../tests/support/proxy.ts";
import { makeBucket, s3Config, startToxiproxy, startVersitygw } from "../tests/support/servers.ts";
import { CHILDREN, inTurns, type Row, startRubicon } from "./lib.ts";

const LATENCY = 20;
const SIGNATURES = 500;
const EXPERIMENTS = 100;

/** CPU time of a signed URL, in microseconds, beside the client's own, which derives its key each time. */
export async function signing(): Promise<Row> {
  const keys = { accessKeyId: "key", secretAccessKey: "secret" };
  const config = readConfig({
    ...{ persistence: "s3", rootDir: "s3://bench", endpoint: "http://127.0.0.1:1", ...keys },
  });
  const sign = makeSign(config, keys);
  const client = new S3Client({
    ...{ endPoint: config.endpoint, region: config.region, bucket: config.bucket },
    ...{ accessKey: keys.accessKeyId, secretKey: keys.secretAccessKey },
  });
  const cpu = async (work: (name: string) => unknown): Promise<number> => {
    const start = process.cpuUsage();
    for (let at = 0; at < SIGNATURES; at++) await work(`project/experiments/${at}/metadata.json`);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / SIGNATURES;
  };
  const { ours, theirs } = await inTurns(15, {
    ours: () => cpu((name) => sign({ method: "GET", name }, new Date())),
    theirs: () => cpu((name) => client.getPresignedUrl("GET", name, { expirySeconds: 900 })),
  });
  return {
    ...{ what: "S3, CPU time of a signature", ours, theirs, unit: "µs" },
    ...{ against: "s3-lite-client", ratio: theirs / ours, goal: 5 },
  };
}

export async function s3(): Promise<Row[]> {
  await using server = await startVersitygw();
  await using toxic = await startToxiproxy(server);
  await using rubicon = await startRubicon();
  await makeBucket(server, "bench");
  await toxic.toxic("latency", { latency: LATENCY });
  const ours = { ...s3Config(server, "s3://bench/ours"), endpoint: toxic.endpoint };
  const theirs = (root: string) => [{
    "persistence": "filesystem",
    "root_dir": `s3://bench/${root}`,
    "key": server.accessKeyId,
    "secret": server.secretAccessKey,
    "client_kwargs": { "endpoint_url": toxic.endpoint },
  }];
  const seconds = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1000;
  };

  await using composite = await openComposite(ours);
  const project = await createProject(composite, { name: "metrics" });
  const experiment = await logExperiment(composite, project);
  let count = 0;
  const metric = await inTurns(9, {
    ours: () => seconds(() => logMetric(composite, experiment, { name: `m${count++}`, value: 1 })),
    // A refused request is as long on its way as any other.
    bare: () => seconds(async () => await (await fetch(toxic.endpoint)).body?.cancel()),
    theirs: () => rubicon.run("metric", theirs("theirs")),
  });

  const projects: Awaited<ReturnType<typeof createProject>>[] = [];
  const bulk = await inTurns(3, {
    ours: async () => {
      const large = await createProject(composite, { name: `large${projects.length}` });
      projects.push(large);
      return await seconds(() =>
        Promise.all(
          Array.from({ length: EXPERIMENTS }, () => logExperiment(composite, large, CHILDREN)),
        )
      );
    },
  });
  // Once is enough of what takes minutes.
  const theirBulk = await rubicon.run("log", theirs("theirs"), EXPERIMENTS, "large");

  const [large] = projects as [typeof projects[0]];
  const table = await inTurns(5, {
    cold: async () => {
      await using fresh = await openComposite(ours);
      return await seconds(() => toTable(fresh, large));
    },
    again: async () => {
      await using fresh = await openComposite(ours);
      await toTable(fresh, large);
      return await seconds(() => toTable(fresh, large));
    },
  });
  const theirTable = await rubicon.run("table", theirs("theirs"), "large");

  // Counted on the way to the same server, where nothing is timed.
  await using counting = startProxy(server.endpoint);
  await using counted = await openComposite({ ...ours, endpoint: counting.endpoint });
  const requests = async (work: () => Promise<unknown>): Promise<number> => {
    counting.requests.length = 0;
    await work();
    return counting.requests.length;
  };
  const cold = await requests(() => toTable(counted, large));
  const again = await requests(() => toTable(counted, large));
  await logExperiment(composite, large, { metrics: { m: 1 } });
  const changed = await requests(() => toTable(counted, large));
  await requests(() => logExperiment(counted, large, CHILDREN));
  const most = counting.mostAtOnce;
  const objects = EXPERIMENTS * 21;
  const pages = Math.ceil(objects / 1000);

  const better = (
    what: string,
    ours: number,
    other: number,
    unit: Row["unit"],
    goal?: number,
  ): Row => ({
    what,
    ours,
    theirs: other,
    unit,
    against: "rubicon-ml",
    ratio: other / ours,
    ...(goal !== undefined && { goal }),
  });
  const atMost = (what: string, ours: number, other: number, against: string, goal = 1): Row => ({
    what,
    ours,
    theirs: other,
    unit: "requests",
    against,
    ratio: ours / other,
    goal,
    limit: true,
  });
  return [
    await signing(),
    better("S3, one metric", metric.ours * 1000, metric.theirs * 1000, "ms"),
    {
      ...atMost("S3, one metric", metric.ours * 1000, metric.bare * 1000, "a bare request", 1.2),
      unit: "ms",
    },
    better(`S3, ${EXPERIMENTS} experiments × 20, in bulk`, bulk.ours, theirBulk, "s", 80),
    better(`S3, a table of ${EXPERIMENTS} experiments, cold`, table.cold, theirTable, "s", 50),
    better("S3, the same table again", table.again, theirTable, "s"),
    atMost("S3, requests of a cold table", cold, pages + EXPERIMENTS * 16, "one an object"),
    atMost("S3, requests of the same table again", again, pages, "the listing alone"),
    atMost("S3, requests once 2 objects are new", changed, pages + 2, "the listing and 2"),
    atMost("S3, requests under way at once, in bulk", most, 64, "the driver's bound"),
  ];
}
