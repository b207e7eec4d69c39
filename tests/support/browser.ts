/**
 * A real browser for tests: Debian's Chromium, driven by playwright-core.
 */
import { type Browser, chromium, type Page } from "npm:playwright-core@^1.65.1";
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

/** Starts a browser. It takes half a second. */
export async function startBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: found()!,
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
      context.setDefaultTimeout(20_000);
      const page = await context.newPage();
      const tab: Tab = { page, errors: [], requests: [] };
      page.on("pageerror", (error) => tab.errors.push(String(error.stack ?? error)));
      page.on("dialog", (dialog) => {
        tab.errors.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on("request", (request) => tab.requests.push(new URL(request.url()).pathname));
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
