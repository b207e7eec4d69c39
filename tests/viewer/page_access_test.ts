/**
 * The page for everybody: axe finds nothing serious on any screen, in both themes and in a narrow window, and all of it is
 * reached by keys.
 */
import assert from "node:assert/strict";
import axe from "npm:axe-core@^4.14.1";
import type { Page } from "npm:playwright-core@^1.65.1";
import { comesTo, lacksBrowser, startBrowser } from "../support/browser.ts";
import { ignoredFor } from "../support/parts.ts";
import { enter, hashOf, inTab, show, stepsOf } from "./support/app.ts";

const ignore = ignoredFor("the viewer with axe in a browser", await lacksBrowser());
const options = { ignore, sanitizeOps: false, sanitizeResources: false };

/** What axe finds, a line a fault. */
async function faultsOf(page: Page): Promise<string[]> {
  // By the debugger, since the page's policy runs no script but its own.
  const found = await page.evaluate(async (source) => {
    const scope = window as unknown as { axe?: typeof axe };
    if (!scope.axe) (0, eval)(source);
    const { violations } = await scope.axe!.run(document, {
      resultTypes: ["violations"],
      rules: { "color-contrast": { enabled: true } },
    });
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ html, failureSummary }) =>
        `${impact} ${id}: ${html.slice(0, 160)} ${failureSummary?.split("\n")[1] ?? ""}`
      )
    );
  }, axe.source);
  return found.filter((fault) => /^(?:serious|critical|moderate)/.test(fault));
}

const SCREENS: readonly [name: string, go: (page: Page) => Promise<unknown>][] = [
  ["projects", () => Promise.resolve()],
  ["table", (page) => enter(page, "Training")],
  ["table with a selection and a baseline", async (page) => {
    for (const key of ["j", "b", "x", "j", "x"]) await page.keyboard.press(key);
    await page.locator(".selection-bar", { hasText: "2 runs" }).waitFor();
    await page.locator(".row.base").waitFor();
  }],
  ["a column's menu", async (page) => {
    await page.locator(".grid").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("m");
    await page.getByRole("dialog").waitFor();
  }],
  ["the picker", async (page) => {
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Columns", exact: true }).click();
    await page.getByRole("dialog").waitFor();
  }],
  ["a search with a mistake", async (page) => {
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator("#search").fill("metrics.nothing > 1");
    await page.keyboard.press("Escape");
    await page.locator("#search-error").waitFor();
  }],
  ["groups", async (page) => {
    await page.locator("#search").fill("");
    await page.locator("#search-error").waitFor({ state: "detached" });
    await hashOf(page, /^#\/p\/training\/table(?!.*q=)/);
    await page.evaluate(() => location.hash = "#/p/training/table?group=p.lr");
    await page.locator(".row.group").first().click();
  }],
  ["compare", async (page) => {
    await page.evaluate(() => location.hash = "#/p/training/table");
    await page.locator(".row.group").first().waitFor({ state: "detached" });
    await page.locator(".row.selected").first().waitFor({ state: "detached" });
    await page.locator(".grid").focus();
    for (const key of ["j", "x", "j", "x", "d"]) await page.keyboard.press(key);
    await page.locator(".diff-row").first().waitFor();
  }],
  ["curves", async (page) => {
    await page.getByRole("link", { name: "Curves" }).click();
    await page.locator(".tab-body canvas").first().waitFor();
  }],
  ["parallel", async (page) => {
    await page.getByRole("link", { name: "Parallel" }).click();
    await inTab(page, "Parallel");
  }],
  ["scatter", async (page) => {
    await page.getByRole("link", { name: "Scatter" }).click();
    await inTab(page, "Scatter");
  }],
  ["heatmap", async (page) => {
    await page.getByRole("link", { name: "Heatmap" }).click();
    await inTab(page, "Heatmap");
  }],
  ["dataframes", async (page) => {
    await page.getByRole("link", { name: "Dataframes" }).click();
    await inTab(page, "Dataframes");
  }],
  ["about", async (page) => {
    await page.getByRole("link", { name: "About" }).click();
    await page.locator("article").waitFor();
  }],
  ["a run", async (page) => {
    await page.evaluate(() => location.hash = "#/p/iris-demo/table");
    await page.getByRole("link", { name: "forest 1", exact: true }).click();
    await page.locator("article .artifact-image").waitFor();
  }],
  ["backends", async (page) => {
    await page.evaluate(() => location.hash = "#/backends");
    await page.getByRole("heading", { name: "Backends" }).waitFor();
  }],
  ["help", async (page) => {
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
  }],
];

const LOOKS = [
  { theme: "light", width: 1280 },
  { theme: "dark", width: 1280 },
  { theme: "light", width: 400 },
  { theme: "dark", width: 400 },
] as const;

for (const look of LOOKS) {
  Deno.test({
    name: `page access: axe has nothing to say of any screen, ${look.theme}, ${look.width} wide`,
    ...options,
    async fn(t) {
      const step = stepsOf(t);
      await using shown = await show("small", { edit: true });
      await using browser = await startBrowser();
      const { page } = await browser.open(shown.url, { ...look });
      await page.getByRole("link", { name: "Training" }).waitFor();
      const all: string[] = [];
      for (const [name, go] of SCREENS) {
        await step(name, async () => {
          await go(page);
          await page.waitForFunction(() => !document.querySelector(".loading"));
          all.push(...(await faultsOf(page)).map((fault) => `${name}: ${fault}`));
        });
      }
      assert.deepEqual(all, []);
    },
  });
}

Deno.test({
  name: "page access: all of it is reached by keys alone",
  ...options,
  async fn(t) {
    const step = stepsOf(t);
    await using shown = await show("small");
    await using browser = await startBrowser();
    const { page, errors } = await browser.open(shown.url);
    await page.getByRole("link", { name: "Iris demo" }).waitFor();
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: one } = document;
        return one?.getAttribute("aria-label") ?? one?.textContent?.trim() ?? "";
      });
    const active = () => page.locator(".grid").getAttribute("aria-activedescendant");
    const tabTo = async (name: RegExp) => {
      for (let tries = 0; tries < 40; tries++) {
        await page.keyboard.press("Tab");
        if (name.test(await focused())) return;
      }
      throw new Error(`Tab does not come to ${name}; it is at ${await focused()}`);
    };

    await step("into a project", async () => {
      await page.keyboard.press("Tab");
      await comesTo(page, focused, "Skip to what is shown");
      await page.keyboard.press("Enter");
      await tabTo(/^Iris demo/);
      await page.keyboard.press("Enter");
      await page.locator(".grid-body .row").first().waitFor();
    });
    await step(
      "the table is one stop, with arrows inside; its header sorts and opens menus",
      async () => {
        await tabTo(/^Runs of Iris demo/);
        await page.keyboard.press("ArrowDown");
        await comesTo(page, active, "cell-0-0");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("ArrowRight");
        await comesTo(page, active, "head-2");
        await page.keyboard.press(" ");
        await page.locator('.head[aria-sort="descending"]', { hasText: "accuracy" }).waitFor();
        await page.keyboard.press("Enter");
        await page.getByRole("dialog", { name: "Column accuracy" }).waitFor();
        for (let tries = 0; tries < 20; tries++) {
          if (/^Keep in view/.test(await focused())) break;
          await page.keyboard.press("ArrowDown");
        }
        await page.keyboard.press("Enter");
        await page.locator(".head.pinned", { hasText: "accuracy" }).waitFor();
        await page.waitForFunction(() => document.activeElement?.classList.contains("grid"));
      },
    );
    await step("the last column and the last row come into view", async () => {
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("End");
      await page.keyboard.press("Control+End");
      const at = await comesTo(page, active, (cell) => /^cell-11-/.test(cell ?? ""));
      await comesTo(
        page,
        () => page.locator(`#${at}`).boundingBox(),
        (box) =>
          box !== null && box.x >= 0 && box.x + box.width <= 1281 && box.y + box.height <= 801,
      );
    });
    await step("runs are selected, compared, and one is opened", async () => {
      await page.keyboard.press("Control+Home");
      await page.keyboard.press(" ");
      await page.keyboard.press("Shift+ArrowDown");
      await page.locator(".selection-bar", { hasText: "2 runs" }).waitFor();
      await page.keyboard.press("d");
      await page.locator(".diff-row").first().waitFor();
      await page.keyboard.press("1");
      await page.locator(".grid-body .row").first().waitFor();
      await page.keyboard.press("o");
      await page.getByRole("heading", { name: "Metrics" }).waitFor();
    });
    await step("a menu of the top opens, and gives the focus back", async () => {
      await tabTo(/^Theme/);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: /^Theme/ }).waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
      await comesTo(page, focused, (name) => /^Theme/.test(name));
    });
    assert.deepEqual(errors, []);
  },
});
