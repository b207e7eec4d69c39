/**
 * What stores refuse, and how: regions, conditions, clocks, keys. Over real HTTP, against a store in this process.
 */
import assert from "node:assert/strict";
import { refused } from "../support/faulty.ts";
import { answer, onFake, PAGE } from "../support/on_fake.ts";

const MIB = 1024 * 1024;
const bytes = (text: string) => new TextEncoder().encode(text);

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
