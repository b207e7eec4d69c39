/**
 * Stores as there are outside: one by Python's rubicon-ml, one with three broken backends, one that is being written to.
 */
import assert from "node:assert/strict";
import { createProject, openComposite, startRun } from "../../mod.ts";
import { comesTo, lacksBrowser, says, startBrowser } from "../support/browser.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";
import { enter, namesShown, show, stepsOf } from "./support/app.ts";
import { inMemory } from "./support/stores.ts";

const lacks = await lacksBrowser();
const ignore = ignoredFor("the viewer on stores of practice in a browser", lacks);
const options = { ignore, sanitizeOps: false, sanitizeResources: false };

const BY_PYTHON = `
from datetime import datetime, timezone
import numpy as np, pandas as pd
from rubicon_ml import Rubicon
rubicon = Rubicon(persistence="filesystem", root_dir=input)
project = rubicon.create_project("Penguins", description="by Python")
for at in range(12):
    run = project.log_experiment(
        name=None if at == 11 else f"forest {at}", model_name="RandomForest",
        branch_name="main", commit_hash="c0ffee", tags=["python", f"fold:{at % 3}"])
    run.log_parameter("n_estimators", value=10 * (at + 1))
    run.log_parameter("criterion", value="gini" if at % 2 else "entropy")
    run.log_parameter("started", value=datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc))
    run.log_metric("accuracy", value=float("nan") if at == 3 else 0.5 + at / 100)
    run.log_metric("log_loss", value=np.float64(1 / (at + 1)), directionality="loss")
    run.log_metric("per fold", value=[0.1, 0.2, at / 10])
    run.log_feature("bill length", importance=0.25)
run.add_comments(["the last one"])
run.log_artifact(name="notes.txt", data_bytes=b"written by Python")
run.log_dataframe(pd.DataFrame({"species": ["adelie", "gentoo"], "count": [3, 4]}), name="counts")
`;

Deno.test({
  name: "page stores: what Python's rubicon-ml wrote is shown, searched, compared and opened",
  ...options,
  ignore: ignore || ignoredFor("the viewer on a store by rubicon-ml", await lacksPython()),
  async fn(t) {
    const step = stepsOf(t);
    const rootDir = await Deno.makeTempDir();
    await python(BY_PYTHON, rootDir);
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    await using shown = await show(rubicon);
    await using browser = await startBrowser();
    const { page, errors } = await browser.open(shown.url);
    const search = page.getByRole("combobox", { name: "Search and filter runs" });

    await step("the table has its runs, and the values of each", async () => {
      await enter(page, "Penguins");
      await comesTo(
        page,
        () => namesShown(page),
        (names) => names.length === 12 && names.includes("forest 0"),
      );
      const row = page.locator(".grid-body .row", {
        has: page.getByRole("link", { name: "forest 4", exact: true }),
      });
      for (const value of [/0\.5400/, /0\.2000/]) await says(page, () => row.textContent(), value);
      const third = page.locator(".grid-body .row", {
        has: page.getByRole("link", { name: "forest 3", exact: true }),
      });
      await says(page, () => third.textContent(), /NaN/);
    });

    await step("less of a loss is better, as Python said", async () => {
      await page.locator(".head.metric", { hasText: "log_loss" }).locator(".head-label").click();
      await page.locator('.head[aria-sort="ascending"]', { hasText: "log_loss" }).waitFor();
      await comesTo(page, async () => (await namesShown(page)).at(-1), "forest 0");
    });

    await step("a search by parameter and tag", async () => {
      await search.fill('params.n_estimators >= 60 and tags.fold = "1"');
      await page.locator(".search-count", { hasText: "2 of 12" }).waitFor();
      await comesTo(
        page,
        async () => (await namesShown(page)).toSorted(),
        ["forest 10", "forest 7"],
      );
      await search.fill("");
      await page.keyboard.press("Escape");
      await page.locator(".search-count", { hasText: /^12$/ }).waitFor();
    });

    await step("a comparison of two", async () => {
      for (const name of ["forest 1", "forest 2"]) {
        await page.getByRole("checkbox", { name: `Select ${name}`, exact: true }).click();
      }
      await page.locator(".selection-bar", { hasText: "2 runs" }).waitFor();
      await page.keyboard.press("d");
      const line = page.locator(".diff-row", {
        has: page.locator('.diff-key[title="criterion"]'),
      });
      await says(page, () => line.textContent(), /gini.*entropy|entropy.*gini/);
      await page.goBack();
    });

    await step("the run without a name: comment, feature, artifact, dataframe", async () => {
      await page.locator(".grid-body .row").first().waitFor();
      const unnamed = page.locator(".run-link", { hasText: /^[0-9a-f]{8}$/ });
      await unnamed.click();
      const main = page.locator("main");
      await main.getByText("the last one").waitFor();
      await main.getByText("bill length").first().waitFor();
      await main.locator(".file-name", { hasText: "notes.txt" }).click();
      await main.getByText("written by Python").waitFor();
      await main.getByText("gentoo").waitFor();
    });
    assert.deepEqual(errors, []);
    await Deno.remove(rootDir, { recursive: true });
  },
});

Deno.test({
  name: "page stores: of three broken backends all runs show, and each says how it is",
  ...options,
  async fn(t) {
    const step = stepsOf(t);
    await using shown = await show("broken");
    await using browser = await startBrowser();
    const { page, errors } = await browser.open(shown.url);
    await step("each run is there with its metrics, though no backend has all", async () => {
      await enter(page, "Image classifier");
      await page.locator(".search-count", { hasText: /^40$/ }).waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("metrics.accuracy > 0 and params.depth > 0");
      await page.locator(".search-count", { hasText: /^40 of 40$|^40$/ }).waitFor();
    });
    await step("the way to the backends is marked, and each says how it is", async () => {
      await page.locator(".top .ill").click();
      await page.getByText(/of 3 needs? a look/).waitFor();
      for (const label of ["store-a", "store-b", "store-c"]) {
        await page.getByRole("heading", { name: label, exact: true }).waitFor();
      }
    });
    await step("verify says which one is down, and how the others differ", async () => {
      await page.getByRole("button", { name: "Verify" }).click();
      await page.locator(".note.bad", { hasText: /^ ?store-a could not be compared/ }).waitFor();
      await page.locator(".note", { hasText: /differences of the others/ }).waitFor();
      const backends = () =>
        page.locator(".verify tbody td:first-child").evaluateAll((cells) =>
          [...new Set(cells.map(({ textContent }) => textContent))].sort()
        );
      await comesTo(page, backends, ["store-b", "store-c"]);
    });
    assert.deepEqual(errors, []);
  },
});

Deno.test({
  name: "page stores: a run that is being trained grows in the table, the curves and its page",
  ...options,
  async fn(t) {
    const step = stepsOf(t);
    await using rubicon = await openComposite(inMemory());
    const project = await createProject(rubicon, { name: "Live" });
    await using run = await startRun(rubicon, project, {
      name: "growing",
      summary: { loss: "min" },
    });
    run.log({ loss: 4 }, { step: 0 });
    run.log({ loss: 3 }, { step: 1 });
    await run.flush();
    await using shown = await show(rubicon);
    await using browser = await startBrowser();
    const { page, errors } = await browser.open(shown.url);
    const types = new Set<string | undefined>();
    const paths: string[] = [];
    page.on("response", (answer) => {
      if (!/\/(?:history|curves)\//.test(answer.url())) return;
      types.add(answer.headers()["content-type"]);
      paths.push(answer.url());
    });
    await step("it is running", async () => {
      await enter(page, "Live");
      const row = page.locator(".grid-body .row").first();
      await row.getByText("running").waitFor();
    });
    await step("its chart has the points that came since", async () => {
      await page.getByRole("link", { name: "Curves" }).click();
      const chart = page.locator("[data-points]").first();
      await chart.and(page.locator('[data-points="2"]')).waitFor();
      run.log({ loss: 1 }, { step: 2 });
      await run.flush();
      await chart.and(page.locator('[data-points="3"]')).waitFor();
      assert.deepEqual([...types], ["application/octet-stream"]);
    });
    await step("the table has how it ended, its least loss, and a curve in the cell", async () => {
      await page.getByRole("link", { name: "Table" }).click();
      await run.fail("RangeError: too hot");
      const row = page.locator(".grid-body .row").first();
      await row.getByText("failed").waitFor();
      await page.locator(".head.metric", { hasText: "loss" }).waitFor();
      await row.locator(".chart-spark").waitFor();
      await row.getByText(/^1(?:\.0+)?$/).waitFor();
    });
    await step("its page has the reason", async () => {
      await page.getByRole("link", { name: "growing", exact: true }).click();
      await page.getByText("RangeError: too hot").waitFor();
    });
    await step("the curves of several runs come in one answer", async () => {
      await using other = await startRun(rubicon, project, { name: "other" });
      other.log({ loss: 1 });
      await other.finish();
      await page.evaluate(() => location.hash = "#/p/live/curves");
      await page.reload();
      await page.locator(".chart-note", { hasText: /^2 runs/ }).waitFor();
      await page.locator('[data-points="4"]').waitFor();
      assert.equal(paths.at(-1)!.split(",").length, 2);
      assert.ok(paths.every((path) => path.includes("/curves/")));
    });
    assert.deepEqual(errors, []);
  },
});
