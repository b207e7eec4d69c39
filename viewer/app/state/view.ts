/**
 * What of a screen is kept in the address: where one is, and how one looks at it.
 *
 * @module
 */
import type { Sort } from "../data/sort.ts";

/** The screens of a project, in the order of their tabs. */
export const TABS = [
  ...["table", "compare", "curves", "parallel", "scatter", "heatmap", "frames", "about"] as const,
];
export type Tab = typeof TABS[number];

/** Where one is. */
export type Route =
  | { readonly screen: "projects" }
  | { readonly screen: "backends" }
  | { readonly screen: "project"; readonly slug: string; readonly tab: Tab }
  | { readonly screen: "run"; readonly slug: string; readonly id: string };

/** How one looks at a project. */
export interface View {
  /** What is written in the search bar. */
  readonly q: string;
  readonly sort: readonly Sort[];
  /** The columns by their keys, in order; `undefined` for those that a project starts with. */
  readonly columns: readonly string[] | undefined;
  /** How many of the first columns stay when the others scroll. */
  readonly pinned: number;
  readonly widths: Readonly<Record<string, number>>;
  readonly group: readonly string[];
  /** The id of the run that others are compared with. */
  readonly base: string | undefined;
  /** Ids of runs. */
  readonly selected: readonly string[];
  readonly hidden: readonly string[];
  /** Which style a run has, where it was chosen. */
  readonly styles: Readonly<Record<string, number>>;
  /** Whether the comparison shows what is equal, too. */
  readonly all: boolean;
  /** Settings of charts, by tab. */
  readonly charts: Readonly<Record<string, unknown>>;
}

export const PLAIN: View = {
  q: "",
  sort: [],
  columns: undefined,
  pinned: 1,
  widths: {},
  group: [],
  base: undefined,
  selected: [],
  hidden: [],
  styles: {},
  all: false,
  charts: {},
};

/** The longest address, in characters after the `#`. */
export const MAX_HASH = 2_000;

/** Characters that may stand in a hash as they are. */
const plain = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /%(?:20|2C|3A|2F|40|3D|5B|5D|7B|7D|3B|24|7C|3E)/g,
    (code) => code === "%20" ? "+" : decodeURIComponent(code),
  );

const unplain = (text: string): string => decodeURIComponent(text.replaceAll("+", " "));

const list = (items: readonly string[]): string =>
  items.map((item) => plain(item).replaceAll("~", "%7E")).join("~");

const unlist = (text: string): string[] => text === "" ? [] : text.split("~").map(unplain);

/** JSON has many quotes, which a hash must not have; it may have apostrophes. */
const swapped = (text: string): string =>
  text.replaceAll(/['"]/g, (quote) => quote === '"' ? "'" : '"');

/** The end of an id, which is random in all versions of UUIDs. */
const short = (id: string): string => id.replaceAll("-", "").slice(-9);

/**
 * A place and a view as the hash of an address. What does not fit is left out, the least important first.
 *
 * @returns The hash without `#`, and whether something was left out.
 */
export function printHash(route: Route, view: View): { hash: string; cut: boolean } {
  const path = printRoute(route);
  if (route.screen !== "project" && route.screen !== "run") return { hash: path, cut: false };
  const parts = partsOf(view);
  const print = () => {
    const query = Object.entries(parts).filter(([, value]) => value !== "")
      .map(([key, value]) => `${key}=${value}`).join("&");
    return query === "" ? path : `${path}?${query}`;
  };
  let hash = print();
  const cut = hash.length > MAX_HASH;
  for (const key of ["w", "hide", "look", "sel", "charts", "cols", "group", "sort", "q"]) {
    if (hash.length <= MAX_HASH) break;
    delete parts[key];
    hash = print();
  }
  return { hash: hash.length <= MAX_HASH ? hash : "/", cut };
}

function printRoute(route: Route): string {
  switch (route.screen) {
    case "projects":
      return "/";
    case "backends":
      return "/backends";
    case "project":
      return `/p/${plain(route.slug)}/${route.tab}`;
    case "run":
      return `/p/${plain(route.slug)}/run/${plain(route.id)}`;
  }
}

function partsOf(view: View): Record<string, string> {
  const json = (value: object) =>
    Object.keys(value).length === 0 ? "" : plain(swapped(JSON.stringify(value)));
  const widths = Object.entries(view.widths).flatMap(([key, width]) => [key, String(width)]);
  const styles = Object.entries(view.styles).flatMap(([id, style]) => [short(id), String(style)]);
  return {
    q: plain(view.q),
    sort: list(view.sort.map(({ key, descends }) => (descends ? "-" : "") + key)),
    group: list(view.group),
    base: view.base === undefined ? "" : short(view.base),
    all: view.all ? "1" : "",
    pin: view.pinned === PLAIN.pinned ? "" : String(view.pinned),
    cols: view.columns === undefined ? "" : list(view.columns),
    sel: view.selected.map(short).join("."),
    hide: view.hidden.map(short).join("."),
    look: list(styles),
    w: list(widths),
    charts: json(view.charts),
  };
}

/** The place that a hash names; a hash that names none is the first screen. */
export function parseRoute(hash: string): Route {
  const [path = ""] = hash.replace(/^#/, "").split("?", 1);
  try {
    const [first, slug, tab, id] = path.split("/").slice(1).map(unplain);
    if (first === "backends") return { screen: "backends" };
    if (first !== "p" || !slug) return { screen: "projects" };
    if (tab === "run" && id) return { screen: "run", slug, id };
    const known = TABS.find((one) => one === tab);
    return { screen: "project", slug, tab: known ?? "table" };
  } catch {
    return { screen: "projects" }; // What was typed is no address of this page.
  }
}

/**
 * The view that a hash describes. Ids in it are ends of ids: {@linkcode wholeIds} completes them.
 */
export function parseView(hash: string): View {
  const at = hash.indexOf("?");
  if (at < 0) return PLAIN;
  const parts: Record<string, string> = {};
  for (const part of hash.slice(at + 1).split("&")) {
    const equals = part.indexOf("=");
    if (equals > 0) parts[part.slice(0, equals)] = part.slice(equals + 1);
  }
  const dots = (text: string | undefined) => (text ?? "").split(".").filter((one) => one !== "");
  const read = <T>(key: string, how: (text: string) => T, otherwise: T): T => {
    const text = parts[key];
    if (text === undefined) return otherwise;
    try {
      return how(text);
    } catch {
      return otherwise; // A part that was broken by hand does not spoil the others.
    }
  };
  return {
    q: read("q", unplain, ""),
    sort: read("sort", unlist, []).map((text) =>
      text.startsWith("-") ? { key: text.slice(1), descends: true } : { key: text, descends: false }
    ),
    columns: read<string[] | undefined>("cols", unlist, undefined),
    pinned: read("pin", (text) => Math.max(0, Math.min(20, Number(text) || 0)), PLAIN.pinned),
    widths: read("w", (text) => pairs(unlist(text), 40, 2_000), {}),
    group: read("group", unlist, []),
    base: parts.base,
    selected: dots(parts.sel),
    hidden: dots(parts.hide),
    styles: read("look", (text) => pairs(unlist(text), 0, 1_000), {}),
    all: parts.all === "1",
    charts: read("charts", (text) => {
      const value: unknown = JSON.parse(swapped(unplain(text)));
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? value as Record<string, unknown>
        : {};
    }, {}),
  };
}

function pairs(items: readonly string[], least: number, most: number): Record<string, number> {
  const found: Record<string, number> = Object.create(null);
  for (let at = 0; at + 1 < items.length; at += 2) {
    const value = Number(items[at + 1]);
    if (value >= least && value <= most) found[items[at]!] = value;
  }
  return found;
}

/** Completes the ends of ids. Those of runs that are gone are left out. */
export function wholeIds(view: View, ids: readonly string[]): View {
  const asked = [
    ...view.selected,
    ...view.hidden,
    ...Object.keys(view.styles),
    ...(view.base === undefined ? [] : [view.base]),
  ];
  if (asked.every((id) => id.length > 9)) return view;
  const whole = new Map(ids.map((id) => [short(id), id]));
  const find = (end: string) => end.length > 9 ? end : whole.get(end);
  const known = (ends: readonly string[]) =>
    ends.map(find).filter((id): id is string => id !== undefined);
  return {
    ...view,
    selected: known(view.selected),
    hidden: known(view.hidden),
    base: view.base === undefined ? undefined : find(view.base),
    styles: Object.fromEntries(
      Object.entries(view.styles).flatMap(([end, style]) => {
        const id = find(end);
        return id === undefined ? [] : [[id, style]];
      }),
    ),
  };
}
