/**
 * What is shown of a store with hostile names has no element and no attribute but its own, as real parsers see it.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { text as anyText } from "../support/arbitrary.ts";
import {
  type Composite,
  createProject,
  getDataframe,
  listArtifacts,
  listExperiments,
  listMetrics,
  logArtifact,
  logDataframe,
  logExperiment,
  openComposite,
  type Project,
  toTable,
  withRun,
} from "../../mod.ts";
import {
  display,
  plotDataframe,
  plotHistory,
  plotMetricLists,
  plotParallel,
  plotScatter,
} from "../../notebook.ts";
import { elementsOfHtml, elementsOfSvg, type Found } from "../support/markup.ts";

/** Each has a letter, since a name needs one. */
const HOSTILE = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "'><svg onload=alert(1)>",
  "a]]></text></svg><script>alert(1)</script>",
  "</td></table></div><iframe src=javascript:alert(1)>",
  "<!-- a",
  "&lt;b&gt; &#60;i&#62; &amp;",
  "`${alert(1)}`",
  '" style="background:url(https://example.org)" x="',
  "red;}</style><style>*{display:none}",
  "url(#a)",
  "javascript:alert(1)",
  "a\u0001\u0008b\u001B[31mc",
  "a\uFFFE b\uFFFF",
  "\u202Eabc",
];

const HTML_ELEMENTS = new Set(
  "div span strong table thead tbody tr th td pre img svg path".split(" "),
);
const HTML_ATTRIBUTES = new Set(
  "style title src alt viewBox width height aria-hidden d".split(" "),
);
const SVG_ELEMENTS = new Set("svg g rect path line circle text title".split(" "));

/** The styles that pages have without any hostile name. */
const STYLE =
  /^(?:(?:padding|margin|opacity|border|border-radius|margin-right|font-size|border-collapse|text-align|white-space|overflow|overflow-x|max-width|max-height|background|text-overflow|vertical-align|fill|stroke|stroke-width|stroke-linecap): [\w #%.]+(?:; |$))+$/;

function checkHtml(html: string): Found[] {
  const elements = elementsOfHtml(html);
  for (const { name, attributes } of elements) {
    assert.ok(HTML_ELEMENTS.has(name), name);
    for (const [attribute, value] of Object.entries(attributes)) {
      assert.ok(HTML_ATTRIBUTES.has(attribute), `${name} ${attribute}`);
      if (attribute === "style") assert.match(value, STYLE);
      if (attribute === "src") assert.match(value, /^data:image\/[\w+]+;base64,[\w+/]*=*$/);
    }
  }
  return elements;
}

function checkSvg(svg: string): Found[] {
  const elements = elementsOfSvg(svg);
  for (const { name, attributes } of elements) {
    assert.ok(SVG_ELEMENTS.has(name), name);
    for (const [attribute, value] of Object.entries(attributes)) {
      assert.doesNotMatch(attribute, /^on|href|^class$|^id$/);
      if (attribute === "style") assert.equal(value, "max-width: 100%; height: auto");
      // Names may stand in this one alone.
      if (attribute !== "aria-label") {
        assert.doesNotMatch(value, /url\(|javascript:|alert/);
      }
    }
  }
  // A page may also put it in as it is: HTML has other rules than XML.
  const [root, ...rest] = elementsOfHtml(`<div>${svg}</div>`).slice(1);
  assert.equal(root!.name, "svg");
  assert.deepEqual(
    rest.map(({ name }) => name),
    elements.slice(1).map(({ name }) => name),
    "the same elements, one after the other",
  );
  return elements;
}

const cleaned = (text: string) =>
  // deno-lint-ignore no-control-regex -- these are what is looked for.
  text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD");

async function hostileStore(rubicon: Composite, hostile: string) {
  const project = await createProject(rubicon, {
    name: hostile,
    description: hostile,
    githubUrl: hostile,
  });
  const common = { description: hostile, tags: [hostile], comments: [hostile] };
  for (const at of [1, 2, 3]) {
    const experiment = await logExperiment(rubicon, project, {
      ...common,
      name: hostile,
      modelName: hostile,
      branchName: hostile,
      commitHash: hostile,
      parameters: [
        { ...common, name: `p ${hostile}`, value: at },
        { ...common, name: `c ${hostile}`, value: `${hostile} ${at}` },
        { name: `o ${hostile}`, value: { [hostile]: [hostile] } },
      ],
      metrics: [
        { ...common, name: `m ${hostile}`, value: at / 4 },
        { ...common, name: `l ${hostile}`, value: [at, at + 1] },
      ],
      features: [{ ...common, name: hostile, importance: at }],
    });
    await logArtifact(rubicon, experiment, { ...common, name: hostile, data: hostile });
    await logArtifact(rubicon, experiment, {
      name: `svg ${hostile}`,
      data: `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
    });
    await logDataframe(rubicon, experiment, {
      ...common,
      name: hostile,
      rows: [1, 2].map((row) => ({ [`y ${hostile}`]: row, [`x ${hostile}`]: `${hostile} ${row}` })),
    });
  }
  return project;
}

const hostileRun = (rubicon: Composite, project: Project) =>
  withRun(rubicon, project, { name: project.name }, (run) => {
    for (const value of [1, 3, 2]) run.log({ [`m ${project.name}`]: value });
    return run.experiment;
  });

for (const hostile of HOSTILE) {
  Deno.test(`notebook: nothing comes out of ${JSON.stringify(hostile)}`, async () => {
    await using rubicon = await openComposite({
      persistence: "memory",
      rootDir: crypto.randomUUID(),
    });
    const project = await hostileStore(rubicon, hostile);
    const experiments = await listExperiments(rubicon, project);
    const experiment = experiments[0]!;
    const dataframe = await getDataframe(rubicon, experiment, { name: hostile });
    const artifacts = await listArtifacts(rubicon, experiment);
    const metrics = await listMetrics(rubicon, experiment);
    const table = await toTable(rubicon, project);
    const values = [
      ...[project, experiment, dataframe, ...artifacts, ...metrics],
      ...[[project], experiments, metrics, [project, experiment, dataframe]],
      ...[table, [{ [hostile]: hostile }]],
    ];
    for (const value of values) {
      const { mime } = await display(rubicon, value);
      const elements = checkHtml(mime["text/html"]);
      assert.ok(
        elements.some(({ text }) => text.includes(cleaned(hostile))),
        "it is shown as text",
      );
      // deno-lint-ignore no-control-regex -- a terminal would take them as orders.
      assert.doesNotMatch(mime["text/plain"], /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/);
    }

    const runs = [await hostileRun(rubicon, project), await hostileRun(rubicon, project)];
    for (const value of [project, runs[0]!]) {
      checkHtml((await display(rubicon, value)).mime["text/html"]);
    }
    const [p, c, m, l] = [`p ${hostile}`, `c ${hostile}`, `m ${hostile}`, `l ${hostile}`] as const;
    const plots = [
      plotScatter(rubicon, project, { x: p, y: m, color: c }),
      plotScatter(rubicon, project, { x: c, y: m, color: "name" }),
      plotScatter(rubicon, project, { x: m, y: c, title: hostile, color: p }),
      plotParallel(rubicon, project, { columns: [p, c, m] }),
      plotMetricLists(rubicon, project, { metric: l }),
      plotMetricLists(rubicon, project, { metric: l, columnNames: [hostile, hostile] }),
      plotMetricLists(rubicon, project, { metric: l, as: "lines" }),
      plotHistory(rubicon, runs, { metric: m }),
      plotHistory(rubicon, [...runs, experiment], { title: hostile, smoothing: 0.5 }),
      plotDataframe(rubicon, dataframe, { x: `x ${hostile}` }),
      plotDataframe(rubicon, dataframe, { x: `x ${hostile}`, as: "bar" }),
      plotDataframe(rubicon, [dataframe, dataframe], { y: `y ${hostile}`, as: "dot" }),
    ];
    for (const plot of plots) {
      const elements = checkSvg((await plot).mime["image/svg+xml"]);
      assert.ok(elements.some(({ text }) => text.includes(cleaned(hostile).trim())), "as text");
    }
  });
}

Deno.test("notebook: nothing comes out of any text", async () => {
  await using rubicon = await openComposite({ persistence: "memory", rootDir: "any" });
  const text = fc.oneof(
    anyText,
    fc.array(
      fc.constantFrom(..."<>&\"'/=! \n\0\uD800\uDC00;".split(""), "script", "]]>", "<!--", "x"),
    ).map((parts) => parts.join("")),
  );
  await fc.assert(
    fc.asyncProperty(text, text, async (name, column) => {
      const table = {
        columns: ["name", "x", `c${column}`],
        rows: [1, 2].map((x) => ({ name, x, [`c${column}`]: name })),
      };
      checkHtml((await display(rubicon, table)).mime["text/html"]);
      const plot = plotScatter(rubicon, table, { x: "x", y: `c${column}`, color: "name" });
      checkSvg((await plot).mime["image/svg+xml"]);
    }),
    { numRuns: 150 },
  );
});
