/**
 * From arguments to an exit code. This file and what it imports is all that `--help` loads.
 *
 * @module
 */
import { Cli } from "./context.ts";
import type { GlobalOptions } from "./options.ts";
import { codeOf, Exit, messageOf, Stopped } from "./exit.ts";
import { OutputClosed, Stderr } from "./output/stream.ts";
import { CommanderError, programOf } from "./program.ts";
import { withAliases } from "./aliases.ts";

/**
 * Runs one command, as a shell would: data goes to stdout, everything else to stderr.
 *
 * @param args What stands behind the program's name.
 * @returns The exit code: 0 done, 1 the answer is no, 2 a usage error, 3 a backend failed, 130 stopped by Ctrl-C.
 *
 * @example
 * ```ts
 * import { main } from "../cli.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const code = await main(["verify", "--quiet", "--root-dir", folder, "--root-dir", `${folder}2`]);
 * await Deno.remove(folder, { recursive: true });
 * if (code !== 0) throw new Error("two empty stores are the same");
 * ```
 */
export async function main(args: readonly string[]): Promise<number> {
  const stderr = new Stderr();
  const stop = new AbortController();
  const stopping = whenStopped(stop, stderr);
  try {
    const program = programOf(
      (options: GlobalOptions) => new Cli(options, stderr, stop.signal),
      stderr,
    );
    await program.parseAsync(withAliases(args), { from: "user" });
    return Exit.done;
  } catch (error) {
    if (stop.signal.aborted) {
      stderr.line(`Stopped by ${stop.signal.reason.name}. What is written stays.`);
      return stop.signal.reason.exitCode;
    }
    if (error instanceof OutputClosed) return Exit.done;
    if (error instanceof Stopped) return error.exitCode;
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.done : Exit.usage;
    stderr.line(`${stderr.paint("error:", "red")} ${messageOf(error)}`);
    return codeOf(error);
  } finally {
    stopping.end();
  }
}

/** A signal of the system that ends the process, and the exit code that shells give it. */
class StopSignal extends Error {
  override readonly name: string;
  readonly exitCode: number;

  constructor(name: string, exitCode: number) {
    super(`Stopped by ${name}.`);
    this.name = name;
    this.exitCode = exitCode;
  }
}

/** The first Ctrl-C stops what is under way, which may take a moment; the second one ends the process. */
function whenStopped(stop: AbortController, stderr: Stderr): { end(): void } {
  const kinds = [["SIGINT", 130], ["SIGTERM", 143]] as const;
  const listeners = kinds.filter(([kind]) => kind === "SIGINT" || Deno.build.os !== "windows")
    .map(([kind, code]) => {
      const listener = () => {
        if (stop.signal.aborted) Deno.exit(code);
        stderr.clear();
        stop.abort(new StopSignal(kind, code));
      };
      Deno.addSignalListener(kind, listener);
      return () => Deno.removeSignalListener(kind, listener);
    });
  return { end: () => listeners.forEach((remove) => remove()) };
}
