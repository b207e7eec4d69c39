/**
 * The notebooks whose outputs are stored: each is run in the real kernel, and gives what is stored in it. With
 * RUBICON_UPDATE_DOCS=1 what they give is written into them.
 */
import assert from "node:assert/strict";
import { lacksJupyter, type Output, runCells } from "../support/jupyter.ts";
import { ignoredFor } from "../support/parts.ts";
import { typesOf } from "../support/notebooks.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const NAMES = [
  ...["tags_and_queries", "curves_and_failures", "dataframes_and_plots", "schemas", "pipelines"],
  ...["sharing", "families", "evals"],
];
const ignore = ignoredFor("notebooks with outputs in the Deno kernel", await lacksJupyter());

interface Cell {
  "cell_type": "markdown" | "code";
  source: string[];
  outputs: (Output & { execution_count?: number; metadata?: object })[];
  "execution_count": number | null;
}

interface Notebook {
  cells: Cell[];
}

const pathOf = (name: string): string => `${ROOT}examples/notebooks/${name}.ipynb`;
const read = async (name: string): Promise<Notebook> =>
  JSON.parse(await Deno.readTextFile(pathOf(name)));
const codeOf = ({ cells }: Notebook): Cell[] => cells.filter((one) => one.cell_type === "code");

/** What is another one each time, as words, and without the colours that NO_COLOR takes away. */
const masked = (outputs: unknown): unknown =>
  JSON.parse(
    JSON.stringify(outputs)
      .replaceAll(/\\u001b\[\d+m/g, "")
      .replaceAll(/[\da-f]{8}([-_])(?:[\da-f]{4}\1){3}[\da-f]{12}/g, "ID")
      .replaceAll(/\b[\da-f]{8}(?=…)/g, "ID")
      .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?(Z|\+00:00)?)?/g, "TIME"),
  );

/** What a cell gave, as a notebook keeps it. */
const stored = (outputs: readonly Output[], count: number): Cell["outputs"] =>
  outputs.map((one) =>
    one.output_type === "execute_result" ? { ...one, execution_count: count, metadata: {} } : one
  );

Deno.test({
  name: "notebooks: those with outputs give in the kernel what is stored in them",
  ignore,
  async fn() {
    const notebooks = await Promise.all(NAMES.map(read));
    const cwd = `${ROOT}local/stored-${crypto.randomUUID()}`;
    await Deno.mkdir(cwd, { recursive: true });
    try {
      // One kernel for all of them: a start takes longer than most cells. That each imports what it needs, the types tell.
      const cells = notebooks.map(codeOf);
      const sources = cells.flat().map(({ source }) => source.join(""));
      const outputs = await runCells(sources, cwd);
      assert.equal(outputs.length, sources.length);
      for (const [index, notebook] of notebooks.entries()) {
        for (const [at, cell] of cells[index]!.entries()) {
          const given = stored(outputs.shift()!, at + 1);
          const where = `${NAMES[index]}: ${cell.source.join("")}`;
          // What a cell prints may come late; its result does not.
          assert.ok(
            given.every((one) => one.output_type === "execute_result"),
            where + JSON.stringify(given),
          );
          if (Deno.env.get("RUBICON_UPDATE_DOCS") === "1") {
            [cell.outputs, cell.execution_count] = [given, at + 1];
          } else assert.deepEqual(masked(given), masked(cell.outputs), where);
        }
        if (Deno.env.get("RUBICON_UPDATE_DOCS") === "1") {
          await Deno.writeTextFile(pathOf(NAMES[index]!), `${JSON.stringify(notebook, null, 1)}\n`);
        }
        assert.ok(codeOf(notebook).filter((cell) => cell.outputs.length > 0).length >= 4);
      }
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  },
});

Deno.test("notebooks: the types of those with outputs are right", async () => {
  const sources = await Promise.all(NAMES.map(async (name) => {
    const code = codeOf(await read(name)).map(({ source }) => source.join("")).join("\n");
    return [name, code] as const;
  }));
  const { success, said } = await typesOf(sources);
  assert.ok(success, said);
});
