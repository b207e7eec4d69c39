/** The reporter for Vitest: on tests that are made here, and in the real one. */
import assert from "node:assert/strict";
import {
  getProject,
  listDataframes,
  listExperiments,
  listMetrics,
  openComposite,
  readDataframe,
} from "../../mod.ts";
import { type ReportedTest, vitestReporter } from "../../vitest.ts";
import { faulty } from "../support/faulty.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksRealPackages, real } from "../support/real/real.ts";

/** A test as Vitest reports it. */
const reported = (suites: string[], name: string, state: string, meta = {}): ReportedTest => ({
  name,
  fullName: [...suites, name].join(" > "),
  parent: suites.reduce<ReportedTest["parent"]>(
    (parent, name) => ({ type: "suite", name, parent }),
    { type: "module" },
  ),
  result: () => ({ state, errors: state === "failed" ? [{ message: "no\n at /home/me" }] : [] }),
  diagnostic: () => state === "skipped" ? undefined : { duration: 2 },
  meta: () => meta,
});

const moduleOf = (name: string, tests: ReportedTest[]) => ({
  moduleId: `/home/me/${name}`,
  children: { allTests: () => tests },
});

Deno.test("vitest: each outermost suite is an experiment, with a row for each test", async () => {
  await using rubicon = await openComposite({ persistence: "memory", rootDir: "vitest reporter" });
  const reporter = vitestReporter(rubicon, { project: "evals", tags: ["x"], parameters: { m: 1 } });
  await reporter.onTestRunEnd([
    moduleOf("a.test.ts", [
      reported(["s", "inner"], "1", "passed", { scores: { f: 1 }, output: { a: 1 }, n: 3 }),
      reported(["s"], "2", "failed", { scores: { f: 0.5, bad: "text" } }),
      reported(["s"], "3", "skipped"),
      reported([], "4", "passed"),
    ]),
    moduleOf("b.test.ts", [reported(["s"], "1", "skipped")]),
  ]);
  const experiments = await listExperiments(rubicon, await getProject(rubicon, { name: "evals" }));
  assert.deepEqual(experiments.map(({ name, tags }) => [name, tags]), [
    ["s", ["x", "file:a.test.ts"]],
    ["a.test.ts", ["x", "file:a.test.ts"]],
    ["s", ["x", "file:b.test.ts"]],
  ]);
  const metrics = async (at: number) =>
    Object.fromEntries(
      (await listMetrics(rubicon, experiments[at]!)).map(({ name, value }) => [name, value]),
    );
  assert.deepEqual(await metrics(0), {
    ...{ cases: 3, passed: 1, failed: 1, skipped: 1, pass_rate: 0.5, duration_ms: 4, f: 0.75 },
  });
  assert.equal((await metrics(2)).pass_rate, undefined, "none ran");
  const [frame] = await listDataframes(rubicon, experiments[0]!);
  const row = { test: "s > 2", state: "failed", ...{ duration_ms: 2 }, error: "no", f: 0.5 };
  assert.deepEqual((await readDataframe(rubicon, frame!)).rows[1], {
    ...{ ...row, output: null, n: null },
  });
});

Deno.test("vitest: a store that is down is a warning, and no failure of the tests", async () => {
  const down = faulty("down");
  const warnings: string[] = [];
  await using rubicon = await openComposite(down, { onWarning: (one) => warnings.push(one) });
  const reporter = vitestReporter(rubicon, { project: "evals" });
  down.faults = new Proxy({}, { get: () => "before" });
  await reporter.onTestRunEnd([moduleOf("a", [reported([], "1", "passed")])]);
  down.faults = {};
  assert.match(warnings[0]!, /vitestReporter: the run is not logged/);
  for (const [options, message] of [[{}, /project/], [{ project: "p", name: "n" }, /"name"/]]) {
    assert.throws(() => vitestReporter(rubicon, options as never), { message: message as RegExp });
  }
});

Deno.test({
  name: "vitest: the real one runs with the reporter, and its run is logged",
  ignore: ignoredFor("the reporter in the real Vitest", lacksRealPackages()),
  async fn() {
    const found = await real("vitest_run.ts") as {
      name: string;
      metrics: object;
      rows: object[];
    }[];
    assert.deepEqual(found.map(({ name }) => name), ["capitals", "bot.test.js"]);
    const { duration_ms: _time, ...metrics } = found[0]!.metrics as Record<string, number>;
    assert.deepEqual(metrics, {
      ...{
        cases: 3,
        passed: 1,
        failed: 1,
        skipped: 1,
        pass_rate: 0.5,
        factuality: 0.75,
        tone: 0.5,
      },
    });
    const { duration_ms: _spent, ...row } = found[0]!.rows[1] as Record<string, unknown>;
    assert.deepEqual(row, {
      ...{
        test: "capitals > harder ones > of Bhutan",
        state: "failed",
        factuality: 0.5,
        tone: null,
      },
      ...{ input: null, output: null },
      error: "expected 'Paris' to be 'Thimphu' // Object.is equality",
    });
  },
});
