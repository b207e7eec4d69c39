/** Runs the real Vitest in this process with the reporter, and prints what was logged. */
import {
  getProject,
  listDataframes,
  listExperiments,
  listMetrics,
  openComposite,
  readDataframe,
} from "../../../mod.ts";
import { vitestReporter } from "../../../vitest.ts";

// A name that Deno cannot see is downloaded only by who runs this.
const { startVitest } = await (async (name: string) => await import(name))("npm:vitest@5.1.2/node");
const folder = await Deno.makeTempDir();
await Deno.writeTextFile(
  `${folder}/bot.test.js`,
  `import { describe, expect, test } from "vitest";
describe("capitals", () => {
  test("of France", ({ task }) => {
    task.meta.scores = { factuality: 1, tone: 0.5 };
    task.meta.input = "France?";
    task.meta.output = { city: "Paris" };
  });
  describe("harder ones", () => {
    test("of Bhutan", ({ task }) => {
      task.meta.scores = { factuality: 0.5 };
      expect("Paris").toBe("Thimphu");
    });
  });
  test.skip("of Atlantis", () => {});
});
test("alone", () => {});`,
);
await using rubicon = await openComposite([
  { persistence: "memory", rootDir: "a" },
  { persistence: "memory", rootDir: "b" },
]);
const reporter = vitestReporter(rubicon, { project: "evals", tags: ["nightly"] });
const vitest = await startVitest("test", [], { root: folder, watch: false, reporters: [reporter] });
await vitest?.close();
const project = await getProject(rubicon, { name: "evals" });
const found = await Promise.all(
  (await listExperiments(rubicon, project)).map(async (experiment) => {
    const [frame] = await listDataframes(rubicon, experiment);
    const metrics = await listMetrics(rubicon, experiment);
    return {
      name: experiment.name,
      tags: experiment.tags,
      metrics: Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
      rows: (await readDataframe(rubicon, frame!)).rows,
    };
  }),
);
// deno-lint-ignore no-console -- it is what this process is for.
console.log(`RESULT ${JSON.stringify(found)}`);
await Deno.remove(folder, { recursive: true });
Deno.exit(0);
