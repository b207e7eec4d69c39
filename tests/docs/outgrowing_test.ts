/**
 * docs/outgrowing.md: DuckDB answers each of its queries as it stands there.
 */
import assert from "node:assert/strict";
import {
  createProject,
  exportParquet,
  logExperiment,
  logMetric,
  openComposite,
  startRun,
} from "../../mod.ts";
import { duckdb, lacksDuckdb } from "../support/duckdb.ts";
import { temporary } from "../support/folders.ts";
import { ignoredFor } from "../support/parts.ts";

const text = await Deno.readTextFile(new URL("../../docs/outgrowing.md", import.meta.url));

/** The queries, each with the rows of the table below it. */
const QUERIES = Array.from(
  text.matchAll(/^```sql\n(.*?)^```\n\n((?:\|[^\n]*\n)+)/gms),
  ([, sql, table]) => ({
    sql: sql!,
    rows: table!.trim().split("\n").slice(2).map((row) =>
      row.split("|").slice(1, -1).map((cell) => cell.trim())
    ),
  }),
);

/** What the document asks about. */
async function fill(folder: string): Promise<void> {
  await using rubicon = await openComposite({
    persistence: "filesystem",
    rootDir: `${folder}/store`,
  });
  const iris = await createProject(rubicon, { name: "Iris" });
  const trees = await createProject(rubicon, { name: "Trees" });
  const id = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
  const one = (at: number, name: string, model: string, depth: number, accuracy: number) => ({
    ...{ id: id(at), name, parameters: { model, depth }, metrics: { accuracy } },
  });
  await logExperiment(rubicon, iris, one(1, "tree", "tree", 2, 0.7));
  await logExperiment(rubicon, iris, one(2, "forest", "forest", 2, 0.9));
  await logExperiment(rubicon, trees, one(3, "forest", "forest", 3, 0.9));
  const { metrics, ...rest } = one(4, "deep", "net", 9, 0.95);
  const run = await startRun(rubicon, trees, rest);
  for (let step = 0; step < 400; step++) run.log({ loss: 400 - step }, { step });
  await logMetric(rubicon, run.experiment, { name: "accuracy", value: metrics.accuracy });
  await run.finish();
  await exportParquet(rubicon, [iris, trees], { to: `${folder}/dataset` });
}

const shown = (cell: unknown): string => String(cell);

Deno.test({
  name: "docs/outgrowing.md: DuckDB answers each query with the rows below it",
  ignore: ignoredFor("DuckDB", await lacksDuckdb()),
  async fn() {
    assert.ok(QUERIES.length >= 7, `${QUERIES.length} queries`);
    assert.equal(QUERIES.length, text.match(/^```sql$/gm)!.length);
    await temporary(async (folder) => {
      await fill(folder);
      const found = await duckdb(folder, QUERIES.map(({ sql }) => sql));
      for (const [at, { sql, rows }] of QUERIES.entries()) {
        assert.deepEqual(
          found[at]!.map((row) => row.map(shown)),
          rows.map((row) =>
            row.map((cell) => String(Number(cell)) === "NaN" ? cell : shown(Number(cell)))
          ),
          sql,
        );
      }
    });
  },
});
