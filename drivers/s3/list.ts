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
  next: string | undefined;
}

/** What to list. */
export interface Listing {
  /** What all names start with. */
  prefix: string;
  /** Whether names with a further slash are given as folders. */
  grouped: boolean;
}

/** The pages of a listing, one request each. */
export async function* pages(
  call: Call,
  { prefix, grouped }: Listing,
  settings: CallSettings,
): AsyncGenerator<Page, void, void> {
  let token: string | undefined;
  do {
    const query = {
      "list-type": "2",
      // XML cannot hold all characters that a key can.
      "encoding-type": "url",
      prefix,
      ...(grouped && { delimiter: "/" }),
      ...(token !== undefined && { "continuation-token": token }),
    };
    const { body } = await call(
      { method: "GET", name: "", query },
      { ...settings, bodyWithin: true },
      (response) => response.text(),
    );
    const page = readPage(body);
    yield page;
    token = page.next;
  } while (token !== undefined);
}

function readPage(xml: string): Page {
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
  return { entries, folders, next: more ? text(xml, "NextContinuationToken") : undefined };
}

/** An ETag, and the checksum that it is for an object that was put in one part. */
export function tags(header: string | null | undefined): { etag?: string; checksum?: string } {
  const etag = header?.replace(/^"|"$/g, "");
  if (!etag) return {};
  return /^[0-9a-f]{32}$/i.test(etag) ? { etag, checksum: `md5:${etag.toLowerCase()}` } : { etag };
}
