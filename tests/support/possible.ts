/**
 * What may be in a store whose writes may fail half-way: a model that holds every state that is allowed.
 */
import assert from "node:assert/strict";
import type { Driver, Source } from "../../drivers/driver.ts";
import { hasCode, RubiconException } from "../../errors.ts";

/** The folders of all keys. */
export const FOLDERS = ["p/e/1", "p/e/2", "p/e/2/m", "p"];
/** The names of all keys. */
export const NAMES = ["a.json", "b.json"];

/** What a step does. */
export type Verb = "put" | "create" | "stream" | "tree" | "delete" | "get" | "list" | "times";
/** One step, on one key or all. */
export interface Step {
  verb: Verb;
  folder: string;
  name: string;
}
/** What may be there by each key: texts, or nothing. */
type Possible = Map<string, Set<string | undefined>>;

/** Verbs of a driver that may fail at any moment, and what may be there after each. */
export class PossibleRun {
  readonly possible: Possible = new Map();
  /** Steps that are under way together are not of one key, but for reads. */
  private underWay = new Set<string>();
  private writes = 0;
  constructor(private readonly driver: Driver) {}

  /** What may be there by a key. */
  at(key: string): Set<string | undefined> {
    const found = this.possible.get(key) ?? new Set([undefined]);
    this.possible.set(key, found);
    return found;
  }

  /** Bytes are of different lengths, so that half of one is not another, and some need several writes. */
  private text(key: string): string {
    const write = ++this.writes;
    return `${key} ${write} ${"x".repeat(write % 7 * 50)} end`;
  }

  /** Writes what may be there during the write, and is there alone after it. */
  private async write(keys: string[], text: string, work: () => Promise<boolean>): Promise<void> {
    if (keys.some((key) => this.underWay.has(key))) return;
    for (const key of keys) this.underWay.add(key);
    for (const key of keys) this.at(key).add(text);
    const done = await work().catch(expected);
    if (done === true) { for (const key of keys) this.possible.set(key, new Set([text])); }
    for (const key of keys) this.underWay.delete(key);
  }

  async take({ verb, folder, name }: Step): Promise<void> {
    const { driver } = this;
    const key = `${folder}/${name}`;
    const text = this.text(key);
    const bytes = new TextEncoder().encode(text);
    const put = (source: Source, ifAbsent: boolean) => async () => {
      await driver.put(key, source, { ifAbsent });
      return true;
    };
    if (verb === "put") await this.write([key], text, put(bytes, false));
    if (verb === "stream") {
      await this.write(
        [key],
        text,
        put(() => new Blob([bytes]).stream(), false),
      );
    }
    if (verb === "create") {
      const before = new Set(this.at(key));
      await this.write([key], text, async () => {
        await put(bytes, true)();
        assert.ok(before.has(undefined), `${key} was created, and there already`);
        return true;
      });
    }
    if (verb === "tree") {
      const tree = NAMES.map((name) => [name, bytes] as const);
      const keys = NAMES.map((name) => `${folder}/${name}`);
      await this.write(keys, text, () => driver.putTree!(folder, tree));
    }
    if (verb === "delete" && !this.underWay.has(key)) {
      this.underWay.add(key);
      this.at(key).add(undefined);
      const done = await driver.delete(key).then(() => true, expected);
      if (done === true) this.possible.set(key, new Set([undefined]));
      this.underWay.delete(key);
    }
    if (verb === "get") await this.read(key).catch(expected);
    if (verb === "list") await this.list().catch(expected);
    if (verb === "times") await driver.stamps!(FOLDERS).catch(expected);
  }

  /** What is read was there before the read, or came meanwhile. */
  private async read(key: string): Promise<void> {
    const before = new Set(this.at(key));
    const seen = await this.driver.get(key).then(
      ({ bytes }) => new TextDecoder().decode(bytes),
      (error) => {
        if (hasCode(error, "not-found")) return undefined;
        throw error;
      },
    );
    const allowed = before.union(this.at(key));
    assert.ok(allowed.has(seen), `${key} has ${seen}, not ${[...allowed].join(" or ")}`);
  }

  private async list(): Promise<void> {
    const before = new Map([...this.possible].map(([key, all]) => [key, new Set(all)]));
    const keys = new Set<string>();
    for await (const { key } of this.driver.list("")) keys.add(key);
    for (const key of new Set([...keys, ...this.possible.keys()])) {
      const allowed = (before.get(key) ?? new Set([undefined])).union(this.at(key));
      if (keys.has(key)) assert.ok([...allowed].some((text) => text !== undefined), `${key} shows`);
      else assert.ok(allowed.has(undefined), `${key} does not show`);
    }
  }

  /** Everything, by a process that comes later. */
  async check(): Promise<void> {
    await this.list();
    for (const key of this.possible.keys()) await this.read(key);
  }

  /** Goes on as another process. */
  by(driver: Driver): PossibleRun {
    const next = new PossibleRun(driver);
    for (const [key, all] of this.possible) next.possible.set(key, all);
    return next;
  }
}

/** Errors of this module are what faults may come out as. Anything else is a mistake. */
function expected(error: unknown): void {
  if (!(error instanceof RubiconException)) throw error;
  assert.ok(error.backend, error.message);
}
