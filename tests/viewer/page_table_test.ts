/**
 * The table in a real browser: what it shows, finds, sorts, selects and keeps in its address.
 */
import assert from "node:assert/strict";
import { comesTo, lacksBrowser, says, startBrowser } from "../support/browser.ts";
import { ignoredFor } from "../support/parts.ts";
import { decodeTable } from "../../domain/parquet/parquet.ts";
import { enter, hashOf, namesShown, show, stepsOf } from "./support/app.ts";

const ignore = ignoredFor("the viewer's table in a browser", await lacksBrowser());
const options = { ignore, sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name:
    "page table: filters as one types, marks mistakes, sorts, groups, and the back button undoes",
  ...options,
  async fn(t) {
    const step = stepsOf(t);
    await using shown = await show("small");
    await using browser = await startBrowser();
    const { page, errors } = await browser.open(shown.url);
    await enter(page, "Iris demo");
    const count = page.locator(".search-count");
    const rowsShown = (expected: number) =>
      comesTo(page, async () => (await namesShown(page)).length, expected);
    const search = page.getByRole("combobox", { name: "Search and filter runs" });

    await step("newest first, metrics right behind what a run is", async () => {
      await comesTo(
        page,
        async () => (await namesShown(page)).map((name) => name.length),
        (lengths) => lengths.length === 12 && lengths.slice(0, 3).join() === "9,8,9",
      );
      await comesTo(
        page,
        async () => (await page.locator(".heads .head").allTextContents()).slice(0, 3),
        ["Name", "Created", "accuracy"],
      );
    });

    await step(
      "what one points at says all of its text, also after its row became another",
      async () => {
        const cell = (name: string) =>
          page.locator(".grid-body .row", {
            has: page.getByRole("link", { name, exact: true }),
          }).locator('.cell[aria-colindex="2"]');
        await cell("forest 10").hover();
        await comesTo(page, () => cell("forest 10").getAttribute("title"), "forest 10");
        const element = await cell("forest 10").elementHandle();
        await page.getByRole("columnheader", { name: "Name" }).getByText("Name").click();
        await page.mouse.move(5, 5);
        await comesTo(page, async () => await element!.textContent() === "forest 10", false);
        await element!.hover();
        await comesTo(
          page,
          async () => await element!.getAttribute("title") === await element!.textContent(),
          true,
        );
      },
    );

    await step("an expression filters as it is typed", async () => {
      await page.keyboard.press("/");
      await page.keyboard.type('params.criterion == "gini"');
      await count.filter({ hasText: "6 of 12" }).waitFor();
      await rowsShown(6);
      await hashOf(page, /q=params\.criterion\+==\+"gini"/);
    });

    await step("a mistake is said, and marked at its place; the rows stay", async () => {
      await search.fill('params.criterion == "gini" and metrics.acuracy > 0.8');
      await page.keyboard.press("Escape");
      const note = page.locator("#search-error");
      await says(page, () => note.textContent(), /Did you mean metrics\.accuracy\?/);
      const mark = page.locator(".search-marks mark");
      await comesTo(page, () => mark.textContent(), "metrics.acuracy");
      await comesTo(page, () => search.getAttribute("aria-invalid"), "true");
      await rowsShown(6);
    });

    await step("names are offered, and Enter takes one", async () => {
      await search.fill("");
      await search.pressSequentially("metrics.ac");
      // What was typed on the way had other offers.
      await comesTo(
        page,
        () => page.locator(".offer").allTextContents(),
        (offers) => offers.length > 0 && offers.every((one) => one.includes("ac")),
      );
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.keyboard.type("> 0.85");
      await comesTo(page, () => search.inputValue(), "metrics.accuracy > 0.85");
      await count.filter({ hasText: "of 12" }).waitFor();
      await comesTo(page, async () => (await namesShown(page)).length, (rows) => rows < 12);
    });

    await step("what no run has says so, and how to go on", async () => {
      await search.fill("nobody is called so");
      await page.getByRole("heading", { name: "No run has this" }).waitFor();
      await page.getByRole("button", { name: "Clear the search" }).last().click();
      await count.filter({ hasText: /^12$/ }).waitFor();
    });

    await step(
      "a click on a header sorts: best first, then the other way, then not",
      async () => {
        const head = page.locator(".head.metric", { hasText: "log_loss" });
        const label = head.locator(".head-label");
        await label.click();
        await page.locator('.head[aria-sort="ascending"]', { hasText: "log_loss" }).waitFor();
        // Both ends are known: of the last run the loss is the least, of one it is infinite.
        const ascending = await comesTo(
          page,
          () => namesShown(page),
          (names) => names[0] === "forest 12" && names.at(-1) === "forest 9",
        );
        await label.click();
        await page.locator('.head[aria-sort="descending"]', { hasText: "log_loss" }).waitFor();
        await comesTo(page, () => namesShown(page), ascending.toReversed());
        // With Shift it is the second column to sort by.
        await page.locator(".head.own", { hasText: "Created" }).locator(".head-label")
          .click({ modifiers: ["Shift"] });
        await hashOf(page, /sort=-m\.log_loss~-o\.createdAt/);
      },
    );

    await step("the back button undoes it, and the address alone brings it back", async () => {
      const url = page.url();
      await page.goBack();
      await hashOf(page, /sort=-?m\.log_loss(?:&|$)/);
      await comesTo(page, () => page.locator('.head:not([aria-sort="none"])').count(), 1);
      const other = await browser.open(url);
      await other.page.locator('.head[aria-sort="descending"]', { hasText: "Created" }).waitFor();
      await comesTo(
        other.page,
        () => other.page.locator('.head:not([aria-sort="none"])').count(),
        2,
      );
      assert.deepEqual(other.errors, []);
      await other.page.context().close();
    });

    await step("groups have the number of their runs, and open", async () => {
      await page.getByRole("button", { name: "Group runs by columns" }).click();
      await page.getByRole("searchbox", { name: "Find a column to group by" }).fill("criterion");
      await page.locator(".menu-scroll").getByRole("button", { name: "criterion", exact: true })
        .click();
      await page.keyboard.press("Escape");
      const groups = page.locator(".row.group");
      await comesTo(page, () => groups.count(), 2);
      await says(page, () => groups.first().textContent(), /criterion(?:gini|entropy)6/);
      await groups.first().click();
      await page.locator(".grid-body .row:not(.group)").first().waitFor();
      await comesTo(page, () => page.locator(".grid-body .row").count(), 8);
    });

    assert.deepEqual(errors, []);
  },
});

Deno.test({
  name:
    "page table: selects with shift, hides, has a baseline, and columns are moved, pinned and hidden",
  ...options,
  async fn(t) {
    const step = stepsOf(t);
    await using shown = await show("small");
    await using browser = await startBrowser();
    const { page, errors } = await browser.open(shown.url);
    await enter(page, "Iris demo");
    const boxes = page.locator(".grid-body .row input");
    const bar = page.getByRole("region", { name: "Selected runs" });

    await step("from one to another with Shift", async () => {
      await page.getByRole("checkbox", { name: "Select forest 12" }).click();
      await page.getByRole("checkbox", { name: "Select forest 8" }).click({ modifiers: ["Shift"] });
      await bar.getByText("5 runs").waitFor();
      await comesTo(page, () => boxes.filter({ visible: true }).count(), 12);
      await comesTo(page, () => page.locator(".row.selected").count(), 5);
      await hashOf(page, /sel=(?:[0-9a-f]{9}\.){4}[0-9a-f]{9}/);
    });

    await step("the selection is in the address: another tab has it", async () => {
      const other = await browser.open(page.url());
      await comesTo(other.page, () => other.page.locator(".row.selected").count(), 5);
      await other.page.context().close();
    });

    await step("only these, as a filter that one sees", async () => {
      await bar.getByRole("button", { name: "Only these" }).click();
      await page.locator(".search-count", { hasText: "5 of 12" }).waitFor();
      await page.getByRole("button", { name: "Clear the search" }).click();
      await page.keyboard.press("Escape");
    });

    await step("a hidden run is marked, and shown again", async () => {
      await page.getByRole("button", { name: "Hide forest 12 in charts" }).click();
      await page.locator(".row.hidden-run").waitFor();
      await page.getByRole("button", { name: "Show forest 12 in charts" }).click();
      await page.locator(".row.hidden-run").waitFor({ state: "detached" });
    });

    await step("a baseline stays on top, and differences say what is better", async () => {
      await page.locator(".grid").focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("b");
      await page.locator(".row.base").waitFor();
      await comesTo(
        page,
        () => page.locator(".row.base .run-link").textContent(),
        "forest 12",
      );
      // The newest run is the best one but for nothing, so each difference of accuracy is worse.
      const worse = page.locator('.cell[aria-colindex="4"] .delta.worse');
      await comesTo(page, () => worse.count(), 11);
      await says(page, () => worse.first().getAttribute("title"), /worse than the baseline/);
      await page.keyboard.press("b");
      await page.locator(".row.base").waitFor({ state: "detached" });
    });

    await step("a menu filters by a range, which the search bar then has", async () => {
      await page.getByRole("button", { name: "accuracy: sort, filter and more" }).click({
        force: true,
      });
      const menu = page.getByRole("dialog", { name: "Column accuracy" });
      await menu.getByLabel("from").fill("0.85");
      await menu.getByLabel("from").press("Enter");
      await page.locator("#search").and(page.locator('[aria-invalid="false"]')).waitFor();
      await page.waitForFunction(() =>
        document.querySelector<HTMLInputElement>("#search")!.value === "metrics.accuracy >= 0.85"
      );
      await menu.getByRole("button", { name: "Clear" }).click();
      await menu.getByRole("button", { name: "Keep in view" }).click();
      await page.locator(".head.pinned", { hasText: "accuracy" }).waitFor();
      await hashOf(page, /pin=2/);
    });

    await step("columns are dragged to another place, and drawn wider", async () => {
      const of = (name: string) => page.locator(".head", { hasText: name });
      const [from, to] = [await of("f1").boundingBox(), await of("confusion").boundingBox()];
      await page.mouse.move(from!.x + 30, from!.y + 15);
      await page.mouse.down();
      await page.mouse.move(to!.x + 20, to!.y + 15, { steps: 4 });
      await page.mouse.move(to!.x + 10, to!.y + 15);
      await page.mouse.up();
      await comesTo(
        page,
        () => page.locator(".heads .head").allTextContents(),
        (heads) => heads.indexOf("f1") < heads.indexOf("confusion"),
      );
      await comesTo(page, () => of("f1").getAttribute("aria-sort"), "none");
      const before = await of("f1").boundingBox();
      const edge = await of("f1").locator(".head-edge").boundingBox();
      await page.mouse.move(edge!.x + 4, edge!.y + 10);
      await page.mouse.down();
      await page.mouse.move(edge!.x + 64, edge!.y + 10, { steps: 3 });
      await page.mouse.up();
      await hashOf(page, /w=m\.f1~/);
      await comesTo(
        page,
        async () => Math.round((await of("f1").boundingBox())!.width - before!.width),
        60,
      );
    });

    await step("the picker hides and shows columns", async () => {
      await page.getByRole("button", { name: "Columns", exact: true }).click();
      await page.getByRole("searchbox", { name: "Find a column" }).fill("confusion");
      await page.getByRole("checkbox", { name: "confusion" }).uncheck();
      await page.locator(".heads .head", { hasText: "confusion" }).waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Start over" }).click();
      await page.locator(".heads .head", { hasText: "confusion" }).waitFor();
      await page.keyboard.press("Escape");
    });

    await step("the export has the rows and columns that are shown", async () => {
      await page.getByRole("button", { name: "Export" }).click();
      const waiting = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download CSV" }).click();
      const file = await waiting;
      const csv = await Deno.readTextFile(await file.path());
      const lines = csv.split("\r\n");
      // Five runs are selected still.
      assert.equal(lines.length, 7);
      assert.match(lines[0]!, /^id,name,createdAt,accuracy,/);
      assert.match(file.suggestedFilename(), /^iris-demo\.csv$/);
    });

    await step("as Parquet, it has them too", async () => {
      await page.getByRole("button", { name: "Export" }).click();
      const waiting = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download Parquet" }).click();
      const file = await waiting;
      const bytes = await Deno.readFile(await file.path());
      const { rows, columns } = await decodeTable([{ name: "it", bytes }], "it");
      assert.equal(rows.length, 5);
      assert.deepEqual(columns.slice(0, 4), ["id", "name", "createdAt", "accuracy"]);
      assert.equal(file.suggestedFilename(), "iris-demo.parquet");
    });
    assert.deepEqual(errors, []);
  },
});
