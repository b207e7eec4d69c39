/**
 * The real rubicon-ml, in a Python environment of the tests' own.
 */
import { venv } from "./venv.ts";

const PACKAGES = [
  "rubicon-ml==0.15.3",
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
