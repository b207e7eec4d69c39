/**
 * Listings, paged to the end.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { ListEntry } from "../driver.ts";
import { readText, tags } from "./answer.ts";
import { isBefore, lastOf, type Page, type Range, split, together, upTo } from "./ranges.ts";
import type { Call, CallSettings } from "./request.ts";
import { elements, isDocument, text } from "./xml.ts";

/** What to list. */
export interface Listing {
  /** What all names start with. */
  prefix: string;
  /** Whether names with a further slash are given as folders. */
  grouped: boolean;
}

/**
 * The pages of a listing, one request each. Those of a long listing are asked for side by side if the first
 * tells how many there are, and then come in no order.
 */
export async function* pages(
  call: Call,
  listing: Listing,
  settings: CallSettings,
): AsyncGenerator<Page, void, void> {
  const ended = new AbortController();
  const signal = settings.signal ? AbortSignal.any([settings.signal, ended.signal]) : ended.signal;
  const ask = (query: Record<string, string>): Promise<Page> =>
    call(
      {
        method: "GET",
        name: "",
        query: {
          "list-type": "2",
          // XML cannot hold all characters that a key can.
          "encoding-type": "url",
          prefix: listing.prefix,
          ...(listing.grouped && { delimiter: "/" }),
          ...query,
        },
      },
      { ...settings, signal },
      async (response) => readPage(await readText(response), listing.prefix),
    );

  async function* range({ after, end }: Range): AsyncGenerator<Page, void, void> {
    let query: Record<string, string> = after === undefined ? {} : { "start-after": after };
    /** The tokens and the first names of the pages so far: none of them comes twice. */
    const seen = new Set<string>();
    while (true) {
      const page = await ask(query);
      const first = page.entries[0]?.key ?? page.folders[0];
      for (const mark of [first && `name ${first}`, page.next && `token ${page.next}`]) {
        if (mark && seen.has(mark)) throw circle(settings.what);
        if (mark) seen.add(mark);
      }
      yield end === undefined ? page : upTo(page, end);
      const last = lastOf(page);
      if (page.next === undefined || (end !== undefined && !isBefore(last, end))) return;
      // A page may be empty, if all that it would have is deleted or hidden.
      const rest = last === "" ? [] : split(page, last, end);
      if (rest.length > 1) return yield* together(rest.map(range));
      query = { "continuation-token": page.next };
    }
  }

  try {
    yield* range({});
  } finally {
    // If nobody wants the rest, nobody waits for it either.
    ended.abort();
  }
}

const circle = (what: string): RubiconException =>
  new RubiconException(
    "unavailable",
    `${what}: the listing goes round in circles: the server gave the same page again. Look for a cache ` +
      "or a proxy on the way.",
  );

/** What fails in here is tried again: a page must not pass for an empty listing. */
function readPage(xml: string, prefix: string): Page {
  if (!isDocument(xml, "ListBucketResult")) {
    throw new Error("the answer is not a whole listing");
  }
  const isEncoded = text(xml, "EncodingType") === "url";
  const nameIn = (item: string, element: string): string => {
    const raw = text(item, element);
    // Amazon writes a space as a plus sign, as forms do, and a plus sign as %2B.
    const name = isEncoded ? decodeURIComponent(raw?.replaceAll("+", " ") ?? "") : raw;
    if (name?.startsWith(prefix) && name !== "") return name;
    throw new Error("the listing has names that were not asked for");
  };
  const entries = Array.from(elements(xml, "Contents"), (item): ListEntry => {
    const size = Number(text(item, "Size") ?? NaN);
    const lastModified = new Date(text(item, "LastModified") ?? NaN);
    if (!Number.isSafeInteger(size) || isNaN(lastModified.getTime())) {
      throw new Error("the listing lacks an object's size or time");
    }
    return { key: nameIn(item, "Key"), size, lastModified, ...tags(text(item, "ETag")) };
  });
  const folders = Array.from(elements(xml, "CommonPrefixes"), (item) => nameIn(item, "Prefix"));
  const more = text(xml, "IsTruncated") === "true";
  const next = more ? text(xml, "NextContinuationToken") : undefined;
  if (more && !next) throw new Error("the listing goes on, but the answer does not say where");
  return { entries, folders, next };
}
