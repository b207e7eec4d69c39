/** Layers keep every verb and every field of the driver below them. */
import assert from "node:assert/strict";
import { stack } from "../../composite/backend.ts";
import { breaker } from "../../composite/layers/breaker.ts";
import { Health } from "../../composite/layers/health.ts";
import { bound } from "../../composite/layers/bound.ts";
import { bundle } from "../../composite/layers/bundle.ts";
import { cache } from "../../composite/layers/cache.ts";
import { limit } from "../../composite/layers/limit.ts";
import { present } from "../../composite/layers/present.ts";
import type { Backend } from "../../composite/plan.ts";
import type { Driver, VerbOptions } from "../../drivers/driver.ts";
import { hasCode } from "../../errors.ts";
import { FakeTime } from "../support/fake_time.ts";
import { guard } from "../../drivers/guard.ts";
import { BULK_VERBS, FIELDS, OPTIONAL_VERBS, VERBS } from "../../drivers/layer.ts";

const meta = { size: 1, lastModified: new Date() };

/** A driver with all verbs and fields there are, as a class that keeps them in its prototype. */
class Whole implements Driver {
  readonly calls: string[] = [];
  get persistence() {
    return "whole";
  }
  get label() {
    return "whole:a";
  }
  get place() {
    return "whole:/a";
  }
  get root() {
    return "whole:/a";
  }
  get listsChecksums() {
    return true;
  }
  #called<T>(verb: string, value: T): Promise<T> {
    this.calls.push(verb);
    return Promise.resolve(value);
  }
  get = () => this.#called("get", { ...meta, bytes: new Uint8Array(1) });
  open = () => this.#called("open", { ...meta, stream: new Blob(["x"]).stream() });
  put = () => this.#called("put", { size: 1 });
  stat() {
    return this.#called("stat", meta);
  }
  async *list() {
    yield await this.#called("list", { ...meta, key: "a" });
  }
  folders() {
    return this.#called("folders", ["a"]);
  }
  delete() {
    return this.#called("delete", undefined);
  }
  putTree() {
    return this.#called("putTree", true);
  }
  times() {
    return this.#called("times", { step: 1, ahead: 0 });
  }
  stamps() {
    return this.#called("stamps", [undefined]);
  }
  get bulk() {
    return {
      list: () => this.#called("bulk.list", []),
      stat: () => this.#called("bulk.stat", []),
      get: () => this.#called("bulk.get", []),
    };
  }
  close() {
    return this.#called("close", undefined);
  }
}

const health = () => new Health("whole:a", "whole");
const layers: Record<string, (driver: Driver) => Driver> = {
  guard,
  limit: (driver) => limit(guard(driver), 1_000),
  breaker: (driver) => breaker(guard(driver), health()),
  present: (driver) => present(guard(driver)),
  cache: (driver) => cache(guard(driver)),
  bundle: (driver) => bundle(cache(guard(driver))),
  "all of them": (driver) => stack(guard(driver), 1_000, health()),
  "one bound to a call": (driver) => {
    const backend = { driver: stack(guard(driver), 1_000, health()) } as Backend;
    return bound([backend], { timeoutMs: 1_000 })[0]!.driver;
  },
};

for (const [name, wrap] of Object.entries(layers)) {
  Deno.test(`layer: ${name} keeps every verb and field`, async () => {
    const inner = new Whole();
    const driver = wrap(inner);
    for (const field of FIELDS) assert.equal(driver[field], inner[field], field);
    await driver.get("a");
    await (await driver.open("a")).stream.cancel();
    await driver.put("a", new Uint8Array(1));
    await driver.stat("a");
    await Array.fromAsync(driver.list("a"));
    await driver.folders("a");
    await driver.delete("a");
    await driver.putTree!("a", []);
    await driver.times!();
    await driver.stamps!(["a"]);
    await driver.close!();
    for (const verb of BULK_VERBS) await driver.bulk![verb](["a"]);
    const bulk = BULK_VERBS.map((verb) => `bulk.${verb}`);
    assert.deepEqual(inner.calls, [...VERBS, ...OPTIONAL_VERBS, ...bulk]);
  });
}

const empty = new Uint8Array(1);
/** Calls of each verb, by its name. */
const CALLS: Record<string, (driver: Driver, options: VerbOptions) => Promise<unknown>> = {
  get: (driver, options) => driver.get("a", options),
  open: async (driver, options) => await (await driver.open("a", options)).stream.cancel(),
  put: (driver, options) => driver.put("a", empty, options),
  stat: (driver, options) => driver.stat("a", options),
  list: (driver, options) => Array.fromAsync(driver.list("a", options)),
  folders: (driver, options) => driver.folders("a", options),
  delete: (driver, options) => driver.delete("a", options),
  putTree: (driver, options) => driver.putTree!("a", [["b", empty]], options),
  times: (driver, options) => driver.times!(options),
  stamps: (driver, options) => driver.stamps!(["a"], options),
  "bulk.list": (driver, options) => driver.bulk!.list(["a"], options),
  "bulk.stat": (driver, options) => driver.bulk!.stat(["a"], options),
  "bulk.get": (driver, options) => driver.bulk!.get(["a"], options),
};

Deno.test("layer: each verb of the contract is called below", () => {
  const verbs = [...VERBS, ...OPTIONAL_VERBS, ...BULK_VERBS.map((verb) => `bulk.${verb}`)];
  assert.deepEqual(Object.keys(CALLS).sort(), verbs.filter((verb) => verb !== "close").sort());
});

for (const [verb, call] of Object.entries(CALLS)) {
  Deno.test(`layer: an abort goes before ${verb} in each layer that heeds it`, async () => {
    for (const name of ["guard", "limit", "breaker", "all of them", "one bound to a call"]) {
      const inner = new Whole();
      const reason = new Error("enough");
      const work = call(layers[name]!(inner), { signal: AbortSignal.abort(reason) });
      await assert.rejects(work, (error) => error === reason, name);
      assert.deepEqual(inner.calls, [], name);
    }
  });

  Deno.test(`layer: the circuit counts how ${verb} ends, and its limit is around it`, async () => {
    using time = new FakeTime();
    const broken = {
      failing: () => Promise.reject(new Error("EIO")),
      hangs: () => new Promise(() => {}),
    };
    for (const [what, end] of Object.entries(broken)) {
      const inner = withVerb(verb, end as () => Promise<never>);
      const own = health();
      const outcome = call(stack(guard(inner), 1_000, own), {}).catch((error) => error);
      await time.tick(1_000);
      const error = await time.atOnce(outcome);
      assert.ok(hasCode(error, "unavailable"), `${what}: ${error}`);
      assert.match(error.message, what === "hangs" ? /no progress for 1000 ms/ : /EIO/);
      assert.equal(own.status().failures, 1, what);
    }
  });
}

/** A driver one of whose verbs ends in another way. */
function withVerb(verb: string, end: () => Promise<never>): Driver {
  const inner = new Whole();
  const [name, more] = verb.split(".") as [keyof Driver, string?];
  const own = more ? { ...inner.bulk, [more]: end } : name !== "list" ? end : async function* () {
    yield await end();
  };
  Object.defineProperty(inner, name, { value: own });
  return inner;
}

Deno.test("layer: verbs and fields are those of the contract", async () => {
  const text = await Deno.readTextFile(new URL("../../drivers/driver.ts", import.meta.url));
  const [, body] = /export interface Driver \{(.*?)\n\}/s.exec(text)!;
  const members = Array.from(
    body!.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:]/gm),
    ([, name]) => name,
  );
  assert.deepEqual(members.sort(), [...FIELDS, ...VERBS, ...OPTIONAL_VERBS, "bulk"].sort());
});
