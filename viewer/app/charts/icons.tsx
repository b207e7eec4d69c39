/**
 * Buttons with a picture and a name.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { Icon, type IconName } from "../parts/icon.tsx";

/** A button with a picture; its name is read out, and shown when the pointer rests on it. */
export function IconButton(
  { icon, label, onClick, pressed }: {
    icon: IconName | "expand";
    label: string;
    onClick(): void;
    pressed?: boolean;
  },
): JSX.Element {
  return (
    <button
      type="button"
      class="chart-icon"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {icon === "expand"
        ? (
          <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" />
          </svg>
        )
        : <Icon name={icon} />}
    </button>
  );
}
