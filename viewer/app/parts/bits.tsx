/**
 * Small things that several screens show: states, tags, swatches, curves in a line of text.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ComponentChildren, VNode } from "npm:preact@^11.2.0";
import type { RunState } from "../../contract.ts";
import { duration } from "../data/format.ts";
import { colourOf, nameOf } from "../state/colours.ts";
import type { RunStyle } from "../types.ts";
import { Icon, type IconName } from "./icon.tsx";

const STATES: Record<RunState, string> = {
  running: "M8 2.5a5.5 5.5 0 1 0 5.5 5.5",
  finished: "m3.5 8.500 3 3 6-7",
  failed: "m4.500 4.500 7 7m0-7-7 7",
  cancelled: "M8 13.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11ZM4.300 11.700l7.400-7.400",
  lost: "M6 6a2 2 0 1 1 2.900 1.800c-.600.300-.900.700-.900 1.400M8 11.800h.010",
};

const isState = (text: string): text is RunState => Object.hasOwn(STATES, text);

/** How a run is doing: a sign, a word, and how long it took. */
export function Status(
  { state, milliseconds }: { state: string; milliseconds?: number | undefined },
): VNode {
  const known = isState(state) ? state : undefined;
  const took = milliseconds !== undefined && Number.isFinite(milliseconds);
  return (
    <span class={`status ${known ?? ""}`}>
      <svg width="14" height="14" viewBox="0 0 16 16" fill="none" aria-hidden="true">
        <path
          d={known ? STATES[known] : "M4 8h8"}
          stroke="currentColor"
          stroke-width="2"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      </svg>
      <span>{state}</span>
      {took && <span class="muted">{duration(milliseconds)}</span>}
    </span>
  );
}

/** A name that may go on in the next line behind each of its dots, and not in the middle of a word. */
export const dotted = (name: string): ComponentChildren =>
  name.split(".").flatMap((part, at) => at === 0 ? [part] : [".", <wbr key={at} />, part]);

/** Tags in one line; what does not fit is told when one points at it. */
export function Tags({ tags }: { tags: readonly string[] }): VNode {
  return (
    <span class="tags" title={tags.join(", ")}>
      {tags.map((tag) => <span key={tag} class="tag">{tag}</span>)}
    </span>
  );
}

/** The line that a run is drawn with. */
export function Swatch({ style, hollow = false }: { style: RunStyle; hollow?: boolean }): VNode {
  return (
    <svg class="swatch" width="20" height="12" viewBox="0 0 20 12" aria-hidden="true">
      {hollow
        ? (
          <rect
            x="1"
            y="3.5"
            width="18"
            height="5"
            rx="2.5"
            fill="none"
            stroke="currentColor"
            opacity=".5"
          />
        )
        : style.dash.length === 0
        ? <rect x="1" y="3.5" width="18" height="5" rx="2.5" fill={style.stroke} />
        : (
          <path
            d="M1 6h18"
            stroke={style.stroke}
            stroke-width="4"
            stroke-dasharray={style.dash.map((length) => length * 0.8).join(" ")}
          />
        )}
    </svg>
  );
}

/** A run's line and name. */
export function RunName({ row }: { row: number }): VNode {
  return (
    <span class="run-name">
      <Swatch style={colourOf.value(row)} />
      <span class="clip">{nameOf.value(row)}</span>
    </span>
  );
}

interface EmptyProps {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}

/** A screen, or a part of one, with nothing to show: what is so, and what to do. */
export function Empty({ icon, title, children }: EmptyProps): VNode {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={28} />
      </span>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What is still on its way. */
export function Loading({ what }: { what: string }): VNode {
  return (
    <div class="empty loading" role="status">
      <span class="spinner" />
      <p>Reading {what}…</p>
    </div>
  );
}

/** What went wrong, in words, and a button that tries again. */
export function Problem(
  { title, message, onRetry }: { title: string; message: string; onRetry?: () => void },
): VNode {
  return (
    <div class="empty problem" role="alert">
      <span class="empty-icon">
        <Icon name="warning" size={28} />
      </span>
      <h2>{title}</h2>
      <p class="message">{message}</p>
      {onRetry && (
        <button type="button" class="button primary" onClick={onRetry}>
          <Icon name="reload" />Try again
        </button>
      )}
    </div>
  );
}
