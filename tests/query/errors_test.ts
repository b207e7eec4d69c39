/**
 * What is wrong with a query is shown at its place, and hostile ones are refused or answered.
 */
import assert from "node:assert/strict";
import { cellsOf } from "../../domain/query/cells.ts";
import { evaluate } from "../../domain/query/evaluate.ts";
import { conditionOf } from "../../domain/query/where.ts";
import { parsePath } from "../../domain/query/jsonpath/parse.ts";
import { find } from "../../domain/query/jsonpath/find.ts";
import { parseQuery, RubiconException, type Where } from "../../mod.ts";
import { runsOf } from "../support/runs.ts";

/** The error of an expression, and the part of the text that it points at. */
function errorOf(text: string, options?: Parameters<typeof parseQuery>[1]) {
  try {
    parseQuery(text, options);
  } catch (error) {
    if (!(error instanceof RubiconException)) throw error;
    assert.equal(error.code, "invalid-argument");
    const { from, to } = error.place ?? { from: 0, to: 0 };
    return { message: error.message, part: text.slice(from, to) };
  }
  throw new Error(`${text} is taken`);
}

const WRONG: [text: string, part: string, message: RegExp][] = [
  ["metrics.acc >", "", /A value comes here/],
  ["metrics.acc > adam", "adam", /in quotes, "adam"/],
  ["metrics.acc > metrics.loss", "metrics.loss", /A value comes here/],
  ["metrics.acc", "", /After metrics.acc comes one of ==/],
  ["0.9 < metrics.acc", "0.9", /A column comes here, such as metrics.accuracy/],
  ["metrics.acc > 1 params.lr < 2", "params.lr", /Put and, or, or order by between/],
  ["(metrics.acc > 1", "", /What was opened by \( needs a \)/],
  ["metrics.acc > 1)", ")", /The expression ends before this/],
  ["nmae = 'x'", "nmae", /There is no field nmae. Did you mean name\?/],
  ["acc > 1", "acc", /A metric is metrics\.acc, a parameter params\.acc/],
  ["metrcs.acc > 1", "metrcs.acc", /Did you mean metrics\.acc\?/],
  ["status = 'done'", "'done'", /There is no status "done".*running, finished, failed/],
  ["attributes.status in ('FAILD')", "('FAILD')", /Did you mean failed/],
  ["stats = 'failed'", "stats", /There is no field stats\. Did you mean status/],
  ["metrics. > 1", "metrics.", /A name has to follow metrics\./],
  ["name = 'x", "'x", /A ' is not closed/],
  ["metrics.`x > 1", "`x > 1", /A ` is not closed/],
  ["name # 'x'", "#", /has no meaning here/],
  ["name like 5", "5", /like takes a text in quotes/],
  ["name =~ '(?=x)'", "'(?=x)'", /only \(\?: and named ones are known/],
  ["name =~ '(a)\\1'", "'(a)\\1'", /\\1 is not known/],
  ["name in ('a' 'b')", "'b'", /The list of in needs a \)/],
  ["created_at > 'yesterday'", "'yesterday'", /is not a time/],
  ["metrics.acc < null", "null", /Nothing is < null/],
  ["params.lr > 1 order by params.lr best", "params.lr", /Only a metric has a best value/],
  ["last(name) > 1", "last", /takes a metric or a parameter/],
  ["metrics.acc is 5", "5", /comes null/],
  ["metrics.acc between 1 or 2", "or", /with and between them/],
];

Deno.test("queries: an error points at its place in the text", () => {
  for (const [text, part, message] of WRONG) {
    const found = errorOf(text);
    assert.equal(found.part, part, `${text}\n${found.message}`);
    assert.match(found.message, message);
  }
  const { message } = errorOf("name = 'a' and\n  acc > 0.9 and x = 1");
  assert.ok(message.endsWith("\n    acc > 0.9 and x = 1\n    ^^^"), message);
});

Deno.test("queries: a column that is not in the table is told with the nearest one", () => {
  const columns = [
    { kind: "metric", name: "accuracy", label: "accuracy" },
    { kind: "parameter", name: "lr", label: "lr" },
  ] as const;
  const near = errorOf("name = 'a' and metrics.acuracy > 1", { columns });
  assert.equal(near.part, "metrics.acuracy");
  assert.match(near.message, /Did you mean metrics\.accuracy\?/);
  assert.match(errorOf("metrics.lr > 1", { columns }).message, /Did you mean params\.lr\?/);
  assert.match(errorOf("metrics.x > 1", { columns }).message, /There is metrics\.accuracy\./);
  assert.match(errorOf("order by metrics.x", { columns }).message, /No experiment has metrics\.x/);
  assert.equal(parseQuery("metrics.accuracy > 1 and tags.x = 'y'", { columns }).orderBy.length, 0);
});

Deno.test("queries: an object that is not one is refused with its path", () => {
  const wrong: [object: unknown, message: RegExp][] = [
    [{ "metric": 1 }, /where: There is no field metric/],
    [{ "metrcs.acc": 1 }, /where: "metrcs\.acc" is not a column/],
    [{ "metrics.acc": { above: 1 } }, /where: metrics\.acc: There is no test above/],
    [{ "metrics.acc": {} }, /where: metrics\.acc: It has no test/],
    [{ "metrics.acc": { in: 1 } }, /in takes a list/],
    [{ "metrics.acc": [1] }, /A value is a text, a number/],
    [{ "metrics.acc": { eq: new Date(NaN) } }, /a valid Date or null/],
    [{ or: [{ "metrics.acc": { gt: null } }] }, /where: or\[0\]: metrics\.acc: Nothing is > null/],
    [{ name: { matches: "(" } }, /The regular expression cannot be used: a \( has no \)/],
    [{ name: { matches: /a/m } }, /its flags are m/],
    [[], /An object of tests by column/],
    [5, /An object of tests by column/],
  ];
  for (const [object, message] of wrong) {
    assert.throws(() => conditionOf(object, "where"), { code: "invalid-argument", message });
  }
  assert.equal(conditionOf({ name: undefined, and: [], or: [{}] } as Where, "where"), undefined);
});

Deno.test("queries: hostile expressions of 100 kB are refused", () => {
  const size = 100_000;
  const texts = [
    "(".repeat(size),
    "!".repeat(size),
    "a".repeat(size),
    "'".repeat(size + 1),
    "metrics.a > 1 and ".repeat(size / 18),
    `name = '${"x".repeat(size)}'`,
    `name in (${"1,".repeat(size / 2)}1)`,
  ];
  for (const text of texts) assert.match(errorOf(text).message, /at most 20000 characters/);
  // What is short enough is bounded in depth and number.
  assert.match(errorOf("(".repeat(10_000)).message, /levels are too deep/);
  assert.match(errorOf("!".repeat(10_000)).message, /levels are too deep/);
  assert.match(errorOf("name='a' or ".repeat(1_000) + "name='a'").message, /tests are too many/);
  assert.match(errorOf(`name like '${"%a".repeat(5_000)}'`).message, /at most 1000 characters/);
  assert.match(errorOf(`name =~ '${"a*".repeat(5_000)}'`).message, /longer than 1000 characters/);
  let nested: Where = { name: "a" };
  for (let depth = 0; depth < 10_000; depth++) nested = { not: nested };
  assert.throws(() => conditionOf(nested, "where"), /levels are too deep/);
  const many = { in: new Array<string>(20_000).fill("a") };
  assert.throws(() => conditionOf({ name: many }, "where"), /More than 10000 values/);
});

Deno.test("queries: patterns that would keep other engines busy for hours are answered", () => {
  const text = "a".repeat(10_000);
  const runs = runsOf({ name: text, tags: [text] }, { name: `${text}b`, tags: [`${text}b`] });
  const patterns = [
    "name =~ '^(a+)+b$'",
    "name =~ '^(a|aa)+b$'",
    "name =~ 'a*a*a*a*a*a*a*a*b'",
    "name =~ '^(((a*)*)*)*b$'",
    "name =~ '(a?){20}a{20}b'",
    `name like '${"%a".repeat(100)}%b'`,
    `tags.has("${"*a".repeat(1_000)}*b")`,
  ];
  for (const pattern of patterns) {
    assert.deepEqual(evaluate(parseQuery(pattern), cellsOf(runs)), [1], pattern);
  }
});

Deno.test("jsonpath: errors point at their place, and hostile paths are refused", () => {
  const wrong: [path: string, part: string, message: RegExp][] = [
    ["$.a[", "", /A name, \* or a word/],
    ["$.a[?(@.b=='x]", "'x]", /not closed/],
    ["$.`size`", "`size`", /len, keys, parent or this/],
    ["$.a b", "b", /cannot follow here/],
    ["$.a[?(@.b=~'(')]", "'('", /a \( has no \)/],
    ["$.a[::0]", "", /is not 0/],
    ["", "", /A name/],
  ];
  for (const [path, part, message] of wrong) {
    assert.throws(() => parsePath(path, "path"), (error) => {
      assert.ok(error instanceof RubiconException, path);
      assert.match(error.message, message, path);
      const { from, to } = error.place!;
      if (part !== "") assert.ok(path.slice(from, to).includes(part), error.message);
      return true;
    });
  }
  for (const piece of ["(", "$..a", "[?(@.a", "..*"]) {
    assert.throws(() => parsePath(piece.repeat(100_000 / piece.length), "path"), /at most 5000/);
  }
  assert.throws(() => parsePath("(".repeat(1_000), "path"), /levels are too deep/);
  assert.throws(() => parsePath("$" + "[?(@".repeat(500), "path"), /levels are too deep/);
  const deep = JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`);
  assert.throws(() => find(parsePath("$" + "..*".repeat(20), "path"), deep, "path"), /Use fewer/);
});
