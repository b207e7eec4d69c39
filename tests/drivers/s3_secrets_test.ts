/** No key, token or signature in any message, whatever a server or a configuration puts there. */
import assert from "node:assert/strict";
import { createProject, logExperiment, openComposite, openDriver, status } from "../../mod.ts";
import { s3Driver } from "../../drivers/s3/driver.ts";
import type { Transport } from "../../drivers/s3/transport.ts";
import { answered, fakeConfig, refusal, SECRETS } from "../support/fake_s3.ts";
import { refused } from "../support/faulty.ts";

/** All that somebody could read of an error. */
const told = (error: Error) => Deno.inspect(error, { depth: 10, showHidden: true }) + error.stack;

const forms = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  secret.slice(0, 9),
  btoa(secret),
];

function isSilent(error: Error, secrets: readonly string[] = Object.values(SECRETS)): void {
  const text = told(error);
  for (const hidden of [...secrets.flatMap(forms), "X-Amz-Signature", "X-Amz-Security"]) {
    assert.ok(!text.includes(hidden), text);
  }
}

Deno.test("s3: a server that repeats the request in its words gets no secret into an error", async () => {
  const echoes: ((url: string) => string)[] = [
    (url) => `You asked for ${url}`,
    (url) => `You asked for ${url.slice(0, 300)}`,
    (url) => `Denied: ${new URL(url).search}`,
    (url) => encodeURIComponent(url),
    (url) => `signature ${new URL(url).searchParams.get("X-Amz-Signature")}`,
    () => `the key ${SECRETS.accessKeyId} of ${SECRETS.sessionToken}`,
    () => `token ${encodeURIComponent(SECRETS.sessionToken)}`,
    () => `a part of a token: ${SECRETS.sessionToken.slice(0, 10)}`,
    (url) => JSON.stringify({ ...SECRETS, url }),
  ];
  for (const echo of echoes) {
    for (const status of [400, 403, 418, 503]) {
      const answers: ((url: string) => Response)[] = [
        (url) => refusal(status, "SomethingElse", echo(url)),
        (url) => refusal(status, `Bad&${url}`, echo(url)),
        (url) => new Response(echo(url), { status }),
        (url) => answered(200, `<Error><Code>${echo(url).slice(0, 60)}</Code></Error>`),
      ];
      for (const answer of answers) {
        const transport: Transport = (url) => Promise.resolve(answer(url));
        const driver = s3Driver(fakeConfig({ retries: 1, partSize: 4 }), transport);
        const source = () => new Blob(["012345678"]).stream();
        for (
          const work of [
            () => driver.get("a"),
            () => driver.put("a", new Uint8Array(1)),
            () => driver.put("a", source),
            () => Array.fromAsync(driver.list("")),
          ]
        ) isSilent(await refused(work));
      }
    }
  }
});

Deno.test("s3: a server's words that have nothing of the request are told, up to a bound", async () => {
  const words = "Please reduce your request rate.";
  for (const [said, expected] of [[words, words], [`${"ab ".repeat(900)}`, "ab ".repeat(66)]]) {
    const transport: Transport = () => Promise.resolve(refusal(503, "SlowDown", said));
    const driver = s3Driver(fakeConfig({ retries: 0 }), transport);
    const { message } = await refused(() => driver.get("a"));
    assert.ok(message.includes(expected!), message);
    assert.ok(message.length < 400);
  }
});

Deno.test("s3: what fails on the way gets no URL into an error", async () => {
  const transport: Transport = (url) =>
    Promise.reject(
      new TypeError(`error sending request for url (${url})`, {
        cause: new Error(`at ${url}: reset`),
      }),
    );
  const driver = s3Driver(fakeConfig({ retries: 0 }), transport);
  const error = await refused(() => driver.get("a"));
  isSilent(error);
  assert.match(error.message, /reset/);
});

Deno.test("s3: keys in rootDir or endpoint are refused without being told", async () => {
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY";
  const keys = { accessKeyId: "key", secretAccessKey: "secret" };
  for (
    const change of [
      { rootDir: `s3://AKIAIOSFODNN7:${secret}@bucket` },
      { rootDir: `s3://AKIAIOSFODNN7:${secret}@bucket/prefix` },
      { rootDir: `s3://${encodeURIComponent(`AKIAIOSFODNN7:${secret}`)}@bucket/prefix` },
      { rootDir: `s3://AKIAIOSFODNN7%3A${encodeURIComponent(secret)}%40bucket/prefix` },
      { rootDir: `s3://bucket?secret=${secret}` },
      { rootDir: `s3a://AKIAIOSFODNN7:${secret}@bucket` },
      { rootDir: `https://AKIAIOSFODNN7:${secret}@s3.amazonaws.com/bucket` },
      { rootDir: { AKIAIOSFODNN7: secret } },
      { endpoint: `https://AKIAIOSFODNN7:${secret}@host` },
      { endpoint: `AKIAIOSFODNN7:${secret}@host` },
      { endpoint: `https://host/?AKIAIOSFODNN7=${secret}` },
      { region: `AKIAIOSFODNN7:${secret}@host/` },
      { pathStyle: `AKIAIOSFODNN7:${secret}` },
      { partSize: `AKIAIOSFODNN7:${secret}` },
      { secretAccessKey: [`AKIAIOSFODNN7${secret}`] },
      { credentials: `AKIAIOSFODNN7:${secret}` },
    ]
  ) {
    const config = { persistence: "s3", rootDir: "s3://bucket", ...keys, ...change };
    for (const open of [openDriver, openComposite]) {
      const error = await refused(() => open(config as never));
      assert.equal(error.code, "invalid-config");
      isSilent(error, [secret, "AKIAIOSFODNN7"]);
    }
  }
});

Deno.test("s3: temporary keys without their token are refused before anything is sent", async () => {
  const config = { persistence: "s3", rootDir: "s3://bucket", secretAccessKey: "secret" };
  const error = await refused(() => openDriver({ ...config, accessKeyId: "ASIAIOSFODNN7EXAMPLE" }));
  assert.equal(error.code, "invalid-config");
  assert.match(error.message, /sessionToken is missing/);
});

Deno.test("s3: status and receipts of a composite have no secret that a server repeats", async () => {
  const transport: Transport = (url) => Promise.resolve(refusal(403, "Odd", `${url}`));
  await using rubicon = await openComposite([
    { persistence: "memory", rootDir: crypto.randomUUID() },
    s3Driver(fakeConfig({ retries: 0 }), transport),
  ], { write: "any" });
  const project = await createProject(rubicon, { name: "p" });
  await logExperiment(rubicon, project);
  await rubicon.settled(AbortSignal.timeout(60_000));
  const text = Deno.inspect(status(rubicon), { depth: 10 });
  for (const hidden of [...Object.values(SECRETS).flatMap(forms), "X-Amz-Signature"]) {
    assert.ok(!text.includes(hidden), text);
  }
});
