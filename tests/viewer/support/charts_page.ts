/**
 * The harness page of the charts in a real browser.
 *
 * @module
 */
import type { Page } from "npm:playwright-core@^1.65.1";
import { fromFileUrl } from "jsr:@std/path@^1.1.6";
import { comesTo, startBrowser, type Tab } from "../../support/browser.ts";

const root = (path: string) => fromFileUrl(new URL(`../../../${path}`, import.meta.url));

/** The harness as one HTML page. */
async function harnessPage(folder: string): Promise<string> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--config", root("deno.json"), "--platform", "browser"],
      ...["-o", `${folder}/harness.js`, root("tests/viewer/support/charts_harness.tsx")],
    ],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const script = await Deno.readTextFile(`${folder}/harness.js`);
  const styles = await Promise.all(
    ["theme", "base", "shell", "charts"].map((name) =>
      Deno.readTextFile(root(`viewer/app/css/${name}.css`))
    ),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Charts</title>` +
    `<style>${styles.join("\n")}\nbody { padding: 16px; height: auto }</style></head>` +
    `<body><div id="root"></div>` +
    `<script type="module">${script.replaceAll("</script", "<\\/script")}</script></body></html>`;
}

/** What a chart of the harness told the page. */
export interface Seen {
  selected: number[];
  opened: number[];
  settings: Record<string, unknown>;
  /** How many files were asked for. */
  loads: number;
}

/** A page of the harness. Errors of its scripts fail the test at the end. */
export class ChartsPage {
  readonly page: Page;
  readonly errors: string[];

  constructor({ page, errors }: Tab) {
    this.page = page;
    this.errors = errors;
  }

  /** Shows a chart, and waits until it stands. */
  async mount(options: Record<string, unknown>): Promise<void> {
    await this.page.evaluate(
      (given) => (globalThis as unknown as { mount(options: unknown): void }).mount(given),
      options,
    );
    await this.page.waitForFunction(() => {
      const text = document.getElementById("root")!.textContent!;
      return text !== "" && !text.includes("Reading");
    });
  }

  seen(): Promise<Seen> {
    return this.page.evaluate(() => {
      const { seen } = globalThis as unknown as { seen: Seen };
      return { ...seen, selected: [...seen.selected].sort((a, b) => a - b) };
    });
  }

  /** Waits until the chart told the page what is expected. */
  until(expected: (seen: Seen) => boolean): Promise<Seen> {
    return comesTo(this.page, () => this.seen(), expected);
  }

  /** Waits until exactly these rows are selected: while a pointer moves, others are. */
  async untilSelected(rows: readonly number[]): Promise<void> {
    await comesTo(this.page, async () => (await this.seen()).selected, [...rows]);
  }

  /** Waits until these are the settings, all of them. */
  async untilSettings(settings: Record<string, unknown>): Promise<void> {
    await comesTo(this.page, async () => (await this.seen()).settings, settings);
  }

  /** Waits until a text, such as a tooltip, has what is expected in it. */
  async untilSays(selector: string, expected: RegExp, nth = 0): Promise<string> {
    const one = this.page.locator(selector).nth(nth);
    return await comesTo(this.page, () => one.innerText(), (text) => expected.test(text));
  }

  /** Waits until an attribute has what is expected in it. */
  async untilHas(selector: string, name: string, expected: RegExp, nth = 0): Promise<string> {
    const one = this.page.locator(selector).nth(nth);
    const read = async () => await one.getAttribute(name) ?? "";
    return await comesTo(this.page, read, (text) => expected.test(text));
  }

  /** The colours on a canvas of the chart, transparent left out. */
  colours(canvas: string): Promise<number> {
    return this.page.evaluate((selector) => {
      const element = document.querySelector<HTMLCanvasElement>(selector)!;
      // A copy, since the browser warns of reading what it draws on again and again.
      const { width, height } = element;
      const copy = new OffscreenCanvas(width, height).getContext("2d", {
        willReadFrequently: true,
      })!;
      copy.drawImage(element, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      const found = new Set<number>();
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3]! > 0) found.add(data[at]! << 16 | data[at + 1]! << 8 | data[at + 2]!);
      }
      return found.size;
    }, canvas);
  }

  /** Waits until a canvas is drawn on. */
  async untilDrawn(canvas: string): Promise<void> {
    await this.page.waitForSelector(canvas, { state: "attached" });
    await comesTo(this.page, () => this.colours(canvas), (count) => count > 0);
  }

  /** Where an element is. */
  async box(selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
    return (await this.page.locator(selector).first().boundingBox())!;
  }

  /** Drags the pointer from one place to another. */
  async drag(
    [x, y]: readonly [number, number],
    [toX, toY]: readonly [number, number],
  ): Promise<void> {
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(toX, toY, { steps: 4 });
    await this.page.mouse.up();
  }
}

/** A browser with the harness in it. */
export async function openCharts(): Promise<AsyncDisposable & { charts: ChartsPage }> {
  const folder = await Deno.makeTempDir({ prefix: "rubicon-charts-" });
  await using opened = new AsyncDisposableStack();
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  await Deno.writeTextFile(`${folder}/index.html`, await harnessPage(folder));
  const browser = opened.use(await startBrowser());
  const tab = await browser.open(`file://${folder}/index.html`, { height: 900 });
  await tab.page.waitForFunction(() => "mount" in globalThis);
  const kept = opened.move();
  return { charts: new ChartsPage(tab), [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
