/** Cells of runs: the fast way to them gives what decoding the whole entity gives. */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { cellOf, decodeCell, encodeCell, plainCell } from "../../domain/format/cell.ts";
import { decodeEntity, encodeEntity, entityFrom } from "../../domain/format/codec.ts";
import type { Metric, Parameter } from "../../mod.ts";
import { comparable, value } from "../support/arbitrary.ts";
import { runOf } from "../support/runs.ts";
import { formatInstant, parseDatetime, parseInstant } from "../../domain/format/datetime.ts";

const TIME = "2026-11-24T00:09:37.240755+00:00";
const odd = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null))),
  fc.constant({ _type: "date", value: "2026-01-01" }),
  fc.constant({ _type: "date", value: "never" }),
);
const either = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: usual as fc.Arbitrary<unknown> }, {
    weight: 1,
    arbitrary: odd,
  });
const record = fc.record({
  name: either(fc.string()),
  value: either(fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.bigInt())),
  comments: either(fc.array(fc.string(), { maxLength: 2 })),
  created_at: either(fc.constantFrom(
    ...[TIME, "2026-11-24 00:09:37.240755", "2026-11-24T00:09:37.24075x+00:00", "2026-13-01", TIME]
      .map((value) => ({ _type: "datetime", value })),
  )),
  description: either(fc.option(fc.string())),
  directionality: either(fc.constantFrom("score", "loss", "more")),
  id: either(fc.uuid()),
  tags: either(fc.array(fc.string(), { maxLength: 2 })),
});
const place = { projectName: "p", experimentId: "e" };

Deno.test("plainCell() gives what the decoded entity gives, or nothing", () => {
  let plain = 0;
  fc.assert(
    fc.property(record, fc.constantFrom("metric", "parameter"), (found, kind) => {
      const cell = plainCell(kind, structuredClone(found));
      if (!cell) return;
      plain++;
      assert.deepEqual(cell, cellOf(entityFrom(kind, structuredClone(found), place, "key")));
    }),
    { numRuns: 2000 },
  );
  assert.ok(plain > 100, `${plain} of them`);
});

Deno.test("A cell of a digest is that of the entity's own file, whatever its value is", () => {
  const numbers = fc.oneof(fc.double(), fc.bigInt(), fc.constantFrom(NaN, Infinity, -Infinity, -0));
  const both = (entity: Parameter | Metric) => {
    const decoded = decodeEntity(entity.kind, encodeEntity(entity), place, "key");
    const cell = decodeCell(entity.kind, JSON.parse(encodeCell(entity).json));
    assert.deepEqual(comparable(cell), comparable(cellOf(decoded).cell));
  };
  fc.assert(
    fc.property(fc.string(), fc.oneof(numbers, value), fc.boolean(), (name, value, loss) => {
      const { metrics, parameters } = runOf({
        metrics: { [name]: value },
        parameters: { [name]: value },
        losses: loss ? [name] : [],
      });
      both(metrics[0] as Metric);
      both(parameters[0] as Parameter);
    }),
  );
});

Deno.test("Times are read the same whatever was read before them", () => {
  const near = fc.tuple(
    fc.constantFrom(
      TIME.slice(0, 19),
      "2026-11-24T00:09:38",
      "2026-02-30T00:00:00",
      "0000-01-01T0",
    ),
    fc.constantFrom(".240755+00:00", ".24075 +00:00", ".240755+01:00", ".2407555+0:00", "Z", ""),
  ).map((parts) => parts.join(""));
  const read = (work: () => string) => {
    try {
      return work();
    } catch {
      return "refused";
    }
  };
  fc.assert(fc.property(fc.array(near), (texts) => {
    for (const text of texts) {
      const expected = read(() => formatInstant(parseInstant(text)));
      assert.equal(read(() => parseDatetime(text)), expected, text);
    }
  }));
});
