/**
 * The page as the sources make it, in a browser, on generated stores.
 */
import type { Page } from "npm:playwright-core@^1.65.1";
import { build, type Built } from "../../../.ci/viewer.ts";
import type { Composite } from "../../../mod.ts";
import { startServer, type Viewer } from "../../../viewer/server/server.ts";
import { makeStore, type StoreName } from "./stores.ts";
import { type SyntheticName, SyntheticSite } from "./synthetic.ts";

let built: Promise<Built> | undefined;

/** A store that is served with the page. */
export interface Shown extends AsyncDisposable {
  url: string;
  rubicon: Composite;
  viewer: Viewer;
}

/** Serves a store with the page. */
export async function show(
  name: StoreName | SyntheticName | Composite,
  { edit = false, synthetic = false }: { edit?: boolean; synthetic?: boolean } = {},
): Promise<Shown> {
  const app = await (built ??= build());
  const rubicon = typeof name !== "string"
    ? name
    : await makeStore(synthetic ? "empty" : name as StoreName);
  const viewer = startServer(
    rubicon,
    { hostname: "127.0.0.1", port: 0, title: "Test", edit, hosts: [] },
    app,
    synthetic ? (options) => new SyntheticSite(rubicon, options, name as SyntheticName) : undefined,
  );
  return {
    url: viewer.url,
    rubicon,
    viewer,
    async [Symbol.asyncDispose]() {
      await viewer.close();
      if (typeof name === "string") await rubicon[Symbol.asyncDispose]();
    },
  };
}

/** Goes from the list of projects into one, and waits for its table. */
export async function enter(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name, exact: true }).click();
  await page.locator(".grid-body .row").first().waitFor();
}

/** What stands on a tab; on those of charts it is a heading of their name. */
const ON_TAB: Readonly<Record<string, string>> = {
  Table: ".grid, main .empty",
  Compare: ".compare, main .empty",
  About: "article",
};

/** Waits until a tab of a project is the one that is shown, and has read what it needs. */
export async function inTab(page: Page, label: string): Promise<void> {
  await page.locator('.tabs [aria-current="page"]', { hasText: label }).waitFor();
  const on = ON_TAB[label];
  await (on
    ? page.locator(on)
    : page.locator(".tab-body > h2", { hasText: label }).or(page.locator("main .empty")))
    .first().waitFor({ state: "attached" });
  await page.waitForFunction(() => !document.querySelector(".loading"));
}

/** Waits until the page of a run is shown, and no other one's. */
export async function onRun(page: Page, name: string): Promise<void> {
  await page.locator("article h1").and(page.getByText(name, { exact: true })).waitFor();
}

/** The texts of the table's first column, from top to bottom. */
export const namesShown = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const place = (row: Element) => Number(row.getAttribute("aria-rowindex"));
    return [...document.querySelectorAll(".grid-body .row")]
      .sort((a, b) => place(a) - place(b))
      .map((row) => row.querySelector(".cell")?.textContent ?? "");
  });

/** The address after the `#`, as it is once what was done has been told to the browser. */
export async function hashOf(page: Page, has: RegExp): Promise<string> {
  await page.waitForFunction(
    (source) => new RegExp(source).test(decodeURIComponent(location.hash)),
    has.source,
  );
  return await page.evaluate(() => location.hash);
}

/** Steps that build on one another: after one that fails the others say nothing. */
export const stepsOf = (t: Deno.TestContext) => async (name: string, fn: () => Promise<void>) => {
  if (!await t.step(name, fn)) throw new Error(`The step failed: ${name}`);
};
