/**
 * How runs are told apart: the same colour and dash everywhere, which go by the order of creation.
 *
 * The colours are apart for all kinds of colour blindness as far as ten can be; after ten the dash changes.
 *
 * @module
 */
/// <reference lib="dom" />
import { computed, effect, signal } from "npm:@preact/signals@^2.11.4";
import type { RunStyle } from "../types.ts";
import { runs, view } from "./store.ts";

const LIGHT = [
  ...["#2563c9", "#c2540a", "#0f7f5c", "#b01f6e", "#6d47c4"],
  ...["#8a6d00", "#0b7fa5", "#c22f2f", "#4d6b12", "#6b5c58"],
];
const DARK = [
  ...["#6ea8ff", "#ff9c4a", "#3fcf9f", "#ff7fbd", "#b59bff"],
  ...["#e0c03a", "#4fc9ee", "#ff8a80", "#a4cc4d", "#c3b3ad"],
];
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
const DASH_NAMES = ["", ", dashed", ", dotted", ", dash-dotted"];
const COLOUR_NAMES = [
  ...["blue", "orange", "green", "pink", "violet", "yellow", "cyan", "red", "olive", "brown"],
];

/** How many styles there are. */
export const STYLES = LIGHT.length * DASHES.length;

/** What was chosen; the system decides where nothing was. */
export const chosenTheme = signal<"light" | "dark" | "auto">("auto");
const systemIsDark = signal(false);

/** The theme that is shown. */
export const theme = computed<"light" | "dark">(() =>
  chosenTheme.value === "auto" ? systemIsDark.value ? "dark" : "light" : chosenTheme.value
);

const KEPT = "rubicon.theme";

/** Takes up the theme that was chosen before, and follows the system's. */
export function startTheme(): void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  systemIsDark.value = query.matches;
  query.addEventListener("change", () => systemIsDark.value = query.matches);
  const kept = remembered(KEPT);
  if (kept === "light" || kept === "dark") chosenTheme.value = kept;
  effect(() => {
    const { dataset } = document.documentElement;
    if (chosenTheme.value === "auto") delete dataset.theme;
    else dataset.theme = chosenTheme.value;
    remember(KEPT, chosenTheme.value);
  });
}

/** What the browser keeps for this page; nothing where it keeps nothing, as in a sandbox. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Lets the browser keep something, if it does. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A page in a sandbox, or a browser that keeps nothing: it starts afresh the next time.
  }
}

/** One of the styles, in the theme that is shown. */
export function styleAt(number: number, dark = theme.value === "dark"): RunStyle {
  const colours = dark ? DARK : LIGHT;
  return {
    stroke: colours[number % colours.length]!,
    dash: DASHES[Math.floor(number / colours.length) % DASHES.length]!,
  };
}

/** What a style is called. */
export const styleName = (number: number): string =>
  COLOUR_NAMES[number % LIGHT.length]! + DASH_NAMES[Math.floor(number / LIGHT.length) % 4]!;

const chosen = computed(() => view.value.styles);

/** The number of a run's style: the one that was chosen, else by its place in the order of creation. */
export const styleNumber = (row: number): number =>
  chosen.value[runs.value?.ids[row] ?? ""] ?? row % STYLES;

/** How a run is drawn. It is another function once it would say something else. */
export const colourOf = computed(() => {
  const dark = theme.value === "dark";
  const [styles, all] = [chosen.value, runs.value];
  const made = new Map<number, RunStyle>();
  return (row: number): RunStyle => {
    const number = styles[all?.ids[row] ?? ""] ?? row % STYLES;
    let style = made.get(number);
    if (!style) made.set(number, style = styleAt(number, dark));
    return style;
  };
});

/** What a run is called: its name, else the start of its id. */
export const nameOf = computed(() => {
  const all = runs.value;
  const names = all?.column("own", "name")?.cells;
  return (row: number): string => {
    const name = names?.[row];
    return typeof name === "string" && name.trim() !== "" ? name : all?.ids[row]?.slice(0, 8) ?? "";
  };
});
