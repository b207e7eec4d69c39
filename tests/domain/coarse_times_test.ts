/**
 * The newest of entities in stores whose times are coarse, or whose clock is off.
 */
import assert from "node:assert/strict";
import { createProject, getExperiment, listExperiments, logExperiment } from "../../mod.ts";
import { openComposite } from "../../composite.ts";
import type { Driver, StoreTimes } from "../../drivers/driver.ts";
import { openMemory } from "../../drivers/memory.ts";

const MINUTE = 60_000;

/** A store in memory in which all times are the same, and so long ago. */
function coarse(ago: number, times: StoreTimes): Driver {
  const inner = openMemory({ persistence: "memory", rootDir: crypto.randomUUID() });
  const lastModified = new Date(Date.now() - ago);
  return {
    ...inner,
    times: () => Promise.resolve(times),
    async *list(...args) {
      for await (const entry of inner.list(...args)) yield { ...entry, lastModified };
    },
  };
}

for (
  const [what, driver] of [
    ["coarse times", coarse(MINUTE, { step: 2 * MINUTE, ahead: 0 })],
    ["a clock that is behind", coarse(60 * MINUTE, { step: 1000, ahead: -60 * MINUTE })],
  ] as const
) {
  Deno.test(`lists: the newest is the newest in a store with ${what}`, async () => {
    await using rubicon = await openComposite(driver);
    const project = await createProject(rubicon, { name: "Iris" });
    const logged = [];
    for (let at = 0; at < 5; at++) {
      logged.push(await logExperiment(rubicon, project, { name: "same" }));
    }
    const newest = await listExperiments(rubicon, project, { order: "newest", limit: 2 });
    assert.deepEqual(newest.map(({ id }) => id), [logged[4]!.id, logged[3]!.id]);
    assert.equal((await getExperiment(rubicon, project, { name: "same" })).id, logged[4]!.id);
  });
}
