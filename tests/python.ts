/**
 * The real rubicon-ml, in a Python environment of the tests' own, in the ignored cache.
 */
import { CACHE, PYTHON_WITH_VENV, succeeds } from "./parts.ts";

const VENV = `${CACHE}python`;
const PACKAGES = [
  "rubicon-ml==0.15.3",
  "pandas==3.0.5",
  "pyarrow==25.0.1",
  "s3fs==2026.7.0",
  "polars==2.1.0",
  "dask[dataframe]==2026.8.0",
];

/** Says that all of it is installed, and which: an install that broke off has none. */
const STAMP = `${VENV}/installed`;

/** What is missing for the suites with Python; `undefined` where nothing is. */
export async function lacksPython(): Promise<string | undefined> {
  if (isReady()) return undefined;
  return await succeeds(...PYTHON_WITH_VENV)
    ? undefined
    : "Python 3.11 or later with venv and pip, for the real rubicon-ml";
}

function isReady(): boolean {
  try {
    return Deno.readTextFileSync(STAMP) === PACKAGES.join(" ");
  } catch {
    return false;
  }
}

/** The interpreter that has rubicon-ml, which is installed where it is missing. Several files may ask at once. */
export async function interpreter(): Promise<string> {
  const path = `${VENV}/bin/python`;
  if (isReady()) return path;
  await Deno.mkdir(CACHE, { recursive: true });
  using lock = await Deno.open(`${CACHE}python.lock`, { create: true, write: true });
  await lock.lock(true);
  if (isReady()) return path;
  await run("python3", ["-m", "venv", VENV]);
  await run(path, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  await Deno.writeTextFile(STAMP, PACKAGES.join(" "));
  return path;
}

async function run(command: string, args: string[], input = ""): Promise<string> {
  const child = new Deno.Command(command, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
  const said = new TextDecoder().decode(stderr);
  if (said !== "" && !args.includes("pip")) throw new Error(`${command} was not silent: ${said}`);
  return new TextDecoder().decode(stdout);
}

/**
 * Runs a Python script, in which warnings are errors and every line on the error stream, such as a log line, fails
 * the test. It finds `input` as a variable, and what it leaves in `output` is returned; both are JSON.
 */
export async function python(script: string, input: unknown = null): Promise<unknown> {
  const path = await interpreter();
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
  return JSON.parse(
    await run(path, ["-c", imports + whole], JSON.stringify(input)),
  );
}
