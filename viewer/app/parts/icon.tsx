/**
 * Small pictures, drawn with the text's colour. They say nothing to screen readers: what they stand on has a name.
 *
 * @module
 */
import type { VNode } from "npm:preact@^11.2.0";

/** Lines on a field of 16 by 16. */
const PATHS = {
  search: "M7 12.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.5 3.5 3.5",
  close: "m4 4 8 8m0-8-8 8",
  down: "m4 6 4 4 4-4",
  right: "m6 4 4 4-4 4",
  left: "m10 4-4 4 4 4",
  up: "m4 10 4-4 4 4",
  more: "M3 8h.01M8 8h.01M13 8h.01",
  columns: "M2.5 3h11v10h-11zM6.2 3v10m3.6-10v10",
  group: "M2.5 3.5h11M5 8h8.5M5 12.5h8.5M2.5 8v4.5",
  views: "M4 2.5h8v11L8 10.6 4 13.5z",
  export: "M8 2v8m0 0L5 7m3 3 3-3M2.5 11.5v2h11v-2",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "m3 8.5 3.2 3.2L13 4.8",
  eye:
    "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  hide:
    "M2 2l12 12M6.5 3.7A6 6 0 0 1 8 3.5C12 3.5 14.5 8 14.5 8s-.6 1-1.7 2.2M4.3 5C2.500 6.300 1.500 8 1.500 8S4 12.500 8 12.500c1 0 1.900-.300 2.700-.700",
  pause: "M5 3v10m6-10v10",
  play: "M4.500 3 13 8l-8.500 5z",
  reload: "M13 8a5 5 0 1 1-1.500-3.600L13 6m0-3.500V6H9.500",
  sun:
    "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1.100 1.100M11.900 11.900 13 13M13 3l-1.100 1.100M4.100 11.900 3 13",
  moon: "M13.500 9.500A6 6 0 0 1 6.500 2.500a6 6 0 1 0 7 7Z",
  auto: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-12v12",
  help:
    "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.200 6.300a1.800 1.800 0 1 1 2.600 1.600c-.500.300-.800.600-.800 1.200M8 11.200h.010",
  pin:
    "M9.500 2 14 6.500l-2.500.700-2.700 2.700-.500 2.800L3.300 7.700l2.800-.500 2.700-2.700zM5.500 10.500 2.500 13.500",
  filter: "M2 3.500h12L9.500 8.800v4.200l-3-1.500V8.800z",
  base: "M3.500 14V2.500h8.500l-2 3 2 3h-8.500",
  link:
    "M6.500 9.500l3-3M7 4.500l1.200-1.200a3 3 0 0 1 4.500 4.500L11.500 9M9 11.500l-1.200 1.200a3 3 0 0 1-4.500-4.500L4.500 7",
  outside: "M9 2.500h4.500V7M13.500 2.500 7.500 8.500M6 3.500H2.500v10h10V10",
  sort: "M5 3v10m0 0-2.500-2.500M5 13l2.500-2.500M11 13V3m0 0L8.500 5.500M11 3l2.500 2.500",
  ascending: "M8 13V3m0 0L4 7m4-4 4 4",
  descending: "M8 3v10m0 0 4-4m-4 4L4 9",
  warning: "M8 2 14.500 13.500h-13zM8 6.500v3.500M8 11.800h.010",
  table: "M2 3h12v10H2zM2 6.500h12M2 9.800h12M6 6.500V13",
  diff: "M3 3h4v10H3zM9 3h4v10H9zM4.500 6h1M4.500 8h1M10.500 8h1M10.500 10h1",
  server: "M2.500 3h11v4h-11zM2.500 9h11v4h-11zM5 5h.010M5 11h.010",
  folder: "M2 4h4.500l1.500 1.500h6v7.500H2z",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  tag: "M2.500 2.500h5L13.500 8.500l-5 5L2.500 7.500zM5.200 5.200h.010",
  plus: "M8 3v10M3 8h10",
  edit: "M10.500 3 13 5.500 6 12.500l-3 .500.500-3z",
  branch:
    "M4.500 5.500v5M4.500 5.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3Zm0 8a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3Zm7-6a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3Zm0 0c0 2-3 2.500-7 3",
  commit: "M8 10.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM1.500 8h4m5 0h4",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-9v3l2 1.500",
  palette:
    "M8 14A6 6 0 1 1 14 8c0 1.800-1.500 2.300-2.800 2.200-1.400-.100-2 .800-1.500 1.800.400.900 0 2-1.700 2ZM5 8h.010M6.500 5.200h.010M9.700 5.200h.010",
  list: "M5.500 4h8M5.500 8h8M5.500 12h8M2.500 4h.010M2.500 8h.010M2.500 12h.010",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture of 16 pixels. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }): VNode {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark of the project: what crosses the river. */
export function Mark(): VNode {
  return (
    <svg class="mark" width="22" height="22" viewBox="0 0 22 22" fill="none" aria-hidden="true">
      <rect width="22" height="22" rx="6" fill="currentColor" />
      <path
        d="M4 15.500c2.300-2 4.700-2 7 0s4.700 2 7 0M4 11.500c2.300-2 4.700-2 7 0s4.700 2 7 0"
        stroke="#fff"
        stroke-width="1.600"
        stroke-linecap="round"
        opacity=".75"
      />
      <path
        d="M6 7.500 14.500 5.500M14.500 5.500l-2.400-1.300M14.500 5.500 12.800 7.700"
        stroke="#fff"
        stroke-width="1.600"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
