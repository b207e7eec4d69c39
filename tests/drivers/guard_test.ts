import assert from "node:assert/strict";
import { text } from "../../drivers/conformance/case.ts";
import type { Driver } from "../../drivers/driver.ts";
import { checkKey, guard } from "../../drivers/guard.ts";
import { openMemory } from "../../drivers/memory.ts";
import { hasCode, RubiconException } from "../../errors.ts";

/** A driver in memory with some verbs of another make. */
const driver = (verbs: Partial<Driver> = {}): Driver =>
  guard({ ...openMemory({ persistence: "memory", rootDir: crypto.randomUUID() }), ...verbs });

const failing = (error: unknown): Partial<Driver> => ({
  get: () => Promise.reject(error),
  // deno-lint-ignore require-yield -- it fails before it has anything.
  async *list() {
    throw await Promise.resolve(error);
  },
});

Deno.test("guard: errors say which backend they come from, and keep their cause", async () => {
  const cause = new TypeError("the socket broke");
  const label = driver().label.slice(0, "memory:".length);
  for (const verb of ["get", "list"] as const) {
    const failed = (error: unknown) => {
      const broken = driver(failing(error));
      return verb === "get" ? broken.get("a") : Array.fromAsync(broken.list("a"));
    };
    await assert.rejects(failed(cause), (error) => {
      assert.ok(hasCode(error, "unavailable"));
      assert.ok(error.backend!.startsWith(label) && error.message.startsWith(error.backend!));
      assert.match(error.message, /the socket broke$/);
      return error.cause === cause;
    });
    await assert.rejects(failed(new RubiconException("corrupt", "odd", { cause })), (error) => {
      assert.ok(hasCode(error, "corrupt") && error.backend!.startsWith(label));
      assert.equal(error.message, `${error.backend}: odd`);
      return error.cause === cause;
    });
    const stamped = new RubiconException("corrupt", "odd", { backend: "another" });
    await assert.rejects(failed(stamped), (error) => error === stamped);
  }
});

Deno.test("guard: an abort passes through as it is, also where a driver makes its own", async () => {
  const abort = new AbortController();
  const reason = new Error("mine");
  const slow = driver({
    get: () => {
      abort.abort(reason);
      return Promise.reject(new DOMException("The request was aborted", "AbortError"));
    },
  });
  await assert.rejects(slow.get("a", { signal: abort.signal }), (error) => error === reason);
  let started = false;
  const watched = driver({ put: () => Promise.reject(started = true) });
  const put = watched.put("a", text("x"), { signal: abort.signal });
  await assert.rejects(put, (error) => error === reason);
  assert.equal(started, false);
  // An abort of the driver's own making is a failure like any other.
  const broken = driver(failing(new DOMException("timed out", "AbortError")));
  await assert.rejects(broken.get("a"), (error) => hasCode(error, "unavailable"));
});

Deno.test("guard: a listing that is aborted stops, also where the driver goes on", async () => {
  const abort = new AbortController();
  const endless = driver({
    async *list() {
      for (let at = 0;; at++) {
        yield await Promise.resolve({ key: `${at}`, size: 0, lastModified: new Date(0) });
      }
    },
  });
  const seen: string[] = [];
  await assert.rejects(async () => {
    for await (const { key } of endless.list("", { signal: abort.signal })) {
      if (seen.push(key) === 3) abort.abort("enough");
    }
  }, (error) => error === "enough");
  assert.deepEqual(seen, ["0", "1", "2"]);
});

Deno.test("guard: the message of a bad key says what is wrong with it", () => {
  const why: [unknown, RegExp][] = [
    ["a//b", /"a\/\/b" is no key: no empty/],
    [7, /a key is a string, not number/],
    [undefined, /not undefined/],
    ["\uDC00", /half a surrogate pair/],
    ["é/".repeat(342) + "é", /longer than 1024 bytes/],
    [`a/${"é".repeat(128)}`, /segment longer than 255 bytes/],
  ];
  for (const [key, message] of why) {
    assert.throws(
      () => checkKey(key as string, { label: "here" }),
      (error) =>
        hasCode(error, "invalid-key") && message.test(error.message) && error.backend === "here",
    );
  }
  for (const key of ["a", "é".repeat(127), "é/".repeat(341) + "a", "..a/b..", "a b/c"]) {
    checkKey(key, { label: "here" });
  }
});
