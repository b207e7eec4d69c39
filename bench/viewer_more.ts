/**
 * More of what people do in the viewer's page: they read the curves of many runs, compare runs with thousands of keys, and
 * brush ten thousand lines; and what a page costs that nobody touches.
 */
import type { CDPSession, Page } from "npm:playwright-core@^1.65.1";
import { createProject, logExperiment, openComposite, startRun } from "../mod.ts";
import type { TestBrowser } from "../tests/support/browser.ts";
import { show } from "../tests/viewer/support/app.ts";
import { randomOf } from "../tests/viewer/support/random.ts";
import { median } from "./lib.ts";

/** Milliseconds of the wall clock, and of the page's main thread. */
export interface Took {
  wall: number;
  cpu: number;
}

/** CPU time of the main thread until now. */
export async function cpuOf(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")!.value * 1_000;
}

/** A store in a folder: 100 runs that logged three metrics at 10,000 steps each. */
export async function fillCurves(rootDir: string, curves: 1 | 3): Promise<void> {
  await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
  const project = await createProject(rubicon, { name: "Image classifier" });
  for (let at = 0; at < 100; at++) {
    const random = randomOf(at + 1);
    const run = await startRun(rubicon, project, { name: `run ${at}`, parameters: { at } });
    const start = Date.parse("2026-10-01T08:00:00Z") + at * 7 * 60_000;
    const pace = 10_000 / (4 + random() * 8);
    for (let step = 0; step < 10_000; step++) {
      const share = 1 - Math.exp(-step / pace);
      const noise = () => (random() - 0.5) * 0.08;
      const loss = 2.5 * (1 - 0.9 * share) + noise() + (random() < 0.001 ? 2 : 0);
      const more = {
        accuracy: 0.9 * share + noise(),
        "grad norm": step % 997 === 500 ? NaN : 1 + random(),
      };
      run.log(curves === 1 ? { loss } : { loss, ...more }, {
        step,
        time: new Date(start + step * 1_000),
      });
    }
    await run.finish();
  }
}

/** Ten runs with 8,000 keys each, most of which differ, compared. */
export async function compared(browser: TestBrowser, rounds: number): Promise<Took> {
  await using rubicon = await openComposite({ persistence: "memory", rootDir: "bench-compared" });
  const project = await createProject(rubicon, { name: "Keys" });
  for (let run = 0; run < 10; run++) {
    const keys = Array.from({ length: 8_000 }, (_, at) => [`key${at}`, at * run]);
    const config = Object.fromEntries(keys);
    await logExperiment(rubicon, project, { name: `run ${run}`, parameters: { config } });
  }
  await using shown = await show(rubicon);
  const { page } = await browser.open(`${shown.url}#/p/keys/table`);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.getByRole("checkbox", { name: /^Select all/ }).click();
  await page.locator(".selection-bar", { hasText: "10 runs" }).waitFor();
  const all: Took[] = [];
  for (let round = 0; round <= rounds; round++) {
    const before = await cpuOf(session);
    const wall = await page.evaluate(() =>
      new Promise<number>((done) => {
        const start = performance.now();
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
        const look = () => {
          const box = document.querySelector<HTMLInputElement>('[aria-label="Find a key"]');
          const keys = Number(box?.placeholder.replace(/\D/g, ""));
          if (!(keys >= 7_999) || !document.querySelector(".diff-cell")) {
            return void requestAnimationFrame(look);
          }
          requestAnimationFrame(() => done(performance.now() - start));
        };
        requestAnimationFrame(look);
      })
    );
    // The first time the runs' own files are read as well.
    if (round > 0) all.push({ wall, cpu: await cpuOf(session) - before });
    await page.keyboard.press("1");
    await page.locator(".grid").waitFor();
  }
  await page.context().close();
  return { wall: median(all.map((one) => one.wall)), cpu: median(all.map((one) => one.cpu)) };
}

/** What brushing took. */
export interface Brushed {
  /** Milliseconds of the main thread a movement of the pointer. */
  cpu: number;
  median: number;
  longest: number;
}

/** A brush along an axis of parallel coordinates, made longer by 60 movements of the pointer. */
export async function brushed(browser: TestBrowser, url: string): Promise<Brushed> {
  const { page } = await browser.open(`${url}#/p/image-classifier/parallel`, { height: 900 });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await untilDrawn(page);
  const axis = (await page.locator(".chart-axis").last().boundingBox())!;
  const plane = (await page.locator(".chart-plane").boundingBox())!;
  const x = axis.x + axis.width / 2;
  await page.mouse.move(x, plane.y + 70);
  await page.mouse.down();
  const before = await cpuOf(session);
  await page.evaluate(() => {
    const frames: number[] = [];
    let last: number | undefined;
    Object.assign(globalThis, { frames });
    requestAnimationFrame(function next(now) {
      if (last !== undefined) frames.push(now - last);
      last = now;
      requestAnimationFrame(next);
    });
  });
  for (let move = 1; move <= 60; move++) await page.mouse.move(x, plane.y + 70 + move * 3);
  const frames = await page.evaluate("frames") as number[];
  const cpu = (await cpuOf(session) - before) / 60;
  await page.mouse.up();
  await page.context().close();
  return { cpu, median: median(frames), longest: Math.max(...frames) };
}

const untilDrawn = (page: Page) =>
  page.waitForFunction(
    () =>
      [...document.querySelectorAll<HTMLCanvasElement>(".chart-plane canvas")]
        .some(({ dataset }) => dataset.drawn === "10000"),
    undefined,
    { timeout: 120_000 },
  );

/** How many requests each of three looks costs, of a page on which nothing is new. */
export async function requestsOfALook(browser: TestBrowser, url: string): Promise<number> {
  const { page, requests } = await browser.open(`${url}#/p/image-classifier/table`);
  await page.locator(".grid-body .row").first().waitFor();
  await page.waitForRequest(/index\.json/);
  const before = requests.length;
  for (let look = 0; look < 3; look++) await page.waitForRequest(/index\.json/);
  const count = requests.length - before;
  await page.context().close();
  return count / 3;
}
