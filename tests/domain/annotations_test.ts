/**
 * Tags and comments by two languages, in one store and through copies: what is in force is the same everywhere.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  addComments,
  addTags,
  archiveProject,
  type Composite,
  createProject,
  type Experiment,
  getExperiment,
  logExperiment,
  logMetric,
  openComposite,
  type Project,
  removeComments,
  removeTags,
  repair,
  restoreArchives,
  RubiconException,
  syncProject,
  verify,
} from "../../mod.ts";
import { type ChangeFile, fold } from "../../domain/format/annotations.ts";
import type { Change } from "../../domain/format/codec.ts";
import { asPython, type Clocked, clocked, readAsPython } from "../support/clocked.ts";
import { contents } from "../support/faulty.ts";

const WHATS = ["tags", "comments"] as const;
type What = typeof WHATS[number];

/** Somebody adds or removes some texts. */
interface Turn {
  by: "deno" | "python";
  what: What;
  verb: "added" | "removed";
  texts: string[];
}

const turn: fc.Arbitrary<Turn> = fc.record({
  by: fc.constantFrom("deno", "python"),
  what: fc.constantFrom(...WHATS),
  verb: fc.constantFrom("added", "removed"),
  texts: fc.uniqueArray(fc.constantFrom("x", "y", "own"), { minLength: 1, maxLength: 3 }),
});

interface Started {
  driver: Clocked;
  rubicon: Composite;
  project: Project;
  experiment: Experiment;
  folder: string;
}

async function start(driver = clocked()): Promise<Started> {
  const rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { tags: ["own"], comments: ["own"] });
  return { driver, rubicon, project, experiment, folder: `p/experiments/${experiment.id}` };
}

const VERBS = {
  tags: { added: addTags, removed: removeTags },
  comments: { added: addComments, removed: removeComments },
};

async function take(
  { driver, rubicon, experiment, folder }: Started,
  { by, what, verb, texts }: Turn,
): Promise<void> {
  if (by === "python") await asPython(driver, folder, what, verb, texts);
  else await VERBS[what][verb](rubicon, experiment, texts);
}

function modelOf(turns: readonly Turn[], what: What): string[] {
  const model = new Set(["own"]);
  for (const turn of turns.filter((turn) => turn.what === what)) {
    for (const text of turn.texts) {
      if (turn.verb === "added") model.add(text);
      else model.delete(text);
    }
  }
  return [...model].sort();
}

/** Both languages read what the model says. */
async function check(
  driver: Clocked,
  { project, experiment, folder }: Started,
  turns: readonly Turn[],
  where: string,
): Promise<void> {
  await using rubicon = await openComposite(driver);
  const found = await getExperiment(rubicon, project, { id: experiment.id });
  for (const what of WHATS) {
    const model = modelOf(turns, what);
    assert.deepEqual([...found[what]].sort(), model, `${where}: ${what} here`);
    assert.deepEqual(
      await readAsPython(driver, folder, what),
      model,
      `${where}: ${what} in Python`,
    );
  }
}

Deno.test("tags and comments by two languages are the same through sync, repair, archive and cp", async () => {
  const order = fc.infiniteStream(fc.integer({ min: 0, max: 99 }));
  const property = fc.asyncProperty(
    fc.array(turn, { maxLength: 8 }),
    fc.array(turn, { maxLength: 3 }),
    order,
    async (turns, more, random) => {
      const started = await start();
      const { rubicon, project, driver } = started;
      for (const one of turns) await take(started, one);
      await check(driver, started, turns, "the store");
      const [synced, restored, repaired] = [clocked(), clocked(), clocked()];
      await using to = await openComposite(synced);
      await syncProject(rubicon, project, { to });
      await check(synced, started, turns, "synced");
      await archiveProject(rubicon, project);
      await using back = await openComposite(restored);
      await restoreArchives(rubicon, project, { to: back });
      await check(restored, started, turns, "restored");
      await using both = await openComposite([driver, repaired]);
      const { clean, failures, conflicts } = await repair(both);
      assert.deepEqual({ clean, failures, conflicts }, {
        clean: true,
        failures: [],
        conflicts: [],
      });
      assert.deepEqual((await verify(both)).differences, []);
      await check(repaired, started, turns, "repaired");
      const shuffled = (keys: string[]) =>
        keys.map((key) => ({ key, at: random.next().value! })).sort((a, b) => a.at - b.at)
          .map(({ key }) => key);
      for (const copy of [synced, restored, repaired]) {
        copy.copied(shuffled);
        await check(copy, started, turns, "cp -r");
      }
      // It goes on, and the copies are brought up to date.
      for (const one of more) await take(started, one);
      const all = [...turns, ...more];
      await syncProject(rubicon, project, { to });
      await check(synced, started, all, "synced again");
      await repair(both);
      await check(repaired, started, all, "repaired again");
      await rubicon.close();
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

Deno.test("verify() finds no difference where rubicon-ml's composite gave files two names", async () => {
  const one = await start();
  const other = clocked();
  await using both = await openComposite([one.driver, other]);
  await repair(both);
  const turns: Turn[] = (["added", "removed", "added", "removed"] as const)
    .map((verb): Turn => ({ by: "python", what: "tags", verb, texts: ["x"] }));
  turns.push({ by: "python", what: "comments", verb: "added", texts: ["x"] });
  for (const turn of turns) {
    await take(one, turn);
    await take({ ...one, driver: other }, turn);
  }
  const before = [await contents(one.driver), await contents(other)];
  assert.deepEqual((await verify(both)).differences, []);
  const { clean, mended } = await repair(both);
  assert.deepEqual([clean, mended], [true, []]);
  assert.deepEqual([await contents(one.driver), await contents(other)], before);
  // One root misses a removal: then they differ, and the later change counts.
  await take(one, { by: "python", what: "comments", verb: "removed", texts: ["x"] });
  assert.equal((await verify(both)).clean, false);
  assert.equal((await repair(both)).clean, true);
  assert.deepEqual(await readAsPython(other, one.folder, "comments"), ["own"]);
  await one.rubicon.close();
});

Deno.test("removeTags() leaves what a later file contradicts out of the file that it rewrites", async () => {
  const python = (verb: Turn["verb"], ...texts: string[]): Turn => ({
    ...{ by: "python", what: "tags", verb, texts },
  });
  const deno = (verb: Turn["verb"], ...texts: string[]): Turn => ({
    ...python(verb, ...texts),
    by: "deno",
  });
  for (
    const turns of [
      [python("added", "x", "y"), python("removed", "y"), deno("removed", "x")],
      [python("removed", "x", "y"), python("added", "y"), deno("added", "x")],
      [deno("added", "x", "y"), python("removed", "y"), deno("removed", "x"), python("added", "x")],
    ]
  ) {
    const started = await start();
    for (const turn of turns) await take(started, turn);
    await check(started.driver, started, turns, JSON.stringify(turns));
    await started.rubicon.close();
  }
});

Deno.test("a tag that was taken back within the second of a store stays taken back", async () => {
  for (const by of ["deno", "python"] as const) {
    const started = await start(clocked(1_000));
    started.driver.clock.step = 10;
    await take(started, { by, what: "tags", verb: "added", texts: ["x"] });
    await take(started, { by: "python", what: "tags", verb: "removed", texts: ["x"] });
    const { tags } = await getExperiment(started.rubicon, started.project, {
      id: started.experiment.id,
    });
    assert.deepEqual(tags, ["own"], `added by ${by}`);
    await started.rubicon.close();
  }
});

Deno.test("a tag stays taken back though the clock of who added it is ahead", async () => {
  const started = await start();
  const { rubicon, driver, folder, project, experiment } = started;
  // A UUIDv7 of next year.
  const ahead = (Date.now() + 31_536_000_000).toString(16).padStart(12, "0");
  const name = `tags_${ahead.slice(0, 8)}-${ahead.slice(8)}-7000-8000-000000000000.json`;
  await driver.put(`${folder}/${name}`, new TextEncoder().encode('{"added_tags":["x","y"]}'));
  await take(started, { by: "python", what: "tags", verb: "removed", texts: ["x"] });
  await removeTags(rubicon, experiment, ["y"]);
  assert.deepEqual((await getExperiment(rubicon, project, { id: experiment.id })).tags, ["own"]);
  await addTags(rubicon, experiment, ["y"]);
  assert.deepEqual((await getExperiment(rubicon, project, { id: experiment.id })).tags, [
    "own",
    "y",
  ]);
  await rubicon.close();
});

/** A driver that waits before each put until the test lets it go on. */
function gated(driver: Clocked) {
  const waiting: (() => void)[] = [];
  const gate: Clocked = {
    ...driver,
    async put(...args) {
      await new Promise<void>((go) => waiting.push(go));
      return await driver.put(...args);
    },
  };
  return { gate, waiting };
}

Deno.test("two processes that take back tags at once leave none for rubicon-ml", async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async (random) => {
      const driver = clocked();
      const started = await start(driver);
      await addTags(started.rubicon, started.experiment, ["x", "y"]);
      const [a, b] = [gated(driver), gated(driver)];
      await using one = await openComposite(a.gate);
      await using two = await openComposite(b.gate);
      let left = 2;
      const done = () => void left--;
      const both = Promise.all([
        removeTags(one, started.experiment, ["x"]).finally(done),
        removeTags(two, started.experiment, ["y"]).finally(done),
      ]);
      while (left > 0) {
        const open = [a.waiting, b.waiting].filter(({ length }) => length > 0);
        if (open.length > 0) open[random.next().value! % open.length]!.shift()!();
        await new Promise((turn) => setTimeout(turn, 0));
      }
      await both;
      assert.deepEqual(await readAsPython(driver, started.folder, "tags"), ["own"]);
      driver.copied((keys) => keys.sort());
      assert.deepEqual(await readAsPython(driver, started.folder, "tags"), ["own"]);
      await started.rubicon.close();
    }),
    { numRuns: 60 },
  );
});

Deno.test("changes by two processes, some of which a backend misses, converge by repair", async () => {
  const change = fc.record({
    verb: fc.constantFrom("added" as const, "removed" as const),
    texts: fc.uniqueArray(fc.constantFrom("x", "y", "own"), { minLength: 1 }),
  });
  // Each takes a tag back first: their rewrites of the file that added both cross.
  const changes = (text: string) =>
    fc.array(change, { maxLength: 2 })
      .map((more) => [{ verb: "removed" as const, texts: [text] }, ...more]);
  await fc.assert(
    fc.asyncProperty(
      changes("x"),
      changes("y"),
      fc.infiniteStream(fc.nat()),
      async (mine, yours, random) => {
        const drivers = [clocked(), clocked()];
        const started = await start(drivers[0]!);
        await repair(await openComposite(drivers));
        await addTags(await openComposite(drivers), started.experiment, ["x", "y"]);
        const gates = [0, 1].map(() =>
          drivers.map((driver) => {
            const gate = gated(driver);
            const { put } = gate.gate;
            // Now and then one does not get it.
            gate.gate.put = (...args) =>
              random.next().value! % 8 === 0 ? Promise.reject(new Error("no room")) : put(...args);
            return gate;
          })
        );
        const waiting = gates.flat().map(({ waiting }) => waiting);
        let left = 2;
        const work = Promise.all([mine, yours].map(async (changes, at) => {
          const backends = gates[at]!.map(({ gate }) => gate);
          const rubicon = await openComposite(backends, { write: "any", onWarning: () => {} });
          for (const { verb, texts } of changes) {
            try {
              await VERBS.tags[verb](rubicon, started.experiment, texts);
            } catch (error) {
              if (!(error instanceof RubiconException)) throw error;
            }
          }
          left--;
          await rubicon.close();
        }));
        while (left > 0 || waiting.some(({ length }) => length > 0)) {
          const open = waiting.filter(({ length }) => length > 0);
          if (open.length > 0) open[random.next().value! % open.length]!.shift()!();
          await new Promise((turn) => setTimeout(turn, 0));
        }
        await work;
        await using both = await openComposite(drivers);
        assert.equal((await repair(both)).clean, true);
        assert.deepEqual((await verify(both)).differences, []);
        const read = async (driver: Clocked) => {
          await using alone = await openComposite(driver);
          const { project, experiment } = started;
          return (await getExperiment(alone, project, { id: experiment.id })).tags.sort();
        };
        assert.deepEqual(await read(drivers[0]!), await read(drivers[1]!));
        await started.rubicon.close();
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a parent is copied with its tags as they are in force", async () => {
  const started = await start();
  for (const verb of ["added", "removed"] as const) {
    await take(started, { by: "python", what: "tags", verb, texts: ["x", "own"] });
  }
  const other = clocked();
  await using both = await openComposite([started.driver, other]);
  await logMetric(both, started.experiment, { name: "m", value: 1 });
  other.copied((keys) => keys.sort().reverse());
  assert.deepEqual(await readAsPython(other, started.folder, "tags"), []);
  other.copied((keys) => keys.sort());
  assert.deepEqual(await readAsPython(other, started.folder, "tags"), []);
  await started.rubicon.close();
});

Deno.test("a comment that is added twice is one, as in rubicon-ml", async () => {
  const { rubicon, project, experiment, driver, folder } = await start();
  const changed = await addComments(rubicon, experiment, ["x", "x", "own"]);
  assert.deepEqual(changed.comments, ["own", "x"]);
  assert.deepEqual((await getExperiment(rubicon, project, { id: experiment.id })).comments, [
    "own",
    "x",
  ]);
  assert.deepEqual(await readAsPython(driver, folder, "comments"), ["own", "x"]);
  await rubicon.close();
});

Deno.test("addTags() on an older copy gives all tags that are in force", async () => {
  const { rubicon, project, experiment } = await start();
  await addTags(rubicon, experiment, ["x"]);
  const changed = await addTags(rubicon, experiment, ["y"]);
  assert.deepEqual(changed, await getExperiment(rubicon, project, { id: experiment.id }));
  await rubicon.close();
});

Deno.test("A change of a folder whose time is a whole second by chance is in its place", () => {
  const file = (name: string, at: number, change: Partial<Change>): ChangeFile => ({
    key: `p/tags_${name}.json`,
    lastModified: new Date(at),
    change: { added: [], removed: [], ...change },
  });
  const ours = "019a0000-0000-7000-8000-000000000000";
  const theirs = "2b1f8f5e-7a54-4c1b-9f43-3f2a9a5f0c11";
  // Python adds the tag again in the second in which it was taken back here.
  const files = [
    file(ours, 1_700_000_000_000, { removed: ["a"] }),
    file(theirs, 1_700_000_000_004, { added: ["a"] }),
  ];
  assert.deepEqual(fold("tags", ["a"], files), ["a"]);
  // A bucket tells whole seconds: there nobody takes back what is not there yet.
  const inBucket = files.map((one) => ({ ...one, lastModified: new Date(1_700_000_000_000) }));
  assert.deepEqual(fold("tags", ["a"], inBucket), []);
});
