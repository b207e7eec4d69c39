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
  backends: BackendConfig[];
  /** Settings of the composite. */
  options?: CompositeOptions;
  /** How long an answer waits for backends that are slow, in milliseconds. Default: 10,000. */
  flushMs?: number;
}

/** One run, as it is sent. */
interface Run {
  name: string;
  parameters?: Record<string, number | string>;
  metrics?: Record<string, number>;
  /** Logged as an artifact. */
  log?: string;
}

/** The job's two ways in. */
export interface Job {
  /** For `Deno.serve`: `POST /runs` logs a run, `GET /runs` gives the table of all. */
  fetch(request: Request): Promise<Response>;
  /** For `Deno.cron`: copies to each backend what it missed, and logs that it did. */
  tick(): Promise<void>;
}

/** Makes the job. Nothing is opened or sent before the first request. */
export function makeJob(
  { project: name, backends, options = {}, flushMs = 10_000 }: JobConfig,
): Job {
  let opening: Promise<Composite> | undefined;
  // An instance serves many requests, and they share one composite.
  const open = () => opening ??= openComposite(backends, options);

  /** Waits until all backends have everything. Returns those that still do not. */
  const settle = async (rubicon: Composite) => {
    await flush(rubicon, { timeoutMs: flushMs });
    return status(rubicon).filter(({ pending, missed }) => pending + missed > 0)
      .map(({ backend, pending, missed }) => ({ backend, pending, missed }));
  };

  const log = async (run: Run, tags: string[] = []): Promise<Response> => {
    if (typeof run !== "object" || run === null || Array.isArray(run)) {
      return Response.json({ error: "A run is an object with a name." }, { status: 400 });
    }
    const rubicon = await open();
    const project = await getOrCreateProject(rubicon, { name });
    // What a run has beside its log is for logExperiment to judge, which refuses what it does not know.
    const { log, ...rest } = run;
    const experiment = await logExperiment(rubicon, project, { ...rest, tags });
    if (log !== undefined) {
      await logArtifact(rubicon, experiment, { name: "log.txt", data: log });
    }
    // An instance may be stopped as soon as it has answered.
    const behind = await settle(rubicon);
    return Response.json({ id: experiment.id, behind }, { status: behind.length > 0 ? 202 : 201 });
  };

  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname !== "/runs") return new Response("POST or GET /runs\n", { status: 404 });
      try {
        if (request.method === "POST") return await log(await request.json());
        if (request.method !== "GET") return new Response("POST or GET\n", { status: 405 });
        const rubicon = await open();
        const project = await getProject(rubicon, { name });
        return Response.json((await toTable(rubicon, project)).rows);
      } catch (error) {
        if (error instanceof SyntaxError || hasCode(error, "invalid-argument")) {
          return Response.json({ error: error.message }, { status: 400 });
        }
        if (!(error instanceof RubiconException)) throw error;
        const status = error.code === "not-found" ? 404 : 503;
        return Response.json({ error: error.message }, { status });
      }
    },
    async tick() {
      const { mended, failures } = await repair(await open(), { project: name });
      const metrics = { mended: mended.length, failures: failures.length };
      await (await log({ name: "tick", metrics }, ["cron"])).body?.cancel();
    },
  };
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
