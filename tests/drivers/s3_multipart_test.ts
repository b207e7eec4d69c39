/** Uploads in parts that break off, against a store in this process. */
import assert from "node:assert/strict";
import { s3Driver } from "../../drivers/s3/driver.ts";
import type { Transport } from "../../drivers/s3/transport.ts";
import { answered, fakeConfig, type FakeS3, fakeS3, refusal } from "../support/fake_s3.ts";
import { refused } from "../support/faulty.ts";

const PART = 4;
const source = () => new Blob(["0123456789"]).stream();

/** Lets everything happen that waits for nothing. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((done) => setImmediate(done));
}

/** A driver of a store, each request to which may be answered in the store's place. */
function open(
  store: FakeS3,
  instead: (method: string, query: URLSearchParams) => Response | Promise<undefined> | undefined,
) {
  const transport: Transport = async (url, request, signal) =>
    await instead(request.method, new URL(url).searchParams) ??
      await store.transport(url, request, signal);
  return s3Driver(fakeConfig({ partSize: PART, retries: 1 }), transport);
}

Deno.test("s3 upload: one that fails is taken back, and its error says nothing of it", async () => {
  for (const step of ["1", "2", "3", null]) {
    const store = fakeS3();
    const driver = open(
      store,
      (method, query) =>
        method !== "DELETE" && query.has("uploadId") && query.get("partNumber") === step
          ? refusal(403, "AccessDenied")
          : undefined,
    );
    const error = await refused(() => driver.put("a", source));
    assert.equal(error.code, "permission-denied", `${step}: ${error.message}`);
    assert.doesNotMatch(error.message, /taken back/);
    assert.equal(store.uploads.size, 0);
    assert.equal(store.objects.size, 0);
  }
});

Deno.test("s3 upload: one that cannot be taken back is told of, and taken back by close", async () => {
  const store = fakeS3();
  let isDown = false;
  const driver = open(store, (method, query) => {
    if (query.get("partNumber") === "2") isDown = true;
    if (isDown) {
      return method === "DELETE" ? refusal(503, "SlowDown") : refusal(403, "AccessDenied");
    }
  });
  const error = await refused(() => driver.put("a", source));
  assert.equal(error.code, "permission-denied");
  assert.match(error.message, /keys do not allow it/);
  assert.match(error.message, /could not be taken back|Nor could it be taken back/);
  assert.equal(store.uploads.size, 1);
  await driver.close!();
  assert.equal(store.uploads.size, 1, "it is still down, which close does not throw");
  isDown = false;
  await driver.close!();
  assert.equal(store.uploads.size, 0);
});

Deno.test("s3 upload: the next one takes back what an abort left, with the reason as it was", async () => {
  const store = fakeS3();
  const controller = new AbortController();
  const reason = new Error("enough");
  let refusals = 0;
  const driver = open(store, (method, query) => {
    if (query.get("partNumber") === "2" && !controller.signal.aborted) controller.abort(reason);
    // Both tries to take it back fail.
    if (method === "DELETE" && refusals++ < 2) return refusal(503, "SlowDown");
  });
  await assert.rejects(
    driver.put("a", source, { signal: controller.signal }),
    (error) => error === reason,
  );
  assert.equal(store.uploads.size, 1);
  await driver.put("b", source);
  assert.equal(store.uploads.size, 0);
});

Deno.test("s3 upload: an error after 200 is an error, and a passing one is tried again", async () => {
  const store = fakeS3();
  let count = 0;
  const after = (code: string, times: number) => (method: string, query: URLSearchParams) =>
    method === "POST" && query.has("uploadId") && count++ < times
      ? answered(200, `<?xml version="1.0"?>\n   <Error><Code>${code}</Code></Error>`)
      : undefined;
  await open(store, after("InternalError", 1)).put("a", source);
  assert.equal(store.objects.get("prefix/a")?.bytes.length, 10);
  for (
    const [code, expected] of [
      ["PreconditionFailed", "already-exists"],
      ["InvalidPart", "unavailable"],
    ]
  ) {
    count = 0;
    const driver = open(store, after(code!, 1));
    const error = await refused(() => driver.put("b", source, { ifAbsent: true }));
    assert.equal(error.code, expected);
    assert.equal(count, 1);
  }
  assert.equal(store.objects.size, 1);
  assert.equal(store.uploads.size, 0);
});

Deno.test("s3 upload: what it is completed from are the parts in order, whenever they came", async () => {
  const store = fakeS3();
  const second = Promise.withResolvers<undefined>();
  const late = (_: string, query: URLSearchParams) => {
    if (query.get("partNumber") === "2") second.resolve(undefined);
    return query.get("partNumber") === "1" ? second.promise : undefined;
  };
  await open(store, late).put("a", source);
  assert.equal(new TextDecoder().decode(store.objects.get("prefix/a")?.bytes), "0123456789");
});

Deno.test("s3 upload: an abort while it begins leaves none behind", async () => {
  const store = fakeS3();
  const controller = new AbortController();
  const reason = new Error("enough");
  const [begun, takenBack] = [Promise.withResolvers<undefined>(), Promise.withResolvers<void>()];
  const driver = open(store, (method, query) => {
    if (method === "DELETE") takenBack.resolve();
    if (!query.has("uploads")) return undefined;
    controller.abort(reason);
    return begun.promise;
  });
  await assert.rejects(
    driver.put("a", source, { signal: controller.signal }),
    (error) => error === reason,
  );
  assert.equal(store.uploads.size, 0, "the store has not heard of it");
  begun.resolve(undefined);
  await takenBack.promise;
  await turns();
  assert.deepEqual(store.requests.map((one) => one.split(" ")[0]), ["POST", "DELETE"]);
  assert.equal(store.uploads.size, 0);
});

Deno.test("s3 upload: one that failed is taken back once nothing of it is under way", async () => {
  const store = fakeS3();
  const first = Promise.withResolvers<undefined>();
  const refusedPart = Promise.withResolvers<void>();
  const order: string[] = [];
  const driver = open(store, (method, query) => {
    if (method === "DELETE") order.push("taken back");
    if (query.get("partNumber") === "1") return first.promise;
    if (query.get("partNumber") !== "2") return undefined;
    refusedPart.resolve();
    return refusal(403, "AccessDenied");
  });
  const put = refused(() => driver.put("a", source));
  await refusedPart.promise;
  // Whoever does not wait for the first part would have sent it by now.
  await turns();
  assert.equal(order.length, 0);
  order.push("the first part is there");
  first.resolve(undefined);
  assert.equal((await put).code, "permission-denied");
  assert.deepEqual(order, ["the first part is there", "taken back"]);
});
