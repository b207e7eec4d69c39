/**
 * What a page can have done: comparing the backends, and, if it may edit, repair, tags, comments and views.
 *
 * @module
 */
import { checkTexts, refuse, show } from "../../domain/check.ts";
import { addComments, removeComments } from "../../domain/comments.ts";
import { getExperiment } from "../../domain/experiment.ts";
import { addTags, removeTags } from "../../domain/tags.ts";
import { compareStores } from "../../domain/upkeep/differences.ts";
import { type Repair, repair } from "../../domain/upkeep/repair.ts";
import { type Difference, verify } from "../../domain/upkeep/verify.ts";
import type { Backend } from "../../composite/plan.ts";
import { isRubiconException, type RubiconException } from "../../errors.ts";
import type { EditRequest, VerifyAnswer } from "../contract.ts";
import { isId } from "./paths.ts";
import type { Site } from "./site.ts";
import { saveView } from "./views.ts";

/** What a page gets of a list at most. */
const MOST = 1_000;

type Found = VerifyAnswer["differences"][number];

/**
 * Compares the backends. One that cannot be listed is told with its reason, and the others are compared without it.
 *
 * @throws {RubiconException} what the first one throws, if none can be listed.
 */
export async function verifyAnswer(site: Site): Promise<VerifyAnswer> {
  try {
    const { clean, differences } = await verify(site.rubicon, signalOf(site));
    return answer(clean, differences.flatMap(inWords));
  } catch (error) {
    if (site.call.signal?.aborted || !isRubiconException(error)) throw error;
    return await verifyOthers(site, error);
  }
}

/** Looks at each backend alone, to see which of them fail, and compares those that do not. */
async function verifyOthers(site: Site, first: RubiconException): Promise<VerifyAnswer> {
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
  if (able.length === 0 || unable.length === 0) throw first;
  const { findings } = await compare(able);
  return answer(false, findings.flatMap(({ difference }) => inWords(difference)), unable);
}

/** Makes the backends the same, but for conflicts. */
export async function repairAnswer(site: Site): Promise<VerifyAnswer> {
  const { clean, mended, conflicts, failures }: Repair = await repair(site.rubicon, signalOf(site));
  return answer(clean, [
    ...failures.map(({ backend, key, error }) => ({
      ...{ backend, what: key },
      why: `could not be mended: ${error.message}`,
    })),
    ...conflicts.flatMap(inWords),
    ...mended.map(({ backend, key, action, from }) => ({
      ...{ backend, what: key },
      why: action === "delete" ? "removed: it was deleted on purpose" : `copied from ${from}`,
    })),
  ]);
}

const signalOf = ({ call: { signal } }: Site) => signal ? { signal } : {};

const answer = (
  clean: boolean,
  all: readonly Found[],
  unable: VerifyAnswer["unable"] = [],
): VerifyAnswer => ({
  clean,
  differences: all.slice(0, MOST),
  total: all.length,
  unable,
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
export async function edit(site: Site, request: unknown): Promise<void> {
  const where = "edit";
  const asked = (request ?? {}) as Partial<Record<string, unknown>>;
  if (typeof asked.project !== "string") refuse(`${where}: project must be the slug of a project.`);
  const one = await site.project(asked.project);
  const { rubicon, call } = site;
  switch (asked.do as EditRequest["do"]) {
    case "saveView":
      if (asked.hash === null) refuse(`${where}: hash must be text.`);
      await saveView(rubicon, one.project, asked.name, asked.hash, call);
      return await one.readViews();
    case "deleteView":
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
  const values = checkTexts(asked.values, `${where}: values`);
  if (values.length === 0) refuse(`${where}: values must be a list of texts.`);
  const experiment = await getExperiment(rubicon, one.project, { ...call, id: experimentId });
  const change = { addTags, removeTags, addComments, removeComments }[asked.do as "addTags"];
  await change(rubicon, experiment, values, call);
}
