/** What is tried again, and when tries stop: by the faults of real servers. */
import assert from "node:assert/strict";
import { hasCode, openDriver } from "../../mod.ts";
import { refused } from "../support/faulty.ts";
import { answer, bytes, onServers, play } from "../support/on_servers.ts";
import type { Trick } from "../support/proxy.ts";
import { s3Config } from "../support/servers.ts";

const onEach = await onServers("S3 retries");

for (
  const [what, trick] of [
    ["a connection that is cut before the server has the request", "cut"],
    ["an answer that is lost after the write has succeeded", "lose-answer"],
    ["a server that hangs", "hang"],
    ["500", answer("500 Internal Server Error")],
    ["503", answer("503 Slow Down")],
    ["429 with Retry-After", answer("429 Too Many Requests", "", "retry-after: 0\r\n")],
  ] as [string, Trick][]
) {
  onEach(`${what} is made good by another try`, async ({ proxy, open, direct }) => {
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

onEach(
  "after a lost answer what is there is compared before it is somebody else's",
  async ({ proxy, open, direct }) => {
    const driver = await open();
    await direct.put("a", bytes("theirs"));
    play(proxy, answer("500 Internal Server Error"));
    assert.equal(
      (await refused(() => driver.put("a", bytes("ours!!"), { ifAbsent: true }))).code,
      "already-exists",
    );
    play(proxy, answer("500 Internal Server Error"));
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

onEach("a conflict with another write is tried again", async ({ proxy, open }) => {
  const driver = await open();
  const body = "<Error><Code>ConditionalRequestConflict</Code><Message>x</Message></Error>";
  play(proxy, {
    answer:
      `HTTP/1.1 409 Conflict\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  });
  await driver.put("a", bytes("x"), { ifAbsent: true });
  assert.equal(proxy.requests.length, 2);
});

onEach("tries stop, and what the server last said is told", async ({ proxy, open }) => {
  const driver = await open({ retries: 2 });
  proxy.trick = () => answer("503 Slow Down");
  const error = await refused(() => driver.put("a", bytes("x")));
  assert.equal(error.code, "unavailable");
  assert.match(error.message, /503/);
  assert.equal(proxy.requests.length, 3);
  const hanging = await open({ retries: 1, requestTimeoutMs: 100 });
  proxy.trick = () => "hang";
  assert.match((await refused(() => hanging.get("a"))).message, /longer than 100 ms/);
});

onEach("a clock that is off is set by the server's", async ({ proxy, open, direct }) => {
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

onEach("keys that end are asked for again", async ({ server, root, proxy }) => {
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
