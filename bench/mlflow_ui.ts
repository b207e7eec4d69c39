/**
 * MLflow on the same runs, in a SQLite store: its page, and its search.
 */
import { sweptRuns } from "../tests/viewer/support/sweep.ts";
import { venv } from "../tests/support/venv.ts";

const mlflow = venv("mlflow-full", ["mlflow==3.17.2"], "MLflow's page");
const ENV = {
  MLFLOW_DISABLE_TELEMETRY: "true",
  DO_NOT_TRACK: "true",
  // Else it starts workers that outlive it.
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
};

/** A run as it is put into the store. */
export interface MlflowRun {
  name: string;
  params: Record<string, unknown>;
  metrics: Record<string, unknown>;
}

/** One of the scripts of MLflow beside this file; gives the last line that it prints. */
async function script(file: string, folder: string, input: string): Promise<string> {
  const child = new Deno.Command(await mlflow.python(), {
    args: ["-W", "ignore", new URL(file, import.meta.url).pathname, `${folder}/mlflow.db`],
    ...{ cwd: folder, env: ENV, stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
}

/** Makes a store in a folder; gives the id of the experiment. */
const fill = (folder: string, runs: readonly MlflowRun[]): Promise<string> =>
  script("mlflow_ui.py", folder, JSON.stringify(runs));

/** What a search of all runs takes, in milliseconds. */
export interface Searched {
  wall: number;
  cpu: number;
}

/** A store with these runs that is searched; `undefined` where MLflow cannot be installed. */
export async function mlflowSearch(
  runs: readonly MlflowRun[],
): Promise<(AsyncDisposable & { search(): Promise<Searched> }) | undefined> {
  if (await mlflow.lacks()) return undefined;
  const folder = await Deno.makeTempDir({ prefix: "mlflow-" });
  const experiment = await fill(folder, runs);
  return {
    search: async () => JSON.parse(await script("mlflow_search.py", folder, experiment)),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** A server of it. */
export interface MlflowUi extends AsyncDisposable {
  /** The page with the table of runs. */
  url: string;
}

/** Starts MLflow's server on a store with so many runs of a sweep; `undefined` where it cannot be installed. */
export async function startMlflow(
  size: { runs: number; parameters: number; metrics: number },
): Promise<MlflowUi | undefined> {
  if (await mlflow.lacks()) return undefined;
  const python = await mlflow.python();
  const folder = await Deno.makeTempDir({ prefix: "mlflow-" });
  const given = sweptRuns(size).map(({ name, id, parameters, metrics }) => ({
    name: name ?? id.slice(0, 8),
    params: parameters,
    metrics: Object.fromEntries(
      metrics.flatMap(({ name, value }) => Number.isFinite(value) ? [[name, value]] : []),
    ),
  }));
  const experiment = await fill(folder, given);
  const port = freePort();
  const server = new Deno.Command(python, {
    args: [
      ...["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port)],
      ...["--workers", "1", "--backend-store-uri", `sqlite:///${folder}/mlflow.db`],
    ],
    ...{ cwd: folder, env: ENV, stdout: "null", stderr: "null" },
  }).spawn();
  const root = `http://127.0.0.1:${port}/`;
  for (let tries = 0;; tries++) {
    const answer = await fetch(`${root}health`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) break;
    if (tries > 240) throw new Error("MLflow's server did not start.");
    await new Promise((done) => setTimeout(done, 250));
  }
  return {
    url: `${root}#/experiments/${experiment}/runs`,
    async [Symbol.asyncDispose]() {
      server.kill("SIGTERM");
      await server.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
