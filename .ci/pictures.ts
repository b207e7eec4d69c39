// deno-lint-ignore-file no-console -- a command says what it did.
/**
 * Takes the pictures of the viewer that the documentation shows, from a store that is the same each time.
 *
 *     deno task pictures              # all
 *     deno task pictures table run    # some
 *
 * It needs Chromium. Look at each picture before you commit it.
 */
import { fromFileUrl } from "jsr:@std/path@^1.1.6";
import type { Page } from "npm:playwright-core@^1.65.1";
import UPNG from "npm:upng-js@^2.1.0";
import { openComposite } from "../mod.ts";
import { lacksBrowser, startBrowser } from "../tests/support/browser.ts";
import { show } from "../tests/viewer/support/app.ts";
import { differ, fillGallery, TAKEN } from "../tests/viewer/support/gallery.ts";

const FOLDER = fromFileUrl(new URL("../docs/pictures/", import.meta.url));
/** Of each picture. */
const COLOURS = 96;
const PROJECT = "image-classifier";

interface Picture {
  hash: string;
  theme?: "light" | "dark";
  width?: number;
  height?: number;
  /** What has to be there before the picture is taken. */
  ready: string;
  /** What is done first. */
  before?: (page: Page) => Promise<void>;
}

const BEST = "sort=-m.accuracy";
const PICTURES: Record<string, Picture> = {
  projects: { hash: "/", ready: ".card", height: 300 },
  table: { hash: `/p/${PROJECT}/table?${BEST}`, ready: ".grid-body .row", before: select(3) },
  curves: {
    hash: `/p/${PROJECT}/curves?charts={'curves':{'g':'p.optimizer','s':0.5}}`,
    ready: ".chart-card canvas",
  },
  parallel: {
    hash: `/p/${PROJECT}/parallel?q=metrics.accuracy+>+0.9`,
    ready: "main canvas",
  },
  scatter: {
    hash:
      `/p/${PROJECT}/scatter?charts={'scatter':{'x':'p.lr','y':'m.accuracy','c':'p.optimizer'}}`,
    ready: "main canvas",
  },
  compare: {
    hash: `/p/${PROJECT}/table?${BEST}`,
    ready: ".grid-body .row",
    before: compare,
    height: 600,
  },
  run: { hash: `/p/${PROJECT}/table`, ready: ".grid-body .row", before: openFirst },
  backends: { hash: "/backends", ready: "main h1, main h2", before: verify, height: 640 },
  "table-dark": {
    hash: `/p/${PROJECT}/table?group=p.optimizer&${BEST}`,
    ready: ".grid-body .row",
    theme: "dark",
    before: (page) => page.locator(".row.group").first().click(),
  },
  "curves-dark": { hash: `/p/${PROJECT}/curves`, ready: ".chart-card canvas", theme: "dark" },
  narrow: { hash: `/p/${PROJECT}/table`, ready: ".grid-body .row", width: 400 },
};

/** Where the pointer is on nothing, of the pages that are 1280 wide. */
const NOWHERE = [992, 5] as const;

function select(many: number) {
  return async (page: Page) => {
    const boxes = page.locator(".grid-body .row input");
    for (let at = 0; at < many; at++) await boxes.nth(at * 2 + 1).click();
    await page.mouse.move(...NOWHERE);
  };
}

async function compare(page: Page): Promise<void> {
  await select(4)(page);
  await page.keyboard.press("d");
  await page.locator(".diff-row").first().waitFor();
  await page.mouse.move(...NOWHERE);
}

async function openFirst(page: Page): Promise<void> {
  await page.locator('.grid-body .row[aria-rowindex="2"] .run-link').click();
  // Charts are built once they are near what is seen.
  await page.locator('.chart-card [data-points]:not([data-points="0"]) canvas').first().waitFor();
  await page.mouse.move(...NOWHERE);
}

async function verify(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText(/difference/).first().waitFor();
  await page.mouse.move(...NOWHERE);
}

/** The picture in few colours, which takes a third of the bytes. */
function small(bytes: Uint8Array): Uint8Array {
  const image = UPNG.decode(Uint8Array.from(bytes).buffer);
  return new Uint8Array(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, COLOURS));
}

const lacks = await lacksBrowser();
if (lacks) {
  console.error(`The pictures need ${lacks}.`);
  Deno.exit(1);
}
const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(PICTURES);
await using rubicon = await openComposite([
  { persistence: "memory", rootDir: "pictures-a", label: "disk" },
  { persistence: "memory", rootDir: "pictures-b", label: "bucket" },
]);
await differ({ persistence: "memory", rootDir: "pictures-a" }, await fillGallery(rubicon));
await using shown = await show(rubicon);
await using browser = await startBrowser();
await Deno.mkdir(FOLDER, { recursive: true });
for (const name of wanted) {
  const picture = PICTURES[name];
  if (!picture) throw new Error(`There is no picture ${name}: ${Object.keys(PICTURES).join(", ")}`);
  const { width = 1280, height = 720, theme = "light", hash, ready, before } = picture;
  const { page, errors } = await browser.open("about:blank", { width, height, theme });
  await page.clock.setFixedTime(TAKEN);
  await page.goto(`${shown.url}#${hash}`);
  await page.locator(ready).first().waitFor();
  await before?.(page);
  await page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => {}); // It may be live.
  const bytes = small(await page.screenshot());
  await Deno.writeFile(`${FOLDER}${name}.png`, bytes);
  console.log(`${name}.png: ${Math.round(bytes.length / 1024)} KiB`);
  if (errors.length > 0) throw new Error(`${name}: ${errors.join("\n")}`);
  await page.context().close();
}
