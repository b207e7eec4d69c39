/**
 * Colours: those of the page's theme, as a canvas can use them, and those of values.
 *
 * @module
 */

/** What the page's custom properties say, as colours that a canvas understands. */
export interface Paint {
  ink: string;
  muted: string;
  grid: string;
  surface: string;
  accent: string;
  font: string;
  isDark: boolean;
}

const PROPERTIES = {
  ink: "--text, CanvasText",
  muted: "--muted, GrayText",
  grid: "--line, #8884",
  surface: "--surface, Canvas",
  accent: "--accent, #4269d0",
};

let known: { theme: string; paint: Paint } | undefined;

/**
 * Reads the theme below an element. A custom property with `light-dark()` is resolved only as the colour of an element,
 * so one is asked.
 */
export function paintOf(element: HTMLElement, theme: string): Paint {
  if (known?.theme === theme) return known.paint;
  const probe = document.createElement("span");
  element.append(probe);
  const style = getComputedStyle(probe);
  const read = (property: string) => {
    probe.style.color = `var(${property})`;
    return style.color;
  };
  const colours = Object.fromEntries(
    Object.entries(PROPERTIES).map(([name, property]) => [name, read(property)]),
  ) as Record<keyof typeof PROPERTIES, string>;
  const paint = { ...colours, font: style.fontFamily, isDark: theme === "dark" };
  probe.remove();
  known = { theme, paint };
  return paint;
}

/** Viridis: even in brightness, also for those who see few colours. The ends that are lost on white or black are left out. */
const VIRIDIS =
  "440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 a5db36 d2e21b fde725".split(" ");
/** From nothing to much, for cells of a heatmap, in both themes. */
const AREAS = {
  light: "f1f6fb d6e6f4 abcfe6 6aaed6 3787c0 105ba4 08306b".split(" "),
  dark: "16202c 15344f 144b74 1a669b 3a86bd 74acd8 c5e0f5".split(" "),
};
/** Ten colours that can be told apart, also by most who see fewer; readable on white and on near-black. */
const TEN = "4269d0 d98a00 e8553f 3fa796 3ca951 e0699b a463f2 5b9bd5 9c6b4e 8b9099".split(" ");

/** How many shades a ramp has: more cannot be told apart, and each is one stroke of a canvas. */
export const SHADES = 24;

const channels = (hex: string) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));

function mixed(stops: readonly string[], part: number): string {
  const place = Math.min(Math.max(part, 0), 1) * (stops.length - 1);
  const at = Math.min(Math.floor(place), stops.length - 2);
  const [from, to] = [channels(stops[at]!), channels(stops[at + 1]!)];
  return `rgb(${from.map((one, i) => Math.round(one + (to[i]! - one) * (place - at))).join(" ")})`;
}

/** The colours of a value's place between the lowest (0) and the highest (1), {@linkcode SHADES} of them. */
export function ramp(isDark: boolean): string[] {
  const stops = isDark ? VIRIDIS.slice(2) : VIRIDIS.slice(0, -2);
  return Array.from({ length: SHADES }, (_, at) => mixed(stops, at / (SHADES - 1)));
}

/** The colour of a cell, from 0 to 1, and whether text on it is to be white. */
export function area(part: number, isDark: boolean): { fill: string; isWhite: boolean } {
  const fill = mixed(isDark ? AREAS.dark : AREAS.light, part);
  return { fill, isWhite: isDark ? part < 0.72 : part > 0.52 };
}

/** As many colours as there are categories. */
export const categoryColours = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, at) =>
      count <= TEN.length
        ? `#${TEN[at]}`
        : `hsl(${Math.round(at * 360 / count)} 60% ${at % 2 === 0 ? 42 : 58}%)`,
  );
