/**
 * The MIME type of an object: browsers go by it, so a page in a bucket needs one.
 */
import assert from "node:assert/strict";
import { onFake } from "../support/on_fake.ts";

onFake(
  "an object has the MIME type that it is put with, also if it is put in parts",
  async ({ store, open }) => {
    const driver = await open({ partSize: 5 * 2 ** 20 });
    const contentType = "text/html; charset=utf-8";
    await driver.put("page", new TextEncoder().encode("<p>"), { contentType });
    await driver.put("plain", new TextEncoder().encode("x"));
    const large = new Uint8Array(6 * 2 ** 20);
    await driver.put("parts", () => new Blob([large]).stream(), { contentType });
    assert.equal(store.types.get("p/page"), contentType);
    assert.notEqual(store.types.get("p/plain"), contentType);
    assert.equal(store.types.get("p/parts"), contentType);
    assert.equal(store.objects.get("p/parts")!.bytes.length, large.length);
  },
);
