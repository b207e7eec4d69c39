/**
 * Uploads whose connection is closed by a server that refuses them: what it says of that is lost.
 */
import assert from "node:assert/strict";
import { s3Driver } from "../../drivers/s3/driver.ts";
import type { Transport } from "../../drivers/s3/transport.ts";
import { fakeConfig, fakeS3 } from "../support/fake_s3.ts";

const text = (value: string) => new TextEncoder().encode(value);

/** A driver whose exclusive uploads are cut off, after they were stored if that is said. */
function cutOff(stores: boolean) {
  const { transport } = fakeS3();
  const send: Transport = async (url, request, signal) => {
    const isUpload = request.method === "PUT" && request.headers?.["if-none-match"] !== undefined;
    if (!isUpload || stores) {
      const answer = await transport(url, request, signal);
      if (!isUpload) return answer;
    }
    throw new Error("write EPIPE");
  };
  return s3Driver(fakeConfig(), send);
}

Deno.test("put() that is cut off is refused if another object is there", async () => {
  const driver = cutOff(false);
  await driver.put("a", text("old"));
  const put = driver.put("a", text("new"), { ifAbsent: true });
  await assert.rejects(put, { code: "already-exists" });
  assert.deepEqual((await driver.get("a")).bytes, text("old"));
});

Deno.test("put() that is cut off is unavailable if nothing is there", async () => {
  const put = cutOff(false).put("a", text("new"), { ifAbsent: true });
  await assert.rejects(put, { code: "unavailable", message: /EPIPE/ });
});

Deno.test("put() that is cut off after it was stored is done", async () => {
  const driver = cutOff(true);
  const { wasThere } = await driver.put("a", text("new"), { ifAbsent: true });
  assert.equal(wasThere, true);
});
