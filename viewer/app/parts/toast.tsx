/**
 * Short notes of what was done, which screen readers say too.
 *
 * @module
 */
/// <reference lib="dom" />
import { signal } from "npm:@preact/signals@^2.11.4";
import type { VNode } from "npm:preact@^11.2.0";

const said = signal<{ text: string; isError: boolean } | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something for some seconds. */
export function say(text: string, isError = false): void {
  said.value = { text, isError };
  clearTimeout(timer);
  timer = setTimeout(() => said.value = undefined, isError ? 12_000 : 4_000);
}

/** Says why something failed. */
export const sayError = (error: unknown): void =>
  say(error instanceof Error ? error.message : String(error), true);

/** Where notes are shown. */
export function Toasts(): VNode {
  const note = said.value;
  return (
    <div class="toasts" role="status" aria-live="polite">
      {note && <div class={note.isError ? "toast bad" : "toast"}>{note.text}</div>}
    </div>
  );
}

/** Puts a text into the clipboard, and says so. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    // Pages that were opened from a folder or in a frame may have no clipboard: the older way has one.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (done) say(`${what} copied`);
    else say("This browser lets the page copy nothing. Download it instead.", true);
  }
}
