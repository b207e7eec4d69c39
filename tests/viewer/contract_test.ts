/**
 * The parts of the contract that are made without a store: cells, paths, columns, names and types of artifacts.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { text as anyText } from "../support/arbitrary.ts";
import type { Value } from "../../mod.ts";
import { type CellValue, decodeCell } from "../../viewer/cells.ts";
import type { RunsFile } from "../../viewer/contract.ts";
import { encodeCell } from "../../viewer/server/encode.ts";
import {
  artifactPath,
  columnPath,
  framePath,
  historyPath,
  projectPath,
  runPath,
  runsPath,
  sparksPath,
  tablePath,
  wantedBy,
} from "../../viewer/server/paths.ts";
import { commitUrl, publicUrl } from "../../viewer/server/run_file.ts";
import { columnFile, runsFiles, type ViewedRun } from "../../viewer/server/runs_file.ts";
import { fileName, saveAs, sniff } from "../../viewer/server/sniff.ts";
import { value } from "../support/arbitrary.ts";
import { type Given, runOf } from "../support/runs.ts";

/** What a value of the store is to a page: no typed things, no sign of a zero, and objects without a prototype. */
function plainly(value: unknown): CellValue {
  if (value === 0) return 0;
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  if (typeof value !== "object" || value === null) return value as CellValue;
  if (Array.isArray(value)) return value.map(plainly);
  if (value instanceof Set) return [...value].map(plainly);
  const isTime = value instanceof Temporal.Instant || value instanceof Temporal.PlainDate;
  if (isTime) return value.toString();
  const fields: Record<string, CellValue> = Object.create(null);
  for (const key of Object.keys(value)) {
    fields[key] = plainly((value as Record<string, unknown>)[key]);
  }
  return fields;
}

const isNumpy = (value: unknown): boolean =>
  JSON.stringify(value, (_, one) => typeof one === "bigint" ? "" : one)?.includes('"dtype"') ??
    false;

Deno.test("viewer cells: any value comes back from JSON as it was", () => {
  fc.assert(fc.property(value.filter((one) => !isNumpy(one)), (one) => {
    const cell = JSON.parse(JSON.stringify(encodeCell(one)));
    assert.deepStrictEqual(decodeCell(cell), plainly(one));
  }));
});

Deno.test("viewer cells: what looks like a mark of the contract is told from one", () => {
  const values: Value[] = [
    { number: "NaN" },
    { integer: "5" },
    { object: { number: "NaN" } },
    { number: "NaN", more: 1 },
    [{ object: [{ integer: "x" }] }],
  ];
  for (const one of values) {
    const cell = JSON.parse(JSON.stringify(encodeCell(one)));
    assert.deepStrictEqual(decodeCell(cell), plainly(one));
  }
  assert.deepStrictEqual(decodeCell({ number: "-Infinity" }), -Infinity);
  assert.equal(decodeCell({ integer: "9007199254740993" }), 9007199254740993n);
});

Deno.test("viewer cells: arrays of numpy are nested lists, and words where JavaScript has none", () => {
  const data = Float64Array.of(1, NaN, 3, 4);
  assert.deepEqual(encodeCell({ dtype: "<f8", shape: [2, 2], data }), [[1, { number: "NaN" }], [
    3,
    4,
  ]]);
  const complex = { dtype: "<c16", shape: [1], data: new Uint8Array(16) };
  assert.equal(encodeCell(complex), "numpy <c16 1");
  assert.deepEqual(encodeCell(BigInt64Array.of(1n)), [1]);
});

const SLUGS = fc.string({ unit: "grapheme", minLength: 1 }).filter((slug) => slug.isWellFormed());

Deno.test("viewer paths: what a path asks for is what it was made of, whatever the slug", () => {
  fc.assert(fc.property(SLUGS, fc.uuid(), fc.option(fc.uuid()), (slug, id, owner) => {
    assert.deepEqual(wantedBy(runsPath(slug)), { what: "runs", slug });
    assert.deepEqual(wantedBy(sparksPath(slug)), { what: "sparks", slug });
    assert.deepEqual(wantedBy(projectPath(slug)), { what: "project", slug });
    assert.deepEqual(wantedBy(columnPath(slug, 12)), { what: "column", slug, at: 12 });
    assert.deepEqual(wantedBy(runPath(slug, id)), { what: "run", slug, id });
    assert.deepEqual(wantedBy(historyPath(slug, id)), { what: "history", slug, id });
    const artifact = artifactPath(slug, owner, id, "html.txt");
    assert.deepEqual(wantedBy(artifact), { what: "artifact", slug, owner, id });
    assert.deepEqual(wantedBy(framePath(slug, owner, id, "json")), {
      what: "frame",
      slug,
      owner,
      id,
    });
    assert.deepEqual(
      wantedBy(framePath(slug, owner, id, "parquet")),
      { what: "parquet", slug, owner, id },
    );
    assert.deepEqual(wantedBy(tablePath(slug, owner, id)), { what: "table", slug, owner, id });
    assert.deepEqual(
      wantedBy(artifactPath(slug, owner, id, "parquet")),
      { what: "artifact", slug, owner, id },
    );
    for (const path of [artifact, runPath(slug, id)]) {
      // A browser takes it for a path below the page, and for the same one.
      assert.equal(new URL(path, "http://h/").href, `http://h/${path}`);
    }
  }));
});

Deno.test("viewer paths: what is no path of the contract asks for nothing", () => {
  const id = "00000000-0000-4000-8000-000000000000";
  const odd = [
    "",
    "/",
    "index.html",
    "index.json/",
    "../index.json",
    "projects",
    "projects/",
    "projects/a",
    "projects//runs.json",
    "projects/a/other.json",
    "projects/a/runs/..%2f..%2fsecret.json",
    "projects/a/runs/../../secret.json",
    `projects/a/runs/${id}`,
    `projects/a/runs/${id}.json/x`,
    `projects/a/artifacts/${id}.txt`,
    `projects/a/artifacts/..%2f/${id}.txt`,
    `projects/a/artifacts/own/..%2f${id}.txt`,
    `projects/a/dataframes/own/${id}.exe`,
    "projects/a/columns/-1.json",
    "projects/a/columns/1e3.json",
    "projects/%E0%A4%A/runs.json",
    "%2e%2e/%2e%2e/etc/passwd",
  ];
  for (const path of odd) assert.equal(wantedBy(path), undefined, path);
});

const viewed = (...given: Given[]): ViewedRun[] =>
  given.map((one, at) => ({ ...runOf(one, at + 1), status: null, history: null }));
const fileOf = (runs: readonly ViewedRun[], most?: number) => {
  const files = runsFiles({ name: "P", githubUrl: null }, "p", runs, most);
  const file: RunsFile = JSON.parse(new TextDecoder().decode(files.bytes));
  return { files, file, column: (name: string) => file.columns.find((one) => one.name === name)! };
};

Deno.test("viewer runs: a column has a cell a run; a null that was logged is told from a missing one", () => {
  const { file, column } = fileOf(viewed(
    { name: "a", tags: ["x"], parameters: { p: null, q: 2n ** 60n }, metrics: { m: NaN } },
    { name: null, metrics: { m: 0.5 } },
  ));
  assert.deepEqual(file.ids, [runOf({}, 1).experiment.id, runOf({}, 2).experiment.id]);
  assert.deepEqual(column("name").values, ["a", null]);
  assert.deepEqual(column("tags").values, [["x"], []]);
  assert.deepEqual(column("p"), { kind: "parameter", name: "p", values: [null, null], nulls: [0] });
  assert.deepEqual(column("q").values, [{ integer: String(2n ** 60n) }, null]);
  assert.deepEqual(column("m").values, [{ number: "NaN" }, 0.5]);
  assert.equal(column("m").nulls, undefined);
});

Deno.test("viewer runs: columns are in the order that people count, and know which way is better", () => {
  const { file } = fileOf(viewed(
    { parameters: { p10: 1, p2: 1, p1: 1 }, metrics: { loss: 1, acc: 1 }, losses: ["loss"] },
    { metrics: { loss: 2, acc: 1 }, losses: ["loss", "acc"] },
    { metrics: { acc: 1 } },
  ));
  const names = (kind: string) =>
    file.columns.filter((one) => one.kind === kind).map(({ name }) => name);
  assert.deepEqual(names("parameter"), ["p1", "p2", "p10"]);
  assert.deepEqual(names("metric"), ["acc", "loss"]);
  const ways = file.columns.filter(({ kind }) => kind === "metric").map((one) =>
    one.directionality
  );
  assert.deepEqual(ways, ["score", "loss"], "as most of the runs say");
});

Deno.test("viewer runs: a name like an own column's, or a key of every object, is a column as well", () => {
  const { file } = fileOf(
    viewed({ parameters: { name: 1, constructor: 2 }, metrics: { name: 3, ["__proto__"]: 4 } }),
  );
  const found = file.columns.filter(({ kind }) => kind !== "own").map((
    { kind, name, values },
  ) => [kind, name, values]);
  assert.deepEqual(found, [
    ["parameter", "constructor", [2]],
    ["parameter", "name", [1]],
    ["metric", "__proto__", [4]],
    ["metric", "name", [3]],
  ]);
});

Deno.test("viewer runs: of very many columns those that most runs have come along, of each kind", () => {
  const runs = viewed(
    {
      parameters: { a: 1, b: 1, c: 1 },
      metrics: { x: 1, y: 1, list: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    },
    { parameters: { b: 2 }, metrics: { y: 2, list: [1] } },
  );
  const { files, file, column } = fileOf(runs, 7);
  const kept = file.columns.filter(({ kind, values }) => kind !== "own" && values).map(({ name }) =>
    name
  );
  assert.deepEqual(kept, ["a", "b", "y"], "the list is too long for what is left");
  const { path, values } = column("x");
  assert.equal(values, null);
  const wanted = wantedBy(path!);
  assert.ok(wanted?.what === "column");
  const apart = JSON.parse(new TextDecoder().decode(columnFile(files, wanted.at)!.bytes));
  assert.deepEqual(apart, { checksum: file.checksum, values: [1, null] });
  assert.equal(columnFile(files, 0), undefined, "what is in runs.json is nowhere else");
});

const bytes = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

Deno.test("viewer artifacts: first bytes and name decide together what one is", () => {
  const shown = (name: string, content: string) => sniff(name, bytes(content), true);
  assert.equal(shown("a.png", "\x89PNG\r\n\x1A\n").type, "image/png");
  assert.equal(shown("a.txt", "\x89PNG\r\n\x1A\n").show, "image", "its bytes say so");
  assert.equal(shown("a.png", "<html><script>1</script>").show, "text");
  assert.equal(shown("a.svg", "<svg xmlns='x'>").type, "image/svg+xml");
  assert.equal(shown("a.svg", "<?xml version='1.0'?>\n<svg>").show, "image");
  assert.equal(shown("a.png", "<svg xmlns='x'>").show, "text", "no svg by name");
  assert.equal(shown("a.svg", "<html><svg>").show, "text", "no svg by content");
  assert.equal(shown("a.html", "  <p>").show, "html");
  assert.equal(shown("a.html", "plain").show, "text");
  assert.equal(shown("a.xhtml", "<?xml version='1.0'?><html>").type, "text/plain; charset=utf-8");
  assert.equal(shown("a.json", '{"a": 1}').show, "json");
  assert.equal(shown("a.json", "<script>").show, "text");
  assert.equal(shown("a.csv", "a,b\n").show, "csv");
  assert.equal(shown("a.js", "alert(1)").type, "text/plain; charset=utf-8");
  assert.equal(shown("a.wav", "RIFF\0\0\0\0WAVE").show, "audio");
  assert.equal(shown("a.parquet", "PAR1").show, "parquet");
  assert.equal(shown("a.txt", "a\0b").show, "none");
  assert.equal(shown("a.pdf", "%PDF-1.7\xFF").show, "none");
  assert.equal(shown("empty.html", "").show, "text");
  const cut = new TextEncoder().encode("ä".repeat(10)).slice(0, 5);
  assert.equal(sniff("a.txt", cut, false).show, "text", "cut within a character");
  assert.equal(sniff("a.txt", cut, true).show, "none", "this is all, and no text");
});

Deno.test("viewer artifacts: a saved file has a name without folders, line ends or hidden signs", () => {
  assert.equal(fileName("../../etc/passwd"), "_.._etc_passwd");
  assert.equal(fileName("a\r\nSet-Cookie: x"), "aSet-Cookie_ x");
  assert.equal(fileName("\u202Egnp.exe"), "gnp.exe");
  assert.equal(fileName("..."), "artifact");
  fc.assert(fc.property(anyText, (name) => {
    const header = saveAs(name);
    assert.match(
      header,
      /^attachment; filename="[\x20-\x21\x23-\x7E]*"; filename\*=UTF-8''[\w.~!$&+%^`|-]*$/,
    );
    assert.ok(new Headers({ "content-disposition": header }));
  }));
});

Deno.test("viewer runs: a link to a commit is https, and has nobody's password", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const end = `/commit/${commit}`;
  assert.equal(commitUrl("git@github.com:a/b.git", commit), `https://github.com/a/b${end}`);
  assert.equal(commitUrl("https://github.com/a/b.git", commit), `https://github.com/a/b${end}`);
  assert.equal(commitUrl("https://me:secret@host:8443/a/b", commit), `https://host:8443/a/b${end}`);
  assert.equal(commitUrl("javascript:alert(1)//github.com/a/b", commit), null);
  assert.equal(commitUrl("file:///home/me/repo", commit), null);
  assert.equal(commitUrl("https://github.com/a/b", "<script>"), null);
  assert.equal(commitUrl(null, commit), null);
  assert.equal(publicUrl("https://me:secret@host/a"), "https://host/a");
  assert.equal(publicUrl("git@github.com:a/b.git"), "git@github.com:a/b.git");
});
