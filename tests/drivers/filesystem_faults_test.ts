/**
 * Whatever system call fails, and wherever the process is stopped: readers see old bytes or new ones, nothing that was
 * acknowledged is lost, nothing staged stays for good, and no file stays open.
 */
import fc from "npm:fast-check@4.10.2";
import assert from "node:assert/strict";
import { inTurn, openFolder, stagedIn } from "../support/folders.ts";
import { FOLDERS, NAMES, PossibleRun, type Step, type Verb } from "../support/possible.ts";
import { type SystemFault, systemFaults } from "../support/system_faults.ts";

const SEQUENCES = Deno.env.get("CI") === "true" ? 10_000 : 2_000;
/** A fault, and how many calls pass before it. A stop lets no call through any more. */
interface Planned {
  pass: number;
  fault: SystemFault | "stop";
}

const step = fc.record({
  verb: fc.constantFrom<Verb>(
    "put",
    "create",
    "create",
    "stream",
    "tree",
    "delete",
    "get",
    "list",
    "times",
  ),
  folder: fc.constantFrom(...FOLDERS),
  name: fc.constantFrom(...NAMES),
});
const fault = fc.record<SystemFault>({
  code: fc.constantFrom("EIO", "ENOSPC", "EACCES", "EMFILE", "ESTALE", "EINTR"),
  when: fc.constantFrom("before", "after", "short"),
});
const planned: fc.Arbitrary<Planned> = fc.record({
  pass: fc.nat(25),
  fault: fc.oneof({ weight: 8, arbitrary: fault }, { weight: 1, arbitrary: fc.constant("stop") }),
});

async function sequence(batches: Step[][], plan: Planned[], rootDir: string): Promise<void> {
  const open = () => openFolder(rootDir);
  let [at, passed, removals] = [0, 0, 0];
  let isStopped = false;
  const decide = (call: string, path: string): SystemFault | undefined => {
    const next = plan[at];
    if (isStopped) return { code: "EIO", when: "before" };
    if (!next || passed++ < next.pass) return;
    at++;
    passed = 0;
    // A claim that was made although the call says that it was not may be another's.
    const isClaim = call === "openSync" && path.endsWith("-8000-000000000000");
    if (/^(remove|rmdir)/.test(call) || isClaim || next.fault === "stop") removals++;
    if (next.fault !== "stop") return next.fault;
    isStopped = true;
    return { code: "EIO", when: "before" };
  };
  const run = new PossibleRun(open());
  {
    using faults = systemFaults(decide);
    for (const batch of batches) {
      if (isStopped) break;
      await Promise.all(batch.map((step) => run.take(step)));
    }
    assert.equal(faults.openFiles, 0, "files are left open");
  }
  const later = run.by(open());
  await later.check();
  const staged = stagedIn(rootDir);
  assert.ok(removals > 0 || staged.length === 0, `${staged} was left without a reason`);
  const old = new Date(Date.now() - 2 * 3_600_000);
  for (const path of staged) Deno.utimeSync(path, old, old);
  await later.check();
  assert.deepEqual(stagedIn(rootDir), [], "staged files stay");
  for (const { folder, name } of batches.flat()) {
    await later.take({ verb: "put", folder, name });
  }
  await later.check();
}

Deno.test(`filesystem: ${SEQUENCES} sequences of writes survive any system call's failure`, () =>
  inTurn(async (fresh) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 8 }),
        fc.array(planned, { maxLength: 6 }),
        (batches, plan) => sequence(batches, plan, fresh()),
      ),
      { numRuns: SEQUENCES },
    );
  }));
