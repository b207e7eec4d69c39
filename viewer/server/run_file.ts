/**
 * The page of one run, and that of a project: all that was logged to it.
 *
 * @module
 */
import { listArtifacts, readArtifact } from "../../domain/artifact.ts";
import { getExperiment } from "../../domain/experiment.ts";
import { tagValues } from "../../domain/family.ts";
import { listFeatures } from "../../domain/feature.ts";
import type { Artifact, Child, Experiment, Project } from "../../domain/format/entities.ts";
import { listMetrics } from "../../domain/metric.ts";
import { listParameters } from "../../domain/parameter.ts";
import { pooled } from "../../domain/pool.ts";
import { hasCode } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import type { ProjectFile, RunFile } from "../contract.ts";
import { type Sniffer, viewedArtifacts, viewedDataframes } from "./attached.ts";
import { encodeCell } from "./encode.ts";
import type { Lives } from "./history.ts";
import { isId } from "./paths.ts";
import type { ViewedRun } from "./runs_file.ts";
import type { Unsealed } from "./sealed.ts";

/** So many parents and children are named. */
const MAX_FAMILY = 200;
/** What `logEnvironment` names its artifact, and how large that may be. */
const ENVIRONMENT = "environment.json";
const MAX_ENVIRONMENT = 2 ** 20;

/** What the pages are made with. */
export interface Means {
  rubicon: Core;
  sniffer: Sniffer;
  lives: Lives;
  call: CallOptions;
}

/** What was found out about a run before its page is made. */
export interface KnownOfRun {
  /** Whether it has curves. */
  hasCurves: boolean;
  /** The run, if it was read a moment ago. */
  run?: ViewedRun;
  /** Parents and children are named only if they are among these. Default: all are. */
  among?: ReadonlySet<string> | undefined;
}

/** All that was logged to a run. */
export async function readRun(
  { rubicon, sniffer, lives, call }: Means,
  project: Project,
  slug: string,
  id: string,
  { hasCurves, run, among }: KnownOfRun,
): Promise<Unsealed<RunFile>> {
  const experiment = run?.experiment ?? await getExperiment(rubicon, project, { ...call, id });
  const [
    parameters,
    metrics,
    features,
    artifacts,
    dataframes,
    parents,
    children,
    life,
  ] = await Promise.all([
    listParameters(rubicon, experiment, call),
    listMetrics(rubicon, experiment, call),
    listFeatures(rubicon, experiment, call),
    viewedArtifacts(sniffer, experiment, slug, call),
    viewedDataframes(rubicon, experiment, slug, call),
    family(rubicon, project, experiment, "parent", among, call),
    family(rubicon, project, experiment, "child", among, call),
    lives.of(experiment, slug, hasCurves, call),
  ]);
  const { name, description, createdAt, modelName, branchName, commitHash } = experiment;
  return {
    ...{ id, name, description, createdAt, modelName, branchName, commitHash },
    commitUrl: commitUrl(project.githubUrl, commitHash),
    tags: experiment.tags,
    comments: experiment.comments,
    trainingMetadata: encodeCell(experiment.trainingMetadata),
    status: life.status,
    parameters: parameters.map((one) => ({ ...about(one), value: encodeCell(one.value) })),
    metrics: metrics.map((one) => ({
      ...about(one),
      value: encodeCell(one.value),
      directionality: one.directionality,
    })),
    features: features.map((one) => ({ ...about(one), importance: encodeCell(one.importance) })),
    ...{ parents, children, artifacts, dataframes },
    history: life.history,
    environment: artifacts.some((one) => one.name === ENVIRONMENT)
      ? await environmentOf(sniffer, experiment, call)
      : null,
  };
}

/** What belongs to a project itself. */
export async function readProject(
  { rubicon, sniffer, call }: Means,
  project: Project,
  slug: string,
): Promise<Unsealed<ProjectFile>> {
  const [artifacts, dataframes] = await Promise.all([
    viewedArtifacts(sniffer, project, slug, call),
    viewedDataframes(rubicon, project, slug, call),
  ]);
  const { name, id, description, githubUrl, createdAt, trainingMetadata } = project;
  return {
    ...{ name, slug, id, description, createdAt },
    githubUrl: publicUrl(githubUrl),
    trainingMetadata: encodeCell(trainingMetadata),
    ...{ artifacts, dataframes },
  };
}

/** An address without the name and the password that it may have. */
export function publicUrl(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.username === "" && url.password === "") return address;
  url.username = url.password = "";
  return url.href;
}

const about = ({ name, description, tags }: Child) => ({ name, description, tags });

/** A link to a commit, if the repository is on a host that one reads by https: never any other scheme. */
export function commitUrl(repository: string | null, commit: string | null): string | null {
  if (repository === null || commit === null || !/^[0-9a-f]{7,64}$/i.test(commit)) return null;
  const ssh = /^(?:ssh:\/\/)?git@([\w.-]+)[:/]([\w.~/-]+)$/.exec(repository);
  const address = ssh ? `https://${ssh[1]}/${ssh[2]}` : repository;
  if (!URL.canParse(address)) return null;
  const { protocol, hostname, port, pathname } = new URL(address);
  if (protocol !== "https:" && protocol !== "http:") return null;
  const path = pathname.replace(/\/$/, "").replace(/\.git$/, "");
  if (path === "") return null;
  // Not the address as it stands: it may have a user and a password.
  return `https://${hostname}${port === "" ? "" : `:${port}`}${path}/commit/${commit}`;
}

/** The parents or children of a run, by its tags. One that cannot be read is there without a name. */
async function family(
  rubicon: Core,
  project: Project,
  { tags }: Experiment,
  key: "parent" | "child",
  among: ReadonlySet<string> | undefined,
  call: CallOptions,
): Promise<RunFile["parents"]> {
  const ids = [...new Set(tagValues(tags, key))]
    .filter((id) => isId(id) && (!among || among.has(id))).slice(0, MAX_FAMILY);
  return await pooled(ids, async (id) => {
    try {
      return { id, name: (await getExperiment(rubicon, project, { ...call, id })).name };
    } catch (error) {
      if (!hasCode(error, "not-found", "read-failed", "corrupt")) throw error;
      return { id, name: null };
    }
  });
}

/** What a run noted of what it ran on; nothing where it is not what `logEnvironment` writes. */
async function environmentOf(
  sniffer: Sniffer,
  experiment: Experiment,
  call: CallOptions,
): Promise<Record<string, string> | null> {
  const { rubicon } = sniffer;
  const artifacts = await listArtifacts(rubicon, experiment, { ...call, name: ENVIRONMENT });
  const last: Artifact | undefined = artifacts.at(-1);
  if (!last) return null;
  const known = await sniffer.of(last, call);
  if ("missing" in known || known.show !== "json" || known.size > MAX_ENVIRONMENT) return null;
  try {
    const bytes = await readArtifact(rubicon, last, call);
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof found !== "object" || found === null) return null;
    return Object.fromEntries(flat(found as Record<string, unknown>, ""));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (hasCode(error, "not-found", "read-failed", "corrupt")) return null;
    throw error;
  }
}

/** Nested fields by their dotted paths, as texts. */
function flat(found: Record<string, unknown>, path: string): [string, string][] {
  return Object.entries(found).flatMap(([key, value]): [string, string][] => {
    const at = path === "" ? key : `${path}.${key}`;
    const isNested = typeof value === "object" && value !== null && !Array.isArray(value);
    if (isNested) return flat(value as Record<string, unknown>, at);
    return [[at, typeof value === "string" ? value : JSON.stringify(value)]];
  });
}
