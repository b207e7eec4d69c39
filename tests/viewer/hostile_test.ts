/**
 * A store in which everything tries to be something else, in a real browser: nothing of it runs, and the page's policy has
 * nothing to refuse, since nothing of it is markup.
 */
import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@^1.65.1";
import { getProject, listArtifacts, listExperiments } from "../../mod.ts";
import { display } from "../../notebook.ts";
import { exportViewer } from "../../viewer.ts";
import { SHOWN_TABS } from "../../viewer/app/screens/tabs.ts";
import type { ProjectFile, RunFile } from "../../viewer/contract.ts";
import { comesTo, lacksBrowser, startBrowser, type Tab } from "../support/browser.ts";
import { ignoredFor } from "../support/parts.ts";
import { inTab, show } from "./support/app.ts";
import { HOSTILE } from "./support/hostile.ts";
import { makeStore } from "./support/stores.ts";

const ignore = ignoredFor("hostile stores in a browser", await lacksBrowser());
const options = { ignore, sanitizeOps: false, sanitizeResources: false };
const PROJECT = "hostile-b";

/** Whether a script of the store ran, and what the policy of any frame refused. */
async function findings({ page, errors }: Tab): Promise<string[]> {
  const ran = await Promise.all(
    page.frames().map((frame) =>
      frame.evaluate(() => "hacked" in globalThis || document.title === "ran").catch(() => false)
    ),
  );
  return [...errors, ...(ran.includes(true) ? ["a script of the store ran"] : [])];
}

/** A place of the page, and what tells that it is shown: the same document goes on when the address changes. */
type Place = readonly [hash: string, isThere: (page: Page) => Promise<unknown>];

/** Looks at each place of a page. */
async function wander(page: Page, base: string, places: readonly Place[]): Promise<void> {
  for (const [hash, isThere] of places) {
    await page.goto(`${base}#${hash}`);
    await isThere(page);
    await page.waitForFunction(() => !document.querySelector(".loading"));
  }
}

Deno.test({
  name: "hostile store: no name and no value runs, on any screen, live and as one file",
  ...options,
  async fn(t) {
    await using shown = await show("hostile");
    await using browser = await startBrowser();
    const project = await getProject(shown.rubicon, { name: "Hostile <b>" });
    const runs = await listExperiments(shown.rubicon, project);
    const screens: Place[] = [
      ["/", (page) => page.locator(".card").first().waitFor()],
      ...SHOWN_TABS.map(({ tab, label }): Place => [
        `/p/${PROJECT}/${tab}`,
        (page) => inTab(page, label),
      ]),
      [`/p/${PROJECT}`, (page) => inTab(page, "Table")],
      ...runs.slice(0, 6).map(({ id }): Place => [
        `/p/${PROJECT}/run/${id}`,
        (page) => page.locator("article").getByText(id, { exact: true }).waitFor(),
      ]),
    ];
    await t.step("live", async () => {
      const tab = await browser.open(shown.url);
      await tab.page.locator(".card").first().waitFor();
      // The cards show the names as they are.
      await comesTo(
        tab.page,
        async () => await tab.page.locator("main").textContent() ?? "",
        (names) => names.includes(HOSTILE[0]!) && names.includes(HOSTILE[8]!),
      );
      await tab.page.getByRole("link", { name: "Hostile <b>", exact: true }).click();
      await tab.page.locator(".grid-body .row").first().waitFor();
      // Names are texts.
      await comesTo(
        tab.page,
        async () => await tab.page.locator(".grid-body").textContent() ?? "",
        (cells) => cells.includes("window.hacked=1"),
      );
      await wander(tab.page, shown.url, screens);
      assert.deepEqual(await findings(tab), []);
      const elements = await tab.page.locator(
        "iframe[src^='javascript'], img[onerror], svg[onload]",
      ).count();
      assert.equal(elements, 0);
    });
    await t.step("artifacts, each of them opened", async () => {
      const tab = await browser.open(`${shown.url}#/p/${PROJECT}/run/${runs[0]!.id}`);
      const closed = tab.page.locator(".file-name[aria-expanded=false]");
      await closed.first().waitFor();
      const all = await closed.count();
      assert.ok(all >= 12, `${all} of them`);
      for (let left = all; left > 0; left--) {
        await closed.first().click();
        await comesTo(tab.page, () => closed.count(), left - 1);
      }
      await tab.page.locator("iframe").first().waitFor();
      await tab.page.waitForFunction(() => !document.querySelector(".loading"));
      // What a report has of styles, scripts and pictures is refused in its frame, and nothing else is.
      const others = (await findings(tab)).filter((one) =>
        !/Blocked script execution in 'about:srcdoc'|Content.Security.Policy|RESPONSE.NotSameOrigin/
          .test(one)
      );
      assert.deepEqual(others, []);
    });
    await t.step("as one file", async () => {
      const folder = await Deno.makeTempDir();
      await exportViewer(shown.rubicon, { to: `${folder}/a.html` });
      const url = `file://${folder}/a.html`;
      const tab = await browser.open(url);
      await tab.page.locator(".card").first().waitFor();
      await wander(tab.page, url, screens);
      assert.deepEqual(await findings(tab), []);
      assert.deepEqual(
        [...new Set(tab.requests)].filter((path) => path.startsWith("/")),
        [new URL(url).pathname],
        "nothing else is asked for",
      );
      await Deno.remove(folder, { recursive: true });
    });
  },
});

Deno.test({
  name: "hostile store: an artifact opened at its own address runs nothing, whatever it is",
  ...options,
  async fn() {
    await using shown = await show("hostile");
    await using browser = await startBrowser();
    const project = await getProject(shown.rubicon, { name: "Hostile <b>" });
    const [first] = await listExperiments(shown.rubicon, project);
    const at = `${shown.url}projects/${PROJECT}/runs/${first!.id}.json`;
    const { artifacts }: RunFile = await (await fetch(at)).json();
    assert.ok(artifacts.length >= 13);
    const tab = await browser.open(shown.url);
    for (const { path, show, name } of artifacts) {
      if (show === "none" || show === "parquet") continue; // They are saved.
      await tab.page.goto(shown.url + path!);
      const state = await tab.page.evaluate(() => ({
        origin: globalThis.origin,
        hacked: "hacked" in globalThis,
      }));
      assert.deepEqual(state, { origin: "null", hacked: false }, name);
    }
    const own: ProjectFile = await (await fetch(`${shown.url}projects/${PROJECT}/project.json`))
      .json();
    assert.equal(own.artifacts.length, (await listArtifacts(shown.rubicon, project)).length);
  },
});

Deno.test({
  name:
    "notebook: a project's viewer is in a frame of no origin, opens by a click, and works there",
  ...options,
  async fn() {
    await using rubicon = await makeStore("small");
    const project = await getProject(rubicon, { name: "Iris demo" });
    const plain = await display(rubicon, project);
    const { mime } = await display(rubicon, project, { viewer: true });
    assert.ok(
      plain.mime["text/html"].length < 100_000 && !plain.mime["text/html"].includes("<iframe"),
    );
    assert.ok(
      mime["text/html"].startsWith(plain.mime["text/html"].slice(0, 200)),
      "the table stays",
    );
    assert.equal(mime["text/plain"], plain.mime["text/plain"]);
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(
      `${folder}/notebook.html`,
      `<!DOCTYPE html><meta charset="utf-8">${mime["text/html"]}`,
    );
    await using browser = await startBrowser();
    const tab = await browser.open(`file://${folder}/notebook.html`);
    await tab.page.getByText("Open in the viewer").click();
    const frame = tab.page.frameLocator("iframe");
    await frame.getByRole("link", { name: "Iris demo", exact: true }).click();
    await frame.locator(".grid-body .row").first().waitFor();
    await frame.getByText("forest 12").first().waitFor();
    const inner = tab.page.frames().find((one) => one !== tab.page.mainFrame())!;
    assert.equal(await inner.evaluate(() => globalThis.origin), "null");
    assert.deepEqual(tab.errors, []);
    await Deno.remove(folder, { recursive: true });
  },
});
