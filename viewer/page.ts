/**
 * The page: one HTML file with its script and its styles inside, which a policy names by their checksums, so that nothing
 * else in it can ever run, but for the second script, which is named as well.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** What a page is made of. */
export interface PageParts {
  title: string;
  script: string;
  /** The script that the page fetches when what it has is first shown. */
  more: string;
  style: string;
  /** What posts to the server have to bring; missing if there is no server. */
  token?: string | undefined;
  /** All files of the contract, gzipped, for a page that is one file. */
  data?: Uint8Array | undefined;
}

/** A page, and the policy that it has inside and that a server sends along. */
export interface Page {
  html: string;
  policy: string;
}

/** A graph of three points. */
const ICON = "data:image/svg+xml," + encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" ` +
    `fill="#2f5fd0"/><path d="M6 23l7-8 5 4 8-11" fill="none" stroke="#fff" stroke-width="3" ` +
    `stroke-linecap="round" stroke-linejoin="round"/></svg>`,
);

/** Makes the page. */
export function pageOf({ title, script, more, style, token, data }: PageParts): Page {
  checkInline(script, /<\/script|<!--/i, "script");
  checkInline(style, /<\/style/i, "style");
  const isAlone = data !== undefined;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)} ${hashOf(more)}`,
    `style-src ${hashOf(style)}`,
    `connect-src ${isAlone ? "'none'" : "'self'"}`,
    `img-src ${isAlone ? "" : "'self' "}blob: data:`,
    `media-src ${isAlone ? "" : "'self' "}blob: data:`,
    `frame-src ${isAlone ? "blob:" : "'self' blob:"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const html = [
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">',
    token === undefined ? "" : `<meta name="rubicon-token" content="${escaped(token)}">`,
    `<title>${escaped(title)}</title><link rel="icon" href="${escaped(ICON)}">`,
    `<style>${style}</style></head><body><div id="app"></div>`,
    "<noscript>This page shows a store of experiments by a script that is part of it. Allow scripts for ",
    "this page to see it.</noscript>",
    isAlone
      ? `<script type="application/json" id="rubicon-data" data-encoding="gzip">${data.toBase64()}</script>`
      : "",
    `<script type="module">${script}</script></body></html>\n`,
  ].join("");
  return { html, policy: `${policy}; frame-ancestors 'none'` };
}

const hashOf = (text: string): string =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** What would end its own element would be another page than was meant. */
function checkInline(text: string, end: RegExp, what: string): void {
  if (end.test(text)) throw new Error(`The page's ${what} ends itself: ${end} is in it.`);
}
