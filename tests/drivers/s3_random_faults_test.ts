/**
 * Random faults at each request: nothing wrong is acknowledged, answered, or told, whatever happens on the way. A
 * failure prints its seed and the shortest run that fails.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { atomic } from "../../drivers/conformance/atomic.ts";
import { keys } from "../../drivers/conformance/keys.ts";
import { listing } from "../../drivers/conformance/listing.ts";
import { objects } from "../../drivers/conformance/objects.ts";
import type { Driver, GetResult, ObjectMeta, OpenResult } from "../../drivers/driver.ts";
import { guard } from "../../drivers/guard.ts";
import { s3Driver } from "../../drivers/s3/driver.ts";
import { hasCode } from "../../errors.ts";
import { fakeConfig, fakeS3, SECRETS } from "../support/fake_s3.ts";
import { type Fault, FAULTS, oddTransport } from "../support/odd_server.ts";

const KEYS = ["a", "b/c", "b/d e"] as const;
/** Small bytes go in one request, large ones in parts. */
const PART = 16;
const bytesOf = (value: number) => new Uint8Array(value * 5).fill(value);

type Command =
  | { do: "put" | "create" | "stream"; key: string; value: number }
  | { do: "delete" | "get" | "open" | "stat"; key: string }
  | { do: "range"; key: string; offset: number; length: number; streams: boolean }
  | { do: "list" | "folders" };

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constantFrom("put" as const, "create" as const, "stream" as const),
    key: fc.constantFrom(...KEYS),
    value: fc.nat({ max: 12 }),
  }),
  fc.record({
    do: fc.constantFrom("delete" as const, "get" as const, "open" as const, "stat" as const),
    key: fc.constantFrom(...KEYS),
  }),
  fc.record({
    do: fc.constant("range" as const),
    key: fc.constantFrom(...KEYS),
    offset: fc.nat({ max: 70 }),
    length: fc.nat({ max: 70 }),
    streams: fc.boolean(),
  }),
  fc.record({ do: fc.constantFrom("list" as const, "folders" as const) }),
);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(FAULTS)) },
);

/** What may be stored under each key: `undefined` is nothing. */
type Possible = Map<string, (number | undefined)[]>;

/** Fails unless an error is one that a bad day explains, without a secret in it. */
function isTold(error: unknown): asserts error is Error {
  if (!hasCode(error, "unavailable", "permission-denied", "not-found", "already-exists")) {
    throw error;
  }
  const told = Deno.inspect(error, { depth: 10 }) + error.stack;
  for (const secret of [...Object.values(SECRETS), "X-Amz-Signature", "X-Amz-Credential"]) {
    for (const form of [secret, encodeURIComponent(secret)]) assert.ok(!told.includes(form), told);
  }
}

const bytesIn = async (got: GetResult | OpenResult): Promise<Uint8Array> =>
  "bytes" in got ? got.bytes : await new Response(got.stream).bytes();

async function run(driver: Driver, command: Command, possible: Possible): Promise<void> {
  const { key } = { key: "", ...command };
  const before = possible.get(key) ?? [];
  /** What was seen has to be possible, and then it is what is there. */
  const seen = (value: number | undefined) => {
    assert.ok(before.includes(value), `${key}: ${value} is none of ${before}`);
    possible.set(key, [value]);
  };
  const metaSeen = ({ size, lastModified }: ObjectMeta) => {
    assert.ok(lastModified.getTime() > 0, `${key}: last modified ${lastModified}`);
    seen(size / 5);
  };
  try {
    switch (command.do) {
      case "put":
      case "create":
      case "stream": {
        const bytes = bytesOf(command.value);
        const source = command.do === "put" ? bytes : () => new Blob([bytes]).stream();
        const ifAbsent = command.do === "create";
        const { size } = await driver.put(key, source, { ifAbsent });
        assert.equal(size, bytes.length);
        // A create that found its own bytes may have stored them itself.
        if (ifAbsent) assert.ok(before.includes(undefined) || before.includes(command.value));
        possible.set(key, [command.value]);
        return;
      }
      case "delete":
        await driver.delete(key);
        possible.set(key, [undefined]);
        return;
      case "stat":
        return metaSeen(await driver.stat(key));
      case "get":
      case "open": {
        const got = await driver[command.do](key);
        const bytes = await bytesIn(got);
        metaSeen(got);
        assert.equal(got.size, bytes.length);
        assert.deepEqual(bytes, bytesOf(bytes.length / 5));
        return;
      }
      case "range": {
        const { offset, length, streams } = command;
        const got = await driver[streams ? "open" : "get"](key, { offset, length });
        const bytes = await bytesIn(got);
        metaSeen(got);
        assert.deepEqual(bytes, bytesOf(got.size / 5).slice(offset, offset + length));
        return;
      }
      case "list": {
        const listed = await Array.fromAsync(driver.list(""));
        const sizes = new Map(listed.map(({ key, size }) => [key, size / 5]));
        assert.equal(sizes.size, listed.length, "each key once");
        for (const key of KEYS) {
          const value = sizes.get(key);
          assert.ok(possible.get(key)!.includes(value), `list: ${key} is not ${value}`);
          possible.set(key, [value]);
        }
        return;
      }
      case "folders": {
        const folders = await driver.folders("");
        const below = KEYS.filter((key) => key.startsWith("b/")).map((key) => possible.get(key)!);
        const may = below.some((values) => values.some((value) => value !== undefined));
        const must = below.some((values) => !values.includes(undefined));
        assert.deepEqual(folders, folders.length > 0 || must ? ["b"] : []);
        assert.ok(may || folders.length === 0);
      }
    }
  } catch (error) {
    isTold(error);
    if (hasCode(error, "not-found")) return seen(undefined);
    if (hasCode(error, "already-exists")) {
      const present = before.filter((value) => value !== undefined);
      assert.ok(command.do === "create" && present.length > 0, `${key} is not there`);
      possible.set(key, present);
    } else if (command.do === "delete") possible.set(key, [...before, undefined]);
    else if ("value" in command) possible.set(key, [...before, command.value]);
  }
}

Deno.test("s3: whatever happens to requests, nothing wrong is acknowledged, answered or told", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 1, maxLength: 12 }),
      fc.array(fault, { minLength: 1, maxLength: 60 }),
      fc.nat({ max: 3 }),
      async (commands, faults, retries) => {
        const store = fakeS3({ pageSize: 2 });
        let [at, lostBegins] = [0, 0];
        const transport = oddTransport(store.transport, () => faults[at++], () => lostBegins++);
        const driver = s3Driver(fakeConfig({ partSize: PART, retries }), transport);
        const possible: Possible = new Map(KEYS.map((key) => [key, [undefined]]));
        for (const command of commands) await run(driver, command, possible);
        // From here on all is well, and what is there is what it may be.
        at = faults.length;
        for (const key of KEYS) await run(driver, { do: "get", key }, possible);
        await driver.close!();
        assert.ok(store.uploads.size <= lostBegins, "no upload stays behind");
      },
    ),
    { numRuns: 3000 },
  ));

/** Numbers from 0 to 1 that a seed decides. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
  };
}

for (const { name, run, needs } of [...objects, ...atomic, ...listing, ...keys]) {
  if (needs === "putTree") continue; // A bucket has none.
  Deno.test(`s3 with random faults: ${name}, or it is told why not`, async () => {
    const names = Object.keys(FAULTS);
    for (const probability of [0, 0.02, 0.2]) {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const next = random(seed);
      const nextFault = () =>
        next() < probability ? names[Math.floor(next() * names.length)] : undefined;
      const driver = guard(s3Driver(fakeConfig(), oddTransport(fakeS3().transport, nextFault)));
      try {
        await run(driver, (promise) => promise);
      } catch (error) {
        const where = `seed ${seed}, probability ${probability}`;
        if (probability === 0 || !hasCode(error, "unavailable", "permission-denied")) {
          throw new Error(`${where}: ${error}`, { cause: error });
        }
        isTold(error);
      }
    }
  });
}
