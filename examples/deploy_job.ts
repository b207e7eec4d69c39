/**
 * A job for Deno Deploy and other places without a disk: it takes runs over HTTP, logs them to a bucket and to
 * memory, and answers once they are there; now and then a tick brings the bucket what it missed.
 *
 * It needs network access to its own address and to the bucket's host, and nothing else. Its configuration comes
 * from `RUBICON_JOB` on Deploy, and anywhere else from standard input, which takes no permission:
 *
 *     deno run --allow-net=127.0.0.1:8000,127.0.0.1:7070 examples/deploy_job.ts - < job.json
 */
import {
  type BackendConfig,
  type Composite,
  type CompositeOptions,
  flush,
  getOrCreateProject,
  getProject,
  hasCode,
  logArtifact,
  logExperiment,
  openComposite,
  type Project,
  repair,
  RubiconException,
  status,
  toTable,
} from "../mod.ts";

/** What the job needs to know, as JSON. */
export interface JobConfig {
  /** The project's name. */
  project: string;
  /** The bucket first: reads go there, and memory has only what this instance logged itself. */
  backends: BackendConfig<string>[];
  /** Settings of the composite. */
  options?: CompositeOptions;
  /** How long an answer takes at most, however slow the backends are, in milliseconds. Default: 10,000. */
  flushMs?: number;
}

/** Parameters or metrics: as they are sent, or with what the job gives each of them. */
type Values =
  | Record<string, number | string>
  | { name: string; value: number | string; id: string; createdAt: string }[];

/** One run, as it is sent. */
interface Run {
  name: string;
  tags?: string[];
  parameters?: Values;
  metrics?: Values;
  /** Logged as an artifact. */
  log?: string;
  /** What the job gives a run, and what it therefore has when it is sent again. */
  id?: string;
  createdAt?: string;
  logId?: string;
}

/** A run that can be sent again, and is the same one then: with ids and a time of its own for all that it has. */
function stamped(run: Run): Run {
  if (typeof run !== "object" || run === null || Array.isArray(run)) {
    throw new RubiconException("invalid-argument", "A run is an object with a name.");
  }
  const createdAt = run.createdAt ?? new Date().toISOString();
  const newId = () => crypto.randomUUID();
  const stamp = (values: Values) =>
    typeof values !== "object" || Array.isArray(values)
      ? values // It is stamped already, or for logExperiment to judge.
      : Object.entries(values).map(([name, value]) => ({ name, value, id: newId(), createdAt }));
  return {
    id: newId(),
    ...run,
    createdAt,
    ...(run.parameters && { parameters: stamp(run.parameters) }),
    ...(run.metrics && { metrics: stamp(run.metrics) }),
    ...(run.log !== undefined && { logId: run.logId ?? newId() }),
  };
}

/** So many seconds later a client may try again: about as long as a backend that failed is left alone. */
const RETRY_AFTER = "5";

/** The job's two ways in. */
export interface Job {
  /** For `Deno.serve`: `POST /runs` logs a run, `GET /runs` gives the table of all. */
  fetch(request: Request): Promise<Response>;
  /** For `Deno.cron`: copies to each backend what it missed, and logs that it did. */
  tick(): Promise<void>;
  /** Waits for what is under way, then lets go of the backends. */
  close(): Promise<void>;
}

/** Makes the job. Nothing is opened or sent before the first request. */
export function makeJob(
  { project: name, backends, options = {}, flushMs = 10_000 }: JobConfig,
): Job {
  let opening: Promise<Composite> | undefined;
  // An instance serves many requests, and they share one composite. A backend that hangs is given up on soon enough for
  // an answer of the others.
  const open = () => opening ??= openComposite(backends, { timeoutMs: flushMs / 8, ...options });

  /** Waits until all backends have everything, or the time is up. Returns those that still do not. */
  const settle = async (rubicon: Composite, end: number) => {
    await flush(rubicon, { timeoutMs: Math.max(1, end - performance.now()) });
    return status(rubicon).filter(({ pending, missed }) => pending + missed > 0)
      .map(({ backend, pending, missed }) => ({ backend, pending, missed }));
  };

  let project: Project | undefined;
  const log = async (run: Run): Promise<Response> => {
    const end = performance.now() + flushMs;
    const signal = AbortSignal.timeout(flushMs);
    const rubicon = await open();
    project ??= await getOrCreateProject(rubicon, { name, signal });
    // What a run has beside its log is for logExperiment to judge, which refuses what it does not know.
    const { log, logId, ...rest } = run;
    const experiment = await logExperiment(rubicon, project, { ...rest, signal });
    if (log !== undefined) {
      const id = logId!;
      await logArtifact(rubicon, experiment, {
        name: "log.txt",
        data: log,
        id,
        createdAt: run.createdAt!,
        signal,
      });
    }
    // An instance may be stopped as soon as it has answered.
    const behind = await settle(rubicon, end);
    return Response.json({ id: experiment.id, behind }, { status: behind.length > 0 ? 202 : 201 });
  };

  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname !== "/runs") return new Response("POST or GET /runs\n", { status: 404 });
      let run: Run | undefined;
      try {
        if (request.method === "POST") return await log(run = stamped(await request.json()));
        if (request.method !== "GET") return new Response("POST or GET\n", { status: 405 });
        const rubicon = await open();
        const signal = AbortSignal.timeout(flushMs);
        const project = await getProject(rubicon, { name, signal });
        return Response.json((await toTable(rubicon, project, { signal })).rows);
      } catch (error) {
        return refusal(error, run);
      }
    },
    async tick() {
      const { mended, failures } = await repair(await open(), { project: name });
      const metrics = { mended: mended.length, failures: failures.length };
      await (await log(stamped({ name: "tick", tags: ["cron"], metrics }))).body?.cancel();
    },
    async close() {
      await (await opening)?.close();
    },
  };
}

/** What went wrong, in HTTP's terms. Some backends may have the run of a 503: it is handed back, to be sent again. */
function refusal(error: unknown, run?: Run): Response {
  const isTimeout = error instanceof DOMException && error.name === "TimeoutError";
  if (!(error instanceof SyntaxError || error instanceof RubiconException || isTimeout)) {
    throw error;
  }
  const body = { error: error.message };
  if (error instanceof SyntaxError || hasCode(error, "invalid-argument")) {
    return Response.json(body, { status: 400 });
  }
  if (hasCode(error, "not-found")) return Response.json(body, { status: 404 });
  if (hasCode(error, "already-exists")) return Response.json(body, { status: 409 });
  return Response.json({ ...body, ...(run && { run }) }, {
    status: 503,
    headers: { "Retry-After": RETRY_AFTER },
  });
}

if (import.meta.main) {
  const text = Deno.args[0] === "-"
    ? await new Response(Deno.stdin.readable).text()
    : Deno.env.get("RUBICON_JOB");
  if (text === undefined) throw new Error("RUBICON_JOB is not set.");
  const { listen = {}, ...config } = JSON.parse(text);
  const job = makeJob(config);
  Deno.serve(listen, job.fetch);
  // It is there on Deploy, and elsewhere with --unstable-cron.
  Deno.cron?.("mend", "*/10 * * * *", job.tick);
}
