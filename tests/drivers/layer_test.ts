/** Layers keep every verb and every field of the driver below them. */
import assert from "node:assert/strict";
import { stack } from "../../composite/backend.ts";
import { breaker, Health } from "../../composite/layers/breaker.ts";
import { bound } from "../../composite/layers/bound.ts";
import { bundle } from "../../composite/layers/bundle.ts";
import { cache } from "../../composite/layers/cache.ts";
import { limit } from "../../composite/layers/limit.ts";
import { present } from "../../composite/layers/present.ts";
import type { Backend } from "../../composite/plan.ts";
import type { Driver } from "../../drivers/driver.ts";
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

Deno.test("layer: verbs and fields are those of the contract", async () => {
  const text = await Deno.readTextFile(new URL("../../drivers/driver.ts", import.meta.url));
  const [, body] = /export interface Driver \{(.*?)\n\}/s.exec(text)!;
  const members = Array.from(
    body!.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:]/gm),
    ([, name]) => name,
  );
  assert.deepEqual(members.sort(), [...FIELDS, ...VERBS, ...OPTIONAL_VERBS, "bulk"].sort());
});
