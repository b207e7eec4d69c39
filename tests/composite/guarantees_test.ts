/**
 * Each cell of the README's table of guarantees: three backends, some of which are at fault.
 */
import assert from "node:assert/strict";
import {
  createProject,
  type Experiment,
  listMetrics,
  logExperiment,
  logMetric,
  type Metric,
  openComposite,
  repair,
  RubiconException,
  status,
  verify,
  type WritePolicy,
} from "../../mod.ts";
import { contents, type Faulty, faulty, refused } from "../support/faulty.ts";

const README = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
const POLICIES: WritePolicy[] = ["all", "quorum", "any"];
const NEEDED = { all: 3, quorum: 2, any: 1 };

/** How a backend can be at fault while something is written, and whether it has it all the same. */
const FAULTS: [name: string, harm: (driver: Faulty) => void, hasIt: boolean][] = [
  ["down", (driver) => driver.faults = { put: "before" }, false],
  ["hanging", (driver) => driver.faults = { put: "hang" }, false],
  ["full", (driver) => refuse(driver, "unavailable", "no space left"), false],
  ["read-only", (driver) => refuse(driver, "permission-denied", "read-only"), false],
  ["its answer is lost", (driver) => driver.faults = { put: "after" }, true],
];

function refuse(driver: Faulty, code: "unavailable" | "permission-denied", why: string): void {
  const put = driver.put;
  let well = false;
  driver.put = (...args) =>
    well ? put(...args) : Promise.reject(new RubiconException(code, `${driver.label}: ${why}`));
  // `faults = {}` mends it, as it does the others.
  Object.defineProperty(driver, "faults", { get: () => ({}), set: () => well = true });
}

async function world(broken: number, harm: (driver: Faulty) => void) {
  const drivers = [faulty("x"), faulty("y"), faulty("z")];
  const before = await openComposite(drivers);
  const project = await createProject(before, { name: "p" });
  const experiment = await logExperiment(before, project);
  for (const driver of drivers.slice(0, broken)) harm(driver);
  const rubicon = await openComposite(drivers, { timeoutMs: 30, onWarning: () => {} });
  return { drivers, rubicon, experiment };
}

const holders = async (drivers: Faulty[]) =>
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

for (const broken of [1, 2, 3]) {
  for (const [fault, harm, hasIt] of FAULTS) {
    for (const write of POLICIES) {
      Deno.test({
        name: `guarantee: ${broken} of 3 ${fault}, write ${write}`,
        async fn() {
          const { drivers, rubicon, experiment } = await world(broken, harm);
          const work = () => logMetric(rubicon, experiment, { name: "m", value: 1, write });
          const there = drivers.map((_, at) => at >= broken || hasIt);
          if (3 - broken >= NEEDED[write]) {
            await work();
            await rubicon.settled(AbortSignal.timeout(5_000));
            assert.deepEqual(await holders(drivers), there);
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
          assert.deepEqual(await holders(drivers), there, "nothing that is written is hidden");
          for (const driver of drivers) driver.faults = {};
          await using later = await openComposite(drivers);
          await logMetric(later, experiment, error.entity as Metric);
          await madeWhole(drivers, experiment);
        },
      });
    }
  }
}

/** How the first backend can be at fault while something is read. */
const READ_FAULTS: [name: string, harm: (driver: Faulty) => Promise<void>][] = [
  ["down", (driver) => Promise.resolve(void (driver.faults = { all: "before" }))],
  ["hanging", (driver) => Promise.resolve(void (driver.faults = { all: "hang" }))],
  ["empty", async (driver) => {
    for (const key of Object.keys(await contents(driver))) await driver.delete(key);
  }],
  ["corrupt", async (driver) => {
    for (const key of Object.keys(await contents(driver))) {
      await driver.put(key, new Uint8Array([123]));
    }
  }],
];

for (const [fault, harm] of READ_FAULTS) {
  for (const read of ["first", "merge"] as const) {
    Deno.test({
      name: `guarantee: the first ${fault}, read ${read}`,
      async fn() {
        const { drivers, rubicon: before, experiment } = await world(0, () => {});
        await logMetric(before, experiment, { name: "m", value: 1 });
        await harm(drivers[0]!);
        const rubicon = await openComposite(drivers, { timeoutMs: 30, read });
        assert.equal((await listMetrics(rubicon, experiment)).length, 1);
      },
    });
  }
}

Deno.test("guarantee: the README's table names every fault that is tested", () => {
  const [, section] = README.split("## What is guaranteed");
  const table = section!.split("\n## ")[0]!;
  for (const [fault] of [...FAULTS, ...READ_FAULTS]) assert.ok(table.includes(fault), fault);
  for (const policy of [...POLICIES, "first", "merge"]) {
    assert.ok(table.includes(`\`${policy}\``), policy);
  }
});
