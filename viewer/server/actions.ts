/**
 * What a page can have done: comparing the backends, and, if it may edit, repair, tags, comments and views.
 *
 * @module
 */
import { checkTexts, refuse, show } from "../../domain/check.ts";
import { addComments, addTags, removeComments, removeTags } from "../../domain/annotations.ts";
import { getExperiment } from "../../domain/experiment.ts";
import { compareStores } from "../../domain/upkeep/differences.ts";
import { type Repair, repair } from "../../domain/upkeep/repair.ts";
import { type Difference, verify } from "../../domain/upkeep/verify.ts";
import type { Backend } from "../../composite/plan.ts";
import { isRubiconException, type RubiconException } from "../../errors.ts";
import type { EditRequest, VerifyAnswer } from "../contract.ts";
import { checkChosen } from "./chosen.ts";
import { isId } from "./paths.ts";
import type { Site } from "./site.ts";
import type { Served } from "./sites.ts";
import { saveView } from "./views.ts";

/** What a page gets of a list at most. */
const MOST = 1_000;

type Found = VerifyAnswer["differences"][number];

/** What one store has to say. */
interface Told {
  clean: boolean;
  found: Found[];
  unable?: VerifyAnswer["unable"];
}

/**
 * Compares the backends. One that cannot be listed is told with its reason, and the others are compared without it.
 *
 * @throws {RubiconException} what the first one throws, if none can be listed.
 */
export async function verifyAnswer(served: Served): Promise<VerifyAnswer> {
  let first: unknown;
  const found = await ofAll(served, async (site) => {
    try {
      const { clean, differences } = await verify(site.rubicon, signalOf(site));
      return { clean, found: differences.flatMap(inWords) };
    } catch (error) {
      if (site.call.signal?.aborted || !isRubiconException(error)) throw error;
      first ??= error;
      return await verifyOthers(site, error);
    }
  });
  const backends = served.sites.flatMap(({ rubicon }) => rubicon.backends);
  if (found.unable.length === backends.length) throw first;
  return found;
}

/** Looks at each backend alone, to see which of them fail, and compares those that do not. */
async function verifyOthers(site: Site, first: RubiconException): Promise<Told> {
  const compare = (backends: readonly Backend[]) =>
    compareStores({ ...site.rubicon, backends }, undefined, "checksum", {
      ...signalOf(site),
      report() {},
    });
  const able: Backend[] = [];
  const unable: VerifyAnswer["unable"] = [];
  for (const backend of site.rubicon.backends) {
    try {
      await compare([backend]);
      able.push(backend);
    } catch (error) {
      if (site.call.signal?.aborted || !isRubiconException(error)) throw error;
      unable.push({ backend: backend.label, why: error.message });
    }
  }
  if (unable.length === 0) throw first;
  const { findings } = able.length > 0 ? await compare(able) : { findings: [] };
  return { clean: false, found: findings.flatMap(({ difference }) => inWords(difference)), unable };
}

/** Makes the backends the same, but for conflicts. */
export const repairAnswer = (served: Served): Promise<VerifyAnswer> =>
  ofAll(served, async (site) => {
    const { clean, mended, conflicts, failures }: Repair = await repair(
      site.rubicon,
      signalOf(site),
    );
    const found = [
      ...failures.map(({ backend, key, error }) => ({
        ...{ backend, what: key },
        why: `could not be mended: ${error.message}`,
      })),
      ...conflicts.flatMap(inWords),
      ...mended.map(({ backend, key, action, from }) => ({
        ...{ backend, what: key },
        why: action === "delete" ? "removed: it was deleted on purpose" : `copied from ${from}`,
      })),
    ];
    return { clean, found };
  });

/** What one store answers, of all of them. */
async function ofAll(
  { sites }: Served,
  ask: (site: Site) => Promise<Told>,
): Promise<VerifyAnswer> {
  const answers = await Promise.all(sites.map(async (site) => {
    const { clean, found, unable = [] } = await ask(site);
    const labelled = <T extends { backend: string }>(all: readonly T[]): T[] =>
      all.map((one) => ({ ...one, backend: site.labelOf(one.backend) }));
    return { clean, found: labelled(found), unable: labelled(unable) };
  }));
  const all = answers.flatMap(({ found }) => found);
  return {
    clean: answers.every(({ clean }) => clean),
    differences: all.slice(0, MOST),
    total: all.length,
    unable: answers.flatMap(({ unable }) => unable),
  };
}

const signalOf = ({ call: { signal } }: Site) => signal ? { signal } : {};

/** A difference, backend by backend. */
export function inWords({ key, kind, has, lacks, damaged = [] }: Difference): Found[] {
  const holders = has.flat().filter((one) => !damaged.includes(one)).join(", ");
  const say = (backends: readonly string[], why: string): Found[] =>
    backends.map((backend) => ({ backend, what: key, why }));
  const broken = say(damaged, "damaged: the bytes are not those that were stored");
  switch (kind) {
    case "missing":
      return [...broken, ...say(lacks, `missing: ${holders} has it`)];
    case "deleted":
      return say(has.flat(), "still there, though it was deleted on purpose");
    case "damaged":
      return [...broken, ...say(lacks, "missing, and what others have is damaged")];
    case "conflict":
      return [
        ...broken,
        ...has.flatMap((same, at) =>
          say(same, `different content: version ${at + 1} of ${has.length}`)
        ),
        ...say(lacks, "missing, and others have different contents"),
      ];
  }
}

/**
 * Makes one change.
 *
 * @throws {RubiconException} `invalid-argument` for what is no change; `not-found`; what a write throws.
 */
export async function edit(served: Served, request: unknown): Promise<void> {
  const where = "edit";
  const asked = (request ?? {}) as Partial<Record<string, unknown>>;
  if (typeof asked.project !== "string") refuse(`${where}: project must be the slug of a project.`);
  const site = served.siteOf(asked.project);
  const one = await site.project(asked.project);
  const { rubicon, call } = site;
  switch (asked.do as EditRequest["do"]) {
    case "saveView":
      if (asked.hash === null) refuse(`${where}: hash must be text.`);
      await saveView(rubicon, one.project, asked.name, asked.hash, call);
      return await one.readViews();
    case "deleteView":
      if (one.isGiven(asked.name)) {
        refuse(
          `${where}: the view ${show(asked.name)} is one of the catalog. Take it out of its file.`,
        );
      }
      await saveView(rubicon, one.project, asked.name, null, call);
      return await one.readViews();
    case "addTags":
    case "removeTags":
    case "addComments":
    case "removeComments":
      break;
    default:
      refuse(`${where}: do must say what to change, not ${show(asked.do)}.`);
  }
  const { experimentId } = asked;
  if (typeof experimentId !== "string" || !isId(experimentId)) {
    refuse(`${where}: experimentId must be the id of an experiment.`);
  }
  checkChosen(one.chosen, experimentId);
  const values = checkTexts(asked.values, `${where}: values`);
  if (values.length === 0) refuse(`${where}: values must be a list of texts.`);
  const experiment = await getExperiment(rubicon, one.project, { ...call, id: experimentId });
  const change = { addTags, removeTags, addComments, removeComments }[asked.do as "addTags"];
  await change(rubicon, experiment, values, call);
}
