/**
 * Listings that are paged side by side, against a store in this process. (The real servers are asked in
 * s3_requests_test.ts.)
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { pages } from "../../drivers/s3/list.ts";
import { type Call, makeCall } from "../../drivers/s3/request.ts";
import type { Transport } from "../../drivers/s3/transport.ts";
import { fakeConfig, fakeS3 } from "../support/fake_s3.ts";

/** A bucket with these keys that gives `size` names a page, and calls to it. */
function bucket(keys: readonly string[], size: number) {
  const store = fakeS3({ pageSize: size });
  const object = { bytes: new Uint8Array(1), etag: "0", modified: new Date(0) };
  for (const key of keys) store.objects.set(key, object);
  let now = 0;
  const state = { store, most: 0 };
  const transport: Transport = async (...request) => {
    state.most = Math.max(state.most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 0));
    now--;
    return await store.transport(...request);
  };
  return { call: makeCall(fakeConfig(), transport), state };
}

async function listed(call: Call, prefix: string, grouped = false): Promise<string[]> {
  const found: string[] = [];
  for await (const { entries, folders } of pages(call, { prefix, grouped }, { what: "list" })) {
    found.push(...entries.map(({ key }) => key), ...folders);
  }
  return found;
}

const randomIds = (count: number) => Array.from({ length: count }, () => crypto.randomUUID());

Deno.test("s3 listing: every name once, whatever the names and the pages are", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.uuid({ version: 4 }).map((id) => `p/experiments/${id}/metadata.json`),
          fc.uuid({ version: 4 }).map((id) => `p/experiments/${id}/metrics/😀/metadata.json`),
          fc.uuid({ version: 7 }).map((id) => `p/experiments/${id}/metadata.json`),
          fc.uuid({ version: 4 }).map((id) => `p/artifacts/${id}/data`),
          fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 })
            .filter((name) => !name.includes("/")).map((name) => `p/experiments/${name}`),
          fc.constantFrom("p/metadata.json", "p/experimentsx/a", "q/a", "p/\u{fb00}/a", "p/😀/a"),
        ),
        { maxLength: 120 },
      ),
      fc.constantFrom("", "p/", "p/experiments/"),
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      async (keys, prefix, grouped, size) => {
        const { call } = bucket(keys, size);
        const expected = new Set(
          keys.filter((key) => key.startsWith(prefix)).map((key) => {
            const end = grouped ? key.indexOf("/", prefix.length) : -1;
            return end === -1 ? key : key.slice(0, end + 1);
          }),
        );
        assert.deepEqual((await listed(call, prefix, grouped)).sort(), [...expected].sort());
      },
    ),
    { numRuns: 300 },
  ));

Deno.test("s3 listing: long ones take hardly more requests side by side than one by one", async () => {
  for (const count of [101, 500, 1000]) {
    const keys = randomIds(count).flatMap((id) =>
      Array.from({ length: 21 }, (_, at) => `p/experiments/${id}/metrics/m${at}/metadata.json`)
    );
    const { call, state } = bucket(keys, 1000);
    assert.equal((await listed(call, "p/experiments/")).length, keys.length);
    const least = Math.ceil(keys.length / 1000);
    assert.ok(count === 101 || state.most > 4, `${state.most} at once`);
    assert.ok(
      state.store.requests.length <= least + Math.min(least, 16),
      `${state.store.requests.length}, not ${least}`,
    );
  }
});

Deno.test("s3 listing: nothing is asked for once nobody wants the rest, and failures come through", async () => {
  const keys = randomIds(20_000).map((id) => `p/experiments/${id}/metadata.json`);
  const { call, state } = bucket(keys, 1000);
  for await (const { entries } of pages(call, { prefix: "p/", grouped: false }, { what: "list" })) {
    if (entries[0]) break;
  }
  assert.equal(state.store.requests.length, 1);
  const asked: Promise<unknown>[] = [];
  const failing: Call = (...args) => {
    if (asked.length >= 5) return Promise.reject(new Error("the sixth"));
    const answer = call(...args);
    asked.push(answer);
    return answer;
  };
  await assert.rejects(listed(failing, "p/"), { message: "the sixth" });
  await Promise.allSettled(asked);
});
