/**
 * What a catalog chooses of a store: some runs of some projects, and how they were looked at.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { ViewerView } from "../contract.ts";
import type { ViewedRun } from "./runs_file.ts";

/** What is shown of one project. */
export interface ChosenRuns {
  /** How paths call the project: two stores of a catalog may each have one of the same name. */
  slug: string;
  /** How the page calls it. */
  name: string;
  /** The runs. */
  ids: ReadonlySet<string>;
  /** Views of these runs that are in no file of the store. */
  views: (runs: readonly ViewedRun[]) => readonly ViewerView[];
}

/** What is shown of a store: by the folders of its projects. */
export type Chosen = ReadonlyMap<string, ChosenRuns>;

/**
 * Refuses a run that is not chosen: a catalog shows no more than it names.
 *
 * @throws {RubiconException} `not-found`
 */
export function checkChosen(chosen: ChosenRuns | undefined, id: string | null): void {
  if (!chosen || id === null || chosen.ids.has(id)) return;
  throw new RubiconException("not-found", `The catalog does not name the run ${id}.`);
}

/** What the store lacks of what the catalog names of a project; `null` if it has all of it. */
export const lacking = (chosen: ChosenRuns, found: number): string | null =>
  found >= chosen.ids.size
    ? null
    : `${
      chosen.ids.size - found
    } of the ${chosen.ids.size} runs that the catalog names are not there.`;
