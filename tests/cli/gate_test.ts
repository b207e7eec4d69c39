/** The gate of a CI: which experiments are compared, what passes, and the summary. */
import assert from "node:assert/strict";
import { judge } from "../../cli/commands/gate_judge.ts";
import type { Experiment, Metric } from "../../mod.ts";
import { idOf, makeStore, ok, rubicon } from "../support/cli.ts";

Deno.test("cli: gate compares the newest run with a baseline, by directionality", async () => {
  await using store = await makeStore();
  const gate = (...args: string[]) =>
    rubicon(["gate", "-p", "Iris", "--json", ...args, ...store.roots]);
  const [best, tag, allowed, id, better, loss, lossBest, filtered, absent, nobody] = await Promise
    .all([
      gate("-m", "accuracy"),
      gate("-m", "accuracy", "--baseline", "base"),
      gate("-m", "accuracy", "--min-delta", "-0.05"),
      gate("-m", "accuracy", "--baseline", "run-1"),
      gate("-m", "accuracy", "--baseline", "1111", "--min-delta", "0.2"),
      gate("-m", "loss", "--baseline", "run-1"),
      gate("-m", "accuracy", "-m", "loss", "-e", "run-2", "--baseline", "best"),
      gate("-m", "accuracy", "--where", "tags.has('base')", "--baseline", "best"),
      gate("-m", "nothing", "--baseline", "run-1"),
      gate("-m", "accuracy", "--baseline", "nobody"),
    ]);
  const told = ({ out }: { out: string }) => {
    const { passed, experiment, baselines, checks } = JSON.parse(out);
    return [
      passed,
      experiment.name,
      baselines.map((one: { name: string }) => one.name),
      checks[0].better,
    ];
  };
  assert.deepEqual([best!.code, ...told(best!)], [
    1,
    false,
    "run-3",
    ["run-2"],
    -0.04999999999999993,
  ]);
  assert.deepEqual([tag!.code, ...told(tag!).slice(0, 3)], [1, false, "run-3", ["run-2"]]);
  assert.deepEqual([allowed!.code, told(allowed!)[0]], [0, true]);
  assert.deepEqual([id!.code, ...told(id!).slice(0, 3)], [0, true, "run-3", ["run-1"]]);
  assert.deepEqual([better!.code, told(better!)[0]], [1, false]);
  assert.deepEqual([loss!.code, ...told(loss!)], [1, false, "run-3", ["run-1"], -1.25]);
  assert.deepEqual([lossBest!.code, ...told(lossBest!).slice(0, 2)], [0, true, "run-2"]);
  assert.deepEqual(JSON.parse(lossBest!.out).baselines.map((one: { name: string }) => one.name), [
    ...["run-3", "run-1"],
  ]);
  assert.deepEqual([filtered!.code, ...told(filtered!).slice(0, 3)], [0, true, "run-2", ["run-3"]]);
  assert.equal(absent!.code, 1);
  assert.match(JSON.parse(absent!.out).checks[0].reason, /the experiment has no number in nothing/);
  assert.deepEqual([nobody!.code, nobody!.out], [1, ""]);
});

Deno.test("cli: gate appends Markdown for GitHub to the file that it is given", async () => {
  await using store = await makeStore();
  const { folder, roots } = store;
  await ok(["log", "-p", "Iris", "--name", "a|b`<x>", "-m", "accuracy=0.96", ...roots]);
  const gate = ["gate", "-p", "Iris", "-m", "accuracy", ...roots];
  const file = `${folder}/summary.md`;
  const [shown, env, unset] = await Promise.all([
    rubicon([...gate, "--summary", "-"]),
    rubicon([...gate, "--summary"], { env: { GITHUB_STEP_SUMMARY: file } }),
    rubicon([...gate, "--summary"]),
  ]);
  assert.equal(shown.code, 0, shown.err);
  assert.equal(await Deno.readTextFile(file), shown.out);
  assert.match(env.out, /: passed\n/);
  assert.match(
    shown.out,
    /^## ✅ Passed: <code>a&#124;b&#96;&#60;x&#62;<\/code> of <code>Iris<\/code>\n/,
  );
  assert.match(
    shown.out,
    /^\| ✅ \| <code>accuracy<\/code> \| <code>run-2<\/code>: 0\.95 \| 0\.96 \| \+0\.01 \| 0 \|$/m,
  );
  const widths = shown.out.split("\n").filter((line) => line.startsWith("|")).map((line) =>
    line.match(/ \| |^\| | \|$/g)!.length
  );
  assert.ok(new Set(widths).size <= 2, shown.out);
  assert.equal(unset.code, 2);
  assert.match(unset.err, /GITHUB_STEP_SUMMARY is not set/);
});

Deno.test("cli: the gate's verdict at its edges", () => {
  const experiment = { id: idOf(1) } as Experiment;
  const metric = (value: unknown, directionality: "score" | "loss" = "score") =>
    [{ name: "m", value, directionality }] as Metric[];
  const verdict = (before: Metric[], now: Metric[], minDelta = 0) => {
    const { passed, better } = judge("m", minDelta, { baseline: experiment, metrics: before }, {
      ...{ candidate: experiment, metrics: now },
    });
    return [passed, better];
  };
  assert.deepEqual(verdict(metric(0.5), metric(0.5)), [true, 0]);
  assert.deepEqual(verdict(metric(1, "loss"), metric(2, "loss")), [false, -1]);
  assert.deepEqual(verdict(metric(2, "loss"), metric(1, "loss"), 1), [true, 1]);
  // 0.79 - 0.8 is a little less than -0.01, which is what people ask for.
  assert.ok(0.79 - 0.8 < -0.01);
  assert.equal(verdict(metric(0.8), metric(0.79), -0.01)[0], true);
  assert.equal(verdict(metric(0.8), metric(0.7899999), -0.01)[0], false);
  assert.deepEqual(verdict(metric(0.5), metric(NaN)), [false, null]);
  assert.deepEqual(verdict(metric(NaN), metric(0.5)), [false, null]);
  assert.deepEqual(verdict(metric(0.5), metric("0.9")), [false, null]);
  assert.deepEqual(verdict([], metric(0.9)), [false, null]);
  assert.deepEqual(verdict(metric([9, 1]), metric([0, 2])), [true, 1]);
  assert.deepEqual(verdict(metric(10n), metric(11n)), [true, 1]);
  assert.deepEqual(verdict(metric(Infinity), metric(Infinity)), [true, 0]);
});
