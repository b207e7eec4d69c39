/** A line before a door that lets so many in. */
import assert from "node:assert/strict";
import { Line } from "../../drivers/line.ts";

Deno.test("line: who gives up in it takes nobody's turn", async () => {
  const line = new Line(1);
  assert.ok(line.enter());
  assert.equal(line.enter(), false);
  const controller = new AbortController();
  const first = line.turn(controller.signal).catch((error) => error);
  let isIn = false;
  const second = line.turn(undefined).then(() => isIn = true);
  controller.abort("enough");
  assert.equal(await first, "enough");
  assert.equal(isIn, false);
  line.leave();
  await second;
  line.leave();
  assert.ok(line.enter(), "the place is free again, once");
  assert.equal(line.enter(), false);
});
