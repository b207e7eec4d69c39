/**
 * The real rubicon-ml, in a Python environment of the tests' own.
 */
import { venv } from "./venv.ts";

const PACKAGES = [
  "rubicon-ml[intake,viz]==0.15.3",
  "pandas==3.0.5",
  "pyarrow==25.0.1",
  "s3fs==2026.7.0",
  "polars==2.1.0",
  "dask[dataframe]==2026.8.0",
  "jsonpath-ng==1.8.0",
];

const environment = venv("python", PACKAGES, "the real rubicon-ml");

/** What is missing for the suites with Python; `undefined` where nothing is. */
export const lacksPython = (): Promise<string | undefined> => environment.lacks();

/** The interpreter that has rubicon-ml, which is installed where it is missing. */
export const interpreter = (): Promise<string> => environment.python();

/** The last rubicon-ml whose times are in the old form, with what its wheels do not pin. */
const OLD = venv("python-0.13", ["rubicon-ml==0.13.3"], "the real rubicon-ml 0.13.3");

/** What is missing for the suites with rubicon-ml 0.13.3; `undefined` if nothing is. */
export const lacksOldPython = (): Promise<string | undefined> => OLD.lacks();

/** Runs a Python script by rubicon-ml 0.13.3. It finds `input`, and what it leaves in `output` is returned. */
export async function oldPython(script: string, input: unknown): Promise<unknown> {
  const read = "import json, sys\ninput = json.loads(sys.stdin.read())\noutput = None";
  const whole = `${read}\n${script}\nprint(json.dumps(output))`;
  return JSON.parse(await OLD.run(["-c", whole], JSON.stringify(input)));
}

/**
 * Runs a Python script, in which warnings are errors and every line on the error stream, such as a log line, fails
 * the test. It finds `input` as a variable, and what it leaves in `output` is returned; both are JSON.
 */
export async function python(script: string, input: unknown = null): Promise<unknown> {
  const whole = [
    "import json, logging, os, sys",
    "logging.basicConfig(level=logging.WARNING)",
    "input = json.loads(sys.stdin.read())",
    "output = None",
    script,
    "print(json.dumps(output), flush=True)",
    // Not by the way of the interpreter's own end, in which pyarrow's threads now and then abort the process.
    "os._exit(0)",
  ].join("\n");
  // dask warns of its own imports; everything after them counts.
  const imports =
    "import warnings\nimport pandas, dask.dataframe, polars\nwarnings.simplefilter('error')\n";
  return JSON.parse(await environment.run(["-c", imports + whole], JSON.stringify(input)));
}

/** A Python that stays: what it has imported once is at hand for each call. */
export interface PythonSession extends AsyncDisposable {
  /** Calls the script's function `answer` with a value, and gives what it returns; both are JSON. */
  call(input: unknown): Promise<unknown>;
}

/** Starts a Python whose script has a function `answer`. Warnings are errors in it. */
export async function pythonSession(script: string): Promise<PythonSession> {
  const whole = [
    "import warnings, json, sys",
    "import pandas, dask.dataframe, polars",
    "warnings.simplefilter('error')",
    script,
    "for line in sys.stdin:",
    "    print(json.dumps(answer(json.loads(line))), flush=True)",
  ].join("\n");
  const child = new Deno.Command(await environment.python(), {
    args: ["-c", whole],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  }).spawn();
  const said = new Response(child.stderr).text();
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream()).getReader();
  return {
    async call(input) {
      const line = new TextEncoder().encode(`${JSON.stringify(input)}\n`);
      // A Python that has ended takes nothing: what it said before tells why.
      const written = await writer.write(line).then(() => true, () => false);
      const { value } = written ? await lines.read() : {};
      if (value === undefined) throw new Error(`Python ended: ${await said}`);
      return JSON.parse(value);
    },
    async [Symbol.asyncDispose]() {
      await writer.close().catch(() => {/* it has ended: the call that asked it said so */});
      await lines.cancel();
      await said;
      await child.status;
    },
  };
}

/** Cuts text into lines. */
class TextLineStream extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
    });
  }
}
