/** What the compiler says of configurations: slips are errors in the editor, and refused when the program runs as well. */
import assert from "node:assert/strict";
import {
  type BackendConfig,
  type DriverConfig,
  openComposite,
  openDriver,
  registerDriver,
} from "../../mod.ts";
import { openMemory } from "../../drivers/memory.ts";
import { refused } from "../support/faulty.ts";

declare module "../../drivers/registry.ts" {
  interface DriverConfigs {
    "config-types": { rootDir: string; speed?: number };
  }
}
const open = (config: DriverConfig) => openMemory(config);
registerDriver("config-types", open, { options: ["speed"] });
registerDriver("config-types-undeclared", open, { options: ["speed"] });

Deno.test("configurations: a slip in an option of a built-in driver is an error to the compiler", async () => {
  const slips = [
    // @ts-expect-error -- rootDir
    () => openComposite({ persistence: "memory", rootdir: "a" }),
    // @ts-expect-error -- rootDir
    () => openComposite([{ persistence: "memory" }, { persistence: "filesystem", rootdir: "a" }]),
    // @ts-expect-error -- durable
    () => openComposite({ persistence: "filesystem", rootDir: "a", fsync: true }),
    // @ts-expect-error -- endpoint
    () => openComposite({ persistence: "s3", rootDir: "s3://bucket", endpiont: "a" }),
    // @ts-expect-error -- timeoutMs
    () => openComposite({ persistence: "memory", timeoutMs: "1" }),
    // @ts-expect-error -- mode
    () => openComposite({ persistence: "memory", mode: "later" }),
    // @ts-expect-error -- true or false
    () => openComposite({ persistence: "filesystem", rootDir: "a", durable: "yes" }),
  ];
  for (const slip of slips) assert.equal((await refused(slip)).code, "invalid-config");
  // @ts-expect-error -- rootDir
  const annotated: BackendConfig[] = [{ persistence: "memory", rootdir: "a" }];
  assert.match((await refused(() => openComposite(annotated))).message, /mean "rootDir"/);
});

Deno.test("configurations: a driver of one's own declares its options by merging", async () => {
  const rootDir = crypto.randomUUID();
  await using rubicon = await openComposite({ persistence: "config-types", rootDir, speed: 1 });
  assert.equal(rubicon.backends.length, 1);
  // @ts-expect-error -- speed
  const slip = () => openComposite({ persistence: "config-types", rootDir, sped: 1 });
  assert.match((await refused(slip)).message, /mean "speed"/);
});

Deno.test("configurations: what is known only at run time needs no annotation", async () => {
  const rootDir = crypto.randomUUID();
  const wide = { persistence: "memory", rootDir };
  await (await openComposite(wide)).close();
  await (await openComposite([wide, { persistence: "memory", rootDir: `${rootDir}-2` }])).close();
  const persistence = "config-types-undeclared";
  await (await openComposite({ persistence, rootDir: `${rootDir}-3`, speed: 1 })).close();
  const listed: BackendConfig<string>[] = [{ persistence, rootDir: `${rootDir}-4` }, wide];
  await (await openComposite(listed)).close();
  const driver: DriverConfig = { persistence, rootDir };
  await (await openComposite(driver)).close();
  await (await openComposite({ driver: await openDriver(driver), label: "a" })).close();
});

Deno.test("configurations: a bucket may be spelled as rubicon-ml does, with its options", async () => {
  const secretAccessKey = "secret";
  await using rubicon = await openComposite({
    persistence: "filesystem",
    rootDir: "s3://bucket/prefix",
    endpoint: "http://127.0.0.1:9",
    accessKeyId: "key",
    secretAccessKey,
  });
  assert.equal(rubicon.backends[0]!.persistence, "s3");
});
