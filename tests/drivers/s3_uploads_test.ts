/** Uploads to real servers that are aborted, that fail, and whose answers are lost. */
import assert from "node:assert/strict";
import { hasCode } from "../../mod.ts";
import { refused } from "../support/faulty.ts";
import { bytes, MIB, onServers } from "../support/on_servers.ts";
import type { S3Server } from "../support/servers.ts";

const onEach = await onServers("S3 uploads");

onEach(
  "an abort stops at once, and leaves no upload behind",
  async ({ proxy, open, direct, server, root }) => {
    const driver = await open();
    const reason = new Error("enough");
    for (
      const work of [
        (signal: AbortSignal) => driver.put("a", bytes("x"), { signal }),
        (signal: AbortSignal) => driver.get("a", { signal }),
        (signal: AbortSignal) => Array.fromAsync(driver.list("", { signal })),
      ]
    ) {
      const controller = new AbortController();
      proxy.trick = () => {
        controller.abort(reason);
        return "hang";
      };
      await assert.rejects(work(controller.signal), (error) => error === reason);
    }
    // The third part hangs: two are there by then.
    const controller = new AbortController();
    proxy.requests.length = 0;
    proxy.trick = ({ path }) => {
      if (!path.includes("partNumber=3")) return undefined;
      controller.abort(reason);
      return "hang";
    };
    const source = () => new Blob([new Uint8Array(20 * MIB)]).stream();
    await assert.rejects(
      driver.put("big", source, { signal: controller.signal }),
      (error) => error === reason,
    );
    assert.equal(proxy.requests.at(-1)!.split(" ")[0], "DELETE", "the upload is taken back");
    await assert.rejects(direct.stat("big"), (error) => hasCode(error, "not-found"));
    assert.equal(await uploads(server, root), 0);
  },
);

async function uploads(server: S3Server, root: string): Promise<number> {
  const { S3Client } = await import("npm:@bradenmacdonald/s3-lite-client@1.0.0");
  const client = new S3Client({
    endPoint: server.endpoint,
    region: server.region,
    accessKey: server.accessKeyId,
    secretKey: server.secretAccessKey,
    bucket: new URL(root).host,
  });
  const response = await client.makeRequest({
    method: "GET",
    objectName: "",
    // The whole name: MinIO lists the uploads of one object only, and of a folder none.
    query: { uploads: "", prefix: "prefix/big" },
    returnBody: true,
  });
  return (await response.text()).split("<Upload>").length - 1;
}

onEach("a source that fails leaves no upload behind", async ({ open, server, root, direct }) => {
  const driver = await open();
  let sent = 0;
  const source = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        if (++sent > 18) controller.error(new Error("the disk is gone"));
        else controller.enqueue(new Uint8Array(MIB));
      },
    });
  await refused(() => driver.put("big", source, { ifAbsent: true }));
  assert.equal(await uploads(server, root), 0);
  await assert.rejects(direct.stat("big"), (error) => hasCode(error, "not-found"));
});

onEach(
  "large uploads are exclusive too, and survive lost answers",
  async ({ proxy, open, direct }) => {
    const driver = await open({ partSize: 5 * MIB });
    const data = new Uint8Array(12 * MIB).map((_, at) => at % 251);
    const source = () => new Blob([data]).stream();
    let count = 0;
    // Every third request loses its answer: beginning, parts and completion.
    proxy.trick = ({ method }) =>
      method !== "DELETE" && ++count % 3 === 0 ? "lose-answer" : undefined;
    await driver.put("big", source, { ifAbsent: true });
    proxy.trick = () => undefined;
    assert.deepEqual((await direct.get("big")).bytes, data);
    const other = () => new Blob([data.subarray(1)]).stream();
    assert.equal(
      (await refused(() => driver.put("big", other, { ifAbsent: true }))).code,
      "already-exists",
    );
    assert.equal((await direct.stat("big")).size, data.length);
  },
);

onEach("a lost answer to the end of an upload is made good", async ({ proxy, open, direct }) => {
  const driver = await open({ retries: 3, partSize: 5 * MIB });
  const data = new Uint8Array(11 * MIB).map((_, at) => at % 251);
  const source = () => new Blob([data]).stream();
  for (const ifAbsent of [false, true]) {
    let lost = false;
    proxy.trick = ({ method, path }) => {
      if (lost || method !== "POST" || !path.includes("uploadId")) return undefined;
      lost = true;
      return "lose-answer";
    };
    const key = `big-${ifAbsent}`;
    assert.equal((await driver.put(key, source, { ifAbsent })).size, data.length);
    assert.ok(lost);
    assert.deepEqual((await direct.get(key)).bytes, data);
  }
});
