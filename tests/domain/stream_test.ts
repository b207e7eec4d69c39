/**
 * Streams of experiments and rows: the same as lists and tables give, in pages that keep nothing, whatever happens between
 * two of them.
 */
import assert from "node:assert/strict";
import type { Driver } from "../../drivers/driver.ts";
import { openFilesystem } from "../../drivers/filesystem.ts";
import {
  addTags,
  type Composite,
  createProject,
  listExperiments,
  logExperiment,
  openComposite,
  type Project,
  streamExperiments,
  streamTable,
  toTable,
} from "../../mod.ts";
import { PAGE } from "../../domain/reading/stream.ts";
import { type Faulty, faulty, refused } from "../support/faulty.ts";
import { inTurn } from "../support/folders.ts";

/** Two pages and a half. */
const COUNT = PAGE * 2.5;

/** Experiments that were created in another order than they are logged in. */
async function logMany(rubicon: Composite, project: Project, count = COUNT): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    const { id } = await logExperiment(rubicon, project, {
      name: `run ${at}`,
      createdAt: new Date(Date.UTC(2026, 0, 1) + at * 7919 % count * 1000).toISOString(),
      tags: at % 3 === 0 ? ["third", `at:${at}`] : [],
      parameters: { at, list: [at] },
      metrics: { accuracy: at / count },
    });
    ids.push(id);
  }
  return ids;
}

async function world(count = COUNT, ...drivers: Driver[]) {
  const warnings: string[] = [];
  const rubicon = await openComposite(drivers.length > 0 ? drivers : faulty(), {
    onWarning: (message) => void warnings.push(message),
    timeoutMs: 5_000,
  });
  const project = await createProject(rubicon, { name: "p" });
  return { rubicon, project, warnings, ids: await logMany(rubicon, project, count) };
}

const idsOf = (list: readonly { id?: string }[]) => list.map(({ id }) => id!);
const sorted = <T extends { id?: string }>(list: readonly T[]) =>
  list.toSorted((a, b) => a.id! < b.id! ? -1 : 1);
const down = (driver: Faulty) => void (driver.faults = { all: "before" });

/** A table's rows as a stream names them. */
function rowsOf({ rows, columns }: Awaited<ReturnType<typeof toTable>>) {
  const prefix = { own: "", parameter: "params.", metric: "metrics." };
  return (rows as unknown as Record<string, unknown>[]).map((row) =>
    Object.fromEntries(
      columns.filter(({ name }) => Object.hasOwn(row, name))
        .map(({ name, kind, label }) => [prefix[kind] + label, row[name]]),
    ) as { id?: string }
  );
}

/** Streams give what lists and tables do. */
async function agrees(rubicon: Composite, project: Project): Promise<void> {
  const all = await listExperiments(rubicon, project);
  assert.ok(all.length > PAGE * 2);
  const streamed = await Array.fromAsync(streamExperiments(rubicon, project));
  assert.deepEqual(sorted(streamed), sorted(all));
  for (const order of ["oldest", "newest"] as const) {
    for (const filter of [{}, { tags: ["third"] }, { limit: PAGE + 3 }, { limit: 0 }]) {
      const expected = await listExperiments(rubicon, project, { ...filter, order });
      const found = await Array.fromAsync(
        streamExperiments(rubicon, project, { ...filter, order }),
      );
      assert.deepEqual(found, expected);
    }
  }
  const table = await toTable(rubicon, project);
  const rows = await Array.fromAsync(streamTable(rubicon, project));
  assert.deepEqual(sorted(rows), sorted(rowsOf(table)));
  for (
    const where of [
      "params.at > 100 and metrics.accuracy < 0.9",
      "tags.has('third') and params.at < 300",
      { "tags.at": { gt: "5" } },
      "name = 'run 7'",
    ]
  ) {
    const expected = rowsOf(await toTable(rubicon, project, { where, orderBy: "createdAt" }));
    const found = await Array.fromAsync(
      streamTable(rubicon, project, { where, orderBy: "createdAt" }),
    );
    assert.ok(expected.length > 0);
    assert.deepEqual(found, expected);
  }
}

Deno.test("Streams give what lists and tables give, in memory", async () => {
  const { rubicon, project } = await world();
  await using _ = rubicon;
  await agrees(rubicon, project);
});

Deno.test("Streams give what lists and tables give, from a folder and merged", () =>
  inTurn(async (fresh) => {
    const rootDir = fresh();
    const folder = openFilesystem({ persistence: "filesystem", rootDir });
    const second = faulty();
    const { rubicon, project } = await world(COUNT - 2, folder, second);
    await using _ = rubicon;
    await agrees(rubicon, project);
    // Each backend has an experiment that the other one lacks.
    for (const backend of [folder, second]) {
      await using one = await openComposite(backend);
      await logExperiment(one, project, { name: "alone" });
    }
    await using both = await openComposite([folder, second], { read: "merge" });
    const merged = await Array.fromAsync(streamExperiments(both, project));
    assert.equal(merged.length, COUNT);
    assert.deepEqual(sorted(merged), sorted(await listExperiments(both, project)));
  }));

Deno.test("A stream reads one page ahead of what is taken, and keeps nothing of it", () =>
  inTurn(async (fresh) => {
    const driver = openFilesystem({ persistence: "filesystem", rootDir: fresh() });
    const read = new Map<string, number>();
    const store: Driver = {
      ...driver,
      bulk: {
        ...driver.bulk!,
        get(keys) {
          // What was made as a second ended is read file by file: it is experiments that are counted.
          for (const id of keys.map((key) => key.split("/")[2]!)) {
            read.set(id, (read.get(id) ?? 0) + 1);
          }
          return driver.bulk!.get(keys);
        },
      },
    };
    const { rubicon, project } = await world(COUNT, store);
    await using _ = rubicon;
    read.clear();
    const stream = streamTable(rubicon, project);
    for (let at = 0; at < PAGE; at++) await stream.next();
    assert.equal(read.size, PAGE);
    await stream.next();
    assert.equal(read.size, PAGE * 2);
    await stream.return();
    assert.equal(read.size, PAGE * 2);
    // As if a minute had passed, a table would be kept: a stream is not.
    const { now } = Date;
    Date.now = () => now() + 60_000;
    try {
      await Array.fromAsync(streamTable(rubicon, project));
      read.clear();
      await Array.fromAsync(streamTable(rubicon, project));
      assert.equal(read.size, COUNT);
    } finally {
      Date.now = now;
    }
  }));

Deno.test("A stream goes on in another backend if one fails in the middle", async (t) => {
  for (const order of [undefined, "oldest", "newest"] as const) {
    await t.step(`order: ${order}`, async () => {
      const [a, b] = [faulty(), faulty()];
      const { rubicon, project, ids, warnings } = await world(COUNT, a, b);
      await using _ = rubicon;
      const found: string[] = [];
      for await (const { id } of streamExperiments(rubicon, project, { order })) {
        found.push(id);
        if (found.length === PAGE) down(a);
      }
      assert.deepEqual(found.toSorted(), ids.toSorted());
      assert.deepEqual(warnings, []);
      a.faults = {};
    });
  }
});

Deno.test("A stream that goes on elsewhere brings what only that backend has", async () => {
  const [a, b] = [faulty(), faulty()];
  const { rubicon, project, ids, warnings } = await world(COUNT, a, b);
  await using _ = rubicon;
  await using onlyA = await openComposite(a);
  await using onlyB = await openComposite(b);
  const one = await logExperiment(onlyA, project, { name: "in a alone" });
  const other = await logExperiment(onlyB, project, { name: "in b alone" });
  const found: string[] = [];
  for await (const { id } of streamExperiments(rubicon, project)) {
    found.push(id);
    if (found.length === PAGE) down(a);
  }
  a.faults = {};
  const lost = found.includes(one.id) ? [] : [one.id];
  assert.deepEqual([...found, ...lost].toSorted(), [...ids, one.id, other.id].toSorted());
  // What was there at the start and cannot be read any more is told of, and never left out in silence.
  assert.equal(warnings.length, lost.length);
  if (lost.length > 0) assert.match(warnings[0]!, /1 that were there.*out of order/);
});

Deno.test("A stream rejects once no backend is able to read", async () => {
  const a = faulty();
  const { rubicon, project } = await world(COUNT, a);
  await using _ = rubicon;
  const stream = streamExperiments(rubicon, project);
  for (let at = 0; at < PAGE; at++) await stream.next();
  down(a);
  assert.equal((await refused(() => stream.next())).code, "unavailable");
  assert.deepEqual(await stream.next(), { done: true, value: undefined });
  a.faults = {};
});

Deno.test("A stream leaves out what is deleted before its turn, and says nothing of it", async () => {
  for (const isFolder of [false, true]) {
    await inTurn(async (fresh) => {
      const rootDir = fresh();
      const a = isFolder ? openFilesystem({ persistence: "filesystem", rootDir }) : faulty();
      const { rubicon, project, ids, warnings } = await world(COUNT, a);
      await using _ = rubicon;
      const found: string[] = [];
      const deleted: string[] = [];
      for await (const { id } of streamTable(rubicon, project)) {
        found.push(id);
        if (found.length !== PAGE) continue;
        deleted.push(...ids.filter((one) => !found.includes(one)).slice(0, 3));
        const keys = deleted.map((id) => a.list(`p/experiments/${id}`));
        for (const list of keys) for await (const { key } of list) await a.delete(key);
      }
      assert.equal(deleted.length, 3);
      assert.deepEqual([...found, ...deleted].toSorted(), ids.toSorted());
      assert.deepEqual(warnings, []);
    });
  }
});

Deno.test("A deletion that one backend knows of holds in a stream, also in the middle", async () => {
  const [a, b] = [faulty(), faulty()];
  const { rubicon, project, ids } = await world(COUNT, a, b);
  await using _ = rubicon;
  const found: string[] = [];
  let deleted: string | undefined;
  for await (const { id } of streamExperiments(rubicon, project)) {
    found.push(id);
    if (found.length !== PAGE) continue;
    deleted = ids.find((one) => !found.includes(one))!;
    await a.put(`p/experiments/deleted_${deleted}.json`, new Uint8Array(2));
    for await (const { key } of a.list(`p/experiments/${deleted}`)) await a.delete(key);
  }
  assert.deepEqual([...found, deleted].toSorted(), ids.toSorted());
});

Deno.test("A stream reads each experiment as it is when its page comes up", async () => {
  const { rubicon, project } = await world(COUNT);
  await using _ = rubicon;
  const all = await listExperiments(rubicon, project);
  let count = 0;
  const late: string[] = [];
  for await (const { id, tags } of streamExperiments(rubicon, project, { order: "oldest" })) {
    if (++count === PAGE) await addTags(rubicon, all[PAGE]!, ["now"]);
    if (tags.includes("now")) late.push(id);
  }
  assert.deepEqual(late, [all[PAGE]!.id]);
});

Deno.test("break ends a stream: nothing more is asked, and close() waits for nothing", async () => {
  const a = faulty();
  const { rubicon, project } = await world(COUNT, a);
  for await (const _ of streamExperiments(rubicon, project)) break;
  const calls = { ...a.calls };
  await rubicon.close();
  assert.deepEqual(a.calls, calls);
  assert.throws(() => streamExperiments(rubicon, project), { code: "closed" });
});

Deno.test("A composite that is closed in the middle ends a stream with `closed`", async () => {
  const { rubicon, project } = await world();
  const stream = streamExperiments(rubicon, project);
  for (let at = 0; at < PAGE; at++) await stream.next();
  await rubicon.close();
  assert.equal((await refused(() => stream.next())).code, "closed");
});

Deno.test("A signal ends a stream with its reason, within a page and before one", async () => {
  const { rubicon, project } = await world();
  await using _ = rubicon;
  for (const last of [3, PAGE]) {
    const controller = new AbortController();
    const reason = new Error("enough");
    let count = 0;
    const work = async () => {
      for await (const _ of streamExperiments(rubicon, project, { signal: controller.signal })) {
        if (++count === last) controller.abort(reason);
      }
    };
    await assert.rejects(work, (error) => error === reason);
    assert.equal(count, last);
  }
});

Deno.test("A stream is sorted by creation alone, and says why", async () => {
  const { rubicon, project } = await world(3);
  await using _ = rubicon;
  const byCreation = await listExperiments(rubicon, project);
  for (
    const [orderBy, expected] of [
      ["createdAt", byCreation],
      [{ createdAt: "desc" }, byCreation.toReversed()],
    ] as const
  ) {
    const found = await Array.fromAsync(streamExperiments(rubicon, project, { orderBy }));
    assert.deepEqual(idsOf(found), idsOf(expected));
  }
  for (
    const [options, message] of [
      [{ orderBy: "metrics.accuracy" }, /all have to be read before the first/],
      [{ orderBy: ["createdAt", "name"] }, /all have to be read before the first/],
      [{ where: "name = 'x' order by name" }, /all have to be read before the first/],
      [{ order: "newest", orderBy: "createdAt" }, /order and orderBy say the same/],
      [{ order: "best" }, /order must be/],
      [{ orderby: "createdAt" }, /no option/],
    ] as const
  ) {
    assert.throws(() => streamExperiments(rubicon, project, options as never), {
      code: "invalid-argument",
      message,
    });
  }
});

Deno.test("A column that no experiment has is an error at the end of a stream", async () => {
  const { rubicon, project } = await world(PAGE + 10);
  await using _ = rubicon;
  const all = (options: Parameters<typeof streamTable>[2]) => () =>
    Array.fromAsync(streamTable(rubicon, project, options!));
  const slip = await refused(all({ where: "metrics.acuracy > 0" }));
  assert.match(
    slip.message,
    /No experiment has metrics\.acuracy\. Did you mean metrics\.accuracy\?/,
  );
  const column = await refused(all({ columns: ["name", "metrics.acuracy"] }));
  assert.match(column.message, /^streamTable: columns: No experiment.*"metrics\.acuracy"/);
  assert.throws(() => streamTable(rubicon, project, { columns: ["accuracy"] }), {
    message: /Write "metrics\.accuracy" or "params\.accuracy"/,
  });
  const rows = await all({ columns: ["metrics.accuracy", "name"], order: "oldest", limit: 1 })();
  assert.deepEqual(rows, [{ "metrics.accuracy": 0, name: "run 0" }]);
});
