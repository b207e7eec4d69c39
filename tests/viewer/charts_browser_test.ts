import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { comesTo, lacksBrowser } from "../support/browser.ts";
import { ignoredFor } from "../support/parts.ts";
import { type ChartsPage, openCharts } from "./support/charts_page.ts";
import { sweep } from "./support/charts_data.ts";

const ignore = ignoredFor("charts in a browser", await lacksBrowser());

const test = (name: string, work: (charts: ChartsPage) => Promise<void>) =>
  ({ name, work }) as const;

const column = (count: number, name: string) =>
  sweep(count).columns.find((one) => one.name === name)!.values as number[];

const TESTS = [
  test("curves: a chart a metric, built when it is seen, near ones alone", async (charts) => {
    await charts.mount({ chart: "Curves", runs: 5 });
    await charts.untilDrawn(".chart-curve canvas:nth-of-type(2)");
    const { page } = charts;
    await comesTo(page, () => page.locator(".chart-slot").count(), 6);
    await page.setViewportSize({ width: 500, height: 400 });
    await page.waitForFunction(() => document.querySelectorAll(".chart-curve").length < 6);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.waitForFunction(() => document.querySelectorAll(".chart-curve").length === 6);
  }),
  test("curves: drawn at two points a pixel at most, with 10,000 a run", async (charts) => {
    await charts.mount({ chart: "Curves", runs: 3, points: 10_000, settings: { q: "train/loss" } });
    await charts.untilDrawn(".chart-curve canvas:nth-of-type(2)");
    const { width } = await charts.box(".chart-curve");
    await charts.untilHas(".chart-curve", "aria-label", /^train\/loss of 3 runs/);
    const points = Number(await charts.page.locator(".chart-curve").getAttribute("data-points"));
    assert.ok(points > width && points <= 3 * 2 * width, `${points} points on ${width} pixels`);
  }),
  test("curves: a drag zooms all charts, 0 shows all again", async (charts) => {
    await charts.mount({ chart: "Curves", runs: 3 });
    await charts.untilDrawn(".chart-curve canvas:nth-of-type(2)");
    await charts.untilHas(".chart-curve", "aria-label", /of 3 runs/);
    const { x, y, width } = await charts.box(".chart-curve");
    const labels = () =>
      charts.page.locator(".chart-curve").evaluateAll((all) =>
        all.map((one) => /step from (\S+ to \S+),/.exec(one.getAttribute("aria-label")!)?.[1])
      );
    const whole = await labels();
    await charts.drag([x + width / 2, y + 80], [x + width * 0.75, y + 80]);
    const { settings } = await charts.until((seen) => "z" in seen.settings);
    const [low, high] = settings.z as [number, number];
    assert.ok(low > 1000 && high < 2600 && low < high, `${low} to ${high}`);
    await comesTo(charts.page, labels, (all) => all[0] !== whole[0] && new Set(all).size === 1);
    await charts.page.locator(".chart-curve").first().press("0");
    await charts.until((seen) => !("z" in seen.settings));
  }),
  test("curves: the pointer names runs, keys read values and open a run", async (charts) => {
    await charts.mount({ chart: "Curves", runs: 3 });
    await charts.untilDrawn(".chart-curve canvas:nth-of-type(2)");
    await charts.untilHas(".chart-curve", "aria-label", /of 3 runs/);
    const { x, y, width } = await charts.box(".chart-curve");
    await charts.page.mouse.move(x + width / 2, y + 100);
    for (const name of sweep(3).columns[0]!.values!) {
      await charts.untilSays(".chart-tip", new RegExp(String(name)));
    }
    await charts.page.mouse.move(0, 0);
    const chart = charts.page.locator(".chart-curve").nth(2);
    await chart.locator("canvas").nth(1).waitFor();
    await chart.press("ArrowRight");
    await chart.press("ArrowDown");
    await charts.untilSays(".chart-card [role=status]", /-\d: [−\d.e-]+ at \d+/, 2);
    await chart.press("Enter");
    const { opened } = await charts.until((seen) => seen.opened.length === 1);
    assert.ok(opened[0]! < 3);
  }),
  test("curves: smoothing, groups and pins are settings; a pinned chart is first", async (charts) => {
    await charts.mount({ chart: "Curves", runs: 12 });
    const { page } = charts;
    await page.getByLabel("Smoothing, 0 to 0.999").fill("0.9");
    await page.getByLabel("Smoothing, 0 to 0.999").press("Enter");
    await page.getByLabel("Group by").selectOption({ label: "optimizer" });
    await page.getByRole("button", { name: "Pin val/loss to the top" }).click();
    await charts.untilSettings({ s: 0.9, g: "p.optimizer", p: ["val/loss"] });
    await page.waitForFunction(() =>
      document.querySelector(".chart-title")!.textContent === "val/loss"
    );
    // None of the groups stands out unless the pointer is on it.
    await page.mouse.move(0, 0);
    await page.waitForFunction(() => document.querySelectorAll(".chart-dim").length === 0);
    const groups = new Set(column(12, "optimizer"));
    await charts.untilHas(".chart-curve", "aria-label", new RegExp(`of ${groups.size} groups`));
  }),
  test("curves: what cannot be read is said with its reason, and can be tried again", async (charts) => {
    await charts.mount({ chart: "Curves", runs: 3, broken: true });
    await charts.untilSays(".chart-error", /^3 runs could not be read: .*does not answer/);
    await charts.until(({ loads }) => loads === 3);
    await charts.page.getByRole("button", { name: "Try again" }).click();
    await charts.until(({ loads }) => loads === 6);
    await charts.untilSays(".chart-error", /^3 runs could not be read/);
  }),
  test("parallel: a drag along an axis selects the runs within, a click there clears", async (charts) => {
    await charts.mount({ chart: "Parallel", runs: 40 });
    await charts.untilDrawn(".chart-plane canvas:nth-of-type(2)");
    const axes = charts.page.locator(".chart-axis");
    const { x, width } = (await axes.last().boundingBox())!;
    const plane = await charts.box(".chart-plane");
    const at = x + width / 2;
    await charts.drag([at, plane.y + 50], [at, plane.y + 150]);
    // The settings have the brush once it is let go; the selection follows it.
    const seen = await charts.until(({ settings }) => "b" in settings);
    const [[low, high]] = (seen.settings.b as Record<string, [[number, number]]>)["m.accuracy"]!;
    const expected = column(40, "accuracy").flatMap((value, row) =>
      value !== null && value >= low && value <= high ? [row] : []
    );
    assert.ok(expected.length > 0 && expected.length < 40);
    await charts.untilSelected(expected);
    await charts.page.mouse.click(at, plane.y + 350);
    await charts.until(({ settings, selected }) => !("b" in settings) && selected.length === 0);
  }),
  test("parallel: a finger along an axis selects, and scrolls nothing", async (charts) => {
    await charts.mount({ chart: "Parallel", runs: 40 });
    await charts.untilDrawn(".chart-plane canvas:nth-of-type(2)");
    const { x, width } = (await charts.page.locator(".chart-axis").last().boundingBox())!;
    const plane = await charts.box(".chart-plane");
    const touch = await charts.page.context().newCDPSession(charts.page);
    await touch.send("Emulation.setTouchEmulationEnabled", { enabled: true });
    const at = (y: number) => [{ x: x + width / 2, y: plane.y + y }];
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(60) });
    for (const y of [70, 90, 120, 160]) {
      await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(y) });
    }
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    const { settings } = await charts.until((seen) => "b" in seen.settings);
    const [[low, high]] = (settings.b as Record<string, [[number, number]]>)["m.accuracy"]!;
    const expected = column(40, "accuracy").flatMap((value, row) =>
      value !== null && value >= low && value <= high ? [row] : []
    );
    assert.ok(expected.length > 0 && expected.length < 40);
    await charts.untilSelected(expected);
    await touch.send("Emulation.setTouchEmulationEnabled", { enabled: false });
    await touch.detach();
  }),
  test("charts are saved as PNG, twice as fine as they are shown", async (charts) => {
    const CHARTS = [["Parallel", 2], ["Scatter", 1], ["Heatmap", 1], ["FramePlot", 2]] as const;
    for (const [chart, layer] of CHARTS) {
      await charts.mount({ chart, runs: 8 });
      await charts.untilDrawn(`.chart-room canvas:nth-of-type(${layer})`);
      const download = charts.page.waitForEvent("download");
      await charts.page.locator(".chart-icon[aria-label$='as PNG']").click();
      const file = await download;
      assert.match(file.suggestedFilename(), /^[^/]+\.png$/);
      const bytes = await Deno.readFile(await file.path());
      const view = new DataView(bytes.buffer);
      assert.equal(view.getUint32(0), 0x89504e47, chart);
      assert.ok(view.getUint32(16) > 1_200, `${view.getUint32(16)} pixels wide`);
      const colours = await charts.page.evaluate(async (base64) => {
        const picture = await createImageBitmap(
          await (await fetch(`data:image/png;base64,${base64}`)).blob(),
        );
        const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d")!;
        pen.drawImage(picture, 0, 0);
        return new Set(
          new Uint32Array(
            pen.getImageData(0, 0, picture.width, picture.height).data.buffer,
          ),
        ).size;
      }, bytes.toBase64());
      assert.ok(colours > 20, `${chart}: ${colours} colours`);
    }
  }),
  test("parallel: brushed, moved and flipped by keyboard alone", async (charts) => {
    await charts.mount({
      chart: "Parallel",
      runs: 40,
      settings: { a: ["p.depth", "p.lr", "m.accuracy"] },
    });
    const { page } = charts;
    await page.locator(".chart-axis-name").first().press("Enter");
    await page.getByRole("spinbutton", { name: "From" }).fill("6");
    await page.getByRole("spinbutton", { name: "From" }).press("Enter");
    const depths = column(40, "depth");
    const expected = depths.flatMap((depth, row) => depth >= 6 ? [row] : []);
    await charts.untilSelected(expected);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator(".chart-axis-name").first().press("ArrowRight");
    await charts.untilHas(".chart-axis-name", "aria-label", /^Axis depth/, 1);
    await page.locator(".chart-axis-name").nth(1).press("f");
    await charts.until(({ settings }) =>
      isDeepStrictEqual([settings.a, settings.f], [["p.lr", "p.depth", "m.accuracy"], ["p.depth"]])
    );
    await charts.untilHas(".chart-axis-name", "aria-label", /depth \(flipped, brushed\)/, 1);
  }),
  test("parallel: an axis is dragged to another place", async (charts) => {
    await charts.mount({
      chart: "Parallel",
      runs: 10,
      settings: { a: ["p.depth", "p.lr", "m.accuracy"] },
    });
    const names = charts.page.locator(".chart-axis-name");
    await charts.untilDrawn(".chart-plane canvas:nth-of-type(2)");
    const [from, to] = [(await names.nth(0).boundingBox())!, (await names.nth(1).boundingBox())!];
    await charts.drag([from.x + 5, from.y + 5], [to.x + to.width + 20, to.y + 5]);
    await charts.untilSettings({ a: ["p.lr", "p.depth", "m.accuracy"] });
  }),
  test("parallel: the brush of an address selects; another selection clears it", async (charts) => {
    await charts.mount({
      chart: "Parallel",
      runs: 40,
      settings: { b: { "p.optimizer": [["adam", "adamw"]] } },
    });
    const optimizers = column(40, "optimizer") as unknown as string[];
    const expected = optimizers.flatMap((name, row) => name.startsWith("adam") ? [row] : []);
    await charts.untilSelected(expected);
    await charts.page.evaluate(() =>
      (globalThis as unknown as { seen: { select(rows: number[]): void } }).seen.select([1, 2])
    );
    await charts.untilSettings({});
    await charts.untilSelected([1, 2]);
  }),
  test("parallel: a selection that was made elsewhere stays, the older brush goes", async (charts) => {
    await charts.mount({
      chart: "Parallel",
      runs: 40,
      settings: { b: { "p.optimizer": [["adam", "adamw"]] } },
      selected: [3, 4],
    });
    await charts.untilSettings({});
    await charts.untilSelected([3, 4]);
    await charts.untilSays(".chart-note[role=status]", /^2 runs of 40/);
  }),
  test("parallel: 10,000 lines are drawn, and those of a brush alone are bright", async (charts) => {
    await charts.mount({
      chart: "Parallel",
      runs: 10_000,
      settings: { b: { "p.depth": [[6, 8]] } },
    });
    const depths = column(10_000, "depth");
    const expected = depths.filter((depth) => depth >= 6 && depth <= 8).length;
    await charts.page.waitForFunction((count) => {
      const [ground, bright] = document.querySelectorAll<HTMLCanvasElement>(".chart-plane canvas");
      return ground?.dataset.drawn === "10000" && bright?.dataset.drawn === String(count);
    }, expected);
    const colours = () => charts.colours(".chart-plane canvas:nth-of-type(2)");
    await comesTo(charts.page, colours, (found) => found > 10);
  }),
  test("scatter: a box selects, shift adds, a click on nothing clears", async (charts) => {
    await charts.mount({ chart: "Scatter", runs: 40, settings: { x: "p.lr", y: "m.accuracy" } });
    await charts.untilDrawn(".chart-plot canvas");
    const { x, y, width, height } = await charts.box(".chart-plot");
    await charts.drag([x + 60, y + 20], [x + width / 2, y + height - 45]);
    const left = (await charts.until((now) => now.selected.length > 0)).selected;
    const rates = column(40, "lr");
    const most = Math.max(...left.map((row) => rates[row]!));
    assert.ok(
      rates.every((rate, row) =>
        left.includes(row) || rate > most || rate === null || column(40, "accuracy")[row] === null
      ),
    );
    await charts.page.keyboard.down("Shift");
    await charts.drag([x + width / 2, y + 20], [x + width - 2, y + height - 45]);
    await charts.page.keyboard.up("Shift");
    const all = column(40, "accuracy").filter((value) => value !== null).length;
    await charts.until((now) => now.selected.length === all);
    await charts.page.mouse.click(x + 30, y + height - 5);
    await charts.until((now) => now.selected.length === 0);
  }),
  test("scatter: equal points are told by the tooltip; keys go from run to run", async (charts) => {
    await charts.mount({
      chart: "Scatter",
      runs: 60,
      settings: { x: "p.optimizer", y: "p.depth" },
    });
    const plot = charts.page.locator(".chart-plot");
    await charts.untilDrawn(".chart-plot canvas");
    await plot.press("ArrowRight");
    const same = sweep(60).columns;
    const [optimizer, depth] = ["optimizer", "depth"].map((name) =>
      same.find((one) => one.name === name)!.values!
    );
    const equal =
      optimizer!.filter((one, row) => one === optimizer![0] && depth![row] === depth![0]).length;
    assert.ok(equal > 1);
    await charts.untilSays(".chart-tip", new RegExp(`${equal} runs have these two values`));
    await plot.press(" ");
    await charts.untilSelected([0]);
    await plot.press("Enter");
    await comesTo(charts.page, async () => (await charts.seen()).opened, [0]);
  }),
  test("heatmap: keys read cells, a head sorts, a row is selected", async (charts) => {
    await charts.mount({ chart: "Heatmap", runs: 30 });
    await charts.untilDrawn(".chart-heat-plane canvas");
    const plane = charts.page.locator(".chart-heat-plane");
    await plane.press("ArrowRight");
    const lists = column(30, "importances") as unknown as number[][];
    await charts.untilSays(".chart-hidden[role=status]", new RegExp(`, 0: ${lists[0]![0]}$`));
    await plane.press("s");
    await charts.until(({ settings }) => settings.o === 0);
    await plane.press(" ");
    const best = lists.map((list) => list[0]!).indexOf(Math.max(...lists.map((list) => list[0]!)));
    await charts.untilSelected([best]);
  }),
  test("heatmap: its columns are named by a parameter, by what is given, or by number", async (charts) => {
    const names = Array.from({ length: 8 }, (_, at) => `feature ${at}`);
    const file = sweep(30);
    const values = file.ids.map((_, row) => row === 0 ? ["other"] : row < 3 ? names : null);
    file.columns.push({ kind: "parameter", name: "names", values });
    const given = names.map((name) => `given ${name}`);
    await charts.mount({ chart: "Heatmap", runs: 30, file, settings: { l: given } });
    await charts.untilDrawn(".chart-heat-plane canvas");
    const plane = charts.page.locator(".chart-heat-plane");
    const menu = charts.page.getByRole("combobox", { name: "Columns" });
    const says = async (expected: RegExp) => {
      await plane.focus();
      await plane.press("ArrowLeft");
      await charts.untilSays(".chart-hidden[role=status]", expected);
    };
    await says(/, given feature 0: /);
    await menu.selectOption({ label: "named by names" });
    await charts.untilSettings({ l: given, n: "p.names" });
    await says(/, feature 0: /);
    await menu.selectOption({ label: "by number" });
    await charts.untilSettings({ l: given, n: "" });
    await says(/, 0: /);
    await menu.selectOption({ label: "as the catalog names them" });
    await charts.untilSettings({ l: given });
  }),
  test("dataframes: each kind is drawn; runs without the dataframe are named", async (charts) => {
    const names = sweep(6).columns[0]!.values!;
    for (const t of ["line", "scatter", "bar", "histogram"]) {
      await charts.mount({ chart: "FramePlot", runs: 6, settings: { t, d: "learning curve" } });
      await charts.untilDrawn(".chart-plot canvas:nth-of-type(2)");
      const note = () => charts.page.locator(".chart-warn").innerText();
      await comesTo(charts.page, note, `Without learning curve: ${names[4]}`);
    }
    await charts.page.locator(".chart-plot").press("ArrowRight");
    await charts.untilSays(
      ".chart-hidden[role=status]",
      new RegExp(`^${names[0]}, .+: \\d+`),
    );
  }),
  test("each chart says what to do where there is nothing to draw", async (charts) => {
    for (const chart of ["Curves", "Parallel", "Scatter", "Heatmap", "FramePlot"]) {
      await charts.mount({
        chart,
        runs: 0,
        file: { ...sweep(1), ids: [], columns: [], history: [] },
      });
      await charts.untilSays(".chart-empty", /log|filter/i);
    }
  }),
  test("another theme is drawn in other colours", async (charts) => {
    const pixels: string[] = [];
    for (const theme of ["light", "dark"]) {
      await charts.mount({ chart: "Scatter", runs: 3, theme });
      await charts.untilDrawn(".chart-plot canvas");
      pixels.push(
        await charts.page.locator(".chart-plot canvas").first().evaluate((canvas) =>
          (canvas as HTMLCanvasElement).toDataURL()
        ),
      );
    }
    assert.notEqual(pixels[0], pixels[1]);
  }),
  test("names with markup are texts, on the page and in the SVG that is saved", async (charts) => {
    const evil =
      `</text><script>globalThis.stolen = 1</script><img src=x onerror="globalThis.stolen = 1">`;
    const file = sweep(8);
    for (const one of file.columns) {
      if (one.kind === "parameter") one.name = `${evil} ${one.name}`;
      if (one.name === "name" || one.name.endsWith("optimizer")) {
        one.values = one.values!.map(() => evil);
      }
      if (one.name === "accuracy") one.name = evil;
    }
    for (const [chart, layer] of [["Parallel", 2], ["Scatter", 1], ["Heatmap", 1]] as const) {
      await charts.mount({ chart, runs: 8, file });
      await charts.untilDrawn(`.chart-room canvas:nth-of-type(${layer})`);
      assert.equal(await charts.page.locator("img, #root script").count(), 0, chart);
      const download = charts.page.waitForEvent("download");
      await charts.page.locator(".chart-icon[aria-label$='as SVG']").click();
      const svg = await Deno.readTextFile((await (await download).path())!);
      assert.match(svg, /&lt;/);
      assert.doesNotMatch(svg, /<script|<img/);
    }
    assert.equal(await charts.page.evaluate(() => "stolen" in globalThis), false);
  }),
];

Deno.test({
  name: "charts in a browser",
  ignore,
  async fn(context) {
    await using opened = await openCharts();
    const { charts } = opened;
    for (const { name, work } of TESTS) {
      await context.step(name, async () => {
        charts.errors.length = 0;
        await work(charts);
        assert.deepEqual(charts.errors, []);
      });
    }
  },
});
