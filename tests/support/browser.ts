/**
 * A real browser for tests: Debian's Chromium, driven by playwright-core.
 */
import { isDeepStrictEqual } from "node:util";
import { type Browser, chromium, type Page, type Request } from "npm:playwright-core@^1.65.1";
import { lacksPackage } from "./parts.ts";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const found = (): string | undefined =>
  PATHS.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });

/** What is missing for the suites with a browser; `undefined` where nothing is. In CI it is installed. */
export const lacksBrowser = (): Promise<string | undefined> =>
  lacksPackage("chromium", () => Promise.resolve(found() !== undefined));

/** A page in a browser, and what went wrong in it. */
export interface Tab {
  page: Page;
  /** Errors of scripts, of the console, and what the page's policy refused. */
  errors: string[];
  /** Each request that was sent, by its path. */
  requests: string[];
  /** Each request that has its answer, by its path. */
  answers: string[];
}

/** What a tab is like. */
export interface TabOptions {
  width?: number;
  height?: number;
  theme?: "light" | "dark";
}

/** A browser of a test. */
export interface TestBrowser extends AsyncDisposable {
  browser: Browser;
  /** A new tab, with nothing kept from others, that shows a page. */
  open(url: string, options?: TabOptions): Promise<Tab>;
}

/** So many milliseconds a browser, a page and what is waited for there may take: a loaded machine takes its time. */
const PATIENCE = 90_000;
/** What does not come within so many frames does not come. Under load frames take longer, so that this does as well. */
const FRAMES = 1_200;

/**
 * Reads what a page shows, frame by frame, until that is what is expected: what an action leads to is never read right after
 * it, since states in between are seen then. The error has what it was at last.
 */
export async function comesTo<T>(
  page: Page,
  read: () => Promise<T>,
  expected: NoInfer<T> | ((seen: T) => boolean),
): Promise<T> {
  const isThere = typeof expected === "function"
    ? expected as (seen: T) => boolean
    : (seen: T) => isDeepStrictEqual(seen, expected);
  let seen = await read();
  for (let frame = 0; !isThere(seen); frame++) {
    if (frame === FRAMES) {
      const wanted = typeof expected === "function" ? `${expected}` : JSON.stringify(expected);
      throw new Error(`It came to ${JSON.stringify(seen)} at last, not to ${wanted}`);
    }
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    seen = await read();
  }
  return seen;
}

/** Waits until a text has what is expected in it. */
export const says = (
  page: Page,
  read: () => Promise<string | null>,
  expected: RegExp,
): Promise<string | null> => comesTo(page, read, (text) => expected.test(text ?? ""));

/** Starts a browser. It takes half a second. */
export async function startBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: found()!,
    timeout: PATIENCE,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
  });
  return {
    browser,
    async open(url, { width = 1280, height = 800, theme = "light" } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        reducedMotion: "reduce",
        timezoneId: "UTC",
      });
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      const tab: Tab = { page, errors: [], requests: [], answers: [] };
      page.on("pageerror", (error) => tab.errors.push(String(error.stack ?? error)));
      page.on("dialog", (dialog) => {
        tab.errors.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on("request", (request) => tab.requests.push(new URL(request.url()).pathname));
      const isOver = (request: Request) => tab.answers.push(new URL(request.url()).pathname);
      page.on("requestfinished", isOver);
      page.on("requestfailed", isOver);
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") {
          tab.errors.push(`console: ${message.text()}`);
        }
      });
      await page.goto(url);
      return tab;
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
