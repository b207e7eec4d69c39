/**
 * The tabs of a project that this page has.
 *
 * @module
 */
import type { Tab } from "../state/view.ts";

/** In their order, which the keys 1, 2, … go by. */
export const SHOWN_TABS: readonly { readonly tab: Tab; readonly label: string }[] = [
  { tab: "table", label: "Table" },
  { tab: "compare", label: "Compare" },
  { tab: "curves", label: "Curves" },
  { tab: "parallel", label: "Parallel" },
  { tab: "scatter", label: "Scatter" },
  { tab: "heatmap", label: "Heatmap" },
  { tab: "frames", label: "Dataframes" },
  { tab: "about", label: "About" },
];
