/**
 * Answers that are none: pages in the store's place, bodies without a length, other ranges. Over real HTTP, against a
 * store in this process.
 */
import assert from "node:assert/strict";
import { refused } from "../support/faulty.ts";
import { answer, onFake, PAGE } from "../support/on_fake.ts";
import { chunked, type Trick } from "../support/proxy.ts";

const MIB = 1024 * 1024;
const bytes = (text: string) => new TextEncoder().encode(text);

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
  const driver = await world.open({ partSize: 5 * MIB });
  await driver.put("a", bytes("hello"));
  for (const [what, trick] of PAGES) {
    world.proxy.trick = () => trick;
    const source = () => new Blob([new Uint8Array(6 * MIB)]).stream();
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
    const driver = await open({ partSize: 5 * MIB });
    const data = new Uint8Array(6 * MIB + 1).map((_, at) => (at >> 8) % 251);
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
  const driver = await open({ partSize: 5 * MIB });
  await driver.put("a", bytes("0123456789"));
  await driver.put("parts", () => new Blob([new Uint8Array(6 * MIB)]).stream());
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

onFake("the whole object in place of a range is refused, also on resume", async (world) => {
  const { proxy, open, store } = world;
  const driver = await open({ retries: 2 });
  const data = new Uint8Array(MIB).map((_, at) => (at >> 8) % 251);
  await driver.put("big", data);
  let whole = "";
  for (const byte of data) whole += String.fromCharCode(byte);
  const etag = `"${store.objects.get("p/big")!.etag}"`;
  const last = "last-modified: Tue, 24 Nov 2026 00:00:00 GMT";
  const passedOver = answer("200 OK", whole, `etag: ${etag}\r\n${last}\r\n`);
  proxy.trick = () => passedOver;
  for (const options of [{ offset: 7 }, { length: 7 }, { offset: 7, length: 7 }]) {
    for (const verb of ["get", "open"] as const) {
      const error = await refused(() => driver[verb]("big", options));
      assert.match(error.message, /whole object came in place of a part/);
    }
  }
  assert.equal((await driver.stat("big")).size, MIB, "that is in it too");
  let count = 0;
  proxy.trick = () => count++ === 0 ? { cutBodyAfter: 1000 } : passedOver;
  const { stream } = await driver.open("big");
  assert.match((await refused(() => new Response(stream).bytes())).message, /whole object/);
});

onFake("a page with a store's headers acknowledges no write, as none has a body", async (world) => {
  const driver = await world.open();
  const page = answer("200 OK", PAGE, 'etag: "opaque"\r\nx-amz-request-id: 1\r\n');
  world.proxy.trick = () => page;
  assert.equal((await refused(() => driver.put("a", bytes("x")))).code, "unavailable");
});
