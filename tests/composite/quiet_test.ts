// deno-lint-ignore-file no-console -- what nobody takes goes there.
/** What a composite says, and what it must not keep quiet. */
import assert from "node:assert/strict";
import {
  createProject,
  flush,
  hasCode,
  logExperiment,
  logMetric,
  openComposite,
  type Receipt,
  RubiconException,
  status,
} from "../../mod.ts";
import { openBackend } from "../../composite/backend.ts";
import { DEFAULTS } from "../../composite/options.ts";
import { contents, faulty, refused } from "../support/faulty.ts";
import { FakeTime } from "../support/fake_time.ts";

/** A list of warnings, and what fills it. */
function listening() {
  const warnings: string[] = [];
  return { warnings, onWarning: (message: string) => void warnings.push(message) };
}

for (const how of ["close", "await using"] as const) {
  Deno.test(`close: ${how} says which backends missed what, and what to do`, async () => {
    const [a, b] = [faulty("a"), faulty("b")];
    const { warnings, onWarning } = listening();
    b.faults = { all: "before" };
    {
      await using rubicon = await openComposite([a, b], { write: "any", onWarning });
      const project = await createProject(rubicon, { name: "p" });
      for (const name of ["x", "y", "z"]) await logExperiment(rubicon, project, { name });
      if (how === "close") await rubicon.close();
    }
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0]!,
      /^b: 4 writes are missing there: project "p", experiment .*, … \(.*\)/,
    );
    assert.match(warnings[0]!, /Run repair\(\) when it can be written to\.$/);
  });
}

Deno.test("close: says nothing if every backend has all", async () => {
  const { warnings, onWarning } = listening();
  {
    await using rubicon = await openComposite([faulty(), faulty()], { write: "any", onWarning });
    await createProject(rubicon, { name: "p" });
  }
  assert.deepEqual(warnings, []);
});

Deno.test("close: waits for a call that nobody awaited, and says nothing of it", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  a.faults = b.faults = { put: { late: 5 } };
  const { warnings, onWarning } = listening();
  let logged: Promise<unknown>;
  {
    await using rubicon = await openComposite([a, b], { write: "any", onWarning });
    const project = await createProject(rubicon, { name: "p" });
    logged = logExperiment(rubicon, project, { metrics: { m: 1 } });
  }
  await logged;
  assert.deepEqual(warnings, []);
  assert.deepEqual(await contents(a), await contents(b));
});

Deno.test("receipts: those that were handed out never change", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite([a, b], { write: "any" });
  b.faults = { put: { late: 5 } };
  let receipts: readonly Receipt[] = [];
  await createProject(rubicon, { name: "p" });
  const project = await createProject(rubicon, { name: "q", onReceipts: (all) => receipts = all });
  const before = structuredClone(receipts);
  assert.ok(project.id);
  await flush(rubicon);
  assert.deepEqual(receipts, before);
  assert.ok(Object.isFrozen(receipts) && receipts.every((one) => Object.isFrozen(one)));
});

Deno.test("errors: one of another copy of this module keeps its code", async () => {
  const copy: typeof import("../../errors.ts") = await import("../../errors.ts?copy");
  assert.notEqual(copy.RubiconException, RubiconException);
  const driver = faulty("a");
  driver.put = () => Promise.reject(new copy.RubiconException("permission-denied", "read-only"));
  await using rubicon = await openComposite(driver);
  const error = await refused(() => createProject(rubicon, { name: "p" }));
  assert.equal(error.code, "permission-denied");
  assert.ok(hasCode(new copy.RubiconException("not-found", "x"), "not-found"));
});

Deno.test("putTree: an experiment appears at once in a folder, whatever the others can do", async () => {
  const folder = faulty("folder");
  const trees: string[][] = [];
  folder.putTree = async (path, objects) => {
    trees.push(objects.map(([key]) => key));
    for (const [key, bytes] of objects) await folder.put(`${path}/${key}`, bytes);
    return true;
  };
  const other = faulty("other");
  await using rubicon = await openComposite([folder, other]);
  const project = await createProject(rubicon, { name: "p" });
  await logExperiment(rubicon, project, { metrics: { m: 1 }, parameters: { q: 2 } });
  assert.deepEqual(trees, [[
    "metadata.json",
    "parameters/q/metadata.json",
    "metrics/m/metadata.json",
  ]]);
  assert.deepEqual(await contents(folder), await contents(other));
});

Deno.test("write: the exception names the metric that failed, of an experiment's many", async () => {
  const driver = faulty("a");
  const put = driver.put;
  driver.put = (key, ...rest) =>
    key.includes("/metrics/loss/")
      ? Promise.reject(new RubiconException("unavailable", "a: out of order"))
      : put(key, ...rest);
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  const error = await refused(() =>
    logExperiment(rubicon, project, { metrics: { accuracy: 1, loss: 2 } })
  );
  assert.match(error.message, /a: failed: metric "loss": out of order/);
});

Deno.test("callbacks: an onReceipts that throws does not undo a write, and is told of", async () => {
  const { warnings, onWarning } = listening();
  await using rubicon = await openComposite(faulty(), { onWarning });
  const project = await createProject(rubicon, {
    name: "p",
    onReceipts() {
      throw new Error("a mistake");
    },
  });
  assert.equal(project.name, "p");
  assert.deepEqual(warnings, ['project "p": onReceipts threw, after all was done.']);
});

Deno.test("callbacks: an onWarning that throws does not end the outbox", async () => {
  const [front, back] = [faulty("front"), faulty("back")];
  const put = back.put;
  let odd = false;
  back.put = (...args) => {
    if (odd) throw new RubiconException("invalid-key", "no such key");
    return put(...args);
  };
  const warn = console.warn;
  let told = 0;
  console.warn = () => void told++;
  try {
    await using rubicon = await openComposite([front, { driver: back, mode: "background" }], {
      onWarning() {
        throw new Error("a mistake");
      },
    });
    const project = await createProject(rubicon, { name: "p" });
    await flush(rubicon);
    odd = true;
    const experiment = await logExperiment(rubicon, project);
    while (told === 0) await flush(rubicon, { timeoutMs: 20 });
    odd = false;
    await logMetric(rubicon, experiment, { name: "m", value: 1 });
    await flush(rubicon, { timeoutMs: 500 });
  } finally {
    console.warn = warn;
  }
  assert.ok(told > 0);
  assert.ok(Object.keys(await contents(back)).some((key) => key.includes("/metrics/m/")));
});

Deno.test("event loop: others get a turn while writes that never wait go on", async () => {
  await using rubicon = await openComposite(faulty());
  const project = await createProject(rubicon, { name: "p" });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  for (let at = 0; turns < 2; at++) {
    assert.ok(at < 100_000, "a timer never had its turn");
    await logExperiment(rubicon, project);
  }
  clearInterval(timer);
});

Deno.test("back-pressure: writes wait once very many are under way in a slow backend", async () => {
  const [fast, slow] = [faulty("fast"), faulty("slow")];
  let most = 0;
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  slow.put = async () => {
    await gate;
    return { size: 1 };
  };
  slow.stat = () => Promise.resolve({ size: 1, lastModified: new Date() });
  await using rubicon = await openComposite([fast, slow], { write: "any" });
  const project = await createProject(rubicon, { name: "p", write: "any" });
  let done = 0;
  const all = (async () => {
    for (let at = 0; at < 1_500; at++) {
      await logExperiment(rubicon, project);
      most = Math.max(most, status(rubicon)[1]!.pending);
      done++;
    }
  })();
  while (most < 1_000) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(done <= 1_000);
  open();
  await all;
  assert.ok(most <= 1_001);
  assert.equal(status(rubicon)[1]!.missed, 0);
});

Deno.test("outbox: its pauses do not hold a process that has nothing else to do", async () => {
  const [front, back] = [faulty("front"), faulty("back")];
  back.faults = { all: "before" };
  using time = new FakeTime();
  const rubicon = await openComposite([front, { driver: back, mode: "background" }], {
    onWarning() {},
  });
  const project = createProject(rubicon, { name: "p" });
  await time.tick(0);
  await project;
  assert.equal(time.timers, 1);
  assert.equal(time.unreferenced.size, 1);
  await rubicon.close();
});

Deno.test("backends: a driver of one's own takes label, timeoutMs and mode beside it", async () => {
  const [front, back] = [faulty("front"), faulty("back")];
  await using rubicon = await openComposite([
    { driver: front, label: "mine", timeoutMs: 100 },
    { driver: back, mode: "background" },
  ]);
  assert.deepEqual(status(rubicon).map(({ backend, mode }) => [backend, mode]), [
    ["mine", "sync"],
    ["back", "background"],
  ]);
  const odd = await refused(() =>
    openBackend({ driver: front, rootDir: "x" } as never, DEFAULTS, [])
  );
  assert.match(odd.message, /not "rootDir": pass that to the driver/);
});

Deno.test("options: a name that is almost right is told which one was meant", async () => {
  const one = await refused(() => openComposite(faulty(), { timeoutMS: 1 } as never));
  assert.match(one.message, /"timeoutMS" here \(did you mean "timeoutMs"\?\)/);
  const config = { persistence: "memory", rootdir: "x" };
  const two = await refused(() =>
    // @ts-expect-error -- the compiler knows the option, too.
    openComposite({ persistence: "filesystem", rootDir: "x", durabel: true })
  );
  assert.match(two.message, /did you mean "durable"\?/);
  const three = await refused(() => openComposite(config));
  assert.match(three.message, /did you mean "rootDir"\?/);
});
