import assert from "node:assert/strict";
import { openDriver } from "../../mod.ts";
import { ignoredFor } from "../support/parts.ts";
import {
  lacksServers,
  makeBucket,
  s3Config,
  startMinio,
  startVersitygw,
  VIRTUAL_DOMAIN,
} from "../support/servers.ts";

const ignore = ignoredFor("S3 by virtual hosts", await lacksServers());

const CODE = (mod: string) => `
import { hasCode, openDriver } from ${JSON.stringify(mod)};
const driver = await openDriver(JSON.parse(Deno.args[0]));
const key = "a b+%/é&x";
await driver.put(key, new Uint8Array(3), { ifAbsent: true });
const again = await driver.put(key, new Uint8Array(4), { ifAbsent: true }).catch((error) => error.code);
await driver.put("large", new Uint8Array(2 << 20));
await driver.put("parts", () => new Blob([new Uint8Array(9 << 20)]).stream());
const listed = [];
for await (const { key, size } of driver.list("")) listed.push([key, size]);
const folders = await driver.folders("");
await driver.delete(key);
const gone = await driver.stat(key).then(() => false, (error) => hasCode(error, "not-found"));
console.log(JSON.stringify({ again, listed: listed.sort(), folders, gone }));`;

for (const [name, start] of [["versitygw", startVersitygw], ["minio", startMinio]] as const) {
  Deno.test({
    name: `s3 on ${name}: virtual-host style, through a proxy that knows the host`,
    ignore,
    async fn() {
      await using server = await start();
      await makeBucket(server, "virtual");
      const cwd = new URL("../..", import.meta.url).pathname;
      const script = await Deno.makeTempFile({
        dir: `${cwd}tests`,
        prefix: ".vhost-",
        suffix: ".ts",
      });
      try {
        await Deno.writeTextFile(script, CODE(new URL("../../mod.ts", import.meta.url).href));
        const config = {
          ...s3Config(server, "s3://virtual/p"),
          endpoint: `http://${VIRTUAL_DOMAIN}`,
          pathStyle: false,
          retries: 0,
        };
        const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-check", script, JSON.stringify(config)],
          cwd,
          // The server is its own proxy: nobody else can find the host.
          env: { HTTP_PROXY: server.endpoint },
        }).output();
        const said = new TextDecoder().decode(stdout);
        assert.ok(said.startsWith("{"), new TextDecoder().decode(stderr));
        assert.deepEqual(JSON.parse(said), {
          again: "already-exists",
          listed: [["a b+%/é&x", 3], ["large", 2 << 20], ["parts", 9 << 20]],
          folders: ["a b+%"],
          gone: true,
        });
      } finally {
        await Deno.remove(script);
      }
    },
  });
}

/** The URLs that a driver's put asks for, which nobody answers. */
async function askedFor(config: Record<string, unknown>): Promise<URL[]> {
  const original = globalThis.fetch;
  const asked: URL[] = [];
  globalThis.fetch = (url) => {
    asked.push(new URL(String(url)));
    const headers = { etag: '"9dd4e461268c8034f5c8564e155c67a6"' };
    return Promise.resolve(new Response("", { headers }));
  };
  try {
    const keys = { accessKeyId: "key", secretAccessKey: "secret", retries: 0 };
    const driver = await openDriver({ persistence: "s3", ...keys, ...config });
    await driver.put("a b", new TextEncoder().encode("x"));
  } finally {
    globalThis.fetch = original;
  }
  return asked;
}

Deno.test("s3: virtual-host style puts the bucket into the host's name", async () => {
  const endpoint = "http://localhost:1";
  const [url] = await askedFor({ rootDir: "s3://some-bucket/p", endpoint, pathStyle: false });
  assert.equal(url!.host, "some-bucket.localhost:1");
  assert.equal(url!.pathname, "/p/a%20b");
});

Deno.test("s3: a bucket with dots goes into the path, as Amazon's certificates would not fit", async () => {
  const hosts = [];
  for (const bucket of ["plain-bucket", "my.bucket"]) {
    const [url] = await askedFor({ rootDir: `s3://${bucket}/p`, region: "eu-west-1" });
    hosts.push(url!.host);
  }
  assert.deepEqual(hosts, [
    "plain-bucket.s3.eu-west-1.amazonaws.com",
    "s3.eu-west-1.amazonaws.com",
  ]);
});
