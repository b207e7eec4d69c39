/**
 * What a command gets: the options of all commands, the store, and where its answer goes.
 *
 * @module
 */
import type { Composite } from "../composite/types.ts";
import type { Progress } from "../domain/progress.ts";
import type { GlobalOptions } from "./options.ts";
import { print, type Stderr } from "./output/stream.ts";
import { plainText } from "./output/text.ts";
import type { Column, Screen, TableCell } from "./output/table.ts";

/** What a command answers. */
export interface Answer {
  /** What `--json` prints. */
  value: unknown;
  /** What `--jsonl` prints, a line each. Default: the value, on one line. */
  lines?: Iterable<unknown>;
  /** What people get. */
  text: () => Promise<Iterable<string>> | Iterable<string>;
}

/** So many columns that did not fit are named. */
const MOST_NAMED = 8;

/** So long, in milliseconds, a command waits for stores in the background. `flush` waits longer. */
const BACKGROUND_MS = 5_000;

/** One command that runs. */
export class Cli implements AsyncDisposable {
  readonly options: GlobalOptions;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly #stderr: Stderr;
  readonly #opened: Composite[] = [];
  readonly #notes: string[] = [];
  #writes = false;

  constructor(options: GlobalOptions, stderr: Stderr, signal: AbortSignal) {
    this.options = options;
    this.signal = signal;
    this.#stderr = stderr;
    const { color } = options;
    if (color === false || color === "never") stderr.color = false;
    if (color === "always") stderr.color = true;
  }

  /**
   * The store that the options, the environment or a file name.
   *
   * @param does What the command does to it. After writes, stores in the background have a moment to get theirs.
   */
  async open(does: "reads" | "writes" = "reads"): Promise<Composite> {
    const [{ openStore }, { storeOf }] = await Promise.all([
      import("./store/open.ts"),
      import("./store/given.ts"),
    ]);
    return this.keep(await openStore(storeOf(this.options), this), does);
  }

  /** Closes a store at the end. */
  keep(rubicon: Composite, does: "reads" | "writes" = "reads"): Composite {
    this.#writes ||= does === "writes";
    this.#opened.push(rubicon);
    return rubicon;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tellNotes();
    // After Ctrl-C nobody waits for what is still under way.
    if (this.signal.aborted) return;
    for (const rubicon of this.#opened) {
      if (this.#writes) {
        const { flush } = await import("../composite.ts");
        await flush(rubicon, { timeoutMs: Math.min(BACKGROUND_MS, rubicon.options.timeoutMs) });
      }
      await rubicon.close();
    }
  }

  /** Whether people read the answer, and not programs. */
  get isForPeople(): boolean {
    return !this.options.json && !this.options.jsonl;
  }

  /** The screen that the answer is shown on. */
  get screen(): Screen {
    const isTerminal = Deno.stdout.isTerminal();
    const { color } = this.options;
    return {
      width: isTerminal ? Deno.consoleSize().columns : undefined,
      color: color === "always" ||
        color !== "never" && color !== false && isTerminal && !Deno.noColor,
    };
  }

  /** How many rows a terminal's person has in view; nothing where nobody looks. */
  get rowsInView(): number | undefined {
    if (!this.isForPeople || !Deno.stdout.isTerminal()) return undefined;
    return Math.max(10, Deno.consoleSize().rows - 4);
  }

  /** Prints an answer in the form that is asked for. */
  async answer({ value, lines, text }: Answer): Promise<void> {
    this.signal.throwIfAborted();
    if (this.isForPeople) await print(await text());
    else {
      const { jsonLine, prettyJson } = await import("./output/json.ts");
      if (this.options.json) await print([prettyJson(value)]);
      else await print(Iterator.from(lines ?? [value]).map(jsonLine));
    }
    this.#tellNotes();
  }

  /**
   * A table as the lines of an answer. What does not fit is named on stderr.
   *
   * @param isWhole Whether nothing is left out, however wide it is: the last column goes on in the next line.
   */
  async table(
    columns: readonly Column[],
    rows: readonly (readonly TableCell[])[],
    isWhole = false,
  ): Promise<string[]> {
    const { drawTable } = await import("./output/table.ts");
    const { screen } = this;
    const { lines, left } = await drawTable(columns, rows, {
      ...screen,
      ...(isWhole && { width: undefined }),
    });
    if (left.length > 0) {
      const some = left.slice(0, MOST_NAMED).join(", ") + (left.length > MOST_NAMED ? ", …" : "");
      this.note(
        `${left.length === 1 ? "1 column does" : `${left.length} columns do`} not fit: ${some}. ` +
          "A pipe and --json have all of them.",
      );
    }
    return lines.map((line) => `${line}\n`);
  }

  /** Says something that is no data, once the answer is there. */
  note(text: string): void {
    if (!this.options.quiet) this.#notes.push(plainText(text));
  }

  #tellNotes(): void {
    for (const note of this.#notes.splice(0)) this.#stderr.line(this.#stderr.paint(note, "dim"));
  }

  /** Says what is worth knowing but no error. */
  readonly warn = (text: string): void => {
    if (this.options.quiet) return;
    const safe = text.split("\n").map(plainText).join("\n");
    this.#stderr.line(`${this.#stderr.paint("warning:", "yellow")} ${safe}`);
  };

  /** Runs `work` with a bar that follows what its `onProgress` is told: on a terminal alone. */
  async withBar<T>(work: (onProgress: (progress: Progress) => void) => Promise<T>): Promise<T> {
    if (this.options.quiet || !Deno.stderr.isTerminal()) return await work(() => {});
    const { withBar } = await import("./output/bar.ts");
    return await withBar(this.#stderr, work);
  }
}
