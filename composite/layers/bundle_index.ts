/**
 * The bundles of a project's experiments once more in one object, a line each: `digests.jsonl`, which rubicon-ml passes
 * over. Opening ten thousand small files takes longer than what is in them, and most of that is in here.
 *
 * Whoever makes an experiment adds its line, in one step and without a look at the others, so that lines may be missing,
 * old, twice there, or torn. `repair` writes all of them anew, also of what has no bundle. A line counts if the folders
 * of its experiment vouch for it: as its bundle does, or by the stamps that they had when it was read.
 *
 * @module
 */
import { parseStamped, type StampedBundle } from "./bundle_format.ts";

/** What is added in one step is no longer than a page of memory, so that no line mixes with more than one other. */
const MOST_BYTES = 4096;

const INDEX = "digests.jsonl";
const HEAD = '{"id": "';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The key of the index of a project. */
export const indexKey = (project: string): string => `${project}/${INDEX}`;

/** Whether a key is that of an index. */
export const isIndex = (key: string): boolean =>
  key.endsWith(`/${INDEX}`) && key.indexOf("/") === key.length - INDEX.length - 1;

/** A bundle in an object of its own or in a line. */
export type MadeBundle = StampedBundle & {
  /** When it was made, or its experiment last heard of, in milliseconds since 1970. */
  made: number;
  /** The stamps of the folders that it was read from: they vouch for it in place of their times. `null` for a missing one. */
  folders?: readonly (string | null)[];
};

/** The line of an experiment's bundle; nothing if it would be longer than so many bytes: by default, to be added in one step. */
export function encodeLine(
  id: string,
  bundle: Uint8Array,
  { made, folders }: Pick<MadeBundle, "made" | "folders">,
  most = MOST_BYTES,
): string | undefined {
  const name = JSON.stringify(id);
  const stamps = folders ? `, "folders": ${JSON.stringify(folders)}` : "";
  // A line that two writers have mixed begins with one experiment and ends with another.
  const text = `{"id": ${name}, "made": ${made}${stamps}, "digest": ${
    decoder.decode(bundle)
  }, "end": ${name}}\n`;
  return encoder.encode(text).length > most ? undefined : text;
}

/** The lines of an index, each of which is read when it is asked for. */
export class BundleIndex {
  readonly #text: string;
  /** Where the last whole line of each experiment begins. */
  readonly #starts = new Map<string, number>();

  constructor(bytes: Uint8Array) {
    const text = this.#text = decoder.decode(bytes);
    let end: number;
    for (let at = 0; (end = text.indexOf("\n", at)) >= 0; at = end + 1) {
      if (!text.startsWith(HEAD, at)) continue;
      const start = at + HEAD.length;
      const tail = text.slice(start, text.indexOf('"', start) + 1) + "}";
      if (text.startsWith(tail, end - tail.length)) this.#starts.set(tail.slice(0, -2), at);
    }
  }

  /** Whether it is just this text. */
  isText(text: string): boolean {
    return this.#text === text;
  }

  /** These experiments in the order in which their lines were added, and then those without one. */
  inOrder(ids: readonly string[]): string[] {
    const left = new Set(ids);
    const known = [...this.#starts.keys()].filter((id) => left.delete(id));
    return [...known, ...left];
  }

  /** The line of an experiment. */
  line(id: string): string | undefined {
    const at = this.#starts.get(id);
    return at === undefined ? undefined : this.#text.slice(at, this.#text.indexOf("\n", at) + 1);
  }

  /** The bundle of an experiment. */
  get(id: string): MadeBundle | undefined {
    const line = this.line(id);
    if (line === undefined) return undefined;
    try {
      const { made, digest, folders } = JSON.parse(line);
      const bundle = typeof made === "number" ? parseStamped(digest) : undefined;
      return bundle && { ...bundle, made, ...(Array.isArray(folders) && { folders }) };
    } catch {
      // It saves reads. Without it, they are made.
    }
  }

  /** In the line of an experiment: the text up to the next quote, behind all of these. */
  textBehind(id: string, before: readonly string[]): string | undefined {
    const start = this.#starts.get(id);
    if (start === undefined) return undefined;
    const end = this.#text.indexOf("\n", start);
    let at = start;
    for (const text of before) {
      at = this.#text.indexOf(text, at) + text.length;
      if (at < text.length || at > end) return undefined;
    }
    return this.#text.slice(at, this.#text.indexOf('"', at));
  }
}
