/**
 * MLflow's own page on the same runs, in a SQLite store.
 */
import { sweptRuns } from "../tests/viewer/support/sweep.ts";
import { venv } from "../tests/support/venv.ts";

const mlflow = venv("mlflow-full", ["mlflow==3.17.2"], "MLflow's page");

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
  const path = `${folder}/mlflow.db`;
  const env = {
    MLFLOW_DISABLE_TELEMETRY: "true",
    DO_NOT_TRACK: "true",
    // Else it starts workers that outlive it.
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
  };
  const filler = new Deno.Command(python, {
    args: ["-W", "ignore", new URL("mlflow_ui.py", import.meta.url).pathname, path],
    ...{ cwd: folder, env, stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  const writer = filler.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(given)));
  await writer.close();
  const { success, stdout, stderr } = await filler.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const experiment = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
  const port = freePort();
  const server = new Deno.Command(python, {
    args: [
      ...["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port)],
      ...["--workers", "1", "--backend-store-uri", `sqlite:///${path}`],
    ],
    ...{ cwd: folder, env, stdout: "null", stderr: "null" },
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
