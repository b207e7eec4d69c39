import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  decodeChange,
  decodeEntity,
  encodeChange,
  encodeEntity,
  isSameEntity,
} from "../../domain/format/codec.ts";
import { decodeBundle, encodeBundle } from "../../composite/layers/bundle_format.ts";
import { formatInstant } from "../../domain/format/datetime.ts";
import type { Entity, Kind } from "../../domain/format/entities.ts";
import { encodeValue, parseJson } from "../../domain/format/values.ts";
import { comparable, instant, text, value } from "../support/arbitrary.ts";

const optional = fc.option(text, { nil: null });
const texts = fc.array(text, { maxLength: 3 });
const id = fc.uuid();
const base = { id, createdAt: instant.map(formatInstant), description: optional };
const annotated = { ...base, projectName: text, tags: texts, comments: texts };
const trainingMetadata = fc.option(fc.array(fc.array(value, { maxLength: 2 }), { maxLength: 2 }), {
  nil: null,
});
const child = { ...annotated, experimentId: id, name: text };
const attached = { ...annotated, experimentId: fc.option(id, { nil: null }), parentId: id };
const kind = <K extends Kind>(kind: K) => ({ kind: fc.constant(kind) });

const entity = fc.oneof(
  fc.record({ ...kind("project"), ...base, name: text, githubUrl: optional, trainingMetadata }),
  fc.record({
    ...kind("experiment"),
    ...annotated,
    trainingMetadata,
    ...{ name: optional, branchName: optional, commitHash: optional, modelName: optional },
  }),
  fc.record({
    ...kind("metric"),
    ...child,
    value,
    directionality: fc.constantFrom("score" as const, "loss" as const),
  }),
  fc.record({ ...kind("parameter"), ...child, value }),
  fc.record({ ...kind("feature"), ...child, importance: value }),
  fc.record({ ...kind("artifact"), ...attached, name: text }),
  fc.record({ ...kind("dataframe"), ...attached, name: optional }),
) as fc.Arbitrary<Entity>;

/** Where an entity is, for the decoder. */
const placeOf = (entity: Entity) =>
  entity.kind === "project" ? { projectName: entity.name } : entity;

Deno.test("decodeEntity() undoes encodeEntity(), with either form of times", () => {
  fc.assert(
    fc.property(entity, fc.boolean(), (entity, legacyTimes) => {
      const bytes = encodeEntity(entity, { legacyTimes });
      const back = decodeEntity(entity.kind, bytes, placeOf(entity), "key");
      assert.deepEqual(comparable(back), comparable(entity));
      assert.deepEqual(encodeEntity(back, { legacyTimes }), bytes);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("isSameEntity() knows an entity in the other form, and no other one", () => {
  fc.assert(fc.property(entity, text, (entity, other) => {
    assert.ok(isSameEntity(entity, encodeEntity(entity, { legacyTimes: true })));
    const changed = { ...entity, description: `${other}!` };
    fc.pre(changed.description !== entity.description);
    assert.ok(!isSameEntity(entity, encodeEntity(changed)));
    assert.ok(!isSameEntity(entity, new TextEncoder().encode(other)));
  }));
});

Deno.test("decodeChange() and bundles undo their encoders", () => {
  fc.assert(fc.property(texts, texts, fc.constantFrom("tags", "comments"), (...change) => {
    const [added, removed, what] = change;
    const bytes = encodeChange(what, { added, removed });
    assert.deepEqual(decodeChange(what, bytes, "key"), { added, removed });
  }));
  fc.assert(fc.property(fc.dictionary(text, text), (objects) => {
    const encoder = new TextEncoder();
    const entries = Object.entries(objects).map(([path, json]) =>
      [path, encoder.encode(json)] as [string, Uint8Array<ArrayBuffer>]
    );
    assert.deepEqual(decodeBundle(encodeBundle(entries), "key"), new Map(entries));
  }));
});

Deno.test("encodeEntity() writes legacy times in every value", () => {
  const time = Temporal.Instant.from("2026-11-24T00:09:37.240755Z");
  const metric: Entity = {
    ...{ kind: "metric", projectName: "p", experimentId: "e", id: "i", name: "m" },
    ...{ description: null, directionality: "score", tags: [], comments: [] },
    createdAt: "2026-11-24T00:09:37.240755+00:00",
    value: [{ at: time }, new Set([time])],
  };
  const json = new TextDecoder().decode(encodeEntity(metric, { legacyTimes: true }));
  assert.equal(json.match(/"2026-11-24 00:09:37\.240755"/g)?.length, 3);
  assert.doesNotMatch(json, /00:00"/);
});

Deno.test("parseJson() takes steps in proportion to a crafted text", () => {
  // The first one once took a time that grew with the square of its length: more than an hour at this one.
  const length = 1_000_000;
  for (
    const crafted of [
      `[NaN, 1e-999${"9".repeat(4 * length)}]`,
      `[NaN${", 1e-1000, 1e-1001".repeat(length / 20)}]`,
      `[NaN, "${"\\\\".repeat(length / 2)}"]`,
      `[${"NaN, ".repeat(length / 10)}0]`,
    ]
  ) assert.ok(Number.isNaN((parseJson(crafted) as number[])[0]));
  assert.throws(() => parseJson(`[${"9".repeat(length)}]`), /more than 4300 digits/);
});

Deno.test("encodeValue() refuses numpy types that numpy cannot read, with the place", () => {
  const bad: [dtype: unknown, size: number][] = [
    ...[["|S0", 0], ["<U0", 0], ["|V0", 0]] as [string, number][],
    [[["a", "<i4"], ["a", "<i4"]], 8],
    [[["a", "<i4", [0]]], 0],
    [[["a", "<i4", [-1]]], 4],
    [[[1, "<i4"]], 4],
    [[["a", "<i4", [1], 1]], 4],
  ];
  for (const [dtype, size] of bad) {
    const array = { dtype, shape: [1], data: new Uint8Array(size) };
    assert.throws(() => encodeValue({ a: [array] }, "metric"), {
      code: "invalid-argument",
      message: /^metric\.a\[0\]: numpy cannot read/,
    });
  }
  for (const shape of [new Array(33).fill(1), [0, 2 ** 52]]) {
    const array = { dtype: "<f8", shape, data: new Float64Array(shape[0]) };
    assert.throws(() => encodeValue(array, "m"), { code: "invalid-argument" });
  }
});

Deno.test("encodeValue() refuses a _type that is a numpy array, which stops Python's decoder", () => {
  for (
    const type of [
      new Float64Array(2),
      { dtype: "<f8", shape: [], data: new Float64Array(1) },
      { dtype: "|b1", shape: [0], data: [] },
    ]
  ) {
    assert.throws(() => encodeValue([{ _type: type }], "m"), {
      code: "invalid-argument",
      message: /^m\[0\]: an object whose _type is a numpy array/,
    });
  }
  assert.equal(encodeValue({ _type: [1] }, "m"), '{"_type": [1]}');
});
