/** Keys, buckets, prefixes and the environment: what real servers say if one is wrong. */
import assert from "node:assert/strict";
import { openDriver, RubiconException } from "../../mod.ts";
import { refused } from "../support/faulty.ts";
import { answer, bytes, MIB, onServers } from "../support/on_servers.ts";
import type { Trick } from "../support/proxy.ts";
import { s3Config } from "../support/servers.ts";

const onEach = await onServers("S3 accounts");

onEach(
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

onEach("no secret is in any error", async ({ server, root, proxy }) => {
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
      answer("500 x"),
      answer("400 x"),
      answer("301 x"),
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

onEach(
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

onEach(
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

onEach(
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

onEach(
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
