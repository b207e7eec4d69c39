// deno-lint-ignore-file no-console -- it says what is left out.
/**
 * The viewer in Chromium: opening, sorting, filtering, scrolling, curves, each beside its goal and, where it can be installed,
 * opening beside MLflow's page on the same runs. Times are of the wall clock; CPU is that of the page's main thread.
 */
import type { CDPSession, Page } from "npm:playwright-core@^1.65.1";
import { openComposite } from "../mod.ts";
import { lacksBrowser, startBrowser, type TestBrowser } from "../tests/support/browser.ts";
import { show } from "../tests/viewer/support/app.ts";
import { fillSweep } from "../tests/viewer/support/sweep.ts";
import type { SyntheticName } from "../tests/viewer/support/synthetic.ts";
import { exportViewer } from "../viewer.ts";
import { median, type Row } from "./lib.ts";
import { startMlflow } from "./mlflow_ui.ts";
import { brushed, compared, cpuOf, fillCurves, requestsOfALook, type Took } from "./viewer_more.ts";

const ROUNDS = 5;
const BIG = { runs: 10_000, parameters: 20, metrics: 24 };
const SLUG = "image-classifier";

const medians = (all: readonly Took[]): Took => ({
  wall: median(all.map(({ wall }) => wall)),
  cpu: median(all.map(({ cpu }) => cpu)),
});

/** Opens a page in a fresh context, until something is painted, and the charts' note begins with a text. */
async function opened(
  browser: TestBrowser,
  url: string,
  seen: string,
  note = "",
): Promise<{ page: Page; session: CDPSession; took: Took }> {
  const { page } = await browser.open("about:blank");
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.addInitScript(([selector, text]) => {
    const look = () => {
      const isSeen = document.querySelector(selector) &&
        (text === "" || document.querySelector(".chart-note")?.textContent?.startsWith(text));
      if (isSeen) {
        requestAnimationFrame(() =>
          requestAnimationFrame(() => Object.assign(window, { paintedAt: performance.now() }))
        );
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, [seen, note] as const);
  const before = await cpuOf(session);
  await page.goto(url);
  await page.waitForFunction(() => "paintedAt" in window, undefined, { timeout: 120_000 });
  const wall = await page.evaluate("paintedAt") as number;
  return { page, session, took: { wall, cpu: await cpuOf(session) - before } };
}

/** Opens several times; the page of the last one stays. */
async function openings(
  browser: TestBrowser,
  url: string,
  seen: string,
  rounds = ROUNDS,
  note = "",
) {
  const all: Took[] = [];
  for (let round = 0;; round++) {
    const last = await opened(browser, url, seen, note);
    if (round > 0) all.push(last.took); // The first one warms up the server.
    if (round === rounds) return { ...last, took: medians(all) };
    await last.page.context().close();
  }
}

/** Does something in the page, until what it changed is painted. */
async function acted(
  page: Page,
  session: CDPSession,
  act: (round: number) => string,
): Promise<Took> {
  const all: Took[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await cpuOf(session);
    const wall = await page.evaluate(`new Promise((done, fail) => {
      const body = document.querySelector(".grid-body");
      const was = body.textContent;
      const start = performance.now();
      ${act(round)}
      const look = () => {
        if (body.isConnected && body.textContent === was) {
          if (performance.now() - start > 20_000) return fail(new Error("Nothing changed."));
          return requestAnimationFrame(look);
        }
        requestAnimationFrame(() => done(performance.now() - start));
      };
      requestAnimationFrame(look);
    })`) as number;
    all.push({ wall, cpu: await cpuOf(session) - before });
  }
  return medians(all);
}

/** Scrolls a screen a frame: the longest frame, the median, and the most rows in the document. */
const SCROLL = `new Promise((done) => {
  const grid = document.querySelector(".grid");
  const frames = [];
  let rows = 0;
  let last;
  const step = (now) => {
    if (last !== undefined) frames.push(now - last);
    last = now;
    rows = Math.max(rows, document.querySelectorAll(".grid-body .row").length);
    if (frames.length === 120) return done({ frames, rows });
    grid.scrollTop += 600;
    grid.scrollLeft = frames.length * 20 % 2_000;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

const tableOf = (url: string) => `${url}#/p/${SLUG}/table`;
const ROW = ".grid-body .row .run-link";

export async function viewer(): Promise<Row[]> {
  const lacks = await lacksBrowser();
  if (lacks) {
    console.error(`The viewer is not measured: it needs ${lacks}.`);
    return [];
  }
  const rows: Row[] = [];
  const beside = (what: string, ours: number, goal: number, unit: Row["unit"] = "ms") =>
    rows.push({
      ...{ what: `viewer: ${what}`, ours, theirs: goal, unit, against: "the goal" },
      ...{ ratio: ours / goal, goal: 1, limit: true },
    });
  const both = (what: string, { wall, cpu }: Took, goal: number) => {
    beside(what, wall, goal);
    beside(`${what}: CPU`, cpu, goal);
  };
  await using browser = await startBrowser();
  const big = await ofBig(browser, both, beside);
  await ofSite("huge", async (url) => {
    const { took } = await openings(browser, tableOf(url), ROW, 3);
    both("1,500 runs × 1,500 metrics opened", took, 2_000);
  });
  await ofStoredCurves(browser, both);
  both("10 runs × 8,000 keys compared", await compared(browser, ROUNDS), 200);
  beside("1,000 runs × 44 values as one file", await exported() / 1_024, 5 * 1_024, "KiB");
  await using mlflow = await startMlflow(BIG);
  if (!mlflow) console.error("MLflow's page is not measured: its package cannot be installed.");
  else {
    const { took } = await openings(browser, mlflow.url, '[role="row"] a[href*="/runs/"]', 3);
    const against = "MLflow's page, its first 100 runs";
    for (const key of ["wall", "cpu"] as const) {
      rows.push({
        what: `viewer: 10,000 runs opened${key === "cpu" ? ": CPU" : ""}`,
        ...{ ours: big[key], theirs: took[key], unit: "ms", against },
        ratio: took[key] / big[key],
      });
    }
  }
  return rows;
}

/** A chart has lines. That they are those of all runs, the note above the charts says. */
const DRAWN = '.chart-card [data-points]:not([data-points="0"])';

/** Curves: until all are read and drawn, and what drawing them anew takes. */
export async function ofCurves(
  browser: TestBrowser,
  url: string,
  curves: 1 | 3,
  both: (what: string, took: Took, goal: number) => void,
): Promise<void> {
  const address = `${url}#/p/${SLUG}/curves`;
  const { page, session, took } = await openings(browser, address, DRAWN, 2, "100 runs");
  const what = `100 runs × ${curves} curve${curves === 1 ? "" : "s"} × 10,000 points`;
  both(`${what} read and drawn`, took, 1_000);
  const all: Took[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await cpuOf(session);
    const wall = await page.evaluate(() =>
      new Promise<number>((done) => {
        const start = performance.now();
        const label = [...document.querySelectorAll("label")].find(({ textContent }) =>
          textContent === "Log y"
        );
        label!.querySelector("input")!.click();
        // What a click changes is in the document after one frame, and drawn after the next.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)))
        );
      })
    );
    all.push({ wall, cpu: await cpuOf(session) - before });
  }
  both(`${what} drawn on another axis`, medians(all), 1_000);
  await page.context().close();
}

async function ofStoredCurves(
  browser: TestBrowser,
  both: (what: string, took: Took, goal: number) => void,
): Promise<void> {
  for (const curves of [1, 3] as const) {
    const rootDir = await Deno.makeTempDir({ prefix: "viewer-curves-" });
    await fillCurves(rootDir, curves);
    {
      await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
      await using shown = await show(rubicon);
      await ofCurves(browser, shown.url, curves, both);
    }
    await Deno.remove(rootDir, { recursive: true });
  }
}

async function ofSite(
  name: SyntheticName,
  fn: (url: string) => Promise<void>,
): Promise<void> {
  await using shown = await show(name, { synthetic: true });
  await fn(shown.url);
}

async function ofBig(
  browser: TestBrowser,
  both: (what: string, took: Took, goal: number) => void,
  beside: (what: string, ours: number, goal: number, unit?: Row["unit"]) => void,
): Promise<Took> {
  await using shown = await show("big", { synthetic: true });
  const { page, session, took } = await openings(browser, tableOf(shown.url), ROW);
  both("10,000 runs × 50 columns opened", took, 2_000);
  const heads = '[...document.querySelectorAll(".head.metric .head-label")]';
  both(
    "sorted by a metric",
    await acted(page, session, (round) => `${heads}[${round % 3}].click();`),
    100,
  );
  both(
    "filtered by an expression",
    await acted(page, session, (round) => `
      const search = document.querySelector("#search");
      search.value = "metrics.accuracy > 0.8 and params.optimizer == '${
      ["adam", "sgd", "lion"][round % 3]
    }'";
      search.dispatchEvent(new InputEvent("input", { bubbles: true }));`),
    100,
  );
  await page.locator("#search").fill("");
  await page.locator(".search-count", { hasText: /^10,000$/ }).waitFor();
  const before = await cpuOf(session);
  const scrolled = await page.evaluate(SCROLL) as { frames: number[]; rows: number };
  beside("scrolled: CPU a frame", (await cpuOf(session) - before) / 120, 50);
  beside("scrolled: the longest of 120 frames", Math.max(...scrolled.frames), 50);
  beside("scrolled: the median frame", median(scrolled.frames), 50);
  if (scrolled.rows > 60) throw new Error(`${scrolled.rows} rows are in the document.`);
  await page.context().close();
  const brush = await brushed(browser, shown.url);
  beside("brush at 10,000 lines: CPU a movement", brush.cpu, 50);
  beside("brush at 10,000 lines: the median frame", brush.median, 50);
  beside("brush at 10,000 lines: the longest frame", brush.longest, 50);
  beside(
    "a look at what is new, if nothing is",
    await requestsOfALook(browser, shown.url),
    1,
    "requests",
  );
  return took;
}

/** How large one file with 1,000 runs is, in bytes. */
async function exported(): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "viewer-" });
  await using rubicon = await openComposite({ persistence: "memory", rootDir: folder });
  await fillSweep(rubicon, { runs: 1_000, parameters: 20, metrics: 24 });
  await exportViewer(rubicon, { to: `${folder}/runs.html` });
  const { size } = await Deno.stat(`${folder}/runs.html`);
  await Deno.remove(folder, { recursive: true });
  return size;
}
