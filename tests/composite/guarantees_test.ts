/** Each cell of the README's tables of guarantees. */
import assert from "node:assert/strict";
import {
  type Experiment,
  listMetrics,
  logMetric,
  type Metric,
  openComposite,
  type ReadPolicy,
  repair,
  status,
  verify,
} from "../../mod.ts";
import { withTables } from "../../.ci/guarantees.ts";
import { contents, type Faulty, refused } from "../support/faulty.ts";
import { outcomeOf, READ_ROWS, world, WRITE, WRITE_FAULTS } from "../support/guarantees.ts";

const holdersOf = async (drivers: Faulty[]) =>
  (await Promise.all(drivers.map(contents))).map((all) =>
    Object.keys(all).some((key) => key.includes("metrics/m/"))
  );

async function madeWhole(drivers: Faulty[], experiment: Experiment): Promise<void> {
  for (const driver of drivers) driver.faults = {};
  await using rubicon = await openComposite(drivers);
  assert.equal((await listMetrics(rubicon, experiment, { read: "merge" })).length, 1);
  await repair(rubicon);
  assert.equal((await verify(rubicon)).clean, true);
  const [first, ...others] = await Promise.all(drivers.map(contents));
  for (const other of others) assert.deepEqual(other, first);
}

const writes = WRITE_FAULTS.flatMap(({ ways, haveIt }) =>
  Object.entries(ways).flatMap(([way, harm]) =>
    [1, 2, 3].flatMap((broken) => WRITE.map((write) => ({ way, harm, haveIt, broken, write })))
  )
);
for (const { way, harm, haveIt, broken, write } of writes) {
  Deno.test(`guarantee: ${broken} of 3 ${way}, write ${write}`, async () => {
    const { drivers, rubicon, experiment } = await world(broken, harm);
    const work = () => logMetric(rubicon, experiment, { name: "m", value: 1, write });
    const there = drivers.map((_, at) => at >= broken || haveIt);
    const { isDone, holders } = outcomeOf(broken, haveIt, write);
    assert.equal(there.filter((has) => has).length, holders);
    if (isDone) {
      await work();
      await rubicon.settled(AbortSignal.timeout(60_000));
      assert.deepEqual(await holdersOf(drivers), there);
      for (const driver of drivers) driver.faults = {};
      const read = await listMetrics(rubicon, experiment);
      assert.equal(read.length, 1, "what was acknowledged is read back");
      assert.deepEqual(
        status(rubicon).map(({ missed }) => missed),
        drivers.map((_, at) => at < broken ? 1 : 0),
      );
      await madeWhole(drivers, experiment);
      return;
    }
    const error = await refused(work);
    assert.deepEqual(
      error.receipts.map(({ outcome }) => outcome),
      drivers.map((_, at) => at < broken ? "failed" : "ok"),
    );
    for (const { label } of drivers) assert.ok(error.message.includes(label));
    assert.deepEqual(await holdersOf(drivers), there, "nothing that is written is hidden");
    for (const driver of drivers) driver.faults = {};
    await using later = await openComposite(drivers);
    await logMetric(later, experiment, error.entity as Metric);
    assert.deepEqual(await holdersOf(drivers), [true, true, true]);
    await madeWhole(drivers, experiment);
  });
}

for (const { ways, cells } of READ_ROWS) {
  for (const [way, harm] of Object.entries(ways)) {
    for (const read of ["first", "merge"] satisfies ReadPolicy[]) {
      Deno.test(`guarantee: the first ${way}, read ${read}`, async () => {
        const { drivers, rubicon: before, experiment } = await world(0, () => {});
        await logMetric(before, experiment, { name: "m", value: 1 });
        await harm(drivers[0]!);
        const rubicon = await openComposite(drivers, { timeoutMs: 30, read, onWarning() {} });
        await cells[read][1]({ drivers, rubicon, experiment });
      });
    }
  }
}

Deno.test("guarantee: the README's tables are those that are tested", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  assert.equal(readme, withTables(readme), "run `deno task guarantees`");
});
