/**
 * Processes that log points, for tests that end them: what is on standard output was acknowledged before it was said.
 * Arguments: the backends and the options of the composite as JSON, what to do, and the name of the run.
 */
import {
  type Driver,
  getOrCreateProject,
  isRubiconException,
  openComposite,
  openDriver,
  startRun,
  withRun,
} from "../../mod.ts";
import { openMemory } from "../../drivers/memory.ts";

const [backends, options, what, name] = [
  JSON.parse(Deno.args[0]!),
  JSON.parse(Deno.args[1]!),
  Deno.args[2]!,
  Deno.args[3]!,
];
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

/** A memory whose puts hang from some point on. */
function hanging() {
  const inner = openMemory({ persistence: "memory", rootDir: "hanging" });
  let hangs = false;
  return {
    driver: {
      ...inner,
      put: (...args: Parameters<typeof inner.put>) =>
        hangs ? new Promise<never>(() => {}) : inner.put(...args),
    },
    hang: () => void (hangs = true),
  };
}

/** A folder whose puts take a while, so that nothing of them is done before the event loop is empty. */
async function late(): Promise<Driver> {
  const inner = await openDriver(backends[0]);
  const { putTree: _putTree, ...rest } = inner;
  return {
    ...rest,
    async put(...args) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return await inner.put(...args);
    },
  };
}

const slow = what === "hang" ? hanging() : undefined;
const drivers = slow ? [slow.driver] : what === "forget" ? [await late()] : backends;
const rubicon = await openComposite(drivers, {
  ...options,
  onWarning() {},
});
const project = await getOrCreateProject(rubicon, { name: "p" });

switch (what) {
  // Flushes each few points, until it is killed.
  case "flush": {
    const run = await startRun(rubicon, project, { name });
    say(run.experiment.id);
    for (let step = 0;; step++) {
      run.log({ loss: step, acc: -step }, { step });
      if (step % 3 < 2) continue;
      try {
        await run.flush();
        say(String(step));
      } catch (error) {
        // Not acknowledged, and not said: the connection is broken.
        if (!isRubiconException(error)) throw error;
      }
    }
  }
  // Logs, and waits to be told to end.
  case "wait":
  case "hang":
    await withRun(rubicon, project, { name }, async (run) => {
      say(run.experiment.id);
      for (let step = 0; step < 5; step++) run.log({ loss: step });
      slow?.hang();
      say("ready");
      await new Promise((resolve) => setTimeout(resolve, 3_600_000));
    });
    break;
  // Ends without a word.
  case "forget": {
    const run = await startRun(rubicon, project, { name });
    say(run.experiment.id);
    for (let step = 0; step < 5; step++) run.log({ loss: step });
    break;
  }
  default:
    throw new Error(`nothing is called ${what}`);
}
