import assert from "node:assert/strict";
import {
  createProject,
  type Driver,
  hasCode,
  listExperiments,
  listMetrics,
  logArtifact,
  logExperiment,
  logFeature,
  logMetric,
  logParameter,
  openComposite,
  openDriver,
  RubiconException,
  toTable,
} from "../../mod.ts";
import { refused } from "../support/faulty.ts";
import { ignoredFor } from "../support/parts.ts";
import { type HttpProxy, startProxy, type Trick } from "../support/proxy.ts";
import {
  lacksServers,
  makeBucket,
  s3Config,
  type S3Server,
  startServers,
} from "../support/servers.ts";

const lacks = Deno.env.get("RUBICON_TEST_S3_ENDPOINT") ? undefined : await lacksServers();
const ignore = ignoredFor("S3 faults", lacks);
const servers = ignore ? [] : await startServers();
const MIB = 1024 * 1024;
const bytes = (text: string) => new TextEncoder().encode(text);

interface World {
  server: S3Server;
  proxy: HttpProxy;
  root: string;
  /** Opens a driver through the proxy. */
  open(options?: Record<string, unknown>): Promise<Driver>;
  /** A driver that goes to the server itself. */
  direct: Driver;
}

/** Registers a test that runs against each server, with a bucket and a proxy of its own. */
function onServers(name: string, run: (world: World) => Promise<void>): void {
  if (ignore) Deno.test({ name: `s3: ${name}`, ignore, fn() {} });
  for (const server of servers) {
    Deno.test(`s3 on ${server.name}: ${name}`, async () => {
      const bucket = `faults-${crypto.randomUUID()}`;
      await makeBucket(server, bucket);
      const root = `s3://${bucket}/prefix`;
      await using proxy = startProxy(server.endpoint);
      const config = { ...s3Config(server, root), endpoint: proxy.endpoint, retries: 3 };
      await run({
        server,
        proxy,
        root,
        open: (options) => openDriver({ ...config, ...options }),
        direct: await openDriver(s3Config(server, root)),
      });
    });
  }
}

/** Plays tricks on the first requests, then passes on. */
function play(proxy: HttpProxy, ...tricks: Trick[]): void {
  proxy.requests.length = 0;
  proxy.trick = () => tricks.shift();
}

const status = (line: string, headers = "") => ({
  answer: `HTTP/1.1 ${line}\r\ncontent-length: 0\r\nconnection: close\r\n${headers}\r\n`,
});

for (
  const [what, trick] of [
    ["a connection that is cut before the server has the request", "cut"],
    ["an answer that is lost after the write has succeeded", "lose-answer"],
    ["a server that hangs", "hang"],
    ["500", status("500 Internal Server Error")],
    ["503", status("503 Slow Down")],
    ["429 with Retry-After", status("429 Too Many Requests", "retry-after: 0\r\n")],
  ] as [string, Trick][]
) {
  onServers(`${what} is made good by another try`, async ({ proxy, open, direct }) => {
    const driver = await open({ requestTimeoutMs: 1_000 });
    play(proxy, trick);
    await driver.put("a/b", bytes("hello"), { ifAbsent: true });
    assert.ok(proxy.requests.length >= 2);
    assert.deepEqual((await direct.get("a/b")).bytes, bytes("hello"));
    play(proxy, trick);
    assert.equal((await driver.stat("a/b")).size, 5);
    play(proxy, trick);
    assert.deepEqual((await driver.get("a/b")).bytes, bytes("hello"));
    play(proxy, trick);
    assert.equal((await Array.fromAsync(driver.list(""))).length, 1);
    play(proxy, trick);
    await driver.delete("a/b");
    await assert.rejects(direct.get("a/b"), (error) => hasCode(error, "not-found"));
  });
}

onServers(
  "after a lost answer what is there is compared before it is somebody else's",
  async ({ proxy, open, direct }) => {
    const driver = await open();
    await direct.put("a", bytes("theirs"));
    play(proxy, status("500 Internal Server Error"));
    assert.equal(
      (await refused(() => driver.put("a", bytes("ours!!"), { ifAbsent: true }))).code,
      "already-exists",
    );
    play(proxy, status("500 Internal Server Error"));
    const { wasThere } = await driver.put("a", bytes("theirs"), { ifAbsent: true });
    assert.equal(wasThere, true, "it may be of a writer before this one");
    play(proxy);
    assert.equal(
      (await refused(() => driver.put("a", bytes("theirs"), { ifAbsent: true }))).code,
      "already-exists",
    );
    assert.equal(proxy.requests.length, 1, "no doubt, no comparison");
  },
);

onServers("a conflict with another write is tried again", async ({ proxy, open }) => {
  const driver = await open();
  const body = "<Error><Code>ConditionalRequestConflict</Code><Message>x</Message></Error>";
  play(proxy, {
    answer:
      `HTTP/1.1 409 Conflict\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  });
  await driver.put("a", bytes("x"), { ifAbsent: true });
  assert.equal(proxy.requests.length, 2);
});

onServers("tries stop, and what the server last said is told", async ({ proxy, open }) => {
  const driver = await open({ retries: 2 });
  proxy.trick = () => status("503 Slow Down");
  const error = await refused(() => driver.put("a", bytes("x")));
  assert.equal(error.code, "unavailable");
  assert.match(error.message, /503/);
  assert.equal(proxy.requests.length, 3);
  const hanging = await open({ retries: 1, requestTimeoutMs: 100 });
  proxy.trick = () => "hang";
  assert.match((await refused(() => hanging.get("a"))).message, /longer than 100 ms/);
});

onServers(
  "an abort stops at once, and leaves no upload behind",
  async ({ proxy, open, direct, server, root }) => {
    const driver = await open();
    proxy.trick = () => "hang";
    const reason = new Error("enough");
    for (
      const work of [
        (signal: AbortSignal) => driver.put("a", bytes("x"), { signal }),
        (signal: AbortSignal) => driver.get("a", { signal }),
        (signal: AbortSignal) => Array.fromAsync(driver.list("", { signal })),
      ]
    ) {
      const controller = new AbortController();
      const running = work(controller.signal);
      setTimeout(() => controller.abort(reason), 20);
      await assert.rejects(running, (error) => error === reason);
    }
    // The third part hangs: two are there by then.
    const controller = new AbortController();
    proxy.requests.length = 0;
    proxy.trick = ({ path }) => {
      if (!path.includes("partNumber=3")) return undefined;
      setTimeout(() => controller.abort(reason), 20);
      return "hang";
    };
    const source = () => new Blob([new Uint8Array(20 * MIB)]).stream();
    await assert.rejects(
      driver.put("big", source, { signal: controller.signal }),
      (error) => error === reason,
    );
    assert.equal(proxy.requests.at(-1)!.split(" ")[0], "DELETE", "the upload is taken back");
    await assert.rejects(direct.stat("big"), (error) => hasCode(error, "not-found"));
    assert.equal(await uploads(server, root), 0);
  },
);

async function uploads(server: S3Server, root: string): Promise<number> {
  const { S3Client } = await import("npm:@bradenmacdonald/s3-lite-client@1.0.0");
  const client = new S3Client({
    endPoint: server.endpoint,
    region: server.region,
    accessKey: server.accessKeyId,
    secretKey: server.secretAccessKey,
    bucket: new URL(root).host,
  });
  const response = await client.makeRequest({
    method: "GET",
    objectName: "",
    // The whole name: MinIO lists the uploads of one object only, and of a folder none.
    query: { uploads: "", prefix: "prefix/big" },
    returnBody: true,
  });
  return (await response.text()).split("<Upload>").length - 1;
}

onServers("a source that fails leaves no upload behind", async ({ open, server, root, direct }) => {
  const driver = await open();
  let sent = 0;
  const source = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        if (++sent > 18) controller.error(new Error("the disk is gone"));
        else controller.enqueue(new Uint8Array(MIB));
      },
    });
  await refused(() => driver.put("big", source, { ifAbsent: true }));
  assert.equal(await uploads(server, root), 0);
  await assert.rejects(direct.stat("big"), (error) => hasCode(error, "not-found"));
});

onServers(
  "large uploads are exclusive too, and survive lost answers",
  async ({ proxy, open, direct }) => {
    const driver = await open({ partSize: 5 * MIB });
    const data = new Uint8Array(12 * MIB).map((_, at) => at % 251);
    const source = () => new Blob([data]).stream();
    let count = 0;
    // Every third request loses its answer: beginning, parts and completion.
    proxy.trick = ({ method }) =>
      method !== "DELETE" && ++count % 3 === 0 ? "lose-answer" : undefined;
    await driver.put("big", source, { ifAbsent: true });
    proxy.trick = () => undefined;
    assert.deepEqual((await direct.get("big")).bytes, data);
    const other = () => new Blob([data.subarray(1)]).stream();
    assert.equal(
      (await refused(() => driver.put("big", other, { ifAbsent: true }))).code,
      "already-exists",
    );
    assert.equal((await direct.stat("big")).size, data.length);
  },
);

onServers("a download that is cut goes on where it broke off", async ({ proxy, open, direct }) => {
  const driver = await open();
  const data = new Uint8Array(3 * MIB).map((_, at) => at % 251);
  await direct.put("big", data);
  play(proxy, { cutBodyAfter: MIB }, { cutBodyAfter: 1000 }, "cut");
  const { stream } = await driver.open("big");
  assert.deepEqual(new Uint8Array(await new Response(stream).arrayBuffer()), data);
  play(proxy, { cutBodyAfter: 10 });
  assert.deepEqual((await driver.get("big")).bytes, data);
  play(proxy, { cutBodyAfter: MIB });
  const { stream: first } = await driver.open("big");
  await direct.put("big", data.map((byte) => byte + 1));
  const error = await refused(() => new Response(first).arrayBuffer());
  assert.match(error.message, /replaced while it was read/);
});

onServers(
  "wrong keys, no bucket, nobody there: each says what it is",
  async ({ server, root, open }) => {
    const config = s3Config(server, root);
    const cases: [Record<string, unknown>, string, RegExp][] = [
      [{ secretAccessKey: "wrong-secret-wrong" }, "permission-denied", /secret does not belong/],
      [
        { accessKeyId: "nobody12345" },
        "permission-denied",
        /does not know the access key|refused the keys/,
      ],
      [{ rootDir: "s3://no-such-bucket-anywhere/x" }, "unavailable", /no such bucket/],
      [{ endpoint: "http://127.0.0.1:1", retries: 1 }, "unavailable", /no answer/],
    ];
    for (const [change, code, message] of cases) {
      const driver = await openDriver({ ...config, ...change });
      for (
        const work of [
          () => driver.put("a", bytes("x"), { ifAbsent: true }),
          () => driver.get("a"),
          () => driver.stat("a"),
          () => Array.fromAsync(driver.list("")),
        ]
      ) {
        const error = await refused(work);
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
      }
    }
    assert.equal((await refused(async () => (await open()).get("none"))).code, "not-found");
  },
);

onServers("a clock that is off is set by the server's", async ({ proxy, open, direct }) => {
  const RealDate = Date;
  const driver = await open();
  const ahead = 3 * 60 * 60 * 1000;
  class Ahead extends RealDate {
    constructor(...args: [] | [string | number | Date]) {
      super(args.length === 0 ? RealDate.now() + ahead : args[0]);
    }
    static override now = () => RealDate.now() + ahead;
  }
  globalThis.Date = Ahead as DateConstructor;
  try {
    await driver.put("a", bytes("x"));
    await driver.put("b", bytes("x"));
  } finally {
    globalThis.Date = RealDate;
  }
  assert.equal((await direct.get("b")).bytes.length, 1);
  assert.ok(proxy.requests.length <= 3, "the clock is set once");
});

onServers("no secret is in any error", async ({ server, root, proxy }) => {
  const secret = "sEcReT/with+odd=chars";
  const token = "t0KeN-that-nobody-may-see";
  const config = {
    ...s3Config(server, root),
    secretAccessKey: secret,
    sessionToken: token,
    endpoint: proxy.endpoint,
    retries: 1,
    requestTimeoutMs: 200,
  };
  const errors: unknown[] = [];
  for (
    const trick of [
      undefined,
      "cut",
      "hang",
      status("500 x"),
      status("400 x"),
      status("301 x"),
    ] as Trick[]
  ) {
    proxy.trick = () => trick;
    const driver = await openDriver(config);
    for (
      const work of [
        () => driver.put("a", bytes("x"), { ifAbsent: true }),
        () => driver.get("a"),
        () => driver.stat("a"),
        () => Array.fromAsync(driver.list("")),
        () => driver.put("b", () => new Blob([new Uint8Array(9 * MIB)]).stream()),
      ]
    ) await work().catch((error) => errors.push(error));
  }
  for (
    const change of [{ endpoint: `http://user:${secret}@127.0.0.1` }, { endpoint: secret }, {
      partSize: 1,
    }]
  ) {
    await openDriver({ ...config, ...change }).catch((error) => errors.push(error));
  }
  assert.ok(errors.length >= 30);
  for (const error of errors) {
    assert.ok(error instanceof RubiconException);
    const told = Deno.inspect(error, { depth: 10, showHidden: true }) + error.stack;
    for (const hidden of [secret, token, encodeURIComponent(secret), "X-Amz-Signature"]) {
      assert.ok(!told.includes(hidden), told);
    }
  }
});

onServers("keys that end are asked for again", async ({ server, root, proxy }) => {
  let asked = 0;
  const { accessKeyId, secretAccessKey, ...rest } = s3Config(server, root);
  const driver = await openDriver({
    ...rest,
    endpoint: proxy.endpoint,
    credentials: () => {
      asked++;
      // Within a minute of its end a key is taken for gone.
      return { accessKeyId, secretAccessKey, expiration: new Date(Date.now() + 30_000) };
    },
  });
  await driver.put("a", bytes("x"));
  await driver.put("b", bytes("x"));
  assert.equal(asked, 2);
  const body = "<Error><Code>ExpiredToken</Code></Error>";
  play(proxy, {
    answer:
      `HTTP/1.1 400 Bad Request\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  });
  await driver.put("c", bytes("x"));
  assert.ok(asked >= 4);
});

onServers("64 racing creators in several processes: one wins", async ({ server, root, direct }) => {
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

onServers("a write is one request", async ({ server, root, proxy }) => {
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

onServers("listings of more than a page are paged to the end", async ({ proxy, open, direct }) => {
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

onServers(
  "prefixes with odd characters work, or are refused before anything is sent",
  async ({ server, root, proxy }) => {
    const bucket = new URL(root).host;
    for (
      const prefix of [
        "a b",
        "ünï/日本",
        "a+b",
        "50%",
        "100%25",
        "it's",
        'say "x"',
        "a&b=c",
        "(x)!*",
        "what?",
      ]
    ) {
      const driver = await openDriver({ ...s3Config(server, `s3://${bucket}/${prefix}/`) });
      await driver.put("x/y", bytes(prefix));
      assert.deepEqual((await driver.get("x/y")).bytes, bytes(prefix));
      assert.deepEqual(
        (await Array.fromAsync(driver.list(""))).map(({ key }) => key),
        ["x/y"],
        prefix,
      );
      assert.deepEqual(await driver.folders(""), ["x"]);
    }
    proxy.requests.length = 0;
    for (const prefix of ["a/../b", "a//b", "back\\slash"]) {
      const config = { ...s3Config(server, `s3://${bucket}/${prefix}`), endpoint: proxy.endpoint };
      assert.equal((await refused(() => openDriver(config))).code, "invalid-config");
    }
    assert.equal(proxy.requests.length, 0);
  },
);

onServers(
  "the environment gives what the configuration lacks, and the host alone is enough",
  async ({ server, root }) => {
    const code = `
    import { openDriver } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
    const driver = await openDriver(JSON.parse(Deno.args[0]));
    await driver.put("a", new Uint8Array(3));
    console.log((await driver.stat("a")).size);`;
    const cwd = new URL("../..", import.meta.url).pathname;
    const script = await Deno.makeTempFile({ dir: `${cwd}tests`, prefix: ".env-", suffix: ".ts" });
    await Deno.writeTextFile(script, code);
    const net = `--allow-net=${new URL(server.endpoint).host}`;
    const run = async (
      config: unknown,
      permissions: string[],
      env: Record<string, string> = {},
    ) => {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-check", "--no-prompt", ...permissions, script, JSON.stringify(config)],
        cwd,
        env,
      }).output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    };
    try {
      assert.match(await run(s3Config(server, root), [net]), /^3\n/);
      const variables = {
        AWS_ACCESS_KEY_ID: server.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
        AWS_REGION: server.region,
        AWS_ENDPOINT_URL_S3: server.endpoint,
      };
      const bare = { persistence: "filesystem", rootDir: root };
      assert.match(await run(bare, [net, "--allow-env"], variables), /^3\n/);
      assert.match(
        await run(bare, [net], variables),
        /accessKeyId is missing.*--allow-env=AWS_ACCESS_KEY_ID/,
      );
      assert.match(await run(s3Config(server, root), []), /--allow-net for the endpoint's host/);
    } finally {
      await Deno.remove(script);
    }
  },
);

if (!ignore) {
  Deno.test("s3: virtual-host style puts the bucket into the host's name", async () => {
    const [server] = servers as [S3Server];
    const driver = await openDriver({
      ...s3Config(server, "s3://some-bucket/p"),
      endpoint: "http://localhost:1",
      pathStyle: false,
      retries: 0,
    });
    const original = globalThis.fetch;
    const asked: string[] = [];
    globalThis.fetch = (url) => {
      asked.push(String(url));
      return Promise.resolve(
        new Response("", { headers: { etag: '"9dd4e461268c8034f5c8564e155c67a6"' } }),
      );
    };
    try {
      await driver.put("a b", bytes("x"));
    } finally {
      globalThis.fetch = original;
    }
    assert.match(asked[0]!, /^http:\/\/some-bucket\.localhost:1\/p\/a%20b\?/);
  });

  Deno.test.afterAll(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
  });
}
