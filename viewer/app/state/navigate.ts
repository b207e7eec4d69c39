/**
 * Going from place to place: what is shown is in the address, and the back button undoes it.
 *
 * @module
 */
/// <reference lib="dom" />
import { batch } from "npm:@preact/signals@^2.11.4";
import { cursor, hovered, isCut, overlay, route, runs, view } from "./store.ts";
import {
  parseRoute,
  parseView,
  PLAIN,
  printHash,
  type Route,
  type Tab,
  type View,
  wholeIds,
} from "./view.ts";

/** What the browser keeps with each place: all of the view, also what the address has no room for. */
interface Kept {
  readonly hash: string;
  readonly view: View;
}

/** How a change is told to the browser: as a place of its own, or as the same place. */
type How = "push" | "replace";

/** What is typed or dragged: within so many milliseconds after each other, changes are one place. */
const ONE_CHANGE = 1_500;
const FLOWING = /^(?:filter|chart .*)$/;

let lastKind = "";
let lastAt = -Infinity;
/** The views of the projects that one comes from, for when one goes back by a link. */
const left = new Map<string, View>();

/** Takes up the place that the address names, and follows the back button. */
export function startNavigation(): void {
  const kept = history.state as Kept | null;
  take(kept?.hash ?? location.hash.slice(1), kept?.view);
  addEventListener("pagehide", settle);
  addEventListener("popstate", (event) => {
    const state = event.state as Kept | null;
    lastKind = "";
    clearTimeout(later);
    later = undefined;
    take(state?.hash ?? location.hash.slice(1), state?.view);
  });
}

function take(hash: string, kept: View | undefined): void {
  batch(() => {
    const before = slugOf(route.value);
    route.value = parseRoute(hash);
    const asked = kept ?? parseView(hash);
    const known = slugOf(route.value) === before ? runs.value : undefined;
    view.value = known ? wholeIds(asked, known.ids) : asked;
    isCut.value = false;
    overlay.value = undefined;
    hovered.value = undefined;
    if (slugOf(route.value) !== before) cursor.value = undefined;
  });
}

const slugOf = (place: Route): string | undefined => "slug" in place ? place.slug : undefined;

let later: ReturnType<typeof setTimeout> | undefined;

/** Browsers refuse a page that changes its address hundreds of times in a minute: small changes are told together. */
const TOGETHER = 200;

function tell(how: How): void {
  if (how === "replace") {
    later ??= setTimeout(() => write("replace"), TOGETHER);
    return;
  }
  write("push");
}

/** Tells the browser what it has not been told yet of the place that is left. */
function settle(): void {
  if (later !== undefined) write("replace");
}

function write(how: How): void {
  clearTimeout(later);
  later = undefined;
  const { hash, cut } = printHash(route.value, view.value);
  isCut.value = cut;
  const state: Kept = { hash, view: view.value };
  const put = (url?: string) =>
    how === "push" ? history.pushState(state, "", url) : history.replaceState(state, "", url);
  try {
    put(`#${hash}`);
  } catch (error) {
    // A page in a frame of its own text (`srcdoc`) has no address to change: the place alone is kept.
    if (!(error instanceof DOMException)) throw error;
    put();
  }
}

/** Goes to another place. */
export function go(to: Route): void {
  settle();
  batch(() => {
    const [from, target] = [slugOf(route.value), slugOf(to)];
    if (from !== undefined) left.set(from, view.value);
    if (target !== from) {
      view.value = target === undefined ? PLAIN : left.get(target) ?? PLAIN;
      cursor.value = undefined;
    }
    route.value = to;
    overlay.value = undefined;
    hovered.value = undefined;
  });
  lastKind = "";
  tell("push");
}

/** The address of a place, for links that open it elsewhere. */
export const hrefOf = (to: Route): string => `#${printHash(to, PLAIN).hash}`;

/** Shows another tab of the project. */
export function goTab(tab: Tab): void {
  const slug = slugOf(route.value);
  if (slug !== undefined) go({ screen: "project", slug, tab });
}

/** Shows a run's page. */
export function openRun(row: number): void {
  const [slug, id] = [slugOf(route.value), runs.value?.ids[row]];
  if (slug !== undefined && id !== undefined) go({ screen: "run", slug, id });
}

/**
 * Changes how one looks at the project.
 *
 * @param kind What is changed: quick changes of one kind are undone together. Without it the change is part of this place.
 */
export function change(patch: Partial<View>, kind?: string): void {
  const now = Date.now();
  const joins = kind === undefined ||
    FLOWING.test(kind) && kind === lastKind && now - lastAt < ONE_CHANGE;
  if (!joins) settle();
  view.value = { ...view.value, ...patch };
  if (kind !== undefined) [lastKind, lastAt] = [kind, now];
  tell(joins ? "replace" : "push");
}

/** Shows a view that was kept. */
export function goHash(hash: string): void {
  settle();
  batch(() => {
    const before = slugOf(route.value);
    route.value = parseRoute(hash);
    const known = slugOf(route.value) === before ? runs.value : undefined;
    const asked = parseView(hash);
    view.value = known ? wholeIds(asked, known.ids) : asked;
    overlay.value = undefined;
  });
  lastKind = "";
  tell("push");
}

/** What the address of this page would be, whole, to hand to others. */
export function shareUrl(): string {
  const { hash } = printHash(route.value, view.value);
  return `${document.baseURI.replace(/#.*$/s, "")}#${hash}`;
}

/** Ids in the view are ends of ids until the runs are known. */
export function completeIds(ids: readonly string[]): void {
  view.value = wholeIds(view.value, ids);
}
