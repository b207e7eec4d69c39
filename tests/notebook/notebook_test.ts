import assert from "node:assert/strict";
import {
  type Composite,
  createProject,
  listExperiments,
  listMetrics,
  logArtifact,
  logDataframe,
  logExperiment,
  openComposite,
  type Project,
  readDataframe,
  status,
  toTable,
} from "../../mod.ts";
import { display, type Displayable, type DisplayOptions } from "../../notebook.ts";
import { refused } from "../support/faulty.ts";
import { elementsOfHtml, type Found, named } from "../support/markup.ts";

/** A composite of its own for each test, with a project. */
async function withProject(work: (rubicon: Composite, project: Project) => Promise<void>) {
  await using rubicon = await openComposite({
    persistence: "memory",
    rootDir: crypto.randomUUID(),
  });
  await work(rubicon, await createProject(rubicon, { name: "Iris", description: "flowers" }));
}

const page = async (rubicon: Composite, value: Displayable, options?: DisplayOptions) =>
  elementsOfHtml((await display(rubicon, value, options)).mime["text/html"]);
const rowsOf = (elements: Found[]) => named(elements, "tr").map(({ text }) => text);
const says = (elements: Found[], text: string) => elements.some((one) => one.text.includes(text));

Deno.test("notebook: a project is a table of its newest experiments", () =>
  withProject(async (rubicon, project) => {
    for (let at = 1; at <= 25; at++) {
      await logExperiment(rubicon, project, {
        name: `run ${at}`,
        tags: at === 25 ? ["last", "best"] : [],
        parameters: { depth: at },
        metrics: { accuracy: at / 3 },
      });
    }
    await logArtifact(rubicon, project, { name: "readme.txt", data: "x" });
    await logDataframe(rubicon, project, { name: "all", rows: [{ x: 1 }] });
    const elements = await page(rubicon, project);
    const [head, first, ...others] = rowsOf(elements);
    assert.equal(head, "nametagsaccuracydepthcreatedAtid");
    assert.match(first!, /^run 25lastbest8\.3333325\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[0-9a-f-]{36}$/);
    assert.equal(others.filter((row) => row.startsWith("run ")).length, 19);
    assert.ok(says(elements, "20 of 25 experiments shown"));
    assert.ok(says(elements, "flowers") && says(elements, "readme.txt") && says(elements, "all"));
    const exact = named(elements, "td").find(({ text }) => text === "8.33333");
    assert.equal(exact!.attributes.title, String(25 / 3), "what was rounded is there whole");
    assert.equal(rowsOf(await page(rubicon, project, { limit: 3 })).length, 4 + 2 + 2);
    const all = await page(rubicon, project, { limit: 25 });
    assert.ok(!says(all, "shown") && says(all, "run 1"));
  }));

Deno.test("notebook: an experiment is all that was logged to it", () =>
  withProject(async (rubicon, project) => {
    const experiment = await logExperiment(rubicon, project, {
      name: "forest",
      tags: ["baseline"],
      comments: ["a remark"],
      modelName: "RandomForest",
      branchName: "main",
      commitHash: "abc123",
      parameters: { depth: 3, bootstrap: true },
      metrics: { losses: [0.5, 0.25], best: 2n ** 70n },
      features: [{ name: "year", importance: 0.5 }],
    });
    await logArtifact(rubicon, experiment, { name: "model.bin", data: "x", tags: ["model"] });
    const elements = await page(rubicon, experiment);
    for (const row of ["depth3", "bootstraptrue", "losses[0.5, 0.25]score", "year0.5"]) {
      assert.ok(rowsOf(elements).includes(row), row);
    }
    assert.ok(rowsOf(elements).includes(`best${2n ** 70n}score`));
    for (const text of ["baseline", "a remark", "RandomForest", "main abc123", "model.bin"]) {
      assert.ok(says(elements, text), text);
    }
    const empty = await logExperiment(rubicon, project);
    assert.ok(says(await page(rubicon, empty), "Nothing is logged to it yet."));
  }));

Deno.test("notebook: lists, tables, rows and single entities", () =>
  withProject(async (rubicon, project) => {
    const experiment = await logExperiment(rubicon, project, {
      name: "a",
      parameters: [{ name: "constructor", value: 1, description: "why" }],
      metrics: { toString: 2 },
    });
    await logExperiment(rubicon, project, { name: "b" });
    const [metric] = await listMetrics(rubicon, experiment);
    assert.deepEqual(named(await page(rubicon, metric!), "strong")[0]!.text, "toString");
    assert.deepEqual(rowsOf(await page(rubicon, [metric!])), [
      "namevaluedirectionality",
      "toString2score",
    ]);
    assert.match(rowsOf(await page(rubicon, [project, experiment]))[1]!, /^projectIris/);
    const table = await toTable(rubicon, project);
    const [, b, a] = rowsOf(await page(rubicon, table));
    assert.match(a!, /12$/);
    assert.match(b!, /\d\d:\d\d:\d\d$/, "what an object inherits is no value");
    assert.deepEqual(
      rowsOf(await page(rubicon, [{ x: 1 }, { y: "z" }])),
      ["xy", "1", "z"],
    );
    assert.match(
      rowsOf(await page(rubicon, status(rubicon)))[1]!,
      /memory.*closed/,
    );
    assert.ok(says(await page(rubicon, []), "An empty list."));
    assert.ok(says(await page(rubicon, { columns: ["x"], rows: [] }), "No rows."));
    const labelled = {
      columns: ["x"],
      rows: [{ x: 1 }],
      index: [{ name: null, values: ["first"] }, { name: "x", values: [1] }],
    };
    assert.deepEqual(rowsOf(await page(rubicon, labelled)), ["x", "first1"]);
    const wide = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`c${at}`, at]));
    assert.ok(
      says(await page(rubicon, [wide]), "40 of 50 columns shown: the option columns takes others."),
    );
  }));

Deno.test("notebook: a dataframe is its first rows", () =>
  withProject(async (rubicon, project) => {
    const day = Temporal.PlainDate.from("2026-11-24");
    const time = Temporal.Instant.from("2026-11-24T00:09:37Z");
    const dataframe = await logDataframe(rubicon, project, {
      name: "many",
      rows: Array.from({ length: 150 }, (_, x) => ({ x, day, time, text: "t", none: null })),
    });
    const elements = await page(rubicon, dataframe);
    assert.equal(rowsOf(elements).length, 21);
    assert.equal(rowsOf(elements)[1], "02026-11-242026-11-24T00:09:37Zt");
    assert.ok(says(elements, "20 of 150 rows shown") && says(elements, "150 × 5"));
    assert.equal(rowsOf(await page(rubicon, await readDataframe(rubicon, dataframe))).length, 21);
  }));

Deno.test("notebook: values of every kind are shown", () =>
  withProject(async (rubicon, _project) => {
    const values: [unknown, string][] = [
      [-0, "-0"],
      [NaN, "NaN"],
      [-Infinity, "-Infinity"],
      [1e21, "1e+21"],
      [0.1 + 0.2, "0.3"],
      [123456789, "123456789"],
      [null, ""],
      [new Set(["a"]), '{"a"}'],
      [[1, [2, [3]]], "[1, [2, [3]]]"],
      [{ a: { b: null } }, '{"a": {"b": null}}'],
      [{ dtype: "<f8", shape: [2], data: new Float64Array([1, 2]) }, "<f8, 2: [1, 2]"],
      [new Uint8Array(1_000_000), "1000000 values, last 0"],
      [[1, 2, 3, 4, 5, 6, 7, 8, 0.25, NaN], "10 values, last none"],
      [Array(12).fill("a"), "aaaaaaaaaaaa"],
      [new Date(0), "1970-01-01T00:00:00.000Z"],
      ["x".repeat(500), `${"x".repeat(159)}…`],
    ];
    const elements = await page(rubicon, values.map(([v]) => ({ v })));
    assert.deepEqual(rowsOf(elements).slice(1), values.map(([, text]) => text));
    assert.equal(named(elements, "td").length, values.length);
  }));

/** The starts of files of a type, each with something after it. */
const PICTURES: [string, Uint8Array][] = [
  ["image/png", Uint8Array.of(0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 1)],
  ["image/jpeg", Uint8Array.of(0xFF, 0xD8, 0xFF, 0xE0, 0, 1)],
  ["image/gif", new TextEncoder().encode("GIF89a\0\u0001")],
  ["image/webp", new TextEncoder().encode("RIFF\0\u0001\0\0WEBPVP8 ")],
  ["image/svg+xml", new TextEncoder().encode("<svg xmlns='x'><script>alert(1)</script></svg>")],
  ["image/svg+xml", new TextEncoder().encode("\uFEFF\n<?xml version='1.0'?>\n<!-- c --><svg/>")],
];

Deno.test("notebook: pictures are shown by their very bytes, and SVG as a picture alone", () =>
  withProject(async (rubicon, project) => {
    for (const [type, data] of PICTURES) {
      const artifact = await logArtifact(rubicon, project, { name: "p", data });
      const elements = await page(rubicon, artifact);
      const [picture, ...none] = named(elements, "img");
      assert.equal(none.length, 0);
      const [prefix, base64] = picture!.attributes.src!.split(",");
      assert.equal(prefix, `data:${type};base64`);
      assert.deepEqual([...Uint8Array.fromBase64(base64!)], [...data]);
      assert.equal(picture!.attributes.alt, "p");
      assert.equal(named(elements, "svg").length + named(elements, "script").length, 0);
    }
  }));

Deno.test("notebook: other artifacts by name and size, texts by their first lines", () =>
  withProject(async (rubicon, project) => {
    const shown = async (data: string | Uint8Array) =>
      await page(rubicon, await logArtifact(rubicon, project, { name: "file", data }));
    assert.ok(says(await shown(new Uint8Array(3_000)), "2.9 KiB, binary"));
    assert.ok(says(await shown(Uint8Array.of(0xC3)), "1 byte, binary"));
    assert.ok(says(await shown("RIFF of a song"), "14 bytes, text"));
    assert.ok(says(await shown("<!doctype html><svg/>"), "text"));
    assert.equal(named(await shown(""), "pre").length, 0);
    const [pre] = named(await shown("a\nb"), "pre");
    assert.equal(pre!.text, "a\nb");
    // The start that is looked at ends in the middle of a character.
    const long = await shown(`a${"é".repeat(100_000)}`);
    assert.equal(named(long, "pre")[0]!.text, `a${"é".repeat(2047)}`);
    assert.ok(says(long, "191.3 KiB more"));
    assert.equal(named(await shown("x\n".repeat(1_000)), "pre")[0]!.text.split("\n").length, 25);
    const large = new Uint8Array(8 * 2 ** 20 + 1);
    large.set(PICTURES[0]![1]);
    const elements = await shown(large);
    assert.ok(says(elements, "not shown") && named(elements, "img").length === 0);
  }));

const DISPLAY = Symbol.for("Jupyter.display");

Deno.test("notebook: the kernel knows what to show, and data stays plain", () =>
  withProject(async (rubicon, project) => {
    const before = structuredClone(project);
    const shown = await display(rubicon, project);
    assert.deepEqual(project, before);
    assert.deepEqual(Reflect.ownKeys(project), Reflect.ownKeys(before), "no symbol is added");
    assert.deepEqual(Object.keys(shown), ["mime"]);
    assert.deepEqual(structuredClone(shown), { mime: shown.mime });
    const methods = shown as unknown as Record<symbol, () => unknown>;
    assert.deepEqual(await methods[DISPLAY]!(), shown.mime);
    assert.equal(Deno.inspect(shown), shown.mime["text/plain"]);
    assert.match(shown.mime["text/plain"], /^project Iris\nflowers\n/);
    // Without an await, the promise shows the same.
    const promise = display(rubicon, await listExperiments(rubicon, project));
    const mime = await (promise as unknown as Record<symbol, () => unknown>)[DISPLAY]!();
    assert.deepEqual(mime, (await promise).mime);
  }));

Deno.test("notebook: bad input is refused by name", () =>
  withProject(async (rubicon, project) => {
    const cases: [() => Promise<unknown>, RegExp][] = [
      [() => display(undefined as unknown as Composite, project), /takes a composite first/],
      [() => display(rubicon, undefined as unknown as Project), /takes an entity.*not undefined/],
      [() => display(rubicon, "Iris" as unknown as Project), /takes an entity.*not "Iris"/],
      [() => display(rubicon, Promise.resolve() as unknown as Project), /"await" missing/],
      [() => display(rubicon, { kind: "dog" } as unknown as Project), /takes an entity/],
      [() => display(rubicon, [1] as unknown as object[]), /item 0 is 1/],
      [() => display(rubicon, project, { limit: 0 }), /limit must be a whole number/],
      [() => display(rubicon, project, { rows: 1 } as DisplayOptions), /no option "rows"/],
    ];
    for (const [work, message] of cases) {
      const { code, message: said } = await refused(work);
      assert.equal(code, "invalid-argument");
      assert.match(said, message);
    }
    const unknown = { ...project, name: "Nobody logged this" };
    assert.equal((await refused(() => display(rubicon, unknown))).code, "not-found");
  }));

Deno.test("notebook: nobody else pays for it", async () => {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("../../mod.ts", import.meta.url).pathname],
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string }[];
  };
  assert.ok(modules.length > 20);
  const root = new URL("../..", import.meta.url).href;
  for (const { specifier } of modules) {
    assert.doesNotMatch(specifier.replace(root, ""), /notebook|plot|xmldom/);
  }
});
