import assert from "node:assert/strict";
import { lacksJupyter, type Output, runCells } from "../support/jupyter.ts";
import { elementsOfHtml, elementsOfSvg, type Found, named } from "../support/markup.ts";
import { typesOf } from "../support/notebooks.ts";
import { ignoredFor } from "../support/parts.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const ignore = ignoredFor("notebooks in the Deno kernel", await lacksJupyter());

/** What each run of a cell gave: twice one after the other, then once more with "run all cells". */
type Runs = [Output[], Output[], Output[]];

/** The code of a notebook's cells. */
async function sourcesOf(name: string): Promise<string[]> {
  const notebook = JSON.parse(
    await Deno.readTextFile(`${ROOT}examples/notebooks/${name}.ipynb`),
  ) as { cells: { cell_type: string; source: string[] }[] };
  return notebook.cells.filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => source.join(""));
}

/** Runs a notebook's cells in a folder as deep in this checkout as the notebooks' own. */
async function runNotebook(name: string): Promise<{ source: string; runs: Runs }[]> {
  const sources = await sourcesOf(name);
  const cwd = `${ROOT}local/notebook-${crypto.randomUUID()}`;
  await Deno.mkdir(cwd, { recursive: true });
  try {
    const twice = sources.flatMap((source) => [source, source]);
    const outputs = await runCells([...twice, ...sources], cwd);
    assert.equal(outputs.length, 3 * sources.length);
    return sources.map((source, at) => ({
      source,
      runs: [outputs[2 * at]!, outputs[2 * at + 1]!, outputs[2 * sources.length + at]!],
    }));
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

/** A notebook's cells by something that stands in their code; none may have failed. */
async function cellsOf(name: string): Promise<(code: string) => Runs> {
  const cells = await runNotebook(name);
  for (const { source, runs } of cells) {
    for (const outputs of runs) {
      for (const output of outputs) assert.notEqual(output.output_type, "error", source);
    }
  }
  return (code) => {
    const found = cells.filter(({ source }) => source.includes(code));
    assert.equal(found.length, 1, `one cell has ${code}`);
    return found[0]!.runs;
  };
}

/** The result of a cell, which has exactly these types. */
function resultOf(outputs: Output[], ...types: string[]): Record<string, string> {
  const results = outputs.flatMap((one) => one.output_type === "execute_result" ? [one.data] : []);
  assert.equal(results.length, 1, JSON.stringify(outputs));
  assert.deepEqual(Object.keys(results[0]!).sort(), types.sort());
  return results[0]!;
}

const page = (outputs: Output[]): Found[] =>
  elementsOfHtml(resultOf(outputs, "text/html", "text/plain")["text/html"]!);
const plot = (outputs: Output[]): Found[] =>
  elementsOfSvg(resultOf(outputs, "image/svg+xml", "text/plain")["image/svg+xml"]!);

/** The rows of all tables, as their texts. */
const rowsOf = (elements: Found[]): string[] => named(elements, "tr").map(({ text }) => text);
const texts = (elements: Found[], name: string) => named(elements, name).map(({ text }) => text);

/** What a cell printed; it may come in pieces. */
const printed = (outputs: Output[]): string =>
  outputs.map((one) => one.output_type === "stream" ? one.text : "").join("");

Deno.test({
  name: "notebooks: multiple backends, each cell twice and all of them again",
  ignore,
  async fn() {
    const cell = await cellsOf("multiple_backends");
    for (const outputs of cell("} from")) assert.deepEqual(outputs, []);
    for (const outputs of cell("status(rubicon)")) {
      assert.match(rowsOf(page(outputs)).slice(1).join(), /rootA.*closed.*rootB.*closed/);
    }
    for (const outputs of cell("getOrCreateProject(")) {
      assert.deepEqual(texts(page(outputs), "strong"), ["Example project"]);
    }
    const ids = cell("logExperiment(").map((outputs) => {
      const elements = page(outputs);
      const cells = rowsOf(elements);
      for (const row of ["n_estimators100", "accuracy0.8score", "size0.3"]) {
        assert.ok(cells.includes(row), `${row} in ${cells}`);
      }
      assert.ok(cells.some((row) => row.startsWith("notes.txt")));
      assert.ok(texts(elements, "span").includes("baseline"));
      return /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(elements[0]!.text)![0];
    });
    assert.equal(new Set(ids).size, 3, "each run is an experiment of its own");
    for (const outputs of cell("display(rubicon, dataframe)")) {
      assert.deepEqual(rowsOf(page(outputs)), [
        ...["epochlossaccuracy", "10.90.4", "20.60.65", "30.450.75", "40.40.8"],
      ]);
    }
    for (const outputs of cell("display(rubicon, notes)")) {
      assert.deepEqual(texts(page(outputs), "pre"), ["Bytes of any kind.\nHere they are <text>."]);
    }
    const drawn = cell("plotDataframe(").map((outputs) => {
      assert.equal(named(plot(outputs), "title").length, 0, "no name is cut");
      return resultOf(outputs, "image/svg+xml", "text/plain")["image/svg+xml"]!;
    });
    cell("display(rubicon, picture)").forEach((outputs, run) => {
      const [picture] = named(page(outputs), "img");
      const [type, data] = picture!.attributes.src!.split(";base64,");
      assert.equal(type, "data:image/svg+xml");
      const bytes = new TextDecoder().decode(Uint8Array.fromBase64(data!));
      assert.equal(bytes, drawn[run], "the very bytes that were logged");
    });
    cell("function tree(").forEach((outputs, run) => {
      assert.match(printed(outputs), /nestimators\/[^]*The same in both: true\n$/);
      // The picture is logged once, although its cell ran twice.
      const artifacts = printed(outputs).match(/^ {10}data$/gm)!.length;
      assert.equal(artifacts, run < 2 ? 3 : 2);
    });
    cell("move(roots[0], away)").forEach((outputs, run) => {
      assert.equal(rowsOf(page(outputs)).length, run < 2 ? 3 : 2);
      assert.match(rowsOf(page(outputs))[1]!, /example experiment[^]*0\.8/);
    });
    for (const outputs of cell("readDataframe(")) {
      assert.equal(rowsOf(page(outputs)).length, 5);
    }
    for (const outputs of cell("catch (error) {\n  if (!(error instanceof RubiconException")) {
      assert.match(printed(outputs), /^not-found: No backend was able[^]*rootA[^]*rootB/);
    }
    for (const outputs of cell("verify(rubicon)")) {
      assert.match(printed(outputs), /^\d+ objects, 0 differences\n$/);
      assert.deepEqual(texts(page(outputs), "strong"), ["Example project"]);
    }
  },
});

Deno.test({
  name: "notebooks: comparing experiments, each cell twice and all of them again",
  ignore,
  async fn() {
    const cell = await cellsOf("compare_experiments");
    assert.deepEqual(cell("fresh++").map(printed), [
      "36 are new, 0 were there\n",
      "0 are new, 36 were there\n",
      "0 are new, 36 were there\n",
    ]);
    const same = (runs: Runs) => {
      const [first, ...others] = runs.map((outputs) => JSON.stringify(outputs));
      for (const other of others) assert.equal(other, first, "the same each time");
      return runs[0];
    };
    const table = page(same(cell("toSorted")));
    assert.equal(rowsOf(table).length, 11);
    const accuracies = named(table, "tr").slice(1).map(({ text }) => text);
    assert.match(accuracies[0]!, /^degree [35], rate 1, decay/);
    assert.ok(table.some(({ text }) => text.startsWith("10 of 36 rows shown")));

    assert.equal(named(plot(same(cell('x: "degree"'))), "circle").length, 36);
    assert.equal(named(plot(same(cell('x: "rate"'))), "circle").length, 36);
    const parallel = plot(same(cell("plotParallel(")));
    assert.equal(named(parallel, "circle").length, 36 * 5);
    for (const name of ["degree", "rate", "decay", "loss", "accuracy"]) {
      assert.ok(texts(parallel, "text").some((text) => text.startsWith(name)), name);
    }
    const heatmap = plot(same(cell("rows.slice(0, 10)")));
    const cells = named(heatmap, "rect").filter(({ text }) => /\n\d+: /.test(text));
    assert.equal(cells.length, 10 * 30);
    const lines = plot(same(cell('as: "lines"')));
    assert.equal(named(lines, "path").filter(({ text }) => text.startsWith("degree")).length, 36);
    const curves = plot(same(cell("plotDataframe(")));
    assert.ok(texts(curves, "text").includes("Best and worst"));
    const best = page(same(cell("addTags(rubicon")));
    assert.deepEqual(texts(best, "span").filter((text) => text === "best"), ["best"]);
  },
});

Deno.test("notebooks: the types are right", async () => {
  const names = ["multiple_backends", "compare_experiments"];
  const sources = await Promise.all(
    names.map(async (name) => [name, (await sourcesOf(name)).join("\n")] as const),
  );
  const { success, said } = await typesOf(sources);
  assert.ok(success, said);
});
