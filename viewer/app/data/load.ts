/**
 * Files of the contract: from the folder that the page lies in, or from the page itself.
 *
 * @module
 */
/// <reference lib="dom" />
import type { InlineBytes, ViewerFault } from "../../contract.ts";

/** Why a file could not be had, in words for whoever looks at the page. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  /** The status of the answer; `undefined` where there was none. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** A file in a page that holds its data: JSON, a text, or bytes. */
type Held = InlineBytes | string | object;

let held: Promise<ReadonlyMap<string, Held>> | undefined;

const holder = (): HTMLElement | null => document.getElementById("rubicon-data");

/** Whether the page holds its data, so that nothing can become new. */
export const isSingleFile = (): boolean => holder() !== null;

/** The files that the page itself holds. */
const embedded = (script: HTMLElement): Promise<ReadonlyMap<string, Held>> =>
  held ??= (async () => {
    const text = script.textContent ?? "{}";
    const json = script.dataset.encoding === "gzip" ? await unzipped(text) : text;
    return new Map(Object.entries(JSON.parse(json)));
  })();

async function unzipped(base64: string): Promise<string> {
  const stream = new Blob([bytesOf(base64.trim())]).stream();
  return await new Response(stream.pipeThrough(new DecompressionStream("gzip"))).text();
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const isBytes = (file: Held): file is InlineBytes =>
  typeof file === "object" && typeof (file as Partial<InlineBytes>).base64 === "string";

/** A file of the page itself; `undefined` if it holds none. */
async function heldFile(path: string): Promise<Held | undefined> {
  const script = holder();
  if (!script) return undefined;
  const file = (await embedded(script)).get(path.replace(/\?.*$/, ""));
  if (file !== undefined) return file;
  throw new LoadError(
    `${path} is not part of this page. It was left out when the page was exported.`,
  );
}

const etags = new Map<string, string>();
const HERE = () => document.baseURI.replace(/[?#].*$/s, "");

/** Where a file of the contract is. Paths are percent-encoded. */
const addressOf = (path: string): string => new URL(path, HERE()).href;

async function get(
  path: string,
  signal: AbortSignal | undefined,
  headers: Record<string, string> = {},
) {
  let response: Response;
  try {
    response = await fetch(addressOf(path), {
      cache: "no-cache",
      ...(signal && { signal }),
      headers,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new LoadError(
      location.protocol === "file:"
        ? "A browser reads no files beside a page that was opened from a folder. Open a page that was " +
          "exported as a single file, or serve this folder."
        : "The server does not answer. See whether it still runs, then try again.",
    );
  }
  if (response.ok || response.status === 304) return response;
  const said = faultIn(await response.text());
  throw new LoadError(
    said !== undefined
      ? said
      : response.status === 404
      ? `${path} is not there. It may have been deleted: load the page again.`
      : response.status === 401 || response.status === 403
      ? "The server refuses this page. Open the address that it printed, with its token."
      : `The server answered ${response.status} for ${path}. Its own output may say why.`,
    response.status,
  );
}

/** What a server says of why it cannot give something. */
function faultIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as Partial<ViewerFault>;
    return typeof error === "string" ? error : undefined;
  } catch {
    return undefined; // Another server's page.
  }
}

/** A text file. */
export async function loadText(path: string): Promise<string> {
  const file = await heldFile(path);
  return file === undefined ? await (await get(path, undefined)).text() : file as string;
}

/** A JSON file. */
export async function loadJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const file = await heldFile(path);
  if (file === undefined) return parsed(await (await get(path, signal)).text(), path) as T;
  if (isBytes(file)) return parsed(await blobOf(file).text(), path) as T;
  return (typeof file === "string" ? parsed(file, path) : file) as T;
}

/** Bytes, of a server. */
export const loadBytes = async (path: string): Promise<ArrayBuffer> =>
  await (await get(path, undefined)).arrayBuffer();

/** A JSON file if it is another one than the last time, else `undefined`. */
export async function loadIfNew<T>(path: string, signal?: AbortSignal): Promise<T | undefined> {
  if (isSingleFile()) return etags.has(path) ? undefined : (etags.set(path, ""), loadJson<T>(path));
  const known = etags.get(path);
  const response = await get(path, signal, known === undefined ? {} : { "If-None-Match": known });
  if (response.status === 304) return undefined;
  const etag = response.headers.get("etag");
  const text = await response.text();
  // A browser may answer from its cache, with 200 and the tag that is known.
  if (etag !== null && known === etag) return undefined;
  const value = parsed(text, path) as T;
  if (etag !== null) etags.set(path, etag);
  return value;
}

/** Forgets what is known, so that the next look reads it in any case. */
export const forget = (path: string): void => void etags.delete(path);

/** The bytes of a file, with the type that the page gives them: what a server says of it is not believed. */
export async function loadBlob(path: string, type: string, signal?: AbortSignal): Promise<Blob> {
  const file = await heldFile(path);
  if (file === undefined) {
    return new Blob([await (await get(path, signal)).arrayBuffer()], { type });
  }
  const bytes = isBytes(file)
    ? await blobOf(file).arrayBuffer()
    : typeof file === "string"
    ? file
    : JSON.stringify(file);
  return new Blob([bytes], { type });
}

/** A file to keep on disk. */
export async function download(path: string, name: string): Promise<void> {
  save(await loadBlob(path, "application/octet-stream"), name);
}

/** Hands a file to the browser's downloads. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Asks the server to do something. */
export async function post<T>(path: string, body: unknown): Promise<T> {
  const text = await (await posted(path, body)).text();
  return (text === "" ? undefined : parsed(text, path)) as T;
}

/** Asks the server to make a file. */
export const postForFile = async (path: string, body: unknown): Promise<Blob> =>
  await (await posted(path, body)).blob();

async function posted(path: string, body: unknown): Promise<Response> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="rubicon-token"]')?.content;
  let response: Response;
  try {
    response = await fetch(addressOf(path), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token && { "x-rubicon-token": token }),
      },
      body: JSON.stringify(body),
    });
  } catch {
    throw new LoadError("The server does not answer. See whether it still runs, then try again.");
  }
  if (response.ok) return response;
  const said = faultIn(await response.text());
  throw new LoadError(
    response.status === 401 || response.status === 403
      ? "The server refuses this. Load the page again: its token may be an old one."
      : said ?? `The server answered ${response.status}. Its own output may say why.`,
    response.status,
  );
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LoadError(
      `${path} is not JSON. What serves this folder may not be Rubicon's viewer.`,
    );
  }
}

const blobOf = ({ base64, type }: InlineBytes): Blob => new Blob([bytesOf(base64)], { type });
