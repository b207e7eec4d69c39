/** The times of new entities. */
import assert from "node:assert/strict";
import { now } from "../../domain/format/clock.ts";
import { FakeTime } from "../support/fake_time.ts";

Deno.test("now() follows the machine's clock after a sleep, which the steady clock does not see", () => {
  using _time = new FakeTime();
  const before = Date.parse(now());
  const machine = Date.now;
  const hour = 3_600_000;
  Date.now = () => machine() + hour;
  assert.ok(Date.parse(now()) - before >= hour);
  Date.now = machine;
});

Deno.test("now() gives later times, one after the other, also if the clock is set back", () => {
  using _time = new FakeTime();
  const machine = Date.now;
  const times = [now(), now()];
  Date.now = () => machine() - 60_000;
  times.push(now(), now());
  Date.now = machine;
  assert.deepEqual(times, times.toSorted());
  assert.equal(new Set(times).size, 4);
});
