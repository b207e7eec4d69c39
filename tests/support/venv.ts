/**
 * Python environments of the tests' own, in the ignored cache. Each is installed by the first suite that needs it.
 */
import { CACHE, succeeds } from "./parts.ts";

/** An environment with its packages. */
export interface Venv {
  /** What is missing to have it, for suites that need it; `undefined` where nothing is. */
  lacks(): Promise<string | undefined>;
  /** The path of its Python, once all is installed. */
  python(): Promise<string>;
  /** Runs its Python with these arguments and this input. What it prints is returned; a failure throws. */
  run(args: string[], input: string): Promise<string>;
}

/**
 * Describes an environment. Several test files may ask for it at once.
 *
 * @param name Its folder in the cache.
 * @param packages What pip installs, with versions.
 * @param purpose What it is for, for the line that says it is missing.
 */
export function venv(name: string, packages: readonly string[], purpose: string): Venv {
  const folder = `${CACHE}${name}`;
  const python = `${folder}/bin/python`;
  // Says that all of it is installed, and which: an install that broke off has none.
  const stamp = `${folder}/installed`;
  const isReady = () => {
    try {
      return Deno.readTextFileSync(stamp) === packages.join(" ");
    } catch {
      return false;
    }
  };
  const install = async () => {
    if (isReady()) return;
    await Deno.mkdir(CACHE, { recursive: true });
    using lock = await Deno.open(`${CACHE}${name}.lock`, { create: true, write: true });
    await lock.lock(true);
    if (isReady()) return;
    await run("python3", ["-m", "venv", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", ...packages]);
    await Deno.writeTextFile(stamp, packages.join(" "));
  };
  return {
    async lacks() {
      if (isReady()) return undefined;
      const isThere = await succeeds(
        "python3",
        "-c",
        "import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 11))",
      );
      return isThere ? undefined : `Python 3.11 or later with venv and pip, for ${purpose}`;
    },
    async python() {
      await install();
      return python;
    },
    async run(args, input) {
      await install();
      return await run(python, args, input);
    },
  };
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
  const said = new TextDecoder().decode(stderr);
  if (!success) throw new Error(`${command}: ${said}`);
  if (said !== "" && !args.includes("pip")) throw new Error(`${command} was not silent: ${said}`);
  return new TextDecoder().decode(stdout);
}
