import assert from "node:assert/strict";
import { conformance } from "../../drivers/conformance.ts";
import { text } from "../../drivers/conformance/case.ts";
import { openMemory } from "../../drivers/memory.ts";
import { behavesAsMap } from "../support/model.ts";

const open = (rootDir: string = crypto.randomUUID()) =>
  openMemory({ persistence: "memory", rootDir });

conformance((name, fn) => Deno.test(name, fn), open, {
  name: "memory",
  lacks: {
    putTree: "a put waits for nothing",
    listsChecksums: "none are kept",
    times: "it goes by this machine's clock",
    stamps: "folders have no times",
    bulk: "a get waits for nothing",
  },
});

Deno.test("memory: it behaves as a map", () => behavesAsMap(open, 300));

Deno.test("memory: drivers with one rootDir share a store, others do not", async () => {
  const [here, there, other] = [open("shared"), open("shared"), open()];
  await here.put("a/b", text("hello"));
  assert.deepEqual((await there.get("a/b")).bytes, text("hello"));
  assert.deepEqual(await other.folders(""), []);
  assert.equal(openMemory({ persistence: "memory" }).label, "memory:./rubicon-root");
});

Deno.test("memory: a long listing lets others have their turn", async () => {
  const driver = open();
  for (let at = 0; at < 10_000; at++) await driver.put(`a/${at}`, text(""));
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  let count = 0;
  for await (const _ of driver.list("")) count++;
  clearInterval(timer);
  assert.equal(count, 10_000);
  assert.ok(turns > 0);
});

Deno.test("memory: it needs no permission", async () => {
  const code = `
    import { openDriver } from ${JSON.stringify(import.meta.resolve("../../drivers/registry.ts"))};
    import ${JSON.stringify(import.meta.resolve("../../drivers/memory.ts"))};
    const driver = await openDriver({ persistence: "memory" });
    await driver.put("a", new Uint8Array(3));
    console.log((await driver.stat("a")).size);`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", `data:application/typescript,${encodeURIComponent(code)}`],
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "3\n", new TextDecoder().decode(stderr));
});
