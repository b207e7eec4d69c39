/** The driver against recorded answers of real stores: what it makes of them needs neither Go nor a network. */
import assert from "node:assert/strict";
import { refused } from "../support/faulty.ts";
import { ignoredFor } from "../support/parts.ts";
import {
  type Exchange,
  KEYS,
  opener,
  readRecording,
  recording,
  replaying,
  story,
} from "../support/recordings.ts";
import { lacksServers, makeBucket, startMinio, startVersitygw } from "../support/servers.ts";

const HELLO = {
  size: 5,
  etag: "5d41402abc4b2a76b9719d911017c592",
  checksum: "md5:5d41402abc4b2a76b9719d911017c592",
};
const EMPTY = {
  size: 0,
  etag: "d41d8cd98f00b204e9800998ecf8427e",
  checksum: "md5:d41d8cd98f00b204e9800998ecf8427e",
};
/** What comes of the story, in each store. */
const EXPECTED = {
  "put": HELLO,
  "put empty": EMPTY,
  "put odd": HELLO,
  "put taken": "already-exists",
  "get": { ...HELLO, text: "hello" },
  "get odd": "hello",
  "get empty": EMPTY,
  "get range": "ell",
  "get past": 0,
  "get missing": "not-found",
  "open": "hello",
  "stat": HELLO,
  "stat empty": EMPTY,
  "stat missing": "not-found",
  "upload": 5242883,
  "upload taken": "already-exists",
  "list": [["a/b", 5], ["empty", 0], ["large", 5242883], ["odd/é x+%&<.txt", 5]],
  "list none": 0,
  "folders": ["a", "odd"],
  "delete": undefined,
  "delete again": undefined,
  "wrong secret": "permission-denied",
  "unknown key": "permission-denied",
  "no bucket: get": "unavailable",
  "no bucket: list": "unavailable",
  "no bucket: put": "unavailable",
};

for (const name of ["aws", "minio", "versitygw"]) {
  Deno.test(`s3 as recorded of ${name}: each answer means what it should`, async () => {
    const open = opener(KEYS, "bucket", replaying(readRecording(name)));
    assert.deepEqual(await story(open), EXPECTED);
  });
}

const aws = (changes = {}) => opener(KEYS, "bucket", replaying(readRecording("aws")))(changes);
const hello = new TextEncoder().encode("hello");

Deno.test("s3 as Amazon's: an ETag of an object that is encrypted by KMS is no checksum", async () => {
  const driver = aws();
  const put = await driver.put("kms", hello);
  const got = await driver.get("kms");
  for (const meta of [put, got]) {
    assert.equal(meta.etag, "0123456789abcdef0123456789abcdef");
    assert.equal(meta.checksum, undefined);
  }
});

Deno.test("s3 as Amazon's: a bucket elsewhere is told by its region", async () => {
  for (const key of ["moved", "region"]) {
    const error = await refused(() => aws().get(key));
    assert.equal(error.code, "unavailable");
    assert.match(error.message, /the bucket is in the region eu-west-1\. Set region to it/);
  }
});

Deno.test("s3 as Amazon's: an expired token is renewed once, and then told without it", async () => {
  let asked = 0;
  const credentials = () => ({ ...KEYS, sessionToken: `t0KeN/nobody+may==see-this${++asked}` });
  const error = await refused(() => aws({ credentials }).get("expired"));
  assert.equal(error.code, "permission-denied");
  assert.equal(asked, 2);
  assert.ok(!Deno.inspect(error, { depth: 10 }).includes("t0KeN"));
});

Deno.test("s3 as Amazon's: SlowDown is waited for, and denials are told at once", async () => {
  assert.equal((await aws({ retries: 1, firstPauseMs: 0 }).put("slow", hello)).size, 5);
  const error = await refused(() => aws({ retries: 4 }).get("denied"));
  assert.equal(error.code, "permission-denied");
  assert.doesNotMatch(error.message, /somebody/);
});

const ignore = ignoredFor("S3's recordings against the servers", await lacksServers());
const DECIDING = ["etag", "last-modified", "content-range", "content-length"];

for (const [name, start] of [["versitygw", startVersitygw], ["minio", startMinio]] as const) {
  Deno.test({
    name: `s3 on ${name}: the server answers as it is recorded`,
    ignore,
    async fn() {
      await using server = await start();
      await makeBucket(server, "bucket");
      const live: Exchange[] = [];
      assert.deepEqual(await story(opener(server, "bucket", recording(live))), EXPECTED);
      const shape = ({ request, status, headers }: Exchange) =>
        [request, status, ...DECIDING.filter((name) => name in headers)].join(" · ");
      const recorded = readRecording(name).exchanges;
      // Parts are sent side by side.
      assert.deepEqual(live.map(shape).sort(), recorded.map(shape).sort());
    },
  });
}
