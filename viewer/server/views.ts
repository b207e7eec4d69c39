/**
 * Named views, kept as files beside a project's own: `view_<uuid>.json`, written once. The newest of a name counts, and
 * one without an address says that the view was deleted, so that copies of a store agree after a repair.
 *
 * @module
 */
import { generate as uuidV7 } from "jsr:@std/uuid@^1.1.1/v7";
import { checkText, refuse } from "../../domain/check.ts";
import { growing } from "../../domain/format/clock.ts";
import { isView, metadataKey, projectFolder, viewKey } from "../../domain/format/layout.ts";
import type { Project } from "../../domain/format/entities.ts";
import { pooled } from "../../domain/pool.ts";
import { above } from "../../domain/writing/above.ts";
import { isOfOneObject } from "../../domain/reading/entity_files.ts";
import { hasCode } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Answer, Backend, Core } from "../../composite/plan.ts";
import type { ViewerView } from "../contract.ts";

/** What an address may have; the page makes none longer. */
const MAX_HASH = 2_000;
const MAX_NAME = 200;

/** A file of a view. */
interface Saved {
  key: string;
  name: string;
  /** `null`: it was deleted. */
  hash: string | null;
}

/** The views of a project, by name. */
export async function listViews(
  rubicon: Core,
  project: Project,
  slug: string,
  call: CallOptions,
): Promise<ViewerView[]> {
  const latest = latestOf(await readSaved(rubicon, project, call));
  return [...latest.values()].sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, hash }) => hash === null ? [] : [{ project: slug, name, hash }]);
}

/**
 * Saves a view, or deletes it, and clears away what its file makes void.
 *
 * @param hash The address; `null` deletes the view.
 * @throws {RubiconException} `invalid-argument` for a name or an address that is none; what a write throws.
 */
export async function saveView(
  rubicon: Core,
  project: Project,
  name: unknown,
  hash: unknown,
  call: CallOptions,
): Promise<void> {
  const where = "saveView";
  const checked = { name: checkText(name, `${where}: name`), hash: checkHash(hash, where) };
  if (checked.name.trim() === "" || checked.name.length > MAX_NAME) {
    refuse(`${where}: a name must have 1 to ${MAX_NAME} characters.`);
  }
  const saved = await readSaved(rubicon, project, call);
  const before = saved.filter((one) => one.name === checked.name).map(({ key }) => key);
  const key = viewKey(project.name, uuidV7(growing()));
  const bytes = new TextEncoder().encode(JSON.stringify(checked));
  await rubicon.write({
    what: `the view "${checked.name}"`,
    waves: [[{ key, source: bytes }]],
    ...above({ projectName: project.name }),
    deletes: before,
  }, call);
}

function checkHash(hash: unknown, where: string): string | null {
  if (hash === null) return null;
  const text = checkText(hash, `${where}: hash`);
  if (text.length <= MAX_HASH) return text;
  return refuse(`${where}: the address has more than ${MAX_HASH} characters.`);
}

function latestOf(saved: readonly Saved[]): Map<string, Saved> {
  const latest = new Map<string, Saved>();
  for (const one of saved.toSorted((a, b) => a.key < b.key ? -1 : 1)) latest.set(one.name, one);
  return latest;
}

const readSaved = (rubicon: Core, project: Project, call: CallOptions): Promise<Saved[]> =>
  rubicon.read({
    what: `the views of project "${project.name}"`,
    run: (backend) => savedIn(backend, projectFolder(project.name)),
    merge: (lists) => lists.flat(),
  }, call);

async function savedIn({ driver, label }: Backend, folder: string): Promise<Answer<Saved[]>> {
  const keys: string[] = [];
  let hasProject = false;
  for await (const { key } of driver.list(folder, { depth: 1 })) {
    if (isView(key)) keys.push(key);
    hasProject ||= key === metadataKey(folder);
  }
  // Most projects have no view, and not all backends are to be asked for each of them.
  if (keys.length === 0) return hasProject ? { value: [] } : { value: [], weak: "bare" };
  const damage: string[] = [];
  const found = await pooled(keys, async (key): Promise<Saved[]> => {
    try {
      const { bytes } = await driver.get(key);
      const saved = decode(key, bytes);
      if (!saved) damage.push(`${label}: ${key} is no view.`);
      return saved ? [saved] : [];
    } catch (error) {
      // Another one has deleted it, since a newer one counts.
      if (hasCode(error, "not-found")) return [];
      if (!isOfOneObject(error)) throw error;
      damage.push(error.message);
      return [];
    }
  });
  const value = found.flat();
  return damage.length === 0 ? { value } : { value, weak: "damaged", damage };
}

function decode(key: string, bytes: Uint8Array): Saved | undefined {
  try {
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const { name, hash } = (found ?? {}) as Partial<Saved>;
    if (typeof name !== "string" || hash !== null && typeof hash !== "string") return undefined;
    return { key, name, hash };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
