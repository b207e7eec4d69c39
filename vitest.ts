/**
 * A reporter for Vitest: each suite of a run becomes an experiment, so that evals and tests are asked, compared and looked at like
 * any other run.
 *
 * @example A script that runs Vitest under Deno
 * ```ts ignore
 * import { startVitest } from "vitest/node"; // of deno.json or package.json
 * import { openComposite } from "./mod.ts";
 * import { vitestReporter } from "./vitest.ts";
 *
 * await using rubicon = await openComposite({ persistence: "filesystem", rootDir: "./evals" });
 * const reporter = vitestReporter(rubicon, { project: "support bot" });
 * const vitest = await startVitest("test", [], { watch: false, reporters: ["default", reporter] });
 * await vitest.close();
 * ```
 *
 * @module
 */
import type { Composite } from "./composite.ts";
import { checkComposite, checkFields, checkText, isPlain, refuse, show } from "./domain/check.ts";
import { logDataframe } from "./domain/dataframe.ts";
import { type ExperimentInput, logExperiment } from "./domain/experiment.ts";
import { inputFields } from "./domain/inputs.ts";
import { getOrCreateProject } from "./domain/project.ts";

/** A test, as far as the reporter needs it: Vitest's `TestCase`. */
export interface ReportedTest {
  /** Its name. */
  readonly name: string;
  /** Its name after those of the suites that it is in. */
  readonly fullName: string;
  /** What it is in. */
  readonly parent: { readonly type: string; readonly name?: string; readonly parent?: unknown };
  /** How it went. */
  result(): {
    readonly state: string;
    readonly errors?: readonly { readonly message?: string }[] | undefined;
  };
  /** How long it took, in milliseconds. */
  diagnostic(): { readonly duration: number } | undefined;
  /** What it left in `task.meta`: here `scores`, and whatever else is worth a column. */
  meta(): object;
}

/** A file of tests, as far as the reporter needs it: Vitest's `TestModule`. */
export interface ReportedModule {
  /** Its path. */
  readonly moduleId: string;
  /** Its path from Vitest's root. */
  readonly relativeModuleId?: string | undefined;
  /** All tests in it. */
  readonly children: { allTests(): Iterable<ReportedTest> };
}

/** What Vitest takes as a reporter. */
export interface VitestReporter {
  /** Called by Vitest at the end of a run. */
  onTestRunEnd(modules: readonly ReportedModule[]): Promise<void>;
}

/** Options of {@linkcode vitestReporter}. */
export interface VitestReporterOptions
  extends Omit<ExperimentInput, "name" | "id" | "createdAt" | "metrics"> {
  /** The project's name; it is made if it is not there. */
  project: string;
}

/** Each suite brings its own. */
const PER_SUITE = ["name", "id", "createdAt"];
const TAKES = new Set(
  [...inputFields("experiment", ["project", "parameters", "features"])].filter((name) =>
    !PER_SUITE.includes(name)
  ),
);

/**
 * A reporter that logs each suite at the top of a file as an experiment; tests outside of any are their file's. Its metrics
 * are `cases`, `passed`, `failed`, `skipped`, `pass_rate` (of those that were not skipped), `duration_ms`, and the mean of each
 * score; its dataframe `cases` has a row for each test. A test gives scores by `task.meta.scores = { factuality: 0.8 }`;
 * other fields of `task.meta` are columns, what is no text or number as JSON.
 *
 * What cannot be logged is told to the composite's `onWarning`, so that tests do not fail for a store that is down.
 *
 * @throws {RubiconException} `invalid-argument` for options that it does not have.
 *
 * @example
 * ```ts
 * import { listExperiments, openComposite } from "./mod.ts";
 * import { vitestReporter } from "./vitest.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "vitest" });
 * const reporter = vitestReporter(rubicon, { project: "evals" });
 * await reporter.onTestRunEnd([]); // by Vitest
 * ```
 */
export function vitestReporter(
  rubicon: Composite,
  options: VitestReporterOptions,
): VitestReporter {
  const where = "vitestReporter";
  checkComposite(rubicon, where);
  checkFields(options, TAKES, where);
  const { project: name, ...fields } = options;
  if (checkText(name, `${where}: project`) === "") refuse(`${where}: project must have a name.`);
  return {
    async onTestRunEnd(modules) {
      try {
        const project = await getOrCreateProject(rubicon, { name });
        for (const suite of suitesOf(modules)) {
          const rows = suite.tests.map(rowOf);
          const experiment = await logExperiment(rubicon, project, {
            ...fields,
            name: suite.name,
            tags: [...fields.tags ?? [], `file:${suite.file}`],
            metrics: metricsOf(rows),
          });
          await logDataframe(rubicon, experiment, { name: "cases", rows: rows.map(cellsOf) });
        }
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : show(cause);
        rubicon.options.onWarning(
          `${where}: the run is not logged, or not all of it: ${why}`,
          cause,
        );
      }
    },
  };
}

interface Suite {
  name: string;
  file: string;
  tests: ReportedTest[];
}

/** The suites at the top of each file, in the order of the run. */
function* suitesOf(modules: readonly ReportedModule[]): Generator<Suite> {
  for (const { children, relativeModuleId, moduleId } of modules) {
    // Without the way to it, which is the machine's own.
    const file = relativeModuleId ?? moduleId.split(/[\\/]/).at(-1)!;
    const suites = new Map<string, Suite>();
    for (const test of children.allTests()) {
      const name = topOf(test) ?? file;
      const suite = suites.get(name) ?? { name, file, tests: [] };
      suites.set(name, suite);
      suite.tests.push(test);
    }
    yield* suites.values();
  }
}

/** The name of the outermost suite that a test is in. */
function topOf(test: ReportedTest): string | undefined {
  let name: string | undefined;
  for (
    let at = test.parent as ReportedTest["parent"] | undefined;
    at?.type === "suite";
    at = at.parent as typeof at
  ) name = at.name;
  return name;
}

interface Row {
  test: string;
  state: string;
  duration: number | null;
  error: string | null;
  scores: Map<string, number>;
  more: Map<string, string | number | boolean | null>;
}

function rowOf(test: ReportedTest): Row {
  const { state, errors } = test.result();
  const { scores = {}, ...more } = test.meta() as { scores?: unknown };
  const numbers = isPlain(scores)
    ? Object.entries(scores).filter((one): one is [string, number] => typeof one[1] === "number")
    : [];
  return {
    test: test.fullName,
    state,
    duration: test.diagnostic()?.duration ?? null,
    // The lines after the first are paths of the machine.
    error: errors?.[0]?.message?.split("\n")[0] ?? null,
    scores: new Map(numbers),
    more: new Map(Object.entries(more).map(([name, value]) => [name, cell(value)])),
  };
}

function cell(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "object") return JSON.stringify(value);
  return typeof value === "number" || typeof value === "boolean" ? value : String(value);
}

function metricsOf(rows: readonly Row[]) {
  const count = (state: string) => rows.filter((row) => row.state === state).length;
  const [passed, failed, skipped] = [count("passed"), count("failed"), count("skipped")];
  const metric = (name: string, value: number, directionality: "score" | "loss" = "score") => ({
    ...{ name, value, directionality },
  });
  const scores = new Set(rows.flatMap(({ scores }) => [...scores.keys()]));
  const mean = (name: string) => {
    const all = rows.flatMap(({ scores }) => scores.get(name) ?? []);
    return all.reduce((sum, one) => sum + one, 0) / all.length;
  };
  return [
    metric("cases", rows.length),
    metric("passed", passed),
    metric("failed", failed, "loss"),
    metric("skipped", skipped, "loss"),
    ...passed + failed > 0 ? [metric("pass_rate", passed / (passed + failed))] : [],
    metric("duration_ms", rows.reduce((sum, { duration }) => sum + (duration ?? 0), 0), "loss"),
    ...Array.from(scores, (name) => metric(name, mean(name))),
  ];
}

/** A row of the dataframe: scores and other columns under their own names. */
const cellsOf = ({ test, state, duration, error, scores, more }: Row) => ({
  ...Object.fromEntries(more),
  ...Object.fromEntries(scores),
  ...{ test, state, duration_ms: duration, error },
});
