/**
 * Whatever system call fails, and wherever the process is stopped: readers see old bytes or new ones, nothing that was
 * acknowledged is lost, nothing staged stays for good, and no file stays open.
 */
import fc from "npm:fast-check@4.10.2";
import assert from "node:assert/strict";
import type { Driver, Source } from "../../drivers/driver.ts";
import { openFilesystem } from "../../drivers/filesystem.ts";
import { guard } from "../../drivers/guard.ts";
import { hasCode, RubiconException } from "../../errors.ts";
import { type SystemFault, systemFaults } from "../support/system_faults.ts";
import { inTurn, stagedIn } from "../support/folders.ts";

const SEQUENCES = Deno.env.get("CI") === "true" ? 10_000 : 2_000;
const FOLDERS = ["p/e/1", "p/e/2", "p/e/2/m", "p"];
const NAMES = ["a.json", "b.json"];

type Verb = "put" | "create" | "stream" | "tree" | "delete" | "get" | "list" | "times";
interface Step {
  verb: Verb;
  folder: string;
  name: string;
}
/** A fault, and how many calls pass before it. A stop lets no call through any more. */
interface Planned {
  pass: number;
  fault: SystemFault | "stop";
}

const step = fc.record({
  verb: fc.constantFrom<Verb>(
    "put",
    "create",
    "create",
    "stream",
    "tree",
    "delete",
    "get",
    "list",
    "times",
  ),
  folder: fc.constantFrom(...FOLDERS),
  name: fc.constantFrom(...NAMES),
});
const fault = fc.record<SystemFault>({
  code: fc.constantFrom("EIO", "ENOSPC", "EACCES", "EMFILE", "ESTALE", "EINTR"),
  when: fc.constantFrom("before", "after", "short"),
});
const planned: fc.Arbitrary<Planned> = fc.record({
  pass: fc.nat(25),
  fault: fc.oneof({ weight: 8, arbitrary: fault }, { weight: 1, arbitrary: fc.constant("stop") }),
});

/** What may be there by each key: texts, or nothing. */
type Possible = Map<string, Set<string | undefined>>;

class Run {
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
  by(driver: Driver): Run {
    const next = new Run(driver);
    for (const [key, all] of this.possible) next.possible.set(key, all);
    return next;
  }
}

/** Errors of this module are what faults may come out as. Anything else is a mistake. */
function expected(error: unknown): void {
  if (!(error instanceof RubiconException)) throw error;
  assert.ok(error.backend, error.message);
}

async function sequence(batches: Step[][], plan: Planned[], rootDir: string): Promise<void> {
  const open = () => guard(openFilesystem({ persistence: "filesystem", rootDir }));
  let [at, passed, removals] = [0, 0, 0];
  let isStopped = false;
  const decide = (call: string, path: string): SystemFault | undefined => {
    const next = plan[at];
    if (isStopped) return { code: "EIO", when: "before" };
    if (!next || passed++ < next.pass) return;
    at++;
    passed = 0;
    // A claim that was made although the call says that it was not may be another's.
    const isClaim = call === "openSync" && path.endsWith("-8000-000000000000");
    if (/^(remove|rmdir)/.test(call) || isClaim || next.fault === "stop") removals++;
    if (next.fault !== "stop") return next.fault;
    isStopped = true;
    return { code: "EIO", when: "before" };
  };
  const run = new Run(open());
  {
    using faults = systemFaults(decide);
    for (const batch of batches) {
      if (isStopped) break;
      await Promise.all(batch.map((step) => run.take(step)));
    }
    assert.equal(faults.openFiles, 0, "files are left open");
  }
  const later = run.by(open());
  await later.check();
  const staged = stagedIn(rootDir);
  assert.ok(removals > 0 || staged.length === 0, `${staged} was left without a reason`);
  const old = new Date(Date.now() - 2 * 3_600_000);
  for (const path of staged) Deno.utimeSync(path, old, old);
  await later.check();
  assert.deepEqual(stagedIn(rootDir), [], "staged files stay");
  for (const { folder, name } of batches.flat()) {
    await later.take({ verb: "put", folder, name });
  }
  await later.check();
}

Deno.test(`filesystem: ${SEQUENCES} sequences of writes survive any system call's failure`, () =>
  inTurn(async (fresh) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 8 }),
        fc.array(planned, { maxLength: 6 }),
        (batches, plan) => sequence(batches, plan, fresh()),
      ),
      { numRuns: SEQUENCES },
    );
  }));
