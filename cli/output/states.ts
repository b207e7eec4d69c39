/**
 * States of runs in their colours.
 *
 * @module
 */
import type { RunState } from "../../domain/format/run_state.ts";
import type { Paint } from "./style.ts";
import type { TableCell } from "./table.ts";

/** The colour of each state. */
export const STATE_PAINTS: Readonly<Record<RunState, Paint>> = {
  running: "cyan",
  finished: "green",
  failed: "red",
  cancelled: "yellow",
  lost: "red",
};

/** A state as a cell; an experiment that never said its state has an empty one. */
export const stateCell = (state: RunState | null | undefined): TableCell =>
  state ? { text: state, paint: STATE_PAINTS[state] } : "";
