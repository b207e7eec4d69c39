import assert from "node:assert/strict";
import { FileStore } from "../../viewer/app/charts/files.ts";
import { markOf } from "../../viewer/app/charts/histories.ts";
import { makeRuns } from "../../viewer/app/data/runs.ts";
import { sweep } from "./support/charts_data.ts";

/** A store whose files come when they are let. */
function gated() {
  const asked: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<string>>();
  let changes = 0;
  const waiting: (() => void)[] = [];
  const store = new FileStore<string>((path) => {
    asked.push(path);
    const gate = Promise.withResolvers<string>();
    gates.set(path, gate);
    return gate.promise;
  }, () => {
    changes++;
    waiting.splice(0).forEach((done) => done());
  });
  return {
    store,
    asked,
    changes: () => changes,
    come: (path: string) => gates.get(path)!.resolve(`of ${path}`),
    fail: (path: string, error: unknown) => gates.get(path)!.reject(error),
    changed: () => new Promise<void>((done) => waiting.push(done)),
    turn: () =>
      new Promise<void>((done) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(done)))),
  };
}

const files = (...paths: string[]) => paths.map((path) => ({ path, mark: "1" }));

Deno.test("FileStore: six files at a time, the next when one is there", async () => {
  const { store, asked, come, turn } = gated();
  store.want(files(..."abcdefgh"));
  assert.equal(asked.join(""), "abcdef");
  assert.equal(store.pending, 8);
  come("b");
  await turn();
  assert.equal(asked.join(""), "abcdefg");
  assert.equal(store.of("b"), "of b");
  store.stop();
});

Deno.test("FileStore: the same mark is read once, another one again, the old kept meanwhile", async () => {
  const { store, asked, come, changed } = gated();
  store.want(files("a"));
  come("a");
  await changed();
  store.want(files("a"));
  assert.equal(asked.length, 1);
  store.want([{ path: "a", mark: "2" }]);
  assert.equal(asked.length, 2);
  assert.equal(store.of("a"), "of a");
  come("a");
  await changed();
});

Deno.test("FileStore: what nobody wants any more is not asked for", async () => {
  const { store, asked, come, turn } = gated();
  store.want(files(..."abcdefgh"));
  store.want(files("h"));
  come("a");
  await turn();
  assert.equal(asked.join(""), "abcdefh");
  store.stop();
});

Deno.test("FileStore: a failure is told with its reason, and read again when asked", async () => {
  const { store, asked, fail, come, changed } = gated();
  store.want(files("a"));
  fail("a", new Error("gone"));
  await changed();
  assert.deepEqual([...store.failed], [["a", "gone"]]);
  store.want(files("a"));
  assert.equal(asked.length, 1);
  store.retry(files("a"));
  assert.equal(asked.length, 2);
  come("a");
  await changed();
  assert.equal(store.failed.size, 0);
  assert.equal(store.of("a"), "of a");
});

Deno.test("markOf: a run is read again if its values changed, a running one with any curve", () => {
  const file = sweep(6);
  const mark = (row: number, curves: string) => markOf(makeRuns(file, () => {}), row, curves);
  const before = [0, 5].map((row) => mark(row, "1"));
  assert.deepEqual([0, 5].map((row) => mark(row, "1")), before);
  assert.equal(mark(0, "2"), before[0]);
  assert.notEqual(mark(5, "2"), before[1]);
  file.columns.find(({ name }) => name === "loss")!.values![0] = 0.123;
  assert.notEqual(mark(0, "1"), before[0]);
});
