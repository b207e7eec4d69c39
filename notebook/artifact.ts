/**
 * Artifacts to look at: pictures as pictures, texts by their first lines, others by name and size.
 *
 * @module
 */
import { readArtifact } from "../domain/artifact.ts";
import { describe } from "../domain/format/codec.ts";
import { DATA, entityFolder } from "../domain/format/layout.ts";
import type { Artifact } from "../domain/format/entities.ts";
import type { CallOptions, Composite } from "../composite.ts";
import { checkComposite } from "../domain/check.ts";
import { type Block, heading, line } from "./block.ts";
import { markup } from "./html.ts";
import { shortTime, sizeText } from "./values.ts";

/** Whether something is a picture, and the start of a text, are told from this much. */
const HEAD = 4_096;
/** So many lines of a text are shown. */
const MAX_LINES = 25;
/** Larger pictures are not put into a notebook, which keeps them as text a third larger. */
const MAX_PICTURE = 8 * 2 ** 20;

/** What is told of an artifact: its name, size and tags, and its content as far as it can be seen. */
export async function artifactBlocks(
  rubicon: Composite,
  artifact: Artifact,
  options: CallOptions,
): Promise<Block[]> {
  checkComposite(rubicon, "display");
  const key = `${entityFolder(artifact)}/${DATA}`;
  const { bytes, size } = await rubicon.read({
    what: `the start of the data of ${describe(artifact)}`,
    run: async ({ driver }) => ({ value: await driver.get(key, { length: HEAD }) }),
  }, options);
  const text = textIn(bytes, size > bytes.length);
  const picture = pictureType(bytes, text);
  const what = picture ?? (text === undefined ? "binary" : "text");
  const about = heading("artifact", artifact.name, [
    `${sizeText(size)}, ${what}, ${shortTime(artifact.createdAt)}`,
    artifact.description ?? "",
  ], artifact.tags);
  if (picture && size <= MAX_PICTURE) {
    const whole = await readArtifact(rubicon, artifact, options);
    return [about, pictureBlock(artifact.name, picture, whole)];
  }
  if (picture) {
    return [about, line(`Larger than ${sizeText(MAX_PICTURE)}: not shown. See downloadArtifact.`)];
  }
  return text === undefined || text === "" ? [about] : [about, textBlock(text, size)];
}

function pictureBlock(name: string, type: string, bytes: Uint8Array<ArrayBuffer>): Block {
  // As the source of an <img>, also for SVG: there a browser runs no scripts and loads nothing else.
  const source = `data:${type};base64,${bytes.toBase64()}`;
  // White behind it, since many a plot is drawn in black on nothing.
  return {
    html: markup`<img src="${source}" alt="${name}" style="max-width: 100%; background: #fff">`,
    text: "",
  };
}

function textBlock(start: string, size: number): Block {
  const text = start.split("\n").slice(0, MAX_LINES).join("\n");
  const rest = size - new TextEncoder().encode(text).length;
  const note = rest > 1 ? `… ${sizeText(rest)} more: see readArtifact.` : "";
  const after = note === "" ? undefined : line(note, true).html;
  return {
    html: markup`<pre style="max-height: 24em; overflow: auto">${text}</pre>${after}`,
    text: note === "" ? text : `${text}\n${note}`,
  };
}

/** The bytes as text; `undefined` where they are none. A character that is cut at the end is left out. */
function textIn(bytes: Uint8Array, cut: boolean): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: cut });
    return text.includes("\0") ? undefined : text;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** What files of a type start with, as Latin-1; a dot is any byte. */
const SIGNATURES = {
  "image/png": "\x89PNG\r\n\x1A\n",
  "image/jpeg": "\xFF\xD8\xFF",
  "image/gif": "GIF8",
  "image/webp": "RIFF....WEBP",
};

function pictureType(bytes: Uint8Array, text: string | undefined): string | undefined {
  const found = Object.entries(SIGNATURES).find(([, signature]) =>
    Array.from(signature).every((sign, at) => sign === "." || bytes[at] === sign.charCodeAt(0))
  );
  if (found) return found[0];
  const start = text?.trimStart() ?? "";
  const isXml = /^<(?:\?xml|!--|!DOCTYPE(?!\s+html))/i.test(start);
  return /^<svg[\s/>]/.test(start) || isXml && /<svg[\s/>]/.test(start)
    ? "image/svg+xml"
    : undefined;
}
