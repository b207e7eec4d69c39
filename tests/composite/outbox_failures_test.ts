/**
 * An outbox whose keepers are in trouble, and several processes at one outbox.
 */
import assert from "node:assert/strict";
import {
  createProject,
  deleteArtifact,
  flush,
  logArtifact,
  logExperiment,
  openComposite,
  registerDriver,
  RubiconException,
  status,
} from "../../mod.ts";
import type { BackendConfig, Driver } from "../../mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { contents, type Faulty, faulty } from "../support/faulty.ts";

const drivers = new Map<string, Faulty>();
registerDriver("outbox-trouble", ({ rootDir }): Driver => drivers.get(String(rootDir))!);

/** A faulty driver under a persistence name, since only configurations have a mode. */
function backend(
  mode: "sync" | "background" = "sync",
): { config: BackendConfig<string>; driver: Faulty } {
  const driver = faulty();
  drivers.set(driver.label, driver);
  return { config: { persistence: "outbox-trouble", rootDir: driver.label, mode }, driver };
}

const keys = async (driver: Driver) => Object.keys(await contents(driver));
const entries = async (driver: Driver) =>
  (await keys(driver)).filter((key) => key.startsWith("outbox_"));
const quiet = { onWarning: () => {}, timeoutMs: 500 };

Deno.test("outbox: a keeper that goes away does not keep back what comes after", async () => {
  const [first, second, back] = [backend(), backend(), backend("background")];
  const warnings: string[] = [];
  const rubicon = await openComposite([first.config, second.config, back.config], {
    write: "any",
    onWarning: (message) => warnings.push(message),
  });
  const project = await createProject(rubicon, { name: "p" });
  assert.deepEqual(await flush(rubicon), []);
  back.driver.faults = { all: "before" };
  await logExperiment(rubicon, project);
  first.driver.faults = { all: "before" };
  await logExperiment(rubicon, project);
  back.driver.faults = {};
  assert.deepEqual(await flush(rubicon, { timeoutMs: 5_000 }), []);
  assert.deepEqual(await keys(back.driver), await keys(second.driver));
  assert.match(warnings[0]!, /is done and could not be removed/);
  first.driver.faults = {};
  await rubicon.close();
  await using later = await openComposite([first.config, second.config, back.config], quiet);
  assert.deepEqual(await flush(later, { timeoutMs: 5_000 }), []);
  assert.deepEqual(await entries(first.driver), []);
});

for (const verb of ["stat", "open"] as const) {
  Deno.test(`outbox: where one keeper cannot be read another is (${verb})`, async () => {
    const [first, second, back] = [backend(), backend(), backend("background")];
    await using rubicon = await openComposite([first.config, second.config, back.config], quiet);
    first.driver.faults = { [verb]: "before" };
    await createProject(rubicon, { name: "p" });
    assert.deepEqual(await flush(rubicon, { timeoutMs: 3_000 }), []);
    assert.deepEqual(await keys(back.driver), ["p/metadata.json"]);
  });
}

Deno.test("outbox: another process does not take away the entry of a write under way", async () => {
  const [front, back] = [backend(), backend("background")];
  const { put } = front.driver;
  const slow = Promise.withResolvers<void>();
  front.driver.put = async (key, ...rest) => {
    if (!key.startsWith("outbox_")) await slow.promise;
    return await put(key, ...rest);
  };
  const one = await openComposite([front.config, back.config], quiet);
  const writing = createProject(one, { name: "p" });
  while ((await entries(front.driver)).length === 0) await new Promise((done) => setTimeout(done));
  {
    await using other = await openComposite([front.config, back.config], quiet);
    assert.deepEqual(await flush(other), []);
  }
  back.driver.faults = { all: "before" };
  slow.resolve();
  await writing;
  await one.close(); // As if it were killed: what it knows is gone.
  back.driver.faults = {};
  await using later = await openComposite([front.config, back.config], quiet);
  assert.deepEqual(await flush(later, { timeoutMs: 3_000 }), []);
  assert.deepEqual(await keys(back.driver), ["p/metadata.json"]);
  assert.deepEqual(await entries(front.driver), []);
});

Deno.test("outbox: what is found while something new is replayed is not passed over", async () => {
  const [front, back] = [backend(), backend("background")];
  back.driver.faults = { all: "before" };
  const before = await openComposite([front.config, back.config], quiet);
  await createProject(before, { name: "old" });
  await before.close();
  back.driver.faults = { put: { late: 80 } };
  front.driver.faults = { list: { late: 40 } };
  await using later = await openComposite([front.config, back.config], quiet);
  await createProject(later, { name: "new" });
  assert.deepEqual(await flush(later, { timeoutMs: 5_000 }), []);
  assert.deepEqual(await keys(back.driver), ["new/metadata.json", "old/metadata.json"]);
});

Deno.test("outbox: nobody takes an entry away that is for another backend", async () => {
  const [front, up, away] = [backend(), backend("background"), backend("background")];
  const configs = [front.config, up.config, away.config];
  away.driver.faults = { all: "before" };
  for (const name of ["p", "q"]) {
    await using rubicon = await openComposite(configs, quiet);
    await createProject(rubicon, { name });
    while (status(rubicon)[1]!.pending > 0) await new Promise((done) => setTimeout(done));
  }
  away.driver.faults = {};
  await using later = await openComposite(configs, quiet);
  assert.deepEqual(await flush(later, { timeoutMs: 5_000 }), []);
  assert.deepEqual(await keys(away.driver), ["p/metadata.json", "q/metadata.json"]);
});

Deno.test("outbox: what could not be taken away goes with what is done next", async () => {
  const [front, back] = [backend(), backend("background")];
  const { delete: remove } = front.driver;
  let isStuck = true;
  front.driver.delete = async (key, ...rest) => {
    if (isStuck && key.startsWith("outbox_")) throw new RubiconException("unavailable", "stuck");
    await remove(key, ...rest);
  };
  await using rubicon = await openComposite([front.config, back.config], quiet);
  const project = await createProject(rubicon, { name: "p" });
  assert.deepEqual(await flush(rubicon), []);
  assert.equal((await entries(front.driver)).length, 1);
  isStuck = false;
  await logExperiment(rubicon, project);
  assert.deepEqual(await flush(rubicon), []);
  assert.deepEqual(await entries(front.driver), []);
});

/** A process left an entry, whose backend is well again; and the name of an entry that would come before it. */
async function leftBehind() {
  const [front, back] = [backend(), backend("background")];
  back.driver.faults = { all: "before" };
  const before = await openComposite([front.config, back.config], quiet);
  await createProject(before, { name: "p" });
  await before.close();
  back.driver.faults = {};
  const [kept] = await entries(front.driver);
  return { front, back, odd: kept!.replace(/_\d{17}-/, `_${"0".repeat(17)}-`) };
}

for (const content of ["{", "null", '{"copy":[]}', undefined]) {
  const what = content === undefined ? "vanishes" : `is damaged (${content})`;
  Deno.test(`outbox: an entry that ${what} keeps no other back`, async () => {
    const { front, back, odd } = await leftBehind();
    const { list } = front.driver;
    front.driver.list = async function* (prefix, options) {
      if (prefix === "") yield { key: odd, size: 9, lastModified: new Date(), etag: "x" };
      for await (const entry of list(prefix, options)) if (entry.key !== odd) yield entry;
    };
    if (content !== undefined) await front.driver.put(odd, new TextEncoder().encode(content));
    const warnings: string[] = [];
    await using later = await openComposite([front.config, back.config], {
      onWarning: (message) => warnings.push(message),
    });
    assert.deepEqual(await flush(later, { timeoutMs: 3_000 }), []);
    assert.deepEqual(await keys(back.driver), ["p/metadata.json"]);
    if (content === undefined) assert.deepEqual(warnings, []);
    else assert.match(warnings.join("\n"), /is damaged. Run repair/);
  });
}

for (const content of ['{"copy":[null],"delete":[]}', '{"copy":[{"key":"../x"}],"delete":[]}']) {
  Deno.test(`outbox: an entry that can never be done (${content}) keeps no other back, and stays pending`, async () => {
    const { front, back, odd } = await leftBehind();
    await front.driver.put(odd, new TextEncoder().encode(content));
    const warnings: string[] = [];
    await using later = await openComposite([front.config, back.config], {
      onWarning: (message) => warnings.push(message),
    });
    const left = await flush(later, { timeoutMs: 3_000 });
    assert.deepEqual(left.map(({ pending }) => pending), [1]);
    assert.deepEqual(await keys(back.driver), ["p/metadata.json"]);
    assert.match(warnings[0]!, /is set aside/);
    assert.deepEqual(await entries(front.driver), [odd]);
  });
}

Deno.test("outbox: a keeper that is left alone is not waited for at each write", async () => {
  using time = new FakeTime();
  const [first, second, back] = [backend(), backend(), backend("background")];
  const rubicon = await openComposite([first.config, second.config, back.config], {
    write: "any",
    timeoutMs: 100,
    onWarning() {},
  });
  const project = await createProject(rubicon, { name: "p" });
  first.driver.faults = { all: "hang" };
  while (status(rubicon)[0]!.circuit !== "open") {
    await time.until(logExperiment(rubicon, project));
    await time.tick(100);
  }
  await time.atOnce(logExperiment(rubicon, project));
  first.driver.faults = {};
  await time.until(rubicon.close());
});

Deno.test("outbox: flush of a composite that is closed does not wait for what nobody does", async () => {
  using time = new FakeTime();
  const [front, back] = [backend(), backend("background")];
  back.driver.faults = { all: "before" };
  const rubicon = await openComposite([front.config, back.config], quiet);
  await createProject(rubicon, { name: "p" });
  await time.until(rubicon.close());
  assert.equal((await time.atOnce(flush(rubicon, { timeoutMs: 5_000 })))[0]!.pending, 1);
});

Deno.test("outbox: a later process finds it, however the background folder is spelled or called", async () => {
  const folder = await Deno.makeTempDir();
  const front = { persistence: "filesystem", rootDir: `${folder}/front` };
  const back = { persistence: "filesystem", mode: "background" as const };
  await Deno.writeTextFile(`${folder}/back`, "in the way");
  const before = await openComposite([front, { ...back, rootDir: `${folder}/x/../back` }], quiet);
  await createProject(before, { name: "p" });
  await before.close();
  await Deno.remove(`${folder}/back`);
  {
    const named = { ...back, rootDir: `${folder}/back`, label: "archive" };
    await using later = await openComposite([front, named], quiet);
    assert.deepEqual(await flush(later, { timeoutMs: 3_000 }), []);
  }
  assert.ok((await Deno.stat(`${folder}/back/p/metadata.json`)).isFile);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("outbox: a deletion that another process has just done is done again after what came before it", async () => {
  const [front, missed, back] = [backend(), backend(), backend("background")];
  const configs = [front.config, missed.config, back.config];
  const first = await openComposite(configs, { ...quiet, write: "any" });
  const project = await createProject(first, { name: "p" });
  assert.deepEqual(await flush(first), []);
  back.driver.faults = { all: "before" };
  const artifact = await logArtifact(first, project, { name: "x", data: "data", write: "all" });
  missed.driver.faults = { delete: "before" };
  await deleteArtifact(first, artifact);
  await first.close();
  back.driver.faults = {};
  missed.driver.faults = {};
  const { put } = back.driver;
  back.driver.put = async (key, ...rest) => {
    // The other process is done with both entries while this one is still at the first.
    for (const entry of await entries(front.driver)) await front.driver.delete(entry);
    return await put(key, ...rest);
  };
  await using later = await openComposite(configs, quiet);
  assert.deepEqual(await flush(later, { timeoutMs: 3_000 }), []);
  const shown = (await keys(back.driver)).filter((key) =>
    key.endsWith(`${artifact.id}/metadata.json`)
  );
  assert.deepEqual(shown, []);
});

Deno.test("outbox: what is in the way in the background is told of, and what comes after is brought", async () => {
  const [front, back] = [backend(), backend("background")];
  await back.driver.put("p/metadata.json", new TextEncoder().encode("somebody else's"));
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  await using rubicon = await openComposite([front.config, back.config], { onWarning });
  const project = await createProject(rubicon, { name: "p" });
  await logExperiment(rubicon, project);
  assert.deepEqual(await flush(rubicon, { timeoutMs: 3_000 }), []);
  assert.match(warnings.join(), /p\/metadata\.json already exists with different content/);
  assert.equal((await keys(back.driver)).length, 2);
});

for (const isGone of [true, false]) {
  const what = isGone ? "is gone is done already" : "cannot be looked for is done";
  Deno.test(`outbox: an entry of an earlier process that ${what}`, async () => {
    const [front, back] = [backend(), backend("background")];
    back.driver.faults = { all: "before" };
    const first = await openComposite([front.config, back.config], quiet);
    await createProject(first, { name: "p" });
    await first.close();
    back.driver.faults = {};
    const [entry] = await entries(front.driver);
    const { stat } = front.driver;
    front.driver.stat = async (key, options) => {
      if (key !== entry) return await stat(key, options);
      throw new RubiconException(isGone ? "not-found" : "unavailable", `${key} is not there`);
    };
    await using later = await openComposite([front.config, back.config], quiet);
    assert.deepEqual(await flush(later, { timeoutMs: 3_000 }), []);
    assert.deepEqual(await keys(back.driver), isGone ? [] : ["p/metadata.json"]);
  });
}
