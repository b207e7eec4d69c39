/** Listings that a store would not give, or hardly ever. Over real HTTP, against a store in this process. */
import assert from "node:assert/strict";
import { refused } from "../support/faulty.ts";
import { answer, onFake } from "../support/on_fake.ts";
import type { Trick } from "../support/proxy.ts";

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
