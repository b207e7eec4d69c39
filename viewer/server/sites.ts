/**
 * Several stores as one: those of a catalog.
 *
 * @module
 */
import type { Sealed } from "./sealed.ts";
import { type IndexParts, sealedIndex, type Site } from "./site.ts";

/** What a server serves: one store, or several. */
export interface Served {
  readonly options: { readonly edit: boolean; readonly catalogs?: boolean | undefined };
  /** The stores, at least one. */
  readonly sites: readonly Site[];
  /** The store that a project is in, by its slug. */
  siteOf(slug: string): Site;
  /** What there is; see {@linkcode Site}. */
  index(at?: string): Promise<Sealed>;
}

/** Several stores, no two of which have a project of one slug. */
export class Sites implements Served {
  /**
   * @param slugs The slugs of each store's projects.
   * @param failures Why further stores are not among these.
   */
  constructor(
    readonly sites: readonly Site[],
    readonly slugs: readonly ReadonlySet<string>[],
    readonly failures: readonly string[],
  ) {}

  get options(): Served["options"] {
    return this.sites[0]!.options;
  }

  siteOf(slug: string): Site {
    const at = this.slugs.findIndex((slugs) => slugs.has(slug));
    return this.sites[Math.max(0, at)]!;
  }

  async index(at?: string): Promise<Sealed> {
    const shown = at === undefined ? undefined : this.siteOf(at);
    await Promise.all(
      this.sites.map((site) => site.look(shown === undefined || shown === site ? at : null)),
    );
    const all = this.sites.map((site) => site.parts());
    const errors = [...this.failures, ...all.flatMap(({ error }) => error ?? [])];
    const { catalog: _catalog, ...first } = all[0]!;
    const parts: IndexParts = {
      ...first,
      // Not if one of them is nowhere: what is offered has to work for each project.
      ...(all.every(({ catalog }) => catalog) && { catalog: true }),
      projects: all.flatMap(({ projects }) => projects),
      error: errors.length === 0 ? null : errors.join(" "),
      backends: all.flatMap(({ backends }) => backends),
      views: all.flatMap(({ views }) => views),
    };
    return sealedIndex(parts, this.sites[0]!.now());
  }
}
