/** Signatures, side by side with those of s3-lite-client. */
import assert from "node:assert/strict";
import { S3Client } from "npm:@bradenmacdonald/s3-lite-client@1.0.0";
import fc from "npm:fast-check@4.10.2";
import { makeSign } from "../../drivers/s3/sign.ts";
import { fakeConfig, SECRETS } from "../support/fake_s3.ts";

const METHODS = ["GET", "PUT", "DELETE", "POST"] as const;
const characters = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  // The client takes a question mark for the start of the query, and cuts values at a second "=".
  .filter((text) => text.isWellFormed() && !/[?=]/.test(text));
const name = fc.array(characters, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const header = fc.string({ unit: fc.constantFrom(...'aZ09 -=*/"'), maxLength: 12 })
  .map((text) => `x${text}x`);

function signatureOf(url: string): string | null {
  return new URL(url).searchParams.get("X-Amz-Signature");
}

Deno.test("s3 signing: each URL has the signature that s3-lite-client gives it", () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...METHODS),
      name,
      fc.dictionary(fc.constantFrom("prefix", "list-type", "uploadId", "X-b", "a"), characters),
      fc.dictionary(fc.constantFrom("range", "if-match", "Content-MD5", "x-amz-meta-a"), header),
      fc.date({ min: new Date("2000-01-01"), max: new Date("2099-01-01"), noInvalidDate: true }),
      fc.boolean(),
      fc.constantFrom("http://localhost:9000", "https://S3.example.com", "https://h:8443/a/b%20c"),
      fc.constantFrom(undefined, SECRETS.sessionToken),
      async (method, name, query, headers, date, pathStyle, endpoint, sessionToken) => {
        const style = pathStyle || endpoint.endsWith("c");
        const { accessKeyId, secretAccessKey } = SECRETS;
        const keys = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
        const config = fakeConfig({ endpoint, pathStyle: style });
        const client = new S3Client({
          ...{ endPoint: endpoint, region: config.region, bucket: config.bucket, pathStyle: style },
          ...{ accessKey: accessKeyId, secretKey: secretAccessKey },
          ...(sessionToken && { sessionToken }),
        });
        const expected = await client.getPresignedUrl(method as "GET", name, {
          ...{ expirySeconds: 900, requestDate: date },
          ...{ parameters: query, extraHeaders: headers },
        });
        const url = makeSign(config, keys)({ method, name, query, headers }, date);
        assert.equal(signatureOf(url), signatureOf(expected));
        assert.equal(new URL(url).host, new URL(expected).host);
        assert.equal(
          decodeURIComponent(new URL(url).pathname),
          decodeURIComponent(new URL(expected).pathname),
        );
      },
    ),
    { numRuns: 300 },
  ));

Deno.test("s3 signing: the key is derived anew each day, and for each set of keys", async () => {
  const config = fakeConfig();
  const sign = makeSign(config, SECRETS);
  const client = (secretKey: string) =>
    new S3Client({
      ...{ endPoint: config.endpoint, region: config.region, bucket: config.bucket, secretKey },
      ...{ accessKey: SECRETS.accessKeyId, sessionToken: SECRETS.sessionToken },
    });
  for (const day of ["2026-11-24T23:59:59.999Z", "2026-11-25T00:00:00Z", "2026-11-24T00:00:00Z"]) {
    const requestDate = new Date(day);
    for (const secretAccessKey of [SECRETS.secretAccessKey, "another"]) {
      const url = secretAccessKey === "another"
        ? makeSign(config, { ...SECRETS, secretAccessKey })(
          { method: "GET", name: "a" },
          requestDate,
        )
        : sign({ method: "GET", name: "a" }, requestDate);
      const expected = await client(secretAccessKey).getPresignedUrl("GET", "a", {
        ...{ expirySeconds: 900, requestDate },
      });
      assert.equal(signatureOf(url), signatureOf(expected), day);
    }
  }
});

Deno.test("s3 signing: a name with a question mark keeps it in the path", () => {
  const sign = makeSign(fakeConfig(), SECRETS);
  const url = new URL(sign({ method: "GET", name: "what?.txt", query: { a: "b=c" } }, new Date()));
  assert.equal(decodeURIComponent(url.pathname), "/bucket/what?.txt");
  assert.equal(url.searchParams.get("a"), "b=c");
});
