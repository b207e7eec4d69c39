/**
 * Wildcards and regular expressions beside JavaScript's own engine, which is right, if not always in time.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { patternOf, regex } from "../../domain/query/regex.ts";
import { like, wildcard } from "../../domain/query/wildcard.ts";

const letters = fc.string({ unit: fc.constantFrom("a", "b", "A", "é", "😀", "\n"), maxLength: 8 });
const escaped = (text: string) => text.replace(/[\\^$.|?+()[\]{}*]/g, "\\$&");

Deno.test("wildcards: * is any characters, also none and line breaks", () =>
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "b", "*", ".", "😀"), maxLength: 6 }),
      letters,
      (pattern, text) => {
        const native = new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`, "su");
        assert.equal(wildcard(pattern)(text), native.test(text));
      },
    ),
    { numRuns: 3000 },
  ));

Deno.test("wildcards: like takes % and _, and a backslash takes their meaning", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "b", "%", "_", "A", "😀"), maxLength: 6 }),
      letters,
      fc.boolean(),
      (pattern, text, ignoreCase) => {
        const source = [...pattern].map((sign) =>
          sign === "%" ? ".*" : sign === "_" ? "." : escaped(sign)
        ).join("");
        const native = new RegExp(`^${source}$`, ignoreCase ? "sui" : "su");
        assert.equal(like(pattern, ignoreCase)(text), native.test(text));
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(like("100\\%", false)("100%"));
  assert.ok(!like("100\\%", false)("1000"));
  assert.ok(like("a\\b", false)("a\\b"));
});

/** Patterns of everything that both engines know. */
const pattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      ...["a", "b", "A", ".", "[ab]", "[^a]", "\\w", "\\W", "\\s", "\\d", "\\b", "\\B", "^", "$"],
      ...["é", "😀", "\\n", "\\u0061", "\\u{62}", "\\x41", "[a-z😀]", "\\p{L}", "\\.", ""],
    ),
    fc.tuple(tie("node"), tie("node")).map((parts) => parts.join("")),
    fc.tuple(tie("node"), tie("node")).map((parts) => `(?:${parts.join("|")})`),
    fc.tuple(tie("node"), fc.constantFrom("*", "+", "?", "{2}", "{0,2}", "{1,}", "*?"))
      .map(([node, times]) => `(${node})${times}`),
  ),
})).node;

Deno.test("regular expressions: find what JavaScript's engine finds", () =>
  fc.assert(
    fc.property(pattern, letters, fc.boolean(), (source, text, ignoreCase) => {
      // V8 looks for \B in the middle of a surrogate pair, too.
      fc.pre(!(source.includes("\\B") && text.includes("😀")));
      const native = new RegExp(source, ignoreCase ? "iu" : "u");
      assert.equal(regex(patternOf(native))(text), native.test(text), source);
    }),
    { numRuns: 5000 },
  ));

Deno.test("regular expressions: what is not known, or too large, is refused", () => {
  const refused = [
    ...["(?=a)", "(?<!a)", "(a)\\1", "\\k<a>", "(", "a)", "[a", "*", "a{2,1}", "\\q"],
    ...["(a{1000}){1000}", "((((a{50}){50}){50}){50})", "(){1,1000000000}a{9999}"],
    "(".repeat(60) + ")".repeat(60),
  ];
  for (const source of refused) assert.throws(() => regex(source), Error, source);
  assert.ok(regex("(?<year>\\d{4})-(?P<month>\\d\\d)")("on 2026-11"));
  assert.ok(regex("(?is)A.B")("xa\nb"));
});
