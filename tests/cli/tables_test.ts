/** Tables: how they are cut, aligned and coloured, without a process. */
import assert from "node:assert/strict";
import { numberText, sizeText, spanText, sparkline, valueText } from "../../cli/output/cells.ts";
import { prettyJson } from "../../cli/output/json.ts";
import { type Column, drawTable } from "../../cli/output/table.ts";
import { cut, loadWidths, plainText, widthOf } from "../../cli/output/text.ts";

const plain = { width: undefined, color: false };

Deno.test("cli tables: numbers stand point under point, texts on the left", async () => {
  const columns: Column[] = [{ title: "NAME", rank: 2 }, {
    title: "acc",
    rank: 1,
    align: "number",
  }];
  const rows = [["a", "0.9"], ["long name", "12"], ["b", "-0.125"], ["c", "1e-7"], ["d", ""]];
  const { lines, left } = await drawTable(columns, rows, plain);
  assert.deepEqual(lines, [
    "NAME          acc",
    "a           0.9",
    "long name  12",
    "b          -0.125",
    "c            1e-7",
    "d",
  ]);
  assert.deepEqual(left, []);
});

Deno.test("cli tables: texts are cut before a column is left out, the least important one first", async () => {
  const columns: Column[] = [
    { title: "ID", rank: 9, whole: true },
    { title: "TEXT", rank: 5 },
    { title: "m", rank: 7, align: "number" },
    { title: "low", rank: 1 },
  ];
  const rows = [["11111111", "a text of some length", "0.5", "abcdefgh"]];
  const at = async (width: number) => await drawTable(columns, rows, { width, color: false });
  assert.equal((await at(60)).lines[1], "11111111  a text of some length  0.5  abcdefgh");
  assert.equal((await at(40)).lines[1], "11111111  a text of some…  0.5  abcdefgh");
  const narrow = await at(30);
  assert.equal(narrow.lines[1], "11111111  a text of some…  0.5");
  assert.deepEqual(narrow.left, ["low"]);
  // A number is never cut, and the metric stays longer than the text.
  const tiny = await at(16);
  assert.equal(tiny.lines[1], "11111111  0.5");
  assert.deepEqual(tiny.left, ["TEXT", "low"]);
  for (let width = 8; width < 60; width++) {
    for (const line of (await at(width)).lines) {
      assert.ok(line.length <= width, `${width}: ${line}`);
    }
  }
});

Deno.test("cli tables: a narrow column finds room where a wider, more important one did not", async () => {
  const columns: Column[] = [
    { title: "ID", rank: 9 },
    { title: "WIDE", rank: 5, whole: true },
    { title: "N", rank: 4 },
  ];
  const { lines, left } = await drawTable(columns, [["11111111", "w".repeat(30), "1"]], {
    ...{ width: 20, color: false },
  });
  assert.equal(lines[1], "11111111  1");
  assert.deepEqual(left, ["WIDE"]);
});

Deno.test("cli tables: wide characters take two columns, and a cut does not halve them", async () => {
  const { lines } = await drawTable(
    [{ title: "NAME", rank: 1 }, { title: "X", rank: 2 }],
    [["日本", "1"], ["👩‍👩‍👧 x", "2"], ["abc", "3"]],
    plain,
  );
  assert.deepEqual(lines, ["NAME  X", "日本  1", "👩‍👩‍👧 x  2", "abc   3"]);
  await loadWidths(["日"]);
  assert.equal(widthOf("日本"), 4);
  assert.equal(cut("日本語", 4), "日…");
  assert.equal(cut("👩‍👩‍👧👩‍👩‍👧", 3), "👩‍👩‍👧…");
});

Deno.test("cli tables: what would act on a terminal shows and does nothing", () => {
  assert.equal(plainText("a\x1b[31mb\x07\r\nc\u009b2J"), "a\\x1b[31mb\\x07\\r\\nc\\x9b2J");
  assert.equal(plainText("x\u202etxt.exe\u2066"), "x\\u202etxt.exe\\u2066");
  assert.equal(plainText("\ud800"), "\\ud800");
  assert.equal(plainText("Prüfung 日本 👍"), "Prüfung 日本 👍");
  assert.equal(valueText({ "\x1b": 1 }), '{"\\u001b":1}');
  assert.equal(valueText(["a\x1b"]), "a\\x1b");
});

Deno.test("cli tables: colours are around the text alone, and only where they are wanted", async () => {
  const draw = async (color: boolean) =>
    (await drawTable([{ title: "A", rank: 1 }, { title: "B", rank: 1 }], [
      [{ text: "x", paint: "green" }, "y"],
    ], { width: undefined, color })).lines;
  assert.deepEqual(await draw(false), ["A  B", "x  y"]);
  assert.deepEqual(await draw(true), [
    "\x1b[1mA\x1b[22m  \x1b[1mB\x1b[22m",
    "\x1b[32mx\x1b[39m  y",
  ]);
});

Deno.test("cli cells: numbers have six digits, integers all of them", () => {
  const texts = [
    0.1 + 0.2,
    1 / 3,
    1e-7,
    123456789,
    2n ** 70n,
    -0,
    1e21,
    NaN,
    Infinity,
    0.00012345678,
  ]
    .map((value) => numberText(value));
  assert.deepEqual(texts, [
    ...["0.3", "0.333333", "1e-7", "123456789", "1180591620717411303424", "-0", "1e+21"],
    ...["NaN", "Infinity", "0.000123457"],
  ]);
});

Deno.test("cli cells: lists of numbers are bars and the last number, other lists their texts", () => {
  assert.equal(valueText([1, 2, 3, 8]), "▁▂▃█ 8");
  assert.equal(valueText([]), "");
  assert.equal(valueText(["a", "b"]), "a, b");
  assert.equal(valueText([1, "b"]), '[1,"b"]');
  assert.equal(valueText([5]), "[5]");
  assert.equal(sparkline([1, 1, 1], 8), "▅▅▅");
  assert.equal(sparkline([0, NaN, 1], 8), "▁ █");
  assert.equal(sparkline(Array.from({ length: 800 }, (_, at) => at), 8), "▁▂▃▄▅▆▇█");
});

Deno.test("cli cells: sizes and spans are in units that people read", () => {
  assert.deepEqual([0, 1023, 1024, 10_240, 3 * 2 ** 30].map(sizeText), [
    ...["0 B", "1023 B", "1.0 KiB", "10 KiB", "3.0 GiB"],
  ]);
  assert.deepEqual([12, 1234, 200_000, 18_120_000].map(spanText), [
    ...["12 ms", "1.2 s", "3 min 20 s", "5 h 2 min"],
  ]);
});

Deno.test("cli json: integers have all their digits, times are texts", () => {
  const value = { big: 2n ** 70n, time: Temporal.Instant.from("2026-11-24T09:00:00Z"), nan: NaN };
  assert.equal(
    prettyJson(value),
    '{\n  "big": 1180591620717411303424,\n  "time": "2026-11-24T09:00:00Z",\n  "nan": "NaN"\n}\n',
  );
});
