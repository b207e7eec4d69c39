/**
 * Random sequences of logging, deleting, restoring, emptying, faults, restarts and repairs on a composite, against a simple
 * model of what was acknowledged.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  type Composite,
  createProject,
  deleteExperiment,
  emptyTrash,
  type Experiment,
  getExperiment,
  hasCode,
  isRubiconException,
  listExperiments,
  listMetrics,
  listTrash,
  logExperiment,
  logMetric,
  openComposite,
  type Project,
  repair,
  restoreExperiment,
  toTable,
  verify,
} from "../../mod.ts";
import { contents, type Faulty, faulty } from "../support/faulty.ts";

type Act =
  | { do: "log" | "delete" | "restore"; at: number; write: "all" | "quorum" }
  | { do: "empty"; write: "all" | "quorum" }
  | {
    do: "break";
    backend: number;
    verb: "put" | "delete" | "list" | "all";
    fault: "before" | "after";
  }
  | { do: "mend" | "restart" | "repair" };

const BACKENDS = 3;
const EXPERIMENTS = 2;
const at = fc.nat(EXPERIMENTS - 1);
const write = fc.constantFrom("all" as const, "quorum" as const);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("log" as const, "delete" as const, "restore" as const),
      at,
      write,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("empty" as const), write }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("break" as const),
      backend: fc.nat(BACKENDS - 1),
      verb: fc.constantFrom("put" as const, "delete" as const, "list" as const, "all" as const),
      fault: fc.constantFrom("before" as const, "after" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("mend" as const, "restart" as const, "repair" as const),
    }),
  },
);

/** What is known of an experiment: what it may be, and which metrics were acknowledged before it was deleted. */
interface Known {
  experiment: Experiment;
  /** The states that are possible: a call that failed may have done all, nothing or half of it. */
  may: Set<"there" | "trashed" | "gone">;
  acknowledged: Set<string>;
}

class World {
  readonly drivers: Faulty[] = Array.from({ length: BACKENDS }, (_, at) => faulty(`d${at}`));
  rubicon!: Composite;
  project!: Project;
  known: Known[] = [];
  count = 0;

  async open(): Promise<void> {
    this.rubicon = await openComposite(this.drivers, { onWarning() {} });
  }

  async close(): Promise<void> {
    await this.rubicon.settled(AbortSignal.timeout(60_000));
    await this.rubicon.close();
  }

  mend(): void {
    for (const driver of this.drivers) driver.faults = {};
  }

  async act(act: Act): Promise<void> {
    switch (act.do) {
      case "log": {
        const known = this.known[act.at]!;
        const name = `m${++this.count}`;
        const isDone = await this.try(() =>
          logMetric(this.rubicon, known.experiment, { name, value: this.count, write: act.write })
        );
        if (isDone && !known.may.has("gone")) known.acknowledged.add(name);
        return;
      }
      case "delete": {
        const known = this.known[act.at]!;
        const { experiment, may } = known;
        const isDone = await this.try(() =>
          deleteExperiment(this.rubicon, experiment, { write: act.write })
        );
        if (may.has("there")) may.add("trashed");
        if (isDone) may.delete("there");
        return;
      }
      case "restore": {
        const known = this.known[act.at]!;
        const { experiment: { id }, may } = known;
        const isDone = await this.try(() =>
          restoreExperiment(this.rubicon, this.project, { id, write: act.write })
        );
        if (may.has("trashed")) may.add("there");
        if (isDone) known.may = new Set(["there"]);
        return;
      }
      case "empty": {
        const isDone = await this.try(() =>
          emptyTrash(this.rubicon, this.project, { write: act.write })
        );
        for (const { may } of this.known) {
          if (may.has("trashed")) may.add("gone");
          // What may have been restored already is not emptied.
          if (isDone && !may.has("there")) may.delete("trashed");
        }
        return;
      }
      case "break":
        this.drivers[act.backend]!.faults[act.verb] = act.fault;
        return;
      case "mend":
        return this.mend();
      case "restart":
        await this.close();
        return await this.open();
      case "repair":
        await this.try(() => repair(this.rubicon));
    }
  }

  async try(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      await this.rubicon.settled(AbortSignal.timeout(60_000));
      return true;
    } catch (error) {
      assert.ok(isRubiconException(error), String(error));
      return false;
    }
  }

  /** After a repair all backends are the same, and each experiment is all there, in the trash with all, or gone. */
  async check(): Promise<void> {
    this.mend();
    await this.close();
    await this.open();
    const { failures } = await repair(this.rubicon, { conflicts: "majority" });
    assert.deepEqual(failures, []);
    assert.deepEqual((await verify(this.rubicon)).differences, []);
    const listed = await listExperiments(this.rubicon, this.project);
    const { rows } = await toTable(this.rubicon, this.project);
    assert.equal(rows.length, listed.length);
    const trash = await listTrash(this.rubicon, this.project);
    for (const { experiment, may, acknowledged } of this.known) {
      const { id } = experiment;
      const isListed = listed.some((one) => one.id === id);
      const isTrashed = trash.some((one) => one.id === id);
      assert.ok(!isListed || !isTrashed);
      const state = isListed ? "there" : isTrashed ? "trashed" : "gone";
      assert.ok(may.has(state), `it is ${state}, and may be ${[...may]}`);
      if (state === "gone") {
        for (const driver of this.drivers) {
          const keys = Object.keys(await contents(driver));
          assert.ok(!keys.some((key) => key.includes(`/${id}/`) || key.includes(`trash/${id}`)));
        }
        continue;
      }
      if (state === "trashed") {
        const error = await getExperiment(this.rubicon, this.project, { id }).catch((error) =>
          error
        );
        assert.ok(hasCode(error, "not-found"));
        await restoreExperiment(this.rubicon, this.project, { id });
      }
      const names = new Set((await listMetrics(this.rubicon, experiment)).map(({ name }) => name));
      for (const name of acknowledged) assert.ok(names.has(name), `${name} is lost`);
    }
    assert.deepEqual((await verify(this.rubicon)).differences, []);
  }
}

/** What failed once. */
const FAILED_ONCE: [Act[]][] = [
  // The trash was emptied by the one backend that had missed the deletion.
  [[
    { do: "break", backend: 1, verb: "list", fault: "before" },
    { do: "break", backend: 2, verb: "list", fault: "before" },
    { do: "break", backend: 0, verb: "put", fault: "before" },
    { do: "delete", at: 0, write: "quorum" },
    { do: "empty", write: "all" },
  ]],
];

const RUNS = Deno.env.get("CI") === "true" ? 3_000 : 150;

Deno.test(`trash: ${RUNS} random sequences of deletions, faults and repairs lose nothing`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 14 }), async (acts) => {
      const world = new World();
      await world.open();
      world.project = await createProject(world.rubicon, { name: "p" });
      for (let at = 0; at < EXPERIMENTS; at++) {
        const experiment = await logExperiment(world.rubicon, world.project, {
          metrics: { m: at },
        });
        world.known.push({ experiment, may: new Set(["there"]), acknowledged: new Set(["m"]) });
      }
      for (const one of acts) await world.act(one);
      await world.check();
      await world.close();
    }),
    { numRuns: RUNS, endOnFailure: false, examples: FAILED_ONCE },
  );
});
