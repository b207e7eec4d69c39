/**
 * The lives of runs: their states and curves. This is the one file of the viewer that knows of them.
 *
 * @module
 */
import type { Experiment, Project } from "../../domain/format/entities.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { RubiconException } from "../../errors.ts";
import type { Run } from "../../domain/query/cells.ts";
import type { RunFile, SparksFile } from "../contract.ts";
import type { ViewedRun } from "./runs_file.ts";
import type { Sealed } from "./sealed.ts";

/** What a run's page says of its life. */
export interface Life {
  status: RunFile["status"];
  /** Path of its curves; `null` if it has none. */
  history: string | null;
}

/** What a store's experiments have of their own lives: nothing in this version of the store. */
export class Lives {
  constructor(readonly rubicon: Core) {}

  /** The life of one run. */
  of(_experiment: Experiment, _slug: string, _call: CallOptions): Promise<Life> {
    return Promise.resolve({ status: null, history: null });
  }

  /** The lives of a project's runs. */
  ofAll(
    _project: Project,
    _slug: string,
    runs: readonly Run[],
    _call: CallOptions,
  ): Promise<ViewedRun[]> {
    return Promise.resolve(runs.map((run) => ({ ...run, status: null, history: null })));
  }

  /** The curves of one run. */
  curves(_project: Project, id: string, _call: CallOptions): Promise<Sealed> {
    return Promise.reject(new RubiconException("not-found", `Run ${id} has no curves.`));
  }

  /** Previews of the curves of a project's newest runs. */
  sparks(_project: Project, checksum: string, _call: CallOptions): Promise<Sealed> {
    const file: SparksFile = { checksum, sparks: {} };
    const bytes = new TextEncoder().encode(JSON.stringify(file));
    return Promise.resolve({ checksum, bytes });
  }
}
