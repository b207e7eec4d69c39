/**
 * The page with hostile stores, with large ones, and in odd places: nothing of a store is ever run, and little of it is in
 * the document.
 */
import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@^1.65.1";
import { comesTo, lacksBrowser, startBrowser } from "../support/browser.ts";
import { ignoredFor } from "../support/parts.ts";
import { exportViewer } from "../../viewer.ts";
import { SHOWN_TABS } from "../../viewer/app/screens/tabs.ts";
import { hashOf, inTab, onRun, show, stepsOf } from "./support/app.ts";

const ignore = ignoredFor("the viewer with hostile stores in a browser", await lacksBrowser());
const options = { ignore, sanitizeOps: false, sanitizeResources: false };

/** Elements that no screen makes, and attributes that would run something. */
const strange = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const scripts = document.querySelectorAll("script").length;
    if (scripts !== 1) found.push(`${scripts} scripts`);
    for (const element of document.body.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (/^on/i.test(name)) found.push(`${element.tagName} ${name}`);
        if (/^(?:href|src|action)$/i.test(name) && /^\s*(?:javascript|data:text)/i.test(value)) {
          found.push(`${element.tagName} ${name}=${value}`);
        }
      }
      if (/^(?:OBJECT|EMBED|BASE|MARQUEE|MATH)$/i.test(element.tagName)) {
        found.push(element.tagName);
      }
      if (element instanceof HTMLIFrameElement && element.getAttribute("sandbox") !== "") {
        found.push("a frame without a sandbox");
      }
    }
    return found;
  });

Deno.test({
  name: "page safety: names and values that try to be markup are text on every screen",
  ...options,
  async fn(t) {
    const step = stepsOf(t);
    await using shown = await show("hostile", { edit: true });
    await using browser = await startBrowser();
    const { page, errors } = await browser.open(shown.url);
    const look = async () => {
      await page.waitForFunction(() => !document.querySelector(".loading"));
      assert.deepEqual(await strange(page), []);
      assert.deepEqual(errors, []);
      const ran = await page.evaluate(() => "hacked" in window || document.title.includes("ran"));
      assert.equal(ran, false);
    };
    await page.locator(".card a").first().waitFor();
    await look();
    const projects = await page.locator(".card a").evaluateAll((links) =>
      links.map((link) => link.getAttribute("href")!)
    );
    assert.ok(projects.length > 0);
    for (const href of projects.slice(0, 4)) {
      await step(`the project at ${href}`, async () => {
        await page.evaluate((to) => location.hash = to, href);
        await inTab(page, "Table");
        await look();
        if (await page.locator(".grid").count() === 0) return;
        await page.getByRole("button", { name: "Columns", exact: true }).click();
        await page.getByRole("dialog").waitFor();
        await look();
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
        await page.keyboard.press("j");
        await page.keyboard.press("x");
        await page.keyboard.press("j");
        await page.keyboard.press("x");
        for (const [at, { label }] of SHOWN_TABS.entries()) {
          if (label === "Table") continue;
          await page.keyboard.press(String(at + 1));
          await inTab(page, label);
          await look();
        }
        await page.keyboard.press("1");
        await inTab(page, "Table");
        await page.keyboard.press("o");
        await page.locator("article").waitFor();
        const closed = page.locator("article .file-name[aria-expanded=false]");
        for (let left = await closed.count(); left > 0; left--) {
          await closed.first().click();
          await comesTo(page, () => closed.count(), left - 1);
          await look();
        }
      });
    }
  },
});

Deno.test({
  name: "page safety: an artifact of HTML is in a frame that runs nothing of it",
  ...options,
  async fn() {
    await using shown = await show("small");
    await using browser = await startBrowser();
    const { page } = await browser.open(`${shown.url}#/p/iris-demo/table`);
    await page.locator(".grid-body .row").first().waitFor();
    const runs = await page.locator(".run-link").evaluateAll((links) =>
      links.map((link) => ({ href: link.getAttribute("href")!, name: link.textContent! }))
    );
    let frames = 0;
    for (const { href, name } of runs) {
      await page.evaluate((to) => location.hash = to, href);
      await onRun(page, name);
      const button = page.locator(".file-name", { hasText: /\.html$/ });
      if (await button.count() === 0) continue;
      await button.first().click();
      const frame = page.locator("iframe.artifact-frame");
      await frame.waitFor();
      assert.equal(await frame.getAttribute("sandbox"), "");
      const inside = await (await frame.elementHandle())!.contentFrame();
      await inside!.getByRole("heading", { name: "Report", exact: true }).waitFor();
      assert.notEqual(await inside!.title(), "ran");
      frames++;
    }
    assert.ok(frames > 0);
  },
});

Deno.test({
  name: "page bars: of 10,000 runs at most 60 are in the document, wherever one scrolls to",
  ...options,
  async fn() {
    await using shown = await show("big", { synthetic: true });
    await using browser = await startBrowser();
    const { page, errors } = await browser.open(shown.url, { width: 1920, height: 2_000 });
    await page.locator(".card a").first().click();
    await page.locator(".grid-body .row").first().waitFor();
    const grid = page.locator(".grid");
    await comesTo(page, () => grid.getAttribute("aria-rowcount"), "10001");
    const last = () =>
      page.locator(".grid-body .row").evaluateAll((rows) =>
        Math.max(...rows.map((row) => Number(row.getAttribute("aria-rowindex"))))
      );
    for (const part of [0, 0.2, 0.5, 1]) {
      await grid.evaluate((box, at) => box.scrollTop = at * box.scrollHeight, part);
      await page.waitForFunction(
        (least) =>
          [...document.querySelectorAll(".grid-body .row")].some((row) =>
            Number(row.getAttribute("aria-rowindex")) >= least
          ),
        Math.floor(part * 9_900),
      );
      assert.ok(await page.locator(".grid .row").count() <= 60);
    }
    await comesTo(page, last, 10_001);
    await page.keyboard.press("/");
    await page.keyboard.type("metrics.accuracy > 0.9 order by metrics.accuracy desc");
    await page.locator(".search-count", { hasText: /of 10,000/ }).waitFor();
    // What is typed so far finds others, until all of it is there.
    await comesTo(
      page,
      () => page.locator('.grid-body .row [aria-colindex="4"]').allTextContents(),
      (values) => values.length > 0 && values.every((value) => Number(value) >= 0.9),
    );
    assert.deepEqual(errors, []);
  },
});

Deno.test({
  name: "page bars: of 1,500 metrics the cells of those that are seen are asked for, and no others",
  ...options,
  async fn() {
    await using shown = await show("huge", { synthetic: true });
    await using browser = await startBrowser();
    const { page, errors, requests } = await browser.open(shown.url);
    await page.locator(".card a").first().click();
    await page.locator(".grid-body .row").first().waitFor();
    await page.waitForFunction(() => !document.querySelector(".grid-body .skeleton"));
    const asked = () => requests.filter((path) => path.includes("/columns/")).length;
    assert.ok(asked() > 0 && asked() < 40, `${asked()} columns`);
    await page.locator("#search").fill("metrics.m1400 > 0");
    await page.locator(".search-count", { hasText: /of 1,500/ }).waitFor();
    await page.waitForFunction(() =>
      /^[1-9].* of/.test(document.querySelector(".search-count")?.textContent ?? "")
    );
    assert.ok(asked() < 41, `${asked()} columns`);
    assert.deepEqual(errors, []);
  },
});

Deno.test({
  name: "page places: in a frame of its own text, which has no address, one goes about and back",
  ...options,
  async fn() {
    await using shown = await show("small");
    await using browser = await startBrowser();
    const { page } = await browser.open(shown.url);
    const html = await (await fetch(shown.url)).text();
    await page.route(
      "**/framed",
      (route) =>
        route.fulfill({ contentType: "text/html", body: "<!doctype html><iframe id=f></iframe>" }),
    );
    await page.goto(`${shown.url}framed`);
    await page.evaluate((text) => {
      const frame = document.querySelector<HTMLIFrameElement>("#f")!;
      frame.style.cssText = "width: 1200px; height: 700px";
      frame.srcdoc = text;
    }, html);
    const frame = page.frameLocator("#f");
    await frame.getByRole("link", { name: "Iris demo" }).click();
    await frame.locator(".grid-body .row").first().waitFor();
    await frame.getByRole("link", { name: "Scatter" }).click();
    await frame.locator(".tab-body canvas").first().waitFor();
    await page.evaluate(() => history.back());
    await frame.locator(".grid").waitFor();
    await page.goto(shown.url);
    await hashOf(page, /^$/);
  },
});

Deno.test({
  name: "page places: one file, opened by a double click, has all of it without any request",
  ...options,
  async fn() {
    await using shown = await show("small");
    const folder = await Deno.makeTempDir();
    await exportViewer(shown.rubicon, { to: `${folder}/all.html` });
    await using browser = await startBrowser();
    const { page, errors, requests } = await browser.open(`file://${folder}/all.html`);
    await page.getByRole("link", { name: "Training" }).click();
    await page.locator(".grid-body .row").first().waitFor();
    await page.locator(".grid-body .chart-spark").first().waitFor();
    await page.keyboard.press("3");
    await inTab(page, "Curves");
    await page.locator(".tab-body canvas").first().waitFor();
    await page.keyboard.press("4");
    await page.locator(".chart-plane canvas").first().waitFor();
    await page.evaluate(() => location.hash = "#/p/iris-demo/table");
    await page.getByRole("link", { name: "forest 1", exact: true }).click();
    const picture = page.locator("article .artifact-image").first();
    await picture.waitFor();
    await page.waitForFunction(() =>
      document.querySelector<HTMLImageElement>(".artifact-image")!.naturalWidth > 0
    );
    assert.equal(await page.getByRole("link", { name: "Backends" }).count(), 0);
    assert.deepEqual(
      requests.filter((path) => !/all\.html$|^(?:null|null\/)|^[0-9a-f/-]+$/.test(path)),
      [],
    );
    assert.deepEqual(errors, []);
    await Deno.remove(folder, { recursive: true });
  },
});
