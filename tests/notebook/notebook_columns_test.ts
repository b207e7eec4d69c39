/**
 * The columns of tables in notebooks: which are shown, in which order, and how long cells are kept short.
 */
import assert from "node:assert/strict";
import {
  type Composite,
  createProject,
  logExperiment,
  openComposite,
  type Project,
  toTable,
} from "../../mod.ts";
import { display, type Displayable, type DisplayOptions } from "../../notebook.ts";
import { refused } from "../support/faulty.ts";
import { elementsOfHtml, named } from "../support/markup.ts";

async function withProject(work: (rubicon: Composite, project: Project) => Promise<void>) {
  await using rubicon = await openComposite({
    persistence: "memory",
    rootDir: crypto.randomUUID(),
  });
  await work(rubicon, await createProject(rubicon, { name: "Iris" }));
}

const page = async (rubicon: Composite, value: Displayable, options?: DisplayOptions) =>
  elementsOfHtml((await display(rubicon, value, options)).mime["text/html"]);
const columnsOf = async (...args: Parameters<typeof page>) =>
  named(await page(...args), "th").map(({ text }) => text);

/** `p1` to `p50`, or as many as there are. */
const many = (letter: string, length: number) =>
  Object.fromEntries(Array.from({ length }, (_, at) => [`${letter}${at + 1}`, at]));

Deno.test("display() of a project shows all metrics before it leaves out a parameter", () =>
  withProject(async (rubicon, project) => {
    const parameters = many("p", 50);
    await logExperiment(rubicon, project, { name: "a", parameters, metrics: many("m", 12) });
    const columns = await columnsOf(rubicon, project);
    assert.equal(columns.length, 40);
    const metrics = Object.keys(many("m", 12));
    assert.deepEqual(columns.slice(0, 13), ["name", ...metrics], "in the order people count in");
    assert.deepEqual(columns.slice(13), Object.keys(many("p", 27)));
    const table = await toTable(rubicon, project);
    const ofTable = await columnsOf(rubicon, table);
    assert.equal(ofTable.length, 40);
    assert.deepEqual(ofTable.filter((name) => name.startsWith("m")).length, 13, "and modelName");
  }));

Deno.test("display() shows the columns that are asked for, and says which there are", () =>
  withProject(async (rubicon, project) => {
    await logExperiment(rubicon, project, {
      name: "a",
      parameters: { depth: 3, ...many("p", 45) },
      metrics: { accuracy: 0.8 },
    });
    const columns = ["metrics.accuracy", "p45", "name"];
    for (const value of [project, await toTable(rubicon, project)]) {
      assert.deepEqual(await columnsOf(rubicon, value, { columns }), ["accuracy", "p45", "name"]);
      const all = Object.keys(many("p", 45));
      assert.equal((await columnsOf(rubicon, value, { columns: all })).length, 45);
      const { code, message } = await refused(() =>
        display(rubicon, value, { columns: ["accurracy"] })
      );
      assert.equal(code, "invalid-argument");
      assert.match(message, /no column "accurracy"\. Did you mean "accuracy"\?/);
    }
    assert.deepEqual(await columnsOf(rubicon, [{ x: 1, y: 2 }], { columns: ["y"] }), ["y"]);
    const error = await refused(() => display(rubicon, [project], { columns: ["name"] }));
    assert.match(error.message, /columns must be left out here/);
  }));

Deno.test("display() calls an experiment without a name by its id", () =>
  withProject(async (rubicon, project) => {
    const { id } = await logExperiment(rubicon, project, { parameters: many("p", 50) });
    const first = async (value: Displayable) => named(await page(rubicon, value), "td")[0]!.text;
    assert.equal(await first(project), id);
    const table = await toTable(rubicon, project, { columns: ["name", "id"] });
    assert.equal(await first(table), id);
    assert.equal(await first([await logExperiment(rubicon, project, {})]) !== "", true);
  }));

Deno.test("display() keeps a long text on one line, with all of it in the tooltip", () =>
  withProject(async (rubicon, project) => {
    const description = `one line\nand "another" ${"x".repeat(300)}`;
    await logExperiment(rubicon, project, { name: "a", description });
    const [cell] = named(await page(rubicon, project), "td")
      .filter(({ text }) => text.startsWith("one line"));
    assert.equal(cell!.attributes.title, description);
    assert.match(cell!.attributes.style!, /white-space: nowrap.*text-overflow: ellipsis/);
  }));

Deno.test("display() shows a long list of numbers as its last one and a line", () =>
  withProject(async (rubicon, project) => {
    const loss = Array.from({ length: 200 }, (_, at) => at === 199 ? 0.21 : 1 / (at + 1));
    const metrics = { loss, gaps: [1, 2, 3, NaN, 5, 6, 7, 8, 9], flat: Array(20).fill(4) };
    await logExperiment(rubicon, project, { name: "a", metrics: { ...metrics, few: [1, 2] } });
    const elements = await page(rubicon, project);
    const texts = named(elements, "td").map(({ text }) => text);
    for (
      const text of ["200 values, last 0.21", "9 values, last 9", "20 values, last 4", "[1, 2]"]
    ) {
      assert.ok(texts.includes(text), text);
    }
    const paths = named(elements, "path").map(({ attributes }) => attributes.d!);
    assert.equal(paths.length, 3);
    for (const path of paths) assert.match(path, /^(?:[ML]\d+\.\d,\d+\.\d)+$/);
    assert.equal(paths.filter((path) => path.lastIndexOf("M") > 0).length, 1, "a gap stays a gap");
    const { mime } = await display(rubicon, project);
    assert.match(mime["text/plain"], /200 values, last 0\.21/);
  }));
