/** Downloads from real servers: cut off, in chunks, and with ranges that are passed over. */
import assert from "node:assert/strict";
import { refused } from "../support/faulty.ts";
import { answer, bytes, MIB, onServers, play } from "../support/on_servers.ts";
import { chunked, type Trick } from "../support/proxy.ts";

const onEach = await onServers("S3 downloads");

onEach("a download that is cut goes on where it broke off", async ({ proxy, open, direct }) => {
  const driver = await open();
  const data = new Uint8Array(3 * MIB).map((_, at) => at % 251);
  await direct.put("big", data);
  play(proxy, { cutBodyAfter: MIB }, { cutBodyAfter: 1000 }, "cut");
  const { stream } = await driver.open("big");
  assert.deepEqual(new Uint8Array(await new Response(stream).arrayBuffer()), data);
  play(proxy, { cutBodyAfter: 10 });
  assert.deepEqual((await driver.get("big")).bytes, data);
  play(proxy, { cutBodyAfter: MIB });
  const { stream: first } = await driver.open("big");
  await direct.put("big", data.map((byte) => byte + 1));
  const error = await refused(() => new Response(first).arrayBuffer());
  assert.match(error.message, /replaced while it was read/);
});

onEach(
  "a server that passes over ranges gives no wrong bytes",
  async ({ proxy, open, direct }) => {
    const data = new Uint8Array(2 * MIB).map((_, at) => (at >> 8) % 251);
    await direct.put("big", data);
    const driver = await open({ retries: 3 });
    const withoutRange = answer("200 OK", "0123456789", 'etag: "x"\r\n');
    proxy.trick = () => withoutRange;
    const range = await driver.get("big", { offset: 3, length: 2 }).then(
      ({ bytes }) => new TextDecoder().decode(bytes),
      (error) => error.code,
    );
    assert.ok(["34", "unavailable"].includes(range), range);
    let body = "";
    for (let at = 0; at < data.length; at += 8192) {
      body += String.fromCharCode(...data.subarray(at, at + 8192));
    }
    const tricks: Trick[] = [{ cutBodyAfter: MIB }, answer("200 OK", body)];
    proxy.trick = () => tricks.shift();
    const got = await driver.open("big").then(async ({ stream }) =>
      new Uint8Array(await new Response(stream).arrayBuffer())
    ).catch((error) => error.code);
    if (got !== "unavailable") assert.deepEqual(got, data);
  },
);

onEach("answers in chunks, without a length, are whole", async ({ proxy, open, direct }) => {
  const data = new Uint8Array(9 * MIB + 1).map((_, at) => (at >> 8) % 251);
  await direct.put("parts", () => new Blob([data]).stream());
  await direct.put("empty", bytes(""));
  const driver = await open();
  proxy.trick = () => chunked;
  const { size, stream } = await driver.open("parts");
  assert.equal(size, data.length);
  assert.deepEqual(await new Response(stream).bytes(), data);
  assert.equal((await driver.get("parts")).bytes.length, data.length);
  for (const { size } of [await driver.get("empty"), await driver.stat("empty")]) {
    assert.equal(size, 0);
  }
  await driver.put("a", bytes("hello"), { ifAbsent: true });
  assert.deepEqual((await Array.fromAsync(driver.list(""))).map(({ key }) => key).sort(), [
    ...["a", "empty", "parts"],
  ]);
  await driver.delete("a");
});

onEach("nobody on the way is asked to compress", async ({ proxy, open, direct }) => {
  await direct.put("a", bytes("hello"));
  const driver = await open();
  const accepted: (string | undefined)[] = [];
  proxy.trick = ({ head }) => {
    accepted.push(/\r\naccept-encoding: *([^\r]*)/i.exec(head)?.[1]);
    return undefined;
  };
  await driver.get("a");
  await (await driver.open("a")).stream.cancel();
  await driver.stat("a");
  await Array.fromAsync(driver.list(""));
  assert.deepEqual(accepted, ["identity", "identity", "identity", "identity"]);
});
