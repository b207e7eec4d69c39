/**
 * What a page can have done: comparing the backends, and, if it may edit, repair, tags, comments and views.
 *
 * @module
 */
import { checkTexts, refuse, show } from "../../domain/check.ts";
import { addComments, removeComments } from "../../domain/comments.ts";
import { getExperiment } from "../../domain/experiment.ts";
import { addTags, removeTags } from "../../domain/tags.ts";
import { type Repair, repair } from "../../domain/upkeep/repair.ts";
import { type Difference, verify } from "../../domain/upkeep/verify.ts";
import type { EditRequest, VerifyAnswer } from "../contract.ts";
import { checkChosen } from "./chosen.ts";
import { isId } from "./paths.ts";
import type { Site } from "./site.ts";
import type { Served } from "./sites.ts";
import { saveView } from "./views.ts";

/** What a page gets of a list at most. */
const MOST = 1_000;

type Found = VerifyAnswer["differences"][number];

/** Compares the backends. */
export const verifyAnswer = (served: Served): Promise<VerifyAnswer> =>
  ofAll(served, async (site) => {
    const { clean, differences } = await verify(site.rubicon, signalOf(site));
    return { clean, found: differences.flatMap(inWords) };
  });

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
  ask: (site: Site) => Promise<{ clean: boolean; found: Found[] }>,
): Promise<VerifyAnswer> {
  const answers = await Promise.all(sites.map(async (site) => {
    const { clean, found } = await ask(site);
    return {
      clean,
      found: found.map((one) => ({ ...one, backend: site.labelOf(one.backend) })),
    };
  }));
  return answer(answers.every(({ clean }) => clean), answers.flatMap(({ found }) => found));
}

const signalOf = ({ call: { signal } }: Site) => signal ? { signal } : {};

const answer = (clean: boolean, all: readonly Found[]): VerifyAnswer => ({
  clean,
  differences: all.slice(0, MOST),
  total: all.length,
});

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
