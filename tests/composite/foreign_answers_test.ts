/** What a composite makes of a bucket in whose place something else answers. */
import assert from "node:assert/strict";
import {
  createProject,
  type Driver,
  logArtifact,
  logExperiment,
  openComposite,
  openDriver,
  readArtifact,
  repair,
  verify,
} from "../../mod.ts";
import { answer, onFake, PAGE } from "../support/on_fake.ts";
import { chunked } from "../support/proxy.ts";

const memory = (): Promise<Driver> =>
  openDriver({ persistence: "memory", rootDir: crypto.randomUUID() });
const data = new Uint8Array(100_000).map((_, at) => at % 251);

onFake(
  "a page in a bucket's place is passed over for the backend that has the data",
  async (world) => {
    const bucket = await world.open({ retries: 0 });
    await using rubicon = await openComposite([bucket, await memory()], { write: "all" });
    const project = await createProject(rubicon, { name: "p" });
    const artifact = await logArtifact(rubicon, project, { name: "a", data });
    const page = answer(
      "200 OK",
      PAGE,
      'etag: "5f3e-4c"\r\nlast-modified: Tue, 24 Nov 2026 00:00:00 GMT\r\n',
    );
    world.proxy.trick = () => page;
    assert.deepEqual(await readArtifact(rubicon, artifact), data);
    await assert.rejects(logExperiment(rubicon, project));
  },
);

onFake("repair copies whole objects from a bucket whose answers have no length", async (world) => {
  const bucket = await world.open();
  const other = await memory();
  {
    await using first = await openComposite(bucket);
    const project = await createProject(first, { name: "p" });
    await logArtifact(first, project, { name: "a", data });
  }
  world.proxy.trick = () => chunked;
  await using rubicon = await openComposite([bucket, other]);
  await repair(rubicon);
  assert.ok((await verify(rubicon, { compare: "bytes" })).clean);
  const sizes = (driver: Driver) =>
    Array.fromAsync(driver.list(""), ({ key, size }) => [key, size]);
  assert.deepEqual((await sizes(other)).sort(), (await sizes(bucket)).sort());
  assert.ok((await sizes(other)).some(([, size]) => size === data.length));
});
