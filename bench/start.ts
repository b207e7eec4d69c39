/**
 * What it costs to begin: importing mod.ts and logging one experiment to memory, above an empty script; and what a
 * URL import downloads.
 */
import { inTurns, type Row } from "./lib.ts";

const EMPTY = "export {};";
const LOGS = `
import { createProject, logExperiment, openComposite } from "${new URL(
  "../mod.ts",
  import.meta.url,
)}";
await using rubicon = await openComposite({ persistence: "memory" });
const project = await createProject(rubicon, { name: "p" });
await logExperiment(rubicon, project, { metrics: { m: 1 } });
`;

export async function start(): Promise<Row[]> {
  const config = new URL("../deno.json", import.meta.url).pathname;
  const folder = await Deno.makeTempDir({ prefix: "rubicon-bench-" });
  const run = (script: string) => async () => {
    const begin = performance.now();
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", `--config=${config}`, `${folder}/${script}`],
      stdout: "null",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return performance.now() - begin;
  };
  await Deno.writeTextFile(`${folder}/empty.ts`, EMPTY);
  await Deno.writeTextFile(`${folder}/logs.ts`, LOGS);
  const { empty, logs } = await inTurns(15, { empty: run("empty.ts"), logs: run("logs.ts") });
  await Deno.remove(folder, { recursive: true });
  return [{
    what: "start: import mod.ts, log to memory",
    ours: logs,
    theirs: empty + 45,
    unit: "ms",
    against: `an empty script (${empty.toFixed(0)} ms) and 45 ms`,
    ratio: logs / (empty + 45),
    goal: 1,
    limit: true,
  }];
}
