/**
 * Curves of runs in notebooks: where their lines are, what is left out and said, and that peaks stay.
 */
import assert from "node:assert/strict";
import {
  type Composite,
  createProject,
  type Experiment,
  logExperiment,
  openComposite,
  type Project,
  withRun,
} from "../../mod.ts";
import { display, plotHistory, type PlotHistoryOptions } from "../../notebook.ts";
import { smooth } from "../../viewer/smooth.ts";
import { refused } from "../support/faulty.ts";
import { elementsOfHtml, elementsOfSvg, type Found, named } from "../support/markup.ts";

async function withProject(work: (rubicon: Composite, project: Project) => Promise<void>) {
  await using rubicon = await openComposite({
    persistence: "memory",
    rootDir: crypto.randomUUID(),
  });
  await work(rubicon, await createProject(rubicon, { name: "Iris" }));
}

/** A run whose losses are these, one a second. */
const runOf = (rubicon: Composite, project: Project, name: string, losses: number[]) =>
  withRun(rubicon, project, { name }, (run) => {
    losses.forEach((loss, at) => {
      run.log({ loss, twice: 2 * loss }, { time: new Date(1_800_000_000_000 + at * 1000) });
    });
    return run.experiment;
  });

const draw = async (
  rubicon: Composite,
  runs: Experiment | Experiment[],
  options?: PlotHistoryOptions,
) => elementsOfSvg((await plotHistory(rubicon, runs, options)).mime["image/svg+xml"]);

const texts = (elements: Found[]) => named(elements, "text").map(({ text }) => text);

/** The places of the lines' points, line by line; the ticks of the axes are moved. */
const linesOf = (elements: Found[]) =>
  named(elements, "path").filter(({ attributes }) => !("transform" in attributes))
    .map(({ attributes }) =>
      attributes.d!.split(/[MLZ]/).filter((part) => part !== "").map((part) =>
        part.split(",").map(Number) as [number, number]
      )
    );

/** Whether places lie as values do. */
function assertLike(places: number[], values: number[], direction: 1 | -1) {
  assert.equal(places.length, values.length);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const at = (value: number) => places[values.indexOf(value)]!;
  for (const value of values) {
    const part = (value - low) / (high - low);
    assert.ok(Math.abs(at(low) + part * (at(high) - at(low)) - at(value)) < 0.1, `${value}`);
  }
  assert.ok(Math.sign(at(high) - at(low)) === direction);
}

Deno.test("plotHistory() draws one line a run, where its points belong", () =>
  withProject(async (rubicon, project) => {
    const a = await runOf(rubicon, project, "a", [4, 2, 1, 0.5]);
    const b = await runOf(rubicon, project, "b", [3, 3.5]);
    const elements = await draw(rubicon, [a, b], { metric: "loss" });
    const [first, second, ...more] = linesOf(elements);
    assert.equal(more.length, 0);
    assertLike(first!.map(([x]) => x), [0, 1, 2, 3], 1);
    assertLike(first!.map(([, y]) => y), [4, 2, 1, 0.5], -1);
    assert.deepEqual(second!.map(([x]) => x), first!.slice(0, 2).map(([x]) => x));
    for (const text of ["loss", "step", "a", "b", "2 runs, 6 points"]) {
      assert.ok(texts(elements).includes(text), text);
    }
    const log = linesOf(await draw(rubicon, a, { metric: "loss", log: true }))[0]!;
    assertLike(log.map(([, y]) => y), [2, 1, 0, -1], -1);
  }));

Deno.test("plotHistory() puts steps, times, or time that has passed along the bottom", () =>
  withProject(async (rubicon, project) => {
    const a = await runOf(rubicon, project, "a", [4, 2, 1, 0.5]);
    const time = await draw(rubicon, a, { metric: "loss", x: "time" });
    assert.ok(texts(time).includes("time (UTC)"));
    assertLike(linesOf(time)[0]!.map(([x]) => x), [0, 1, 2, 3], 1);
    const relative = await draw(rubicon, a, { metric: "loss", x: "relative" });
    assert.ok(texts(relative).includes("seconds since the run's first point"));
    assert.ok(texts(relative).includes("3"), "the last of its ticks");
  }));

Deno.test("plotHistory() goes by time where steps were logged in another order", () =>
  withProject(async (rubicon, project) => {
    const run = await withRun(rubicon, project, {}, (run) => {
      for (const [step, loss, second] of [[0, 4, 2], [1, 2, 0], [2, 1, 1]] as const) {
        run.log({ loss }, { step, time: new Date(1_800_000_000_000 + second * 1000) });
      }
      return run.experiment;
    });
    for (const x of ["time", "relative"] as const) {
      const [line] = linesOf(await draw(rubicon, run, { x }));
      assertLike(line!.map(([x]) => x), [0, 1, 2], 1);
      assertLike(line!.map(([, y]) => y), [2, 1, 4], -1);
    }
  }));

Deno.test("plotHistory() smooths without a bias, and keeps what was logged behind", () =>
  withProject(async (rubicon, project) => {
    const losses = [4, 2, 5, 1, 3];
    const a = await runOf(rubicon, project, "a", losses);
    const elements = await draw(rubicon, a, { metric: "loss", smoothing: 0.6 });
    const [raw, smoothed] = linesOf(elements);
    assertLike(raw!.map(([, y]) => y), losses, -1);
    assertLike(smoothed!.map(([, y]) => y), [...smooth(losses, 0.6)], -1);
    assert.equal(smoothed![0]![1], raw![0]![1], "the first is itself");
    assert.ok(texts(elements).includes("1 run, 5 points, smoothed by 0.6"));
  }));

Deno.test("plotHistory() draws few of many points, and each peak", () =>
  withProject(async (rubicon, project) => {
    const losses = Array.from({ length: 50_000 }, (_, at) => at === 31_234 ? 100 : at % 2);
    const a = await runOf(rubicon, project, "a", losses);
    const [line] = linesOf(await draw(rubicon, a, { metric: "loss", width: 400 }));
    assert.ok(line!.length <= 802, `${line!.length} points`);
    const ys = line!.map(([, y]) => y).sort((one, other) => one - other);
    assert.ok(ys[1]! - ys[0]! > 200, "one is far above the others");
  }));

Deno.test("plotHistory() says what it leaves out, and has gaps there", () =>
  withProject(async (rubicon, project) => {
    const a = await runOf(rubicon, project, "a", [1, NaN, 3, 0, 4]);
    const old = await logExperiment(rubicon, project, { name: "old", metrics: { loss: 1 } });
    const one = await runOf(rubicon, project, "one", [2]);
    const elements = await draw(rubicon, [a, old, one], { metric: "loss" });
    assert.ok(texts(elements).includes("1 point not finite: not drawn."));
    assert.ok(texts(elements).includes("Without loss: old"));
    assert.equal(named(elements, "circle").length, 1, "a dot for the run of one point");
    const path = named(elements, "path").find(({ attributes }) =>
      attributes.d?.match(/M/g)?.length === 2
    );
    assert.ok(path, "a line in two pieces");
    const log = texts(await draw(rubicon, a, { metric: "loss", log: true }));
    assert.ok(log.includes("2 points not above zero or not finite: not drawn."));
    assert.ok(texts(await draw(rubicon, [old, a])).includes("loss"), "the first metric there is");
  }));

Deno.test("plotHistory() refuses what it cannot draw, and says what there is", () =>
  withProject(async (rubicon, project) => {
    const a = await runOf(rubicon, project, "a", [0, 0]);
    const old = await logExperiment(rubicon, project, { name: "old" });
    const wrong: [Experiment | Experiment[], unknown, RegExp][] = [
      [[], {}, /takes one experiment at least/],
      [a, { metric: "los" }, /no points of "los" that can be drawn\. There is: loss, twice\./],
      [a, { metric: "loss", log: true }, /no points of "loss" that can be drawn/],
      [old, {}, /the experiment has no points\. They are logged by run\.log/],
      [a, { smoothing: 1 }, /smoothing must be a number from 0 to 0\.999, not 1/],
      [a, { smoothing: NaN }, /smoothing must be/],
      [a, { x: "epoch" }, /x must be "step", "time" or "relative", not "epoch"/],
      [a, { log: "yes" }, /log must be true or false/],
      [a, { colour: "lr" }, /colour/],
    ];
    for (const [runs, options, message] of wrong) {
      const error = await refused(() => plotHistory(rubicon, runs, options as PlotHistoryOptions));
      assert.equal(error.code, "invalid-argument");
      assert.match(error.message, message);
    }
  }));

Deno.test("display() has curves: of an experiment in a table, of a project in its cells", () =>
  withProject(async (rubicon, project) => {
    const losses = Array.from({ length: 20 }, (_, at) => 1 / (at + 1));
    const a = await runOf(rubicon, project, "a", losses);
    await logExperiment(rubicon, project, { name: "old", metrics: { loss: 0.5 } });
    await runOf(rubicon, project, "one", [2]);
    const page = async (...args: Parameters<typeof display>) => {
      const { mime } = await display(...args);
      return { elements: elementsOfHtml(mime["text/html"]), text: mime["text/plain"] };
    };
    const ofRun = await page(rubicon, a);
    assert.equal(named(ofRun.elements, "path").length, 2, "loss and twice");
    assert.match(ofRun.text, /curves\nname +points +last step +last\nloss +20 +19 +0\.05\n/);
    const ofProject = await page(rubicon, project);
    assert.equal(named(ofProject.elements, "path").length, 2, "of the one run with a curve");
    assert.match(ofProject.text, /a .* 0\.05 /);
    const line = named(ofProject.elements, "path")[0]!.attributes.d!;
    assert.equal(line.split("L").length, 20);
    const off = await page(rubicon, project, { curves: false });
    assert.equal(named(off.elements, "path").length, 0);
    assert.equal(off.text, ofProject.text);
    const error = await refused(() => display(rubicon, project, { curves: 1 as never }));
    assert.match(error.message, /curves must be true or false, not 1/);
  }));
