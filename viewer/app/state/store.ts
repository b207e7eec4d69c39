/**
 * What the page knows and where one is in it. Screens read these signals; what changes them is in the files beside.
 *
 * @module
 */
import { computed, signal } from "npm:@preact/signals@^2.11.4";
import type { SparksFile, ViewerIndex, ViewerProject } from "../../contract.ts";
import type { Runs } from "../types.ts";
import { PLAIN, type Route, type View } from "./view.ts";

/** What there is; `undefined` until it was read. */
export const index = signal<ViewerIndex | undefined>(undefined);
/** Why `index.json` could not be read the last time. */
export const indexProblem = signal<string | undefined>(undefined);

export const route = signal<Route>({ screen: "projects" });
export const view = signal<View>(PLAIN);
/** Whether the address has no room for all of the view. */
export const isCut = signal(false);

/** The runs of the project that is shown; `undefined` until they were read. */
export const runs = signal<Runs | undefined>(undefined);
/** Why they could not be read. */
export const runsProblem = signal<string | undefined>(undefined);
export const sparks = signal<SparksFile["sparks"] | undefined>(undefined);

/** The row below the pointer, wherever that is. */
export const hovered = signal<number | undefined>(undefined);
/** The row that the keyboard is at. */
export const cursor = signal<number | undefined>(undefined);

/** What is open above the screen. */
export const overlay = signal<"help" | "columns" | "views" | undefined>(undefined);

/** The slug of the project that is shown. */
export const slug = computed(() => {
  const { value } = route;
  return value.screen === "project" || value.screen === "run" ? value.slug : undefined;
});

/** The project that is shown, as its card has it. */
export const project = computed<ViewerProject | undefined>(() =>
  index.value?.projects.find((one) => one.slug === slug.value)
);

export const canEdit = computed(() => index.value?.edit === true && index.value.live);
