/**
 * What an answer has to have before anything is believed of it. A login page of a network, a proxy that is set up
 * for something else, or a cache answers in the store's place too, with 200 and a page.
 *
 * The rules are tried on MinIO and versitygw; for others they follow Amazon's and Google's documentation and
 * Garage's sources:
 *
 * - Each answer to a GET, and to a PUT, has an `ETag`; one to a GET has `Last-Modified` too.
 * - Most stores have headers of their own (`x-amz-request-id`, `x-goog-…`). One without, as Garage is, gives ETags of
 *   S3's form, which no web server does: an MD5 in hex, and `-` and the number of parts after uploads in parts.
 *   `Server` tells nothing, as proxies set it.
 * - A PUT is answered without a body, and a DELETE by 204.
 * - A refusal is XML with a `Code`.
 *
 * @module
 */
import type { GetOptions, ObjectMeta } from "../driver.ts";

/** More than any listing of 1,000 names, in bytes. */
const MOST_TEXT = 16 * 1024 * 1024;

const NOT_THE_STORE = "so that it is not the store's. Look for a proxy or a login page on the way";

/** What headers tell of an object. The size is missing if something on the way took it out. */
export interface Head extends Omit<ObjectMeta, "size"> {
  /** Size in bytes. */
  size: number | undefined;
}

/** An ETag, and the checksum that it is for an object that was put in one part. */
export function tags(header: string | null | undefined): { etag?: string; checksum?: string } {
  // Something on the way may have made it a weak one.
  const etag = header?.replace(/^W\//, "").replace(/^"|"$/g, "");
  if (!etag) return {};
  return /^[0-9a-f]{32}$/i.test(etag) ? { etag, checksum: `md5:${etag.toLowerCase()}` } : { etag };
}

/** The ETag of an answer, if the answer is a store's. */
function storesTags({ headers }: Response): { etag: string; checksum?: string } {
  const { etag, checksum } = tags(headers.get("etag"));
  if (etag === undefined) throw new Error(`the answer has no ETag, ${NOT_THE_STORE}`);
  const isOwn = [...headers.keys()].some((name) => /^x-(?:amz|goog)-/.test(name));
  if (!isOwn && !/^[0-9a-f]{32}(?:-\d+)?$/i.test(etag)) {
    throw new Error(
      `the answer has neither S3's headers nor an ETag of S3's form, ${NOT_THE_STORE}`,
    );
  }
  // An ETag of an object that the server encrypts with keys of its own is not a checksum of the bytes.
  const isPlain = !headers.get("x-amz-server-side-encryption")?.startsWith("aws:kms") &&
    !headers.has("x-amz-server-side-encryption-customer-algorithm");
  return { etag, ...(checksum !== undefined && isPlain && { checksum }) };
}

/** Reads the headers of a GET. Throws unless it is a store's answer to just the range that was asked for. */
export function readHead(response: Response, { offset = 0, length = Infinity }: GetOptions): Head {
  const { headers, status } = response;
  const encoding = headers.get("content-encoding") ?? "";
  if (/gzip|br|deflate|zstd|compress/i.test(encoding)) {
    throw new Error(
      `the answer is compressed (${encoding.slice(0, 40)}), so that its bytes are others`,
    );
  }
  const lastModified = new Date(headers.get("last-modified") ?? NaN);
  if (isNaN(lastModified.getTime())) {
    throw new Error(`the answer has no Last-Modified, ${NOT_THE_STORE}`);
  }
  const meta = { lastModified, ...storesTags(response) };
  const asked = offset > 0 || length < Infinity;
  if (status === 206) {
    // `bytes 0-9/123`: the first byte, the last one, and the size of the whole object.
    const [, ...numbers] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "") ??
      [];
    const [first, last, size] = numbers.map(Number);
    if (first !== offset || last !== Math.min(offset + length, size!) - 1) {
      throw new Error("another part of the object came than was asked for");
    }
    return { size, ...meta };
  }
  if (status !== 200) throw new Error(`status ${status} does not answer this, ${NOT_THE_STORE}`);
  if (asked) throw new Error("the whole object came in place of a part of it");
  const size = headers.get("content-length");
  return { size: size === null ? undefined : Number(size), ...meta };
}

/**
 * Reads the answer to a PUT. Throws unless it is a store's that has these bytes: what a server that answered too
 * early has, nobody knows.
 *
 * @param md5 Of the bytes, in hex.
 */
export async function readStored(
  response: Response,
  md5: string,
): Promise<ReturnType<typeof tags>> {
  const body = await readText(response);
  if (response.status !== 200 || body.trim() !== "") {
    throw new Error(
      `the answer to the write is status ${response.status} and a page, ${NOT_THE_STORE}`,
    );
  }
  const stored = storesTags(response);
  if (stored.checksum !== undefined && stored.checksum !== `md5:${md5}`) {
    throw new Error("the answer has the ETag of other bytes");
  }
  return stored;
}

/** Reads the answer to a DELETE. */
export async function readDeleted(response: Response): Promise<void> {
  await response.body?.cancel();
  if (response.status === 204) return;
  throw new Error(`the answer to the deletion is status ${response.status}, ${NOT_THE_STORE}`);
}

/** The text of an answer, which has to end within bounds. */
export async function readText(response: Response, most: number = MOST_TEXT): Promise<string> {
  const decoder = new TextDecoder();
  let [size, text] = [0, ""];
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most) throw new Error(`the answer has more than ${most} bytes, ${NOT_THE_STORE}`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** When an answer was given. S3 does not say when it stored an object, but what time it was then. */
export function dateOf({ headers }: Response): Date {
  const date = Date.parse(headers.get("date") ?? "");
  return new Date(Number.isNaN(date) ? Date.now() : date);
}
