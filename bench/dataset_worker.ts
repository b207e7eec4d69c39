// deno-lint-ignore-file no-console -- it prints its figures.
/**
 * `write`: a store of so many runs with a curve each, in a folder. `export`: its dataset, or again `since` the last one.
 * Prints the seconds it took, those of the processor, and the process's peak in MiB.
 */
import process from "node:process";
import { encodeCompaction } from "../domain/history/compacted.ts";
import { createProject, exportParquet, getProject, logExperiment, openComposite } from "../mod.ts";
import { openDriver } from "../mod.ts";

const [action, folder, count, points] = Deno.args as [string, string, string, string];
const METRICS = ["loss", "accuracy"];

await using rubicon = await openComposite({
  persistence: "filesystem",
  rootDir: `${folder}/store`,
});

async function write(): Promise<void> {
  const driver = await openDriver({ persistence: "filesystem", rootDir: `${folder}/store` });
  const project = await createProject(rubicon, { name: "bench" });
  const each = Number(points) / METRICS.length;
  for (let at = 0; at < Number(count); at++) {
    const { id } = await logExperiment(rubicon, project, {
      ...{ name: `run ${at}`, tags: [`batch:${at % 10}`] },
      parameters: { lr: at / 7, depth: at % 9, opt: "adam" },
      metrics: { accuracy: Math.sin(at), loss: Math.cos(at) },
    });
    const steps = Float64Array.from({ length: each }, (_, step) => step);
    const times = steps.map((step) => 1_790_000_000_000_000 + step * 1000);
    const series = new Map(METRICS.map((name) => [
      name,
      { steps, times, values: steps.map((step) => Math.sin(step * at)) },
    ]));
    const key = `bench/experiments/${id}/history/history_${crypto.randomUUID()}.parquet`;
    await driver.put(key, encodeCompaction(series, []));
  }
}

const start = performance.now();
if (action === "write") await write();
else {
  const project = await getProject(rubicon, { name: "bench" });
  const since = action === "since" ? "last" : undefined;
  await exportParquet(rubicon, project, { to: `${folder}/dataset`, since });
}
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage();
const peak = Number(/VmHWM:\s+(\d+)/.exec(await Deno.readTextFile("/proc/self/status"))![1]) / 1024;
console.log(JSON.stringify({ seconds, processor: (user + system) / 1e6, peak }));
