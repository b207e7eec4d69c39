import assert from "node:assert/strict";
import { type Driver, openDriver } from "../../mod.ts";
import { refused } from "../support/faulty.ts";
import { ignoredFor } from "../support/parts.ts";
import { chunked, type HttpProxy, startProxy, type Trick } from "../support/proxy.ts";
import {
  lacksServers,
  makeBucket,
  s3Config,
  type S3Server,
  startServers,
} from "../support/servers.ts";

const lacks = Deno.env.get("RUBICON_TEST_S3_ENDPOINT") ? undefined : await lacksServers();
const ignore = ignoredFor("S3's odd answers", lacks);
const servers = ignore ? [] : await startServers();
const MIB = 1024 * 1024;
const bytes = (text: string) => new TextEncoder().encode(text);

interface World {
  server: S3Server;
  proxy: HttpProxy;
  bucket: string;
  config: ReturnType<typeof s3Config> & Record<string, unknown>;
  open(options?: Record<string, unknown>): Promise<Driver>;
  direct: Driver;
}

function onServers(name: string, run: (world: World) => Promise<void>): void {
  if (ignore) Deno.test({ name: `s3: ${name}`, ignore, fn() {} });
  for (const server of servers) {
    Deno.test(`s3 on ${server.name}: ${name}`, async () => {
      const bucket = `odd-${crypto.randomUUID()}`;
      await makeBucket(server, bucket);
      const root = `s3://${bucket}/prefix`;
      await using proxy = startProxy(server.endpoint);
      const config = { ...s3Config(server, root), endpoint: proxy.endpoint, retries: 1 };
      const open = (options = {}) => openDriver({ ...config, ...options });
      const direct = await openDriver(s3Config(server, root));
      await run({ server, proxy, bucket, config, open, direct });
    });
  }
}

/** A whole answer in the server's place. */
const answer = (status: string, body: string, headers = ""): Trick => ({
  answer:
    `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n${headers}\r\n${body}`,
});

onServers("a listing that is none is no empty store", async ({ proxy, open }) => {
  const driver = await open();
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

onServers(
  "a server that passes over ranges gives no wrong bytes",
  async ({ proxy, open, direct }) => {
    const data = new Uint8Array(2 * MIB).map((_, at) => (at >> 8) % 251);
    await direct.put("big", data);
    const driver = await open({ retries: 3 });
    const withoutRange = answer("200 OK", "0123456789", 'etag: "x"\r\n');
    proxy.trick = () => withoutRange;
    const range = await driver.get("big", { offset: 3, length: 2 }).then(
      ({ bytes }) => new TextDecoder().decode(bytes),
      (error) => error.code,
    );
    assert.ok(["34", "unavailable"].includes(range), range);
    let body = "";
    for (let at = 0; at < data.length; at += 8192) {
      body += String.fromCharCode(...data.subarray(at, at + 8192));
    }
    const tricks: Trick[] = [{ cutBodyAfter: MIB }, answer("200 OK", body)];
    proxy.trick = () => tricks.shift();
    const got = await driver.open("big").then(async ({ stream }) =>
      new Uint8Array(await new Response(stream).arrayBuffer())
    ).catch((error) => error.code);
    if (got !== "unavailable") assert.deepEqual(got, data);
  },
);

onServers("answers in chunks, without a length, are whole", async ({ proxy, open, direct }) => {
  const data = new Uint8Array(9 * MIB + 1).map((_, at) => (at >> 8) % 251);
  await direct.put("parts", () => new Blob([data]).stream());
  await direct.put("empty", bytes(""));
  const driver = await open();
  proxy.trick = () => chunked;
  const { size, stream } = await driver.open("parts");
  assert.equal(size, data.length);
  assert.deepEqual(await new Response(stream).bytes(), data);
  assert.equal((await driver.get("parts")).bytes.length, data.length);
  for (const { size } of [await driver.get("empty"), await driver.stat("empty")]) {
    assert.equal(size, 0);
  }
  await driver.put("a", bytes("hello"), { ifAbsent: true });
  assert.deepEqual((await Array.fromAsync(driver.list(""))).map(({ key }) => key).sort(), [
    ...["a", "empty", "parts"],
  ]);
  await driver.delete("a");
});

onServers("nobody on the way is asked to compress", async ({ proxy, open, direct }) => {
  await direct.put("a", bytes("hello"));
  const driver = await open();
  const accepted: (string | undefined)[] = [];
  proxy.trick = ({ head }) => {
    accepted.push(/\r\naccept-encoding: *([^\r]*)/i.exec(head)?.[1]);
    return undefined;
  };
  await driver.get("a");
  await (await driver.open("a")).stream.cancel();
  await driver.stat("a");
  await Array.fromAsync(driver.list(""));
  assert.deepEqual(accepted, ["identity", "identity", "identity", "identity"]);
});

onServers("a server that wants to be left alone for long is", async ({ proxy, open }) => {
  const driver = await open();
  for (const after of ["3600", new Date(Date.now() + 3_600_000).toUTCString()]) {
    proxy.requests.length = 0;
    proxy.trick = () => answer("429 Too Many Requests", "", `retry-after: ${after}\r\n`);
    const start = performance.now();
    const error = await refused(() =>
      driver.put("a", bytes("x"), { signal: AbortSignal.timeout(3_000) })
    ).catch(() => assert.fail("it waited, to ask again sooner than it was told to"));
    assert.equal(error.code, "unavailable");
    assert.ok(performance.now() - start < 2_000);
    assert.equal(proxy.requests.length, 1);
  }
});

onServers("a Retry-After that is a date is by the server's clock", async ({ proxy, open }) => {
  const driver = await open();
  // The server's clock is half a minute behind, which is not enough to matter for signatures.
  const server = Date.now() - 30_000;
  let asked = 0;
  proxy.trick = () => {
    if (++asked > 1) return undefined;
    const [date, after] = [server, server + 2_000].map((time) => new Date(time).toUTCString());
    return answer("503 Slow Down", "", `date: ${date}\r\nretry-after: ${after}\r\n`);
  };
  const start = performance.now();
  await driver.put("a", bytes("x"));
  assert.ok(performance.now() - start >= 1_900, "it waited as long as it was told to");
});

onServers(
  "credentials that do not come have the limit and the abort of a request",
  async ({ config, direct }) => {
    await direct.put("a", bytes("x"));
    const { accessKeyId, secretAccessKey, ...rest } = config;
    const open = (credentials: () => unknown) =>
      openDriver({ ...rest, credentials, requestTimeoutMs: 300, retries: 1 });
    const hanging = await open(() => new Promise(() => {}));
    const soon = <T>(work: Promise<T>) => {
      let timer: ReturnType<typeof setTimeout>;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("it hangs")), 3_000);
      });
      return Promise.race([work, late]).finally(() => clearTimeout(timer));
    };
    const reason = new Error("enough");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    await assert.rejects(
      soon(hanging.get("a", { signal: controller.signal })),
      (error) => error === reason,
    );
    const error = await refused(() => soon(hanging.get("a")));
    assert.equal(error.code, "unavailable");
    assert.match(error.message, /credentials/);

    // As the AWS CLI and STS give it, in JSON.
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    const texts = await open(() => ({ accessKeyId, secretAccessKey, expiration }));
    assert.equal((await texts.get("a")).size, 1);
    for (const keys of [undefined, {}, { accessKeyId }, { accessKeyId, secretAccessKey: "" }]) {
      let asked = 0;
      const driver = await open(() => (asked++, keys));
      const error = await refused(() => driver.get("a"));
      assert.equal(error.code, "permission-denied");
      assert.match(error.message, /credentials.*(?:accessKeyId|secretAccessKey)/);
      assert.equal(asked, 1, "another try does not help");
    }
  },
);

onServers("a lost answer to the end of an upload is made good", async ({ proxy, open, direct }) => {
  const driver = await open({ retries: 3, partSize: 5 * MIB });
  const data = new Uint8Array(11 * MIB).map((_, at) => at % 251);
  const source = () => new Blob([data]).stream();
  for (const ifAbsent of [false, true]) {
    let lost = false;
    proxy.trick = ({ method, path }) => {
      if (lost || method !== "POST" || !path.includes("uploadId")) return undefined;
      lost = true;
      return "lose-answer";
    };
    const key = `big-${ifAbsent}`;
    assert.equal((await driver.put(key, source, { ifAbsent })).size, data.length);
    assert.ok(lost);
    assert.deepEqual((await direct.get(key)).bytes, data);
  }
});

onServers(
  "an abort while an upload begins leaves none behind",
  async ({ server, bucket, proxy, open }) => {
    const driver = await open();
    const controller = new AbortController();
    const reason = new Error("enough");
    proxy.trick = ({ path }) => {
      if (!path.includes("uploads")) return undefined;
      setTimeout(() => controller.abort(reason), 20);
      return { delay: 200 };
    };
    const source = () => new Blob([new Uint8Array(20 * MIB)]).stream();
    await assert.rejects(
      driver.put("big", source, { signal: controller.signal }),
      (error) => error === reason,
    );
    await new Promise((done) => setTimeout(done, 1_000));
    assert.equal(await uploads(server, bucket), 0);
  },
);

onServers(
  "an upload that failed is taken back once nothing of it is under way",
  async ({ proxy, open }) => {
    const driver = await open();
    let slow = 0;
    const order: string[] = [];
    proxy.trick = ({ method, path }) => {
      if (method === "DELETE") order.push(`DELETE while ${slow} under way`);
      if (path.includes("partNumber=2")) {
        return answer("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>");
      }
      if (!path.includes("partNumber=1")) return undefined;
      slow++;
      setTimeout(() => slow--, 600);
      return { delay: 600 };
    };
    const source = () => new Blob([new Uint8Array(20 * MIB)]).stream();
    assert.equal((await refused(() => driver.put("big", source))).code, "permission-denied");
    assert.deepEqual(order, ["DELETE while 0 under way"]);
  },
);

async function uploads(server: S3Server, bucket: string): Promise<number> {
  const { S3Client } = await import("npm:@bradenmacdonald/s3-lite-client@1.0.0");
  const client = new S3Client({
    endPoint: server.endpoint,
    region: server.region,
    accessKey: server.accessKeyId,
    secretKey: server.secretAccessKey,
    bucket,
  });
  const query = { uploads: "", prefix: "prefix/big" };
  const response = await client.makeRequest({
    method: "GET",
    objectName: "",
    query,
    returnBody: true,
  });
  return (await response.text()).split("<Upload>").length - 1;
}

onServers(
  "without the bucket or the account nothing counts as deleted",
  async ({ config, direct }) => {
    await direct.put("a", bytes("x"));
    for (
      const [change, code] of [
        [{ accessKeyId: "nobody12345" }, "permission-denied"],
        [{ rootDir: "s3://no-such-bucket-anywhere/x" }, "unavailable"],
      ] as const
    ) {
      const driver = await openDriver({ ...config, ...change });
      assert.equal((await refused(() => driver.delete("a"))).code, code);
    }
    await direct.delete("none");
    assert.equal((await direct.stat("a")).size, 1);
  },
);

onServers(
  "a prefix with control characters is refused before anything is sent",
  async ({ config, bucket, proxy }) => {
    for (const prefix of ["a\u0001b", "a\nb", "a\u007fb"]) {
      const error = await refused(() =>
        openDriver({ ...config, rootDir: `s3://${bucket}/${prefix}` })
      );
      assert.equal(error.code, "invalid-config");
    }
    assert.equal(proxy.requests.length, 0);
  },
);

Deno.test({
  name:
    "s3: a bucket with dots goes into the path of Amazon's servers, whose certificates it would not fit",
  async fn() {
    const asked: string[] = [];
    const original = globalThis.fetch;
    globalThis.fetch = (url) => {
      asked.push(new URL(String(url)).host);
      return Promise.resolve(
        new Response("", { headers: { etag: '"9dd4e461268c8034f5c8564e155c67a6"' } }),
      );
    };
    try {
      for (const bucket of ["plain-bucket", "my.bucket"]) {
        const driver = await openDriver({
          ...{ persistence: "s3", rootDir: `s3://${bucket}/p`, region: "eu-west-1" },
          ...{ accessKeyId: "key", secretAccessKey: "secret" },
        });
        await driver.put("a", bytes("x"));
      }
    } finally {
      globalThis.fetch = original;
    }
    assert.deepEqual(asked, [
      "plain-bucket.s3.eu-west-1.amazonaws.com",
      "s3.eu-west-1.amazonaws.com",
    ]);
  },
});

if (!ignore) {
  Deno.test.afterAll(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
  });
}
