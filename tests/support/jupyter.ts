/**
 * Notebooks in the Deno kernel, driven by Jupyter's own client.
 */
import { venv } from "./venv.ts";

const environment = venv("jupyter", ["jupyter_client==8.10.0"], "Jupyter's own client");

/** What is missing for the suites with Jupyter; `undefined` where nothing is. */
export const lacksJupyter = (): Promise<string | undefined> => environment.lacks();

/** One output of a cell, as notebooks keep it. */
export type Output =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | {
    output_type: "execute_result" | "display_data" | "update_display_data";
    data: Record<string, string>;
  }
  | { output_type: "error"; ename: string; evalue: string };

const RUNNER = new URL("./run_notebook.py", import.meta.url).pathname;

/** The longest time that one cell may take, in seconds: the first one loads modules. */
const CELL_TIMEOUT = 60;

/**
 * Runs cells one after the other in one kernel, which is the Deno that runs the tests.
 *
 * @param sources The cells' code.
 * @param cwd The folder that the kernel runs in: a notebook's own, for its relative imports.
 */
export async function runCells(sources: readonly string[], cwd: string): Promise<Output[][]> {
  const kernels = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${kernels}/deno`);
    const spec = {
      argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
      "display_name": "Deno",
      language: "typescript",
    };
    await Deno.writeTextFile(`${kernels}/deno/kernel.json`, JSON.stringify(spec));
    const input = JSON.stringify({ kernels, cwd, sources, timeout: CELL_TIMEOUT });
    return JSON.parse(await environment.run([RUNNER], input));
  } finally {
    await Deno.remove(kernels, { recursive: true });
  }
}
