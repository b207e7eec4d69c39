/**
 * Stdout, which gets nothing but data, and stderr, which gets all the rest.
 *
 * @module
 */
import { type Paint, painted } from "./style.ts";

/** Whoever read the output, such as `head`, has gone. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

/** The output cannot be written, such as to a disk that is full. */
export class OutputFailed extends Error {
  override readonly name = "OutputFailed";
}

/** So many characters are written at once. */
const CHUNK = 64 * 1024;

/** Writes texts to stdout, all of them. */
export async function print(texts: Iterable<string>): Promise<void> {
  const encoder = new TextEncoder();
  let chunk = "";
  for (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK) continue;
    await printBytes(encoder.encode(chunk));
    chunk = "";
  }
  if (chunk !== "") await printBytes(encoder.encode(chunk));
}

/** Writes bytes to stdout, all of them. */
export async function printBytes(bytes: Uint8Array): Promise<void> {
  try {
    for (let done = 0; done < bytes.length;) done += await Deno.stdout.write(bytes.subarray(done));
  } catch (cause) {
    throw failed(cause);
  }
}

/** Writes a short text to stdout at once. */
export function printNow(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
  } catch (cause) {
    throw failed(cause);
  }
}

function failed(cause: unknown): Error {
  if (cause instanceof Deno.errors.BrokenPipe) return new OutputClosed("", { cause });
  const why = cause instanceof Error ? cause.message : String(cause);
  return new OutputFailed(`The output cannot be written: ${why}.`, { cause });
}

/** What is no data: notes, warnings and errors. */
export class Stderr {
  /** Whether colours are wanted; nobody has said so yet if it is `undefined`. */
  color: boolean | undefined;
  /** Takes away what stands there for a moment only, such as a bar. */
  clear: () => void = () => {};

  /** Writes a line. */
  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** Writes a text. Where nobody is able to read it, it is lost. */
  write(text: string): void {
    this.clear();
    try {
      const bytes = new TextEncoder().encode(text);
      for (let done = 0; done < bytes.length;) {
        done += Deno.stderr.writeSync(bytes.subarray(done));
      }
    } catch {
      // There is no other place to say it.
    }
  }

  /** A text in a colour, on a terminal. */
  paint(text: string, paint: Paint): string {
    const isOn = this.color ?? (!Deno.noColor && Deno.stderr.isTerminal());
    return isOn ? painted(text, paint) : text;
  }
}
