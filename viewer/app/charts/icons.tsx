/**
 * Buttons with a picture and a name.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";

const PATHS = {
  pin: "M5 2h6l-1 5 2 2v1H8.6L8 15l-.6-5H4V9l2-2z",
  expand: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  flip: "M5 14V3M2.5 5.5 5 3l2.5 2.5M11 2v11M8.5 10.5 11 13l2.5-2.5",
  close: "M4 4l8 8M12 4l-8 8",
  menu: "M3 8h.01M8 8h.01M13 8h.01",
} as const;

/** A button with a picture; its name is read out, and shown when the pointer rests on it. */
export function IconButton(
  { icon, label, onClick, pressed, expanded }: {
    icon: keyof typeof PATHS;
    label: string;
    onClick(): void;
    pressed?: boolean;
    expanded?: boolean;
  },
): JSX.Element {
  return (
    <button
      type="button"
      class="chart-icon"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      onClick={onClick}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path d={PATHS[icon]} />
      </svg>
    </button>
  );
}
