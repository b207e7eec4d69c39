/**
 * Tables taken away: CSV, JSON Lines and Parquet, to files, streams and back to the caller.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { decodeTable } from "../../domain/parquet/parquet.ts";
import {
  createProject,
  downloadDataframe,
  logDataframe,
  logExperiment,
  openComposite,
  toCsv,
  toJsonLines,
  toParquet,
  toTable,
} from "../../mod.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";

const memory = () => openComposite({ persistence: "memory", rootDir: crypto.randomUUID() });

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Reads CSV by the words of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (
    const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)
  ) {
    row.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

const ODD = {
  text: 'say "hi",\r\nyou',
  empty: "",
  none: null,
  big: 2n ** 70n,
  nan: NaN,
  zero: -0,
  yes: true,
  when: Temporal.Instant.from("2026-11-24T00:09:37.240755Z"),
  day: new Temporal.PlainDate(1999, 12, 31),
  list: [1, NaN, null, "a"],
  nested: { a: { b: [1n, new Temporal.PlainDate(2000, 1, 1)] } },
  numpy: { dtype: "<f8", shape: [2, 2], data: new Float64Array([1, 2, 3, 4]) },
  set: new Set(["x"]),
  bytes: new Uint8Array([1, 2]),
};

Deno.test("csv: values of every kind, and what is missing", async () => {
  const columns = [...Object.keys(ODD), "missing"];
  const text = await toCsv({ columns, rows: [ODD] });
  const [names, cells] = readCsv(text);
  assert.deepEqual(names, columns);
  assert.deepEqual(cells, [
    ...['say "hi",\r\nyou', "", "", "1180591620717411303424", "NaN", "-0", "true"],
    ...["2026-11-24T00:09:37.240755Z", "1999-12-31", '[1,"NaN",null,"a"]'],
    ...['{"a":{"b":[1,"2000-01-01"]}}', "[[1,2],[3,4]]", '["x"]', '"AQI="', ""],
  ]);
  assert.ok(text.includes(',"",,118'), "an empty text is not what is missing");
  assert.equal(await toCsv({ columns: ["a"], rows: [] }), "a\r\n");
});

Deno.test("csv: any texts come back as they were", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('"', ",", "\r", "\n", "a", "é") }), {
        minLength: 1,
      }),
      async (texts) => {
        const columns = texts.map((text, at) => `${text}${at}`);
        const row = Object.fromEntries(columns.map((name, at) => [name, texts[at]]));
        assert.deepEqual(readCsv(await toCsv({ columns, rows: [row] })), [columns, texts]);
      },
    ),
    { numRuns: 500 },
  ));

Deno.test("csv: formulas are defused on request, numbers are none", async () => {
  const cells = { a: "=1+1", b: "+1", c: "-1", d: "@x", e: "\tx", f: "a=1", g: -1, "=h": 1 };
  const table = { columns: Object.keys(cells), rows: [cells] };
  const plain = readCsv(await toCsv(table));
  assert.deepEqual(plain[1], ["=1+1", "+1", "-1", "@x", "\tx", "a=1", "-1", "1"]);
  const [names, safe] = readCsv(await toCsv(table, { defuseFormulas: true }));
  assert.deepEqual(safe, ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "a=1", "-1", "1"]);
  assert.equal(names!.at(-1), "'=h");
});

Deno.test("json lines: each row is JSON that any reader takes", async () => {
  const text = await toJsonLines({ columns: Object.keys(ODD), rows: [ODD, { text: "b" }] });
  const [first, second, end] = text.split("\n");
  assert.deepEqual([JSON.parse(second!), end], [{ text: "b" }, ""]);
  const { big, nan, zero, when, numpy, ...rest } = JSON.parse(first!);
  assert.deepEqual([big, nan, when], [2 ** 70, "NaN", "2026-11-24T00:09:37.240755Z"]);
  assert.ok(first!.includes('"big":1180591620717411303424'));
  assert.deepEqual([zero, numpy, rest.list], [0, [[1, 2], [3, 4]], [1, "NaN", null, "a"]]);
});

Deno.test("parquet: each column has a type that all of its values fit", async () => {
  const rows = [
    { whole: 1, part: 0.5, mixed: 1, text: "a", list: [1, 2], flag: true, when: ODD.when, n: ODD },
    { whole: null, part: 1, mixed: "b", text: null, list: [0.5], flag: null, big: 2n ** 62n },
  ];
  const columns = [...["whole", "part", "mixed", "text", "list", "flag", "when", "big", "none"]];
  const bytes = await toParquet({ columns, rows });
  const table = await decodeTable([{ name: "t", bytes }], "t");
  assert.deepEqual(table.columns, columns);
  const expected = rows.map((row: Record<string, unknown>) =>
    Object.fromEntries(columns.map((name) => [name, row[name] ?? null]))
  );
  assert.deepEqual(table.rows, expected);
  const odd = await decodeTable([{
    name: "t",
    bytes: await toParquet({ columns: ["n"], rows: [{ n: ODD.nested }, { n: [NaN, "a"] }] }),
  }], "t");
  assert.deepEqual(odd.rows.map(({ n }) => n), [{ a: { b: [1, "2000-01-01"] } }, ["NaN", "a"]]);
  const typed = { types: { x: "float64" } } as const;
  const floats = await toParquet({ columns: ["x"], rows: [{ x: 1 }] }, typed);
  assert.ok(floats.length > 0);
  await assert.rejects(
    toParquet({ columns: ["x"], rows: [{ x: "a" }] }, typed),
    /column "x", row 0 has "a", which is no float64/,
  );
});

Deno.test("take away: to a file, whole or not at all, and to a stream, which is closed", () =>
  inFolder(async (folder) => {
    const table = { columns: ["x"], rows: Array.from({ length: 20_000 }, (_, x) => ({ x })) };
    const text = await toCsv(table);
    await toCsv(table, { to: `${folder}/t.csv` });
    assert.equal(await Deno.readTextFile(`${folder}/t.csv`), text);
    await toJsonLines(table, { to: new URL(`file://${folder}/t.jsonl`) });
    assert.equal(await Deno.readTextFile(`${folder}/t.jsonl`), await toJsonLines(table));
    await toParquet(table, { to: `${folder}/t.parquet` });
    assert.deepEqual(await Deno.readFile(`${folder}/t.parquet`), await toParquet(table));
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let closed = false;
    const to = new WritableStream<Uint8Array>({
      write: (chunk) => void chunks.push(chunk as Uint8Array<ArrayBuffer>),
      close: () => void (closed = true),
    });
    await toCsv(table, { to });
    assert.equal(await new Blob(chunks).text(), text);
    assert.ok(closed && chunks.length > 1, "in several pieces");
    const { writable, readable } = new CompressionStream("gzip");
    const [zipped] = await Promise.all([
      new Response(readable.pipeThrough(new DecompressionStream("gzip"))).text(),
      toCsv(table, { to: writable }),
    ]);
    assert.equal(zipped, text);
    await assert.rejects(toCsv(table, { to: `${folder}/none/t.csv` }), {
      code: "permission-denied",
    });
    await assert.rejects(
      toCsv(table, { to: `${folder}/u.csv`, signal: AbortSignal.abort(new Error("enough")) }),
      /enough/,
    );
    const broken = {
      columns: ["x"],
      rows: [{ x: 1 }, {
        x: {
          toJSON: 1,
          get y() {
            throw new Error("broken");
          },
        },
      }],
    };
    await assert.rejects(toCsv(broken, { to: `${folder}/t.csv` }), /broken/);
    assert.equal(await Deno.readTextFile(`${folder}/t.csv`), text, "what was there is there");
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
    assert.deepEqual(names, ["t.csv", "t.jsonl", "t.parquet"]);
  }));

Deno.test("take away: bad input is refused by name", async () => {
  const table = { columns: [], rows: [] };
  await assert.rejects(toCsv([] as never), /toCsv takes a table from toTable/);
  await assert.rejects(toCsv(Promise.resolve(table) as never), /is an "await" missing/);
  await assert.rejects(toJsonLines(table, { too: 1 } as never), /has no option "too"/);
  await assert.rejects(toCsv(table, { to: 5 as never }), /to must be the path of a file/);
  await assert.rejects(toCsv(table, { defuseFormulas: 1 as never }), /must be true or false/);
  const locked = new WritableStream();
  locked.getWriter();
  await assert.rejects(toCsv(table, { to: locked }), /somebody writes to already/);
});

Deno.test("downloadDataframe: as it is stored, or as CSV and JSON Lines by the path's end", () =>
  inFolder(async (folder) => {
    await using rubicon = await memory();
    const project = await createProject(rubicon, { name: "p" });
    const dataframe = await logDataframe(rubicon, project, {
      ...{ name: "counts", columns: { x: [1, 2], when: [ODD.when, null] } },
    });
    const save = (path: string, options = {}) =>
      downloadDataframe(rubicon, dataframe, `${folder}${path}`, options);
    assert.equal(await save(""), `${folder}/counts.parquet`);
    const bytes = await Deno.readFile(`${folder}/counts.parquet`);
    const { rows } = await decodeTable([{ name: "t", bytes }], "t");
    assert.equal(rows[1]?.x, 2);
    const csv = await Deno.readTextFile(await save("/a.csv"));
    assert.equal(csv, "x,when\r\n1,2026-11-24T00:09:37.240755Z\r\n2,\r\n");
    const lines = await Deno.readTextFile(await save("/a.jsonl"));
    assert.equal(lines.split("\n")[1], '{"x":2,"when":null}');
    assert.equal(await Deno.readTextFile(await save("/b", { format: "csv" })), csv);
    assert.equal(await save("", { format: "csv" }), `${folder}/counts.csv`);
    await assert.rejects(save("/none/a.parquet"), { code: "permission-denied" });
    await assert.rejects(
      save("/a", { format: "xls" }),
      /format must be one of parquet, csv, jsonl/,
    );
  }));

Deno.test({
  name: "take away: pandas reads the CSV, the JSON Lines and the Parquet of a table",
  ignore: ignoredFor("tables taken away, read by pandas", await lacksPython()),
  fn: () =>
    inFolder(async (folder) => {
      await using rubicon = await memory();
      const project = await createProject(rubicon, { name: "p" });
      for (const [at, lr] of [0.1, 0.2].entries()) {
        await logExperiment(rubicon, project, {
          ...{ name: `run "${at}"`, tags: ["a", "b,c"], createdAt: "2026-01-01T00:00:00.000001Z" },
          parameters: { lr, layers: at === 0 ? 3 : "three", ...(at === 0 && { seed: 7 }) },
          metrics: { acc: at, curve: [1, 0.5] },
        });
      }
      const table = await toTable(rubicon, project, { orderBy: "name" });
      await toCsv(table, { to: `${folder}/t.csv` });
      await toJsonLines(table, { to: `${folder}/t.jsonl` });
      await toParquet(table, { to: `${folder}/t.parquet` });
      const read = await python(
        `
import pandas as pd
csv = pd.read_csv(input + "/t.csv"); lines = pd.read_json(input + "/t.jsonl", lines=True); parquet = pd.read_parquet(input + "/t.parquet")
output = {
  "csv": [list(csv["name"]), list(csv["lr"]), list(csv["layers"]), list(csv["tags"]), list(csv["curve"])],
  "lines": [list(lines["name"]), list(lines["lr"]), list(lines["tags"])],
  "parquet": [list(parquet["name"]), list(parquet["lr"]), [list(t) for t in parquet["tags"]], str(parquet["createdAt"][0]),
    [int(parquet["seed"][0]), bool(pd.isna(parquet["seed"][1]))], [list(c) for c in parquet["curve"]], str(parquet["acc"].dtype)],
}`,
        folder,
      );
      const names = ['run "0"', 'run "1"'];
      const tags = [["a", "b,c"], ["a", "b,c"]];
      assert.deepEqual(read, {
        csv: [
          ...[names, [0.1, 0.2], ["3", "three"], tags.map((one) => JSON.stringify(one))],
          ["[1,0.5]", "[1,0.5]"],
        ],
        lines: [names, [0.1, 0.2], tags],
        parquet: [
          ...[names, [0.1, 0.2], tags, "2026-01-01 00:00:00.000001+00:00", [7, true]],
          ...[[[1, 0.5], [1, 0.5]], "int64"],
        ],
      });
    }),
});
