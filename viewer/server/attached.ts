/**
 * Artifacts and dataframes: what is told of them, and their data.
 *
 * @module
 */
import { listArtifacts } from "../../domain/artifact.ts";
import { listDataframes } from "../../domain/dataframe.ts";
import { describe } from "../../domain/format/codec.ts";
import type { Artifact, Parent } from "../../domain/format/entities.ts";
import { DATA, entityFolder } from "../../domain/format/layout.ts";
import { pooled } from "../../domain/pool.ts";
import { readAttached } from "../../domain/reading/deleted.ts";
import { hasCode } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import type { ViewerArtifact, ViewerDataframe } from "../contract.ts";
import { artifactPath, framePath, tablePath } from "./paths.ts";
import { HEAD, sniff, type Sniffed } from "./sniff.ts";

/** What is known of an artifact's data, or why nothing is. */
export type Known = Sniffed & { size: number } | { missing: string };

/** So many artifacts' first bytes are remembered. They never change. */
const REMEMBERED = 20_000;

/** Looks at artifacts' first bytes, once each. */
export class Sniffer {
  readonly #known = new Map<string, Known>();

  constructor(readonly rubicon: Core) {}

  /** What an artifact is. */
  async of(artifact: Artifact, call: CallOptions): Promise<Known> {
    const known = this.#known.get(artifact.id);
    if (known) return known;
    const folder = entityFolder(artifact);
    try {
      const { bytes, size } = await readAttached(
        this.rubicon,
        folder,
        `the start of the data of ${describe(artifact)}`,
        async ({ driver }) => ({ value: await driver.get(`${folder}/${DATA}`, { length: HEAD }) }),
        call,
      );
      const found = { ...sniff(artifact.name, bytes, size <= bytes.length), size };
      if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
      this.#known.set(artifact.id, found);
      return found;
    } catch (error) {
      // It may come back, and so is not remembered.
      if (hasCode(error, "not-found")) return { missing: "its data is not in the store" };
      if (hasCode(error, "read-failed", "unavailable", "corrupt", "permission-denied")) {
        return { missing: "its data cannot be read" };
      }
      throw error;
    }
  }
}

/** The artifacts of a project or an experiment, as a page shows them. */
export async function viewedArtifacts(
  sniffer: Sniffer,
  parent: Parent,
  slug: string,
  call: CallOptions,
): Promise<ViewerArtifact[]> {
  const artifacts = await listArtifacts(sniffer.rubicon, parent, call);
  return await pooled(artifacts, async (artifact): Promise<ViewerArtifact> => {
    const known = await sniffer.of(artifact, call);
    const { id, name, description, createdAt, tags, experimentId } = artifact;
    const about = { id, name, description, createdAt, tags };
    if ("missing" in known) {
      return { ...about, size: null, show: "none", type: "", path: null, leftOut: known.missing };
    }
    const path = artifactPath(slug, experimentId, id, known.end);
    const { size, show, type } = known;
    return {
      ...{ ...about, size, show, type, path },
      ...(show === "parquet" && { table: tablePath(slug, experimentId, id) }),
    };
  });
}

/** The dataframes of a project or an experiment, as a page shows them. */
export async function viewedDataframes(
  rubicon: Core,
  parent: Parent,
  slug: string,
  call: CallOptions,
): Promise<ViewerDataframe[]> {
  const dataframes = await listDataframes(rubicon, parent, call);
  return dataframes.map(({ id, name, description, createdAt, tags, experimentId }) => ({
    ...{ id, name, description, createdAt, tags },
    path: framePath(slug, experimentId, id, "json"),
  }));
}
