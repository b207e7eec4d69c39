/**
 * What a suite needs from outside Deno (Go for real S3 servers, Python for the real rubicon-ml).
 * Where it is missing the suite is ignored and says so on one line; in CI that is a failure.
 */

/** Where the tests keep what they build or install: one ignored folder of the checkout. */
export const CACHE: string = new URL("../../.cache/", import.meta.url).pathname;

/** Whether a command is there and does what it is asked to do. */
export async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, { args, stdout: "null", stderr: "null" })
      .output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const said = new Set<string>();

/**
 * Whether a suite is to be ignored because of what it lacks.
 *
 * @param suite The suite's name, for the line.
 * @param lacks What is missing; `undefined` where nothing is.
 */
export function ignoredFor(suite: string, lacks: string | undefined): boolean {
  if (lacks === undefined) return false;
  const line = `${suite}: ignored, it lacks ${lacks}`;
  if (Deno.env.get("CI") === "true") throw new Error(`${line}, and in CI nothing may be missing`);
  // deno-lint-ignore no-console -- the line is what a person running the suite looks for.
  if (!said.has(line)) console.log(line);
  said.add(line);
  return true;
}

/**
 * What is missing of Debian's packages; `undefined` where nothing is. In CI it is installed.
 *
 * @param isThere Whether what is needed of it is there.
 */
export async function lacksPackage(
  name: string,
  isThere: () => Promise<boolean>,
): Promise<string | undefined> {
  if (await isThere()) return undefined;
  const lacks = `${name} (apt-get install ${name})`;
  if (Deno.env.get("CI") !== "true") return lacks;
  await Deno.mkdir(CACHE, { recursive: true });
  // apt-get fails where another one is at it.
  using lock = await Deno.open(`${CACHE}apt.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await isThere()) return undefined;
  await succeeds("apt-get", "update");
  await succeeds("apt-get", "install", "-y", "--no-install-recommends", name);
  return await isThere() ? undefined : lacks;
}
