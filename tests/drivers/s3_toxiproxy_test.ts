/** Connections that break in the middle, by Toxiproxy in front of real servers. */
import assert from "node:assert/strict";
import { openDriver } from "../../mod.ts";
import { refused } from "../support/faulty.ts";
import { ignoredFor } from "../support/parts.ts";
import {
  lacksServers,
  makeBucket,
  s3Config,
  startMinio,
  startToxiproxy,
  startVersitygw,
} from "../support/servers.ts";

const ignore = ignoredFor("S3 by Toxiproxy", await lacksServers());
const MIB = 1024 * 1024;

for (const [name, start] of [["versitygw", startVersitygw], ["minio", startMinio]] as const) {
  Deno.test({
    name:
      `s3 on ${name}: connections that end after half a mebibyte give whole downloads or errors`,
    ignore,
    async fn() {
      await using server = await start();
      await using toxic = await startToxiproxy(server);
      await makeBucket(server, "bucket");
      const config = s3Config(server, "s3://bucket/p");
      const direct = await openDriver(config);
      const driver = await openDriver({ ...config, endpoint: toxic.endpoint, retries: 1 });
      const data = new Uint8Array(3 * MIB).map((_, at) => (at >> 8) % 251);
      await direct.put("big", data);
      const mend = await toxic.toxic("limit_data", { bytes: MIB / 2 });
      const { stream, size } = await driver.open("big");
      assert.equal(size, data.length);
      assert.deepEqual(await new Response(stream).bytes(), data);
      // What is read at once has no middle to go on from.
      assert.equal((await refused(() => driver.get("big"))).code, "unavailable");
      await mend();
      const mendUp = await toxic.toxic("limit_data", { bytes: MIB / 2 }, "upstream");
      assert.equal((await refused(() => driver.put("new", data))).code, "unavailable");
      await mendUp();
      assert.equal((await refused(() => direct.get("new"))).code, "not-found");
      await driver.put("new", data, { ifAbsent: true });
      assert.deepEqual((await direct.get("new")).bytes, data);
    },
  });
}
