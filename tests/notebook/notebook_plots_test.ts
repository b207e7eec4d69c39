import assert from "node:assert/strict";
import {
  type Composite,
  createProject,
  logDataframe,
  logExperiment,
  openComposite,
  type Project,
  toTable,
} from "../../mod.ts";
import {
  type Displayed,
  plotDataframe,
  plotMetricLists,
  type PlotMetricListsOptions,
  plotParallel,
  type PlotParallelOptions,
  plotScatter,
  type PlotScatterOptions,
} from "../../notebook.ts";
import { refused } from "../support/faulty.ts";
import { elementsOfSvg, type Found, named } from "../support/markup.ts";

const draw = async (plot: Promise<Displayed<"image/svg+xml">>) =>
  elementsOfSvg((await plot).mime["image/svg+xml"]);
const texts = (elements: Found[]) => named(elements, "text").map(({ text }) => text);
const numbers = (elements: Found[], name: string, attribute: string) =>
  named(elements, name).map(({ attributes }) => Number(attributes[attribute]));

/** The dots of a plot, in the order of their names. */
const dots = (elements: Found[]) =>
  named(elements, "circle")
    .map(({ attributes, text }) => ({ ...attributes, text } as Record<string, string>))
    .sort((a, b) => a.text! < b.text! ? -1 : 1);

async function withProject(work: (rubicon: Composite, project: Project) => Promise<void>) {
  await using rubicon = await openComposite({
    persistence: "memory",
    rootDir: crypto.randomUUID(),
  });
  await work(rubicon, await createProject(rubicon, { name: "Iris" }));
}

/** Three experiments: all values, a missing metric, and others. */
async function logThree(rubicon: Composite, project: Project): Promise<void> {
  const runs = [
    { rate: 0.01, kernel: "linear", accuracy: 0.5, losses: [3, 2, 1] },
    { rate: 0.1, kernel: "rbf", accuracy: 0.75, losses: [2, null, 0.5] },
    { rate: 1, kernel: "rbf", accuracy: 1 },
  ];
  for (const [at, { accuracy, losses, ...parameters }] of runs.entries()) {
    await logExperiment(rubicon, project, {
      name: `run ${at}`,
      parameters,
      metrics: { accuracy, ...(losses && { losses }) },
    });
  }
  await logExperiment(rubicon, project, { name: "unfinished", parameters: { rate: 0.5 } });
}

Deno.test("plots: of equal lines each is seen beside the one that lies on it", () =>
  withProject(async (rubicon, project) => {
    for (const [at, rate] of [1, 2, 1, 1].entries()) {
      await logExperiment(rubicon, project, {
        ...{ name: `run ${at}`, parameters: { rate, depth: rate }, metrics: { score: rate / 4 } },
      });
    }
    const elements = await draw(plotParallel(rubicon, project));
    const lines = named(elements, "path").filter(({ text }) => text.startsWith("run "));
    const widths = lines.map((
      { text, attributes },
    ) => [text.slice(0, 5), Number(attributes["stroke-width"])]);
    // The widest is drawn first, and is below the others.
    assert.deepEqual(widths, [["run 0", 6.75], ["run 2", 4.25], ["run 3", 1.75], ["run 1", 1.75]]);
    const note = "2 experiments with the values of another one: wider lines.";
    assert.ok(texts(elements).some((text) => text.includes(note)), texts(elements).join());
  }));

Deno.test("plots: a metric against a parameter, where they belong", () =>
  withProject(async (rubicon, project) => {
    await logThree(rubicon, project);
    const elements = await draw(
      plotScatter(rubicon, project, { x: "rate", y: "accuracy", color: "kernel", xScale: "log" }),
    );
    const found = dots(elements);
    assert.deepEqual(found.map(({ text }) => text), [
      "run 0\nrate: 0.01\naccuracy: 0.5\nkernel: linear",
      "run 1\nrate: 0.1\naccuracy: 0.75\nkernel: rbf",
      "run 2\nrate: 1\naccuracy: 1\nkernel: rbf",
    ]);
    const [x0, x1, x2] = found.map(({ cx }) => Number(cx)) as [number, number, number];
    const [y0, y1, y2] = found.map(({ cy }) => Number(cy)) as [number, number, number];
    assert.ok(Math.abs((x1 - x0) - (x2 - x1)) < 1e-6 && x1 > x0, "as far apart, as logarithms");
    assert.ok(Math.abs((y1 - y0) - (y2 - y1)) < 1e-6 && y1 < y0, "better is higher");
    assert.ok(found[0]!.fill !== found[1]!.fill && found[1]!.fill === found[2]!.fill);
    for (const text of ["rate", "accuracy", "kernel", "linear", "rbf", "4 experiments of Iris"]) {
      assert.ok(texts(elements).includes(text), text);
    }
    assert.ok(texts(elements).includes("1 experiment without both values: not drawn."));
    const table = await toTable(rubicon, project);
    const fewer = { ...table, rows: table.rows.filter(({ kernel }) => kernel === "rbf") };
    const linear = dots(await draw(plotScatter(rubicon, fewer, { x: "rate", y: "accuracy" })));
    assert.equal(linear.length, 2);
  }));

Deno.test("plots: equal points are rings, so that each of them is seen", () =>
  withProject(async (rubicon) => {
    const rows = ["a", "b", "c", "d"].map((name, at) => ({ name, x: at === 3 ? 2 : 1, y: 1 }));
    const table = { columns: ["name", "x", "y"], rows };
    const elements = await draw(plotScatter(rubicon, table, { x: "x", y: "y", color: "name" }));
    const circles = named(elements, "circle").map(({ attributes, text }) => [
      text.slice(0, 1),
      Number(attributes.r),
    ]);
    assert.deepEqual(circles, [["c", 9.5], ["b", 7], ["a", 4.5], ["d", 4.5]], "the widest first");
    assert.ok(texts(elements).includes("2 experiments with the values of another one: rings."));
  }));

Deno.test("plots: times, big integers, booleans, NaN and what is missing", () =>
  withProject(async (rubicon) => {
    const rows = Array.from({ length: 6 }, (_, at) => ({
      name: `r${at}`,
      when: Temporal.Instant.fromEpochMilliseconds(1e12 + at * 864e5),
      day: Temporal.PlainDate.from("2026-01-01").add({ days: at }),
      big: 2n ** 60n + BigInt(at) * 2n ** 58n,
      flag: at % 2 === 0,
      odd: at === 0 ? NaN : at === 1 ? null : at === 2 ? Infinity : at,
      mixed: at % 2 === 0 ? at : "text",
    }));
    const table = { columns: Object.keys(rows[0]!), rows };
    const pairs = [["when", "big", 6], ["day", "odd", 3], ["flag", "when", 6], ["odd", "mixed", 3]];
    for (const [x, y, expected] of pairs as [string, string, number][]) {
      for (const color of ["when", "flag", "odd", "mixed", "name"]) {
        const elements = await draw(plotScatter(rubicon, table, { x, y, color }));
        assert.equal(dots(elements).length, expected, `${x} ${y}`);
        for (const { attributes } of elements) {
          for (const value of Object.values(attributes)) {
            assert.doesNotMatch(value, /NaN|undefined/);
          }
        }
      }
    }
    const none = { columns: ["x", "y"], rows: [{ x: 1 }, { y: 1 }] };
    const empty = await draw(plotScatter(rubicon, none, { x: "x", y: "y" }));
    assert.ok(texts(empty).includes("2 experiments without both values: not drawn."));
  }));

Deno.test("plots: parallel coordinates, one line an experiment", () =>
  withProject(async (rubicon, project) => {
    await logThree(rubicon, project);
    const elements = await draw(plotParallel(rubicon, project));
    const lines = named(elements, "path").filter(({ text }) => text.startsWith("run "));
    assert.equal(lines.length, 3);
    assert.equal(new Set(lines.map(({ attributes }) => attributes.stroke)).size, 3);
    // A list is no place along an axis: it has no axis of its own.
    for (const name of ["kernel", "rate", "accuracy", "0.01", "0.1", "linear", "rbf", "0.75"]) {
      assert.ok(texts(elements).some((text) => text.startsWith(name)), name);
    }
    assert.ok(!texts(elements).includes("losses"));
    assert.ok(texts(elements).some((text) => text.startsWith("1 experiment with a value in one")));
    const [best] = lines.filter(({ text }) => text.startsWith("run 2"));
    const heights = best!.attributes.d!.match(/,[\d.]+/g)!.map((y) => Number(y.slice(1)));
    assert.equal(new Set(heights).size, 1, "the highest value on each axis");
    const two = await draw(
      plotParallel(rubicon, project, { columns: ["rate", "accuracy"], color: "kernel" }),
    );
    assert.ok(texts(two).includes("kernel") && texts(two).includes("rbf"));
  }));

Deno.test("plots: a column over three powers of ten has a logarithmic axis", () =>
  withProject(async (rubicon) => {
    const rows = [1e-4, 1e-2, 1].map((rate, at) => ({ name: `r${at}`, rate, x: at }));
    const elements = await draw(plotParallel(rubicon, { columns: ["rate", "x"], rows }));
    assert.ok(texts(elements).includes("log"));
    for (const { attributes } of named(elements, "path").filter(({ text }) => text[0] === "r")) {
      const [from, to] = attributes.d!.match(/,[\d.]+/g)!;
      assert.equal(from, to, "each is as high on the one axis as on the other");
    }
  }));

Deno.test("plots: lists as a heatmap and as lines", () =>
  withProject(async (rubicon, project) => {
    await logThree(rubicon, project);
    const heatmap = await draw(
      plotMetricLists(rubicon, project, { columnNames: ["first", "second", "third"] }),
    );
    const cells = named(heatmap, "rect").filter(({ text }) => text.startsWith("run "));
    assert.deepEqual(cells.map(({ text }) => text).sort(), [
      ...["run 0\nfirst: 3", "run 0\nsecond: 2", "run 0\nthird: 1"],
      ...["run 1\nfirst: 2", "run 1\nthird: 0.5"],
    ]);
    const of = (text: string) => cells.find((cell) => cell.text === text)!.attributes;
    assert.equal(of("run 0\nsecond: 2").fill, of("run 1\nfirst: 2").fill, "the same number");
    assert.equal(of("run 0\nthird: 1").x, of("run 1\nthird: 0.5").x, "the same column");
    for (const text of ["run 0", "run 1", "first", "third", "2", "0.5"]) {
      assert.ok(texts(heatmap).includes(text), text);
    }
    assert.ok(texts(heatmap).includes("2 experiments without such a list: not drawn."));

    const lines = await draw(plotMetricLists(rubicon, project, { as: "lines" }));
    const paths = named(lines, "path").filter(({ text }) => text.startsWith("run "));
    assert.deepEqual(paths.map(({ text }) => text).sort(), ["run 0", "run 1"]);
    const broken = paths.find(({ text }) => text === "run 1")!;
    assert.equal(broken.attributes.d!.match(/M/g)!.length, 2, "a gap where a number is missing");
  }));

Deno.test("plots: long lists are means, numpy and typed arrays are lists", () =>
  withProject(async (rubicon) => {
    const long = new Float64Array(1_000).map((_, at) => at);
    const rows = [
      { name: "typed", losses: long },
      { name: "numpy", losses: { dtype: "<f8", shape: [1_000], data: long } },
      { name: "matrix", losses: { dtype: "<f8", shape: [10, 100], data: long } },
    ];
    const table = { columns: ["name", "losses"], rows };
    const elements = await draw(plotMetricLists(rubicon, table));
    const cells = named(elements, "rect").filter(({ text }) => /^(typed|numpy)/.test(text));
    assert.equal(cells.length, 2 * Math.ceil(1_000 / 9));
    assert.ok(cells.some(({ text }) => text === "typed\n0: 4"), "the mean of 0 to 8");
    assert.ok(texts(elements).includes("Each cell is the mean of 9 elements in a row."));
    assert.ok(texts(elements).includes("1 experiment without such a list: not drawn."));
  }));

Deno.test("plots: a dataframe as lines, dots and bars, and several in one", () =>
  withProject(async (rubicon, project) => {
    const frames = await Promise.all([1, 2].map(async (factor) => {
      const experiment = await logExperiment(rubicon, project, { name: `factor ${factor}` });
      return await logDataframe(rubicon, experiment, {
        name: "curve",
        rows: [1, 2, 4].map((x) => ({ x, y: x * factor, z: -x, text: `t${x}` })),
      });
    }));
    const [frame] = frames;
    const lines = await draw(plotDataframe(rubicon, frame!, { x: "x" }));
    const paths = named(lines, "path").filter(({ attributes }) => attributes.stroke?.[0] === "#");
    assert.equal(paths.length, 2, "y and z");
    for (const text of ["y", "z", "x", "curve", "3 rows of factor 1"]) {
      assert.ok(texts(lines).includes(text), text);
    }
    const points = await draw(plotDataframe(rubicon, frame!, { x: "x", y: "y", as: "dot" }));
    const [a, b, c] = numbers(points, "circle", "cx") as [number, number, number];
    assert.ok(Math.abs((c - b) - 2 * (b - a)) < 1e-6, "as far apart as their numbers");
    const bars = await draw(
      plotDataframe(rubicon, frame!, { x: "text", y: ["y", "z"], as: "bar" }),
    );
    const heights = named(bars, "rect").filter(({ attributes }) =>
      attributes.y !== undefined && attributes.rx === undefined
    ).map(({ attributes }) => Number(attributes.height));
    assert.equal(heights.length, 6);
    assert.ok(Math.abs(Math.max(...heights) - 4 * Math.min(...heights)) < 1e-6);
    for (const text of ["t1", "t2", "t4"]) assert.ok(texts(bars).includes(text), text);
    const both = await draw(plotDataframe(rubicon, frames, { x: "x", y: "y" }));
    for (const text of ["factor 1", "factor 2", "6 rows of 2 dataframes"]) {
      assert.ok(texts(both).includes(text), text);
    }
    const own = await logDataframe(rubicon, project, { columns: { n: [1, 2] } });
    assert.ok(texts(await draw(plotDataframe(rubicon, own))).includes("2 rows of Iris"));
    const empty = await logDataframe(rubicon, project, {
      columns: { n: [] },
      types: { n: "float64" },
    });
    assert.equal((await refused(() => plotDataframe(rubicon, empty))).code, "invalid-argument");
  }));

Deno.test("plots: nothing is asked of anywhere, and they can be read on any background", () =>
  withProject(async (rubicon, project) => {
    await logThree(rubicon, project);
    const { mime } = await plotScatter(rubicon, project, { x: "rate", y: "accuracy", width: 500 });
    const svg = mime["image/svg+xml"];
    assert.deepEqual(svg.match(/\bhttps?:[^"]*/g), ["http://www.w3.org/2000/svg"]);
    assert.doesNotMatch(svg, /<style|<script|<image|foreignObject|font-face|@import|url\(/);
    const [root, background] = elementsOfSvg(svg);
    assert.equal(root!.attributes.color, "#24292f");
    assert.equal(root!.attributes.width, "528");
    assert.equal(background!.attributes.fill, "#ffffff");
    assert.equal(background!.attributes.width, root!.attributes.width);
    assert.doesNotMatch(svg, /⚠/, "Observable Plot has nothing to warn of");
    assert.match(mime["text/plain"], /^plot: accuracy by rate\n4 experiments of Iris/);
  }));

Deno.test("plots: bad input is refused by name", () =>
  withProject(async (rubicon, project) => {
    await logThree(rubicon, project);
    const frame = await logDataframe(rubicon, project, { rows: [{ x: 1, text: "a" }] });
    const xy = { x: "rate", y: "accuracy" };
    const scatter = (more: Record<string, unknown>) => () =>
      plotScatter(rubicon, project, { ...xy, ...more } as PlotScatterOptions);
    const lists = (more: Record<string, unknown>) => () =>
      plotMetricLists(rubicon, project, more as PlotMetricListsOptions);
    const cases: [() => Promise<unknown>, RegExp][] = [
      [scatter({ x: "depth" }), /no column "depth". There is: kernel, rate, accuracy, losses\./],
      [scatter({ color: "depth" }), /no column "depth"/],
      [scatter({ y: undefined }), /no column undefined/],
      [scatter({ xScale: "sqrt" }), /"linear" or "log", not "sqrt"/],
      [scatter({ x: "kernel", xScale: "log" }), /"kernel" has values that are not above zero/],
      [scatter({ width: 5 }), /width must be a number of pixels/],
      [scatter({ title: 5 }), /title must be text/],
      [scatter({ hue: 5 }), /no option "hue"/],
      [() => plotScatter(rubicon, frame as unknown as Project, xy), /takes a project/],
      [() => plotScatter(undefined as unknown as Composite, project, xy), /a composite first/],
      [() => plotParallel(rubicon, project, { columns: ["rate"] }), /needs two columns/],
      [
        () => plotParallel(rubicon, project, { columns: "rate" } as unknown as PlotParallelOptions),
        /columns must be a list of texts/,
      ],
      [lists({ metric: "accuracy" }), /no experiment has a list of numbers as "accuracy"/],
      [lists({ metric: "depth" }), /no column "depth"/],
      [lists({ as: "pie" }), /"heatmap" or "lines"/],
      [() => plotDataframe(rubicon, []), /one dataframe at least/],
      [() => plotDataframe(rubicon, frame, { y: "z" }), /no column "z"/],
      [() => plotDataframe(rubicon, frame, { y: "text" }), /"text" has no numbers/],
      [() => plotDataframe(rubicon, frame, { x: "x" }), /no column of numbers/],
    ];
    for (const [work, message] of cases) {
      const { code, message: said } = await refused(work);
      assert.equal(code, "invalid-argument");
      assert.match(said, message);
    }
    const nothing = await createProject(rubicon, { name: "Empty" });
    const { message } = await refused(() => plotScatter(rubicon, nothing, xy));
    assert.match(message, /No parameter or metric is logged/);
  }));
