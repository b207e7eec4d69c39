/**
 * Answers that are none: pages in the store's place, bodies without a length, other ranges, listings that go round
 * in circles. Over real HTTP, against a store in this process.
 */
import assert from "node:assert/strict";
import { type Driver, openDriver } from "../../mod.ts";
import { type FakeS3, fakeS3, serveFake } from "../support/fake_s3.ts";
import { refused } from "../support/faulty.ts";
import { chunked, type HttpProxy, startProxy, type Trick } from "../support/proxy.ts";

const MIB = 1024 * 1024;
const bytes = (text: string) => new TextEncoder().encode(text);

interface World {
  store: FakeS3;
  proxy: HttpProxy;
  open(options?: Record<string, unknown>): Promise<Driver>;
}

function onFake(name: string, run: (world: World) => Promise<void>): void {
  Deno.test(`s3: ${name}`, async () => {
    const store = fakeS3({ pageSize: 2 });
    await using server = serveFake(store);
    await using proxy = startProxy(server.endpoint);
    const open = (options = {}) =>
      openDriver({
        ...{ persistence: "s3", rootDir: "s3://bucket/p", endpoint: proxy.endpoint, retries: 1 },
        ...{ accessKeyId: "key", secretAccessKey: "secret", ...options },
      });
    await run({ store, proxy, open });
  });
}

/** A whole answer in the server's place. */
const answer = (status: string, body: string, headers = ""): Trick => ({
  answer:
    `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n${headers}\r\n${body}`,
});
const PAGE = "<!doctype html><html><body>Please log in</body></html>";
const OF_A_WEB_SERVER = 'etag: "5f3e1a2b-4c"\r\nlast-modified: Tue, 24 Nov 2026 00:00:00 GMT\r\n';
const PAGES: [string, Trick][] = [
  ["a page", answer("200 OK", PAGE, "content-type: text/html\r\n")],
  ["a page of a web server", answer("200 OK", PAGE, OF_A_WEB_SERVER)],
  ["a page with 404", answer("404 Not Found", PAGE)],
  ["a page with 403", answer("403 Forbidden", PAGE)],
  ["a page with 412", answer("412 Precondition Failed", PAGE)],
  ["a page elsewhere", answer("302 Found", PAGE, "location: http://127.0.0.1:1/\r\n")],
  ["nothing", answer("200 OK", "")],
];

onFake("a page in the store's place acknowledges, answers and denies nothing", async (world) => {
  const driver = await world.open();
  await driver.put("a", bytes("hello"));
  for (const [what, trick] of PAGES) {
    world.proxy.trick = () => trick;
    const source = () => new Blob([new Uint8Array(9 * MIB)]).stream();
    for (
      const [verb, work] of Object.entries({
        put: () => driver.put("a", bytes("x")),
        create: () => driver.put("b", bytes("x"), { ifAbsent: true }),
        large: () => driver.put("c", new Uint8Array(2 * MIB)),
        parts: () => driver.put("d", source),
        get: () => driver.get("a"),
        range: () => driver.get("a", { offset: 1 }),
        open: () => driver.open("a"),
        stat: () => driver.stat("a"),
        list: () => Array.fromAsync(driver.list("")),
        folders: () => driver.folders(""),
        delete: () => driver.delete("a"),
      })
    ) {
      const error = await refused(work).catch((error) =>
        assert.fail(`${verb}, ${what}: ${error.message}`)
      );
      assert.equal(error.code, "unavailable", `${verb}, ${what}: ${error.message}`);
    }
  }
  assert.deepEqual([...world.store.objects.keys()], ["p/a"]);
});

onFake("a login page between the parts of an upload completes nothing", async (world) => {
  const { store, proxy, open } = world;
  const driver = await open({ retries: 0, partSize: 5 * MIB });
  const source = () => new Blob([new Uint8Array(6 * MIB)]).stream();
  for (const step of ["uploads=", "partNumber=1", "partNumber=2", "POST p/d?uploadId"]) {
    proxy.trick = ({ method, path }) =>
      `${method} ${path.slice("/bucket/".length)}`.includes(step) && method !== "DELETE"
        ? PAGES[1]![1]
        : undefined;
    assert.equal((await refused(() => driver.put("d", source))).code, "unavailable", step);
    assert.equal(store.uploads.size, 0, step);
  }
  assert.equal(store.objects.size, 0);
});

onFake(
  "an answer in chunks, without a length, gives all bytes and the right size",
  async (world) => {
    const { proxy, open, store } = world;
    const driver = await open();
    const data = new Uint8Array(9 * MIB + 1).map((_, at) => (at >> 8) % 251);
    await driver.put("big", data);
    await driver.put("parts", () => new Blob([data]).stream());
    await driver.put("empty", bytes(""));
    assert.equal(store.objects.get("p/parts")?.etag.slice(-2), "-2");
    proxy.trick = () => chunked;
    for (const key of ["big", "parts"]) {
      const got = await driver.get(key);
      assert.equal(got.size, data.length);
      assert.ok(
        got.bytes.every((byte, at) => byte === data[at]) && got.bytes.length === data.length,
      );
      const { size, stream } = await driver.open(key);
      assert.equal(size, data.length);
      assert.equal((await new Response(stream).arrayBuffer()).byteLength, data.length);
      assert.equal((await driver.stat(key)).size, data.length);
      assert.equal((await driver.get(key, { offset: 3, length: 5 })).size, data.length);
    }
    for (const { size } of [await driver.get("empty"), await driver.stat("empty")]) {
      assert.equal(size, 0);
    }
    assert.equal(await new Response((await driver.open("empty")).stream).text(), "");
  },
);

onFake("an answer that ends early though it looks whole is none", async (world) => {
  const { proxy, open } = world;
  const driver = await open();
  await driver.put("a", bytes("0123456789"));
  await driver.put("parts", () => new Blob([new Uint8Array(9 * MIB)]).stream());
  const short: Trick = {
    change: (answer) => {
      const head = answer.slice(0, answer.indexOf("\r\n\r\n") + 4);
      const cut = answer.slice(0, Math.max(head.length, answer.length - 5));
      return (chunked as { change: (answer: string) => string }).change(cut);
    },
  };
  proxy.trick = () => short;
  for (const key of ["a", "parts"]) {
    assert.equal((await refused(() => driver.get(key))).code, "unavailable", key);
    assert.equal(
      (await refused(async () => await new Response((await driver.open(key)).stream).bytes())).code,
      "unavailable",
      key,
    );
  }
});

onFake(
  "another range than was asked for is refused, also when a download goes on",
  async (world) => {
    const { proxy, open } = world;
    const driver = await open({ retries: 2 });
    const data = new Uint8Array(MIB).map((_, at) => (at >> 8) % 251);
    await driver.put("big", data);
    const shifted: Trick = {
      change: (answer) =>
        answer.replace(/bytes (\d+)-(\d+)/, (_, from, to) => `bytes ${+from + 1}-${to}`),
    };
    proxy.trick = () => shifted;
    assert.equal((await refused(() => driver.get("big", { offset: 5 }))).code, "unavailable");
    assert.equal((await refused(() => driver.stat("big"))).code, "unavailable");
    let count = 0;
    proxy.trick = () => count++ === 0 ? { cutBodyAfter: 1000 } : shifted;
    const { stream } = await driver.open("big");
    assert.equal((await refused(() => new Response(stream).bytes())).code, "unavailable");
    // The object is another one, and the condition was passed over.
    count = 0;
    const other: Trick = { change: (answer) => answer.replace(/etag: "\w+/i, 'etag: "0123') };
    proxy.trick = () => count++ === 0 ? { cutBodyAfter: 1000 } : other;
    const { stream: second } = await driver.open("big");
    const error = await refused(() => new Response(second).bytes());
    assert.match(error.message, /replaced while it was read/);
  },
);

onFake(
  "a write that the store acknowledges with other bytes is not acknowledged",
  async (world) => {
    const driver = await world.open();
    const early = answer("200 OK", "", 'etag: "0123456789abcdef0123456789abcdef"\r\n');
    world.proxy.trick = () => early;
    assert.equal((await refused(() => driver.put("a", bytes("x")))).code, "unavailable");
    assert.equal(
      (await refused(() => driver.put("a", new Uint8Array(3 * MIB)))).code,
      "unavailable",
    );
  },
);

onFake("bytes that are not those of their ETag are no answer", async (world) => {
  const driver = await world.open();
  await driver.put("a", bytes("hello"));
  world.proxy.trick = () => ({ change: (answer) => answer.replace(/hello$/, "jello") });
  assert.equal((await refused(() => driver.get("a"))).code, "unavailable");
  world.proxy.trick = () => ({
    change: (answer) => answer.replace("\r\n", "\r\ncontent-encoding: br\r\n"),
  });
  assert.match((await refused(() => driver.get("a"))).message, /compressed/);
});

/** A page of a listing. */
const listed = (keys: string[], token?: string): Trick =>
  answer(
    "200 OK",
    `<ListBucketResult>${
      keys.map((key) =>
        `<Contents><Key>${key}</Key><Size>1</Size><LastModified>2026-11-24T00:00:00Z` +
        "</LastModified></Contents>"
      ).join("")
    }<IsTruncated>${token !== undefined}</IsTruncated>${
      token === undefined ? "" : `<NextContinuationToken>${token}</NextContinuationToken>`
    }</ListBucketResult>`,
  );

onFake("an empty page of a listing that goes on is not its end", async ({ proxy, open }) => {
  const driver = await open();
  const tricks = [
    listed([], "1"),
    listed([], "2"),
    listed(["p/a"], "3"),
    listed([], "4"),
    listed([]),
  ];
  proxy.trick = () => tricks.shift();
  assert.deepEqual((await Array.fromAsync(driver.list(""))).map(({ key }) => key), ["a"]);
});

onFake("a listing that goes round in circles ends with an error", async ({ proxy, open }) => {
  const driver = await open();
  for (
    const circle of [
      [listed([], "1"), listed([], "1")],
      [listed(["p/a"], "1"), listed(["p/b"], "2"), listed(["p/c"], "1")],
      // Other tokens, but the same names again.
      [listed(["p/a"], "1"), listed(["p/b"], "2"), listed(["p/a"], "3")],
    ]
  ) {
    let at = 0;
    proxy.trick = () => at < 100 ? circle[at++ % circle.length]! : listed([]);
    const error = await refused(() => Array.fromAsync(driver.list("")));
    assert.equal(error.code, "unavailable");
    assert.match(error.message, /circle/);
    assert.ok(at <= circle.length + 1);
  }
});

onFake("a listing of names that were not asked for, or without sizes, is none", async (world) => {
  const { proxy, open } = world;
  const driver = await open();
  const without = answer(
    "200 OK",
    "<ListBucketResult><Contents><Key>p/a</Key></Contents></ListBucketResult>",
  );
  for (const trick of [listed(["q/a"]), listed(["p/a", "other"]), listed([""]), without]) {
    proxy.trick = () => trick;
    assert.equal(
      (await refused(() => Array.fromAsync(driver.list("")))).code,
      "unavailable",
    );
  }
});

onFake("a bucket in another region is told by the region's name", async ({ proxy, open }) => {
  const driver = await open();
  const region = "<Region>eu-west-3</Region>";
  for (
    const trick of [
      answer(
        "301 Moved Permanently",
        "<Error><Code>PermanentRedirect</Code></Error>",
        "x-amz-bucket-region: eu-west-3\r\n",
      ),
      answer(
        "400 Bad Request",
        `<Error><Code>AuthorizationQueryParametersError</Code>${region}</Error>`,
      ),
      answer("307 Temporary Redirect", `<Error><Code>TemporaryRedirect</Code>${region}</Error>`),
    ]
  ) {
    proxy.trick = () => trick;
    for (const work of [() => driver.get("a"), () => driver.put("a", new Uint8Array(2 * MIB))]) {
      const error = await refused(work);
      assert.equal(error.code, "unavailable");
      assert.match(error.message, /in the region eu-west-3\. Set region to it/);
    }
  }
});

onFake("412 is somebody else's object, 409 a moment's conflict", async ({ proxy, open, store }) => {
  const driver = await open({ retries: 2 });
  const conflict = answer("409 Conflict", "<Error><Code>ConditionalRequestConflict</Code></Error>");
  proxy.trick = () => proxy.requests.length === 1 ? conflict : undefined;
  await driver.put("a", bytes("x"), { ifAbsent: true });
  assert.equal(proxy.requests.length, 2);
  proxy.requests.length = 0;
  proxy.trick = () => undefined;
  const error = await refused(() => driver.put("a", bytes("y"), { ifAbsent: true }));
  assert.equal(error.code, "already-exists");
  assert.equal(proxy.requests.length, 1);
  proxy.trick = () => conflict;
  assert.equal((await refused(() => driver.put("a", bytes("z")))).code, "unavailable");
  assert.equal(store.objects.get("p/a")?.bytes[0], "x".charCodeAt(0));
});

onFake("bytes that were altered on the way are sent again", async ({ proxy, open }) => {
  const driver = await open();
  const bad = answer("400 Bad Request", "<Error><Code>BadDigest</Code></Error>");
  proxy.trick = () => proxy.requests.length === 1 ? bad : undefined;
  await driver.put("a", bytes("x"));
  assert.equal(proxy.requests.length, 2);
});

onFake("a clock is set by a store's word alone", async ({ proxy, open }) => {
  const driver = await open({ retries: 0 });
  const old = `date: ${new Date(0).toUTCString()}\r\n`;
  for (const status of ["503 Service Unavailable", "403 Forbidden", "404 Not Found"]) {
    proxy.trick = () => answer(status, PAGE, old);
    await refused(() => driver.get("a"));
  }
  const dates: (string | undefined)[] = [];
  proxy.trick = ({ head }) => {
    dates.push(/X-Amz-Date=(\d{4})/.exec(head)?.[1]);
    return undefined;
  };
  await driver.put("a", bytes("x"));
  assert.deepEqual(dates, [String(new Date().getUTCFullYear())]);
});

onFake("keys that end are asked for once, by however many requests", async ({ proxy, open }) => {
  let asked = 0;
  const driver = await open({
    accessKeyId: undefined,
    secretAccessKey: undefined,
    credentials: () => ({ accessKeyId: `key${++asked}`, secretAccessKey: "secret" }),
  });
  proxy.trick = ({ head }) =>
    head.includes("Credential=key1%2F")
      ? answer("400 Bad Request", "<Error><Code>ExpiredToken</Code></Error>")
      : undefined;
  await Promise.all(Array.from({ length: 30 }, (_, at) => driver.put(`k${at}`, bytes("x"))));
  assert.equal(asked, 2);
});

onFake("an interim 100 Continue is no answer, and the one after it is", async ({ proxy, open }) => {
  const driver = await open();
  proxy.trick = () => ({ change: (answer) => `HTTP/1.1 100 Continue\r\n\r\n${answer}` });
  for (const size of [3, 2 * MIB]) {
    await driver.put(`of ${size}`, new Uint8Array(size));
    assert.equal((await driver.get(`of ${size}`)).bytes.length, size);
  }
  await driver.delete("of 3");
});

onFake("64 requests are under way at once", async ({ proxy, open }) => {
  const driver = await open();
  const { promise, resolve } = Promise.withResolvers<void>();
  proxy.trick = () => {
    if (proxy.mostAtOnce >= 64) resolve();
    return { after: promise };
  };
  await Promise.all(Array.from({ length: 100 }, (_, at) => driver.put(`k${at}`, bytes("x"))));
  assert.equal(proxy.mostAtOnce, 64);
});
