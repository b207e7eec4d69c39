/** Starts the processes of `history_writer.ts`. */
import { fromFileUrl } from "jsr:@std/path@^1.1.6/from-file-url";

/** A process that logs points. */
export interface Child {
  /** Resolves once it has said so many lines, or has ended. */
  said(lines: number): Promise<void>;
  /** Sends it a signal. */
  kill(signal: Deno.Signal): void;
  /** Resolves once it has ended: with how, and with the whole lines that it said. */
  end(): Promise<{ status: Deno.CommandStatus; lines: string[] }>;
}

/** Starts one. */
export function startWriter(
  backends: unknown,
  what: "flush" | "wait" | "hang" | "forget",
  name: string,
  options: unknown = {},
): Child {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", `--config=${path("../../deno.json")}`],
      ...[path("./history_writer.ts"), JSON.stringify(backends), JSON.stringify(options)],
      ...[what, name],
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  let isOver = false;
  let look = () => {};
  const linesIn = () => text.split("\n").slice(0, -1);
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      look();
    }
    isOver = true;
    look();
  })();
  return {
    said: (lines) =>
      new Promise((resolve) => {
        look = () => {
          if (isOver || linesIn().length >= lines) resolve();
        };
        look();
      }),
    kill: (signal) => child.kill(signal),
    async end() {
      const status = await child.status;
      await reading;
      // A line that is cut off was not said.
      return { status, lines: linesIn() };
    },
  };
}

const path = (relative: string): string => fromFileUrl(new URL(relative, import.meta.url));
