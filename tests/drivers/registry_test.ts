import assert from "node:assert/strict";
import { openMemory } from "../../drivers/memory.ts";
import "../../drivers/filesystem.ts";
import {
  type DriverConfig,
  openDriver,
  registerDriver,
  registeredDrivers,
} from "../../drivers/registry.ts";
import { hasCode } from "../../errors.ts";

const refuses = (...parts: string[]) => (error: unknown) => {
  assert.ok(hasCode(error, "invalid-config"), String(error));
  for (const part of parts) assert.ok(error.message.includes(part), error.message);
  return true;
};

Deno.test("registry: a taken name, a bad name and what is no factory are refused", () => {
  assert.throws(() => registerDriver("memory", openMemory), refuses('"memory"', "taken"));
  for (const name of ["", "Memory", "a b", "1a", "s3:", undefined]) {
    assert.throws(() => registerDriver(name as string, openMemory), refuses("persistence name"));
  }
  const factory = {} as unknown as typeof openMemory;
  assert.throws(() => registerDriver("nothing", factory), refuses("nothing", "object"));
  assert.ok(!registeredDrivers().includes("nothing"));
});

Deno.test("registry: an unknown persistence names those that are known", async () => {
  await assert.rejects(
    openDriver({ persistence: "memroy" }),
    refuses('"memroy"', "filesystem, memory"),
  );
  for (const persistence of ["", "__proto__", "constructor", undefined as unknown as string]) {
    await assert.rejects(openDriver({ persistence }), refuses("There is no persistence"));
  }
});

Deno.test("registry: an unknown option is refused by its name, before the factory is asked", async () => {
  let asked = 0;
  const factory = (config: DriverConfig) => (asked++, openMemory(config));
  registerDriver("counted", factory, { options: ["speed"] });
  await assert.rejects(
    openDriver({ persistence: "counted", rootDir: "x", sped: 1 }),
    refuses('"sped"', "rootDir, speed"),
  );
  await assert.rejects(
    openDriver({ persistence: "filesystem", rootDir: "x", fsync: true }),
    refuses('"fsync"', "durable"),
  );
  assert.equal(asked, 0);
  await openDriver({ persistence: "counted", rootDir: "x", speed: 1 });
  assert.equal(asked, 1);
});

Deno.test("registry: a factory is asked when a driver is opened, and may take its time", async () => {
  const configs: DriverConfig[] = [];
  registerDriver("lazy", async (config) => {
    configs.push(config);
    await Promise.resolve();
    return openMemory(config);
  });
  assert.deepEqual(configs, []);
  const driver = await openDriver({ persistence: "lazy", rootDir: "here" });
  assert.deepEqual(configs, [{ persistence: "lazy", rootDir: "here" }]);
  await assert.rejects(driver.get("a/../b"), (error) => hasCode(error, "invalid-key"));
});
