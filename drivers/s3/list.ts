/**
 * Listings, paged to the end.
 *
 * @module
 */
import type { ListEntry } from "../driver.ts";
import type { Call, CallSettings } from "./request.ts";
import { elements, text } from "./xml.ts";

/** One page of a listing. */
interface Page {
  entries: ListEntry[];
  folders: string[];
  /** What the next page is asked for by; missing where there is none. */
  next: string | undefined;
}

/** What to list. */
export interface Listing {
  /** What all names start with. */
  prefix: string;
  /** Whether names with a further slash are given as folders. */
  grouped: boolean;
}

/** A part of a listing: the names after `after`, up to `end`. */
interface Range {
  after?: string;
  end?: string;
}

/**
 * The pages of a listing, one request each. Those of a long listing are asked for side by side where the first
 * tells how many there are, and then come in no order.
 */
export async function* pages(
  call: Call,
  listing: Listing,
  settings: CallSettings,
): AsyncGenerator<Page, void, void> {
  const ended = new AbortController();
  const signal = settings.signal ? AbortSignal.any([settings.signal, ended.signal]) : ended.signal;
  const ask = async (query: Record<string, string>): Promise<Page> => {
    const { body } = await call(
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
      { ...settings, signal, bodyWithin: true },
      async (response) => readPage(await response.text()),
    );
    return body;
  };

  async function* range({ after, end }: Range): AsyncGenerator<Page, void, void> {
    let query: Record<string, string> = after === undefined ? {} : { "start-after": after };
    while (true) {
      const page = await ask(query);
      yield end === undefined ? page : upTo(page, end);
      const last = lastOf(page);
      if (page.next === undefined || (end !== undefined && !isBefore(last, end))) return;
      const rest = split(page, last, end);
      if (rest.length > 1) return yield* together(rest.map(range));
      query = { "continuation-token": page.next };
    }
  }

  try {
    yield* range({});
  } finally {
    // Where nobody wants the rest, nobody waits for it either.
    ended.abort();
  }
}

/** So many pages of one listing are asked for at once. */
const MOST_RANGES = 16;
/** A random id, as experiments, artifacts and dataframes have. Ids of other versions are no random numbers. */
const RANDOM_ID = /^([0-9a-f]{8})-[0-9a-f]{4}-4[0-9a-f]{3}-/;

/**
 * The rest of a listing as ranges of about a page each (or of several pages, where there would be too many). Random
 * ids are spread evenly: how much of them one page covers tells how many pages are left. Other names tell nothing, and
 * the rest is one range.
 */
function split({ entries, folders }: Page, last: string, end: string | undefined): Range[] {
  const first = entries[0]?.key ?? folders[0]!;
  let common = 0;
  while (first[common] === last[common] && common < first.length) common++;
  const folder = first.slice(0, first.lastIndexOf("/", common - 1) + 1);
  const place = (name: string | undefined): number => {
    if (name === undefined || !name.startsWith(folder)) return NaN;
    return parseInt(RANDOM_ID.exec(name.slice(folder.length))?.[1] ?? "", 16) / 2 ** 32;
  };
  const [from, to] = [place(first), place(last)];
  // The end of an earlier split is such a place itself, without the rest of an id.
  const until = end?.startsWith(folder) ? parseInt(end.slice(folder.length), 16) / 2 ** 32 : 1;
  const count = Math.min(Math.ceil((until - to) / (to - from)), MOST_RANGES);
  if (!(count > 1)) return [];
  const bounds = Array.from({ length: count - 1 }, (_, at) => {
    const bound = Math.floor((to + (until - to) * (at + 1) / count) * 2 ** 32);
    return folder + bound.toString(16).padStart(8, "0");
  });
  return [last, ...bounds].map((after, at) => {
    const next = bounds[at] ?? end;
    return next === undefined ? { after } : { after, end: next };
  });
}

/** The last name of a page. There is one where another page follows. */
function lastOf({ entries, folders }: Page): string {
  const [entry, folder] = [entries.at(-1)?.key ?? "", folders.at(-1) ?? ""];
  return isBefore(entry, folder) ? folder : entry;
}

/** Whether S3 lists a name before another: by code points, where JavaScript compares halves of some. */
function isBefore(a: string, b: string): boolean {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return (a.codePointAt(at) ?? -1) < (b.codePointAt(at) ?? -1);
}

/** A page without what the next range gives. */
const upTo = ({ entries, folders, next }: Page, end: string): Page => ({
  entries: entries.filter(({ key }) => isBefore(key, end)),
  folders: folders.filter((name) => isBefore(name, end)),
  next,
});

/** Several generators as one, each step of which is waited for at the same time. */
async function* together<T>(
  generators: readonly AsyncGenerator<T, void, void>[],
): AsyncGenerator<T, void, void> {
  const step = async (generator: AsyncGenerator<T, void, void>) => ({
    generator,
    result: await generator.next(),
  });
  const steps = new Map(generators.map((generator) => [generator, step(generator)]));
  // A failure is thrown by the race; of those that fail after it nobody needs to hear.
  for (const one of steps.values()) one.catch(() => {});
  while (steps.size > 0) {
    const { generator, result } = await Promise.race(steps.values());
    if (result.done) {
      steps.delete(generator);
      continue;
    }
    const next = step(generator);
    next.catch(() => {});
    steps.set(generator, next);
    yield result.value;
  }
}

/** What fails in here is tried again: an answer that is no listing must not pass for an empty one. */
function readPage(xml: string): Page {
  if (!/<ListBucketResult[\s>].*<\/ListBucketResult>\s*$/s.test(xml)) {
    throw new Error("the answer is no listing, or not all of one");
  }
  const encoded = text(xml, "EncodingType") === "url";
  // Amazon writes a space as a plus sign, as forms do, and a plus sign as %2B.
  const decode = (name: string) => encoded ? decodeURIComponent(name.replaceAll("+", " ")) : name;
  const entries = elements(xml, "Contents").map((item): ListEntry => ({
    key: decode(text(item, "Key")!),
    size: Number(text(item, "Size")),
    lastModified: new Date(text(item, "LastModified")!),
    ...tags(text(item, "ETag")),
  }));
  const folders = elements(xml, "CommonPrefixes").map((item) => decode(text(item, "Prefix")!));
  const more = text(xml, "IsTruncated") === "true";
  const next = more ? text(xml, "NextContinuationToken") : undefined;
  if (more && !next) throw new Error("the listing goes on, but the answer does not say where");
  return { entries, folders, next };
}

/** An ETag, and the checksum that it is for an object that was put in one part. */
export function tags(header: string | null | undefined): { etag?: string; checksum?: string } {
  const etag = header?.replace(/^"|"$/g, "");
  if (!etag) return {};
  return /^[0-9a-f]{32}$/i.test(etag) ? { etag, checksum: `md5:${etag.toLowerCase()}` } : { etag };
}
