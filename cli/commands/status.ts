/**
 * `rubicon status`: does each store answer, and what is it waiting for?
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import { status } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import type { Cli } from "../context.ts";
import { Exit } from "../exit.ts";
import { plainText } from "../output/text.ts";

export function define(command: Command): void {
  command.addHelpText("after", "\nIt only reads. rubicon doctor looks closer, and writes.");
}

export async function run(cli: Cli): Promise<number> {
  const rubicon = await cli.open() as Core;
  const looked = await Promise.all(rubicon.backends.map(async ({ driver, label }) => {
    const begin = performance.now();
    try {
      const projects = (await driver.folders("", { signal: cli.signal })).length;
      return {
        label,
        answers: true,
        milliseconds: Math.round(performance.now() - begin),
        projects,
      };
    } catch (error) {
      cli.signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      return {
        label,
        answers: false,
        milliseconds: Math.round(performance.now() - begin),
        error: why,
      };
    }
  }));
  // What earlier processes left for background stores is found once their outboxes are read.
  await Promise.all(rubicon.backends.map(({ outbox }) => outbox?.resume()));
  const states = status(rubicon).map((one, at) => {
    const { label: _label, ...look } = looked[at]!;
    return { ...one, ...look, place: rubicon.backends[at]!.place };
  });
  await cli.answer({
    value: states,
    lines: states,
    text: () =>
      cli.table(
        [
          { title: "STORE", rank: 9 },
          { title: "ANSWERS", rank: 8 },
          { title: "MS", rank: 3, align: "number" },
          { title: "PROJECTS", rank: 4, align: "number" },
          { title: "MODE", rank: 2 },
          { title: "PENDING", rank: 5, align: "number" },
        ],
        states.map(({ backend, answers, milliseconds, projects, mode, pending }) => [
          plainText(backend),
          answers ? { text: "yes", paint: "green" } : { text: "no", paint: "red" },
          ...[String(milliseconds), String(projects ?? ""), mode, String(pending)],
        ]),
      ),
  });
  for (const { error } of states) if (error !== undefined) cli.warn(error);
  return states.every(({ answers }) => answers) ? Exit.done : Exit.failed;
}
