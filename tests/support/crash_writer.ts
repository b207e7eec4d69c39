/** Logs metrics without end and tells of each once it is acknowledged; `crash_test.ts` kills it. */
import {
  getOrCreateProject,
  logExperiment,
  logMetric,
  openComposite,
  RubiconException,
} from "../../mod.ts";

const backends = JSON.parse(Deno.args[0]!);
const tell = (what: unknown) =>
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(what)}\n`));

const rubicon = await openComposite(backends, { write: "quorum", timeoutMs: 2_000 });
const project = await getOrCreateProject(rubicon, { name: "crash" });
const experiment = await logExperiment(rubicon, project, { name: Deno.args[1]! });
tell(experiment);
for (let at = 0;; at++) {
  try {
    tell(await logMetric(rubicon, experiment, { name: `m${at}`, value: at }));
  } catch (error) {
    // Not acknowledged, and not told: the toxic is at work.
    if (!(error instanceof RubiconException)) throw error;
  }
}
