/**
 * What an artifact is: decided by its first bytes and its name together, never by a name alone.
 *
 * @module
 */
import type { ViewerArtifact } from "../contract.ts";

/** What is known of an artifact's data. */
export interface Sniffed {
  /** How it can be shown. */
  show: ViewerArtifact["show"];
  /** The MIME type it is sent with. It never is one that a browser runs. */
  type: string;
  /** How a file of it ends, for hosts that go by that: what could run scripts there is plain text to them. */
  end: string;
}

/** So many bytes tell what it is. */
export const HEAD = 4_096;

/** Signatures as Latin-1; a dot is any byte. */
const SIGNATURES: readonly (readonly [signature: string, found: Sniffed])[] = [
  ["\x89PNG\r\n\x1A\n", { show: "image", type: "image/png", end: "png" }],
  ["\xFF\xD8\xFF", { show: "image", type: "image/jpeg", end: "jpg" }],
  ["GIF87a", { show: "image", type: "image/gif", end: "gif" }],
  ["GIF89a", { show: "image", type: "image/gif", end: "gif" }],
  ["RIFF....WEBP", { show: "image", type: "image/webp", end: "webp" }],
  ["....ftypavif", { show: "image", type: "image/avif", end: "avif" }],
  ["RIFF....WAVE", { show: "audio", type: "audio/wav", end: "wav" }],
  ["OggS", { show: "audio", type: "audio/ogg", end: "ogg" }],
  ["fLaC", { show: "audio", type: "audio/flac", end: "flac" }],
  ["ID3", { show: "audio", type: "audio/mpeg", end: "mp3" }],
  ["\xFF\xFB", { show: "audio", type: "audio/mpeg", end: "mp3" }],
  ["PAR1", { show: "parquet", type: "application/octet-stream", end: "parquet" }],
];

const BINARY: Sniffed = { show: "none", type: "application/octet-stream", end: "bin" };
const TEXT: Sniffed = { show: "text", type: "text/plain; charset=utf-8", end: "txt" };

/**
 * What the start of an artifact's data shows it to be.
 *
 * @param head Its first bytes.
 * @param isAll Whether there are no others.
 */
export function sniff(name: string, head: Uint8Array, isAll: boolean): Sniffed {
  const found = SIGNATURES.find(([signature]) =>
    Array.from(signature).every((sign, at) => sign === "." || head[at] === sign.charCodeAt(0))
  );
  if (found) return found[1];
  const text = textIn(head, isAll);
  return text === undefined ? BINARY : ofText(name, text.replace(/^\uFEFF/, "").trimStart());
}

function ofText(name: string, start: string): Sniffed {
  const [, ending] = /\.([a-z0-9]+)$/i.exec(name) ?? [];
  switch (ending?.toLowerCase()) {
    case "svg":
      // As the source of an <img> it runs no scripts and loads nothing.
      return isSvg(start) ? { show: "image", type: "image/svg+xml", end: "svg.txt" } : TEXT;
    case "json":
    case "ipynb":
      return /^[[{"\-\d]|^(?:true|false|null)\b/.test(start) ? { ...TEXT, show: "json" } : TEXT;
    case "csv":
    case "tsv":
      return start === "" ? TEXT : { ...TEXT, show: "csv" };
    case "html":
    case "htm":
      return start.startsWith("<")
        ? { show: "html", type: "text/html; charset=utf-8", end: "html.txt" }
        : TEXT;
    default:
      return TEXT;
  }
}

const isSvg = (start: string): boolean =>
  /^<svg[\s/>]/.test(start) ||
  /^<(?:\?xml|!--|!DOCTYPE(?!\s+html))/i.test(start) && /<svg[\s/>]/.test(start);

/** The bytes as text; `undefined` where they are none. A character that is cut at the end is left out. */
function textIn(bytes: Uint8Array, isAll: boolean): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isAll });
    return text.includes("\0") ? undefined : text;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** A name that a file can be saved by: no folders, nothing unseen, not endless. */
export function fileName(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "").replace(/[\\/:*?"<>|]/g, "_")
    .replace(/^[. ]+|[. ]+$/g, "").slice(-120);
  return plain === "" ? "artifact" : plain;
}

/** The header that has a browser save what it gets. */
export const saveAs = (name: string): string => {
  const safe = fileName(name);
  const ascii = safe.replace(/[^\x20-\x7E]/g, "_").replace(/["%]/g, "_");
  const encoded = encodeURIComponent(safe).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
};
