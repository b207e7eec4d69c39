/**
 * What the page keeps in its address, and that it comes back from there.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@^4.9.0";
import {
  MAX_HASH,
  parseRoute,
  parseView,
  PLAIN,
  printHash,
  type Route,
  TABS,
  type View,
  wholeIds,
} from "../../viewer/app/state/view.ts";

// The library's own unit for all characters takes many seconds to be made.
const anyCharacter = fc.nat(0x10ffff).map((code) => String.fromCodePoint(code));
const text = fc.string({ unit: anyCharacter, maxLength: 12 }).map((one) => one.toWellFormed());
const key = fc.tuple(fc.constantFrom("o.", "m.", "p."), text).map(([kind, name]) => kind + name);
const id = fc.uuid();
const json = fc.dictionary(
  fc.constantFrom("curves", "parallel", "scatter"),
  fc.dictionary(
    text,
    fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 3 })),
    {
      maxKeys: 3,
      noNullPrototype: true,
    },
  ),
  { noNullPrototype: true },
);

const views: fc.Arbitrary<View> = fc.record({
  q: text,
  sort: fc.array(fc.record({ key, descends: fc.boolean() }), { maxLength: 2 }),
  columns: fc.option(fc.array(key, { minLength: 1, maxLength: 4 }), { nil: undefined }),
  pinned: fc.integer({ min: 0, max: 3 }),
  widths: fc.dictionary(key, fc.integer({ min: 40, max: 900 }), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
  group: fc.array(key, { maxLength: 2 }),
  base: fc.option(id, { nil: undefined }),
  selected: fc.uniqueArray(id, { maxLength: 4 }),
  hidden: fc.uniqueArray(id, { maxLength: 2 }),
  styles: fc.dictionary(id, fc.integer({ min: 0, max: 39 }), { maxKeys: 2, noNullPrototype: true }),
  all: fc.boolean(),
  charts: json,
});

const routes: fc.Arbitrary<Route> = fc.oneof(
  fc.record({
    screen: fc.constant("project" as const),
    slug: text.filter((slug) => slug !== ""),
    tab: fc.constantFrom(...TABS),
  }),
  fc.record({
    screen: fc.constant("run" as const),
    slug: text.filter((slug) => slug !== ""),
    id,
  }),
);

const idsOf = (view: View): string[] => [
  ...view.selected,
  ...view.hidden,
  ...Object.keys(view.styles),
  ...(view.base === undefined ? [] : [view.base]),
];

/** Objects with the usual prototype, whatever they had. */
const usual = <T>(value: T): T => structuredClone(value);

Deno.test("page address: a place and a view come back from it as they were", () => {
  fc.assert(
    fc.property(routes, views, (route, view) => {
      const { hash, cut } = printHash(route, view);
      assert.ok(hash.length <= MAX_HASH);
      if (cut) return;
      // What browsers would encode anew would be another hash than was written.
      assert.equal(new URL(`http://a/#${hash}`).hash.slice(1), hash);
      assert.deepEqual(parseRoute(hash), usual(route));
      const again = wholeIds(parseView(hash), idsOf(view));
      assert.deepEqual(usual(again), usual(view));
    }),
    { numRuns: 500 },
  );
});

Deno.test("page address: at most 2,000 characters, and what is left out is said", () => {
  const selected = Array.from({ length: 400 }, () => crypto.randomUUID());
  const route: Route = { screen: "project", slug: "a", tab: "table" };
  const whole = printHash(route, {
    ...PLAIN,
    q: "metrics.acc > 0.5",
    selected: selected.slice(0, 9),
  });
  assert.equal(whole.cut, false);
  const { hash, cut } = printHash(route, { ...PLAIN, q: "metrics.acc > 0.5", selected });
  assert.equal(cut, true);
  assert.ok(hash.length <= MAX_HASH);
  const left = parseView(hash);
  assert.equal(left.q, "metrics.acc > 0.5");
  assert.deepEqual(left.selected, []);
  const long = printHash(route, { ...PLAIN, q: "x".repeat(3_000) });
  assert.deepEqual([long.cut, long.hash], [true, "/p/a/table"]);
});

Deno.test("page address: what is broken by hand is a place nevertheless", () => {
  for (
    const hash of ["", "#", "nothing", "/p/", "/p/%E0%A4%A", "/x/y", "/p/a/none?%%%&q=%E0&sort"]
  ) {
    const { screen } = parseRoute(hash);
    assert.ok(screen === "projects" || screen === "project");
    assert.equal(parseView(hash).q, "");
  }
  const odd = parseView("/p/a/table?w=m.a~5~m.b~99999~m.c~70&charts=[1]&pin=-4&look=abc~-1");
  assert.deepEqual({ ...odd.widths }, { "m.c": 70 });
  assert.deepEqual([odd.charts, odd.pinned, { ...odd.styles }], [{}, 0, {}]);
});

Deno.test("page address: runs that are gone are left out", () => {
  const [kept, gone] = [crypto.randomUUID(), crypto.randomUUID()];
  const view = { ...PLAIN, selected: [kept, gone], base: gone };
  const { hash } = printHash({ screen: "project", slug: "a", tab: "table" }, view);
  const found = wholeIds(parseView(hash), [kept]);
  assert.deepEqual([found.selected, found.base], [[kept], undefined]);
});
