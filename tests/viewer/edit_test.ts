/**
 * What a page may change where it may: tags, comments, views, and what differs between backends.
 */
import assert from "node:assert/strict";
import {
  createProject,
  getProject,
  listExperiments,
  logExperiment,
  openComposite,
  repair,
  verify,
} from "../../mod.ts";
import type { EditRequest, VerifyAnswer } from "../../viewer/contract.ts";
import { inWords, verifyAnswer } from "../../viewer/server/actions.ts";
import { Site } from "../../viewer/server/site.ts";
import { Sites } from "../../viewer/server/sites.ts";
import { contents, type Faulty, faulty } from "../support/faulty.ts";
import { served } from "./support/serving.ts";
import { makeStore } from "./support/stores.ts";

async function withEdit(
  work: (
    edit: (request: EditRequest | object) => Promise<Response>,
    server: Awaited<ReturnType<typeof served>>,
  ) => Promise<void>,
) {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon, { edit: true });
  await work((request) => server.post("actions/edit", request), server);
}

Deno.test("viewer edit: tags and comments come and go, and show at the next look", () =>
  withEdit(async (edit, server) => {
    const { ids } = await server.runs("iris-demo");
    const [experimentId] = ids;
    const at = async () => {
      const { columns } = await server.runs("iris-demo");
      const of = (name: string) => columns.find((one) => one.name === name)!.values![0] as string[];
      return [...of("tags"), "|", ...of("comments")].filter((one) => !/^(?:child|fold):/.test(one));
    };
    assert.deepEqual(await at(), ["baseline", "|", "The one to beat.", "Seed 42."]);
    const base = { project: "iris-demo", experimentId: experimentId! };
    const steps: EditRequest[] = [
      { ...base, do: "addTags", values: ["a", "b"] },
      { ...base, do: "removeTags", values: ["baseline", "a"] },
      { ...base, do: "addComments", values: ["<b>new</b>"] },
      { ...base, do: "removeComments", values: ["Seed 42."] },
    ];
    for (const step of steps) assert.equal((await edit(step)).status, 200);
    assert.deepEqual(await at(), ["b", "|", "The one to beat.", "<b>new</b>"]);
  }));

Deno.test("viewer edit: views are kept in the store, the newest of a name counts, and they can be deleted", async () => {
  const drivers = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite(drivers);
  const project = await createProject(rubicon, { name: "P" });
  await using server = await served(rubicon, { edit: true });
  const edit = async (request: object) => {
    const response = await server.post("actions/edit", { project: "p", ...request });
    assert.equal(response.status, 200, await response.text());
  };
  await edit({ do: "saveView", name: "Best <b>", hash: "#/p?sort=acc" });
  await edit({ do: "saveView", name: "all", hash: "#/p" });
  await edit({ do: "saveView", name: "Best <b>", hash: "#/p?sort=loss" });
  const views = async () => (await server.index("p")).views;
  assert.deepEqual(await views(), [
    { project: "p", name: "Best <b>", hash: "#/p?sort=loss" },
    { project: "p", name: "all", hash: "#/p" },
  ]);
  const keys = Object.keys(await contents(drivers[0]!)).filter((key) => key.includes("view_"));
  assert.equal(keys.length, 2, "what counts no more is cleared away");
  assert.ok(
    keys.every((key) => key.startsWith("p/view_")),
    "beside the project, where Python does not look",
  );

  // One backend misses a deletion; a repair does not bring the view back.
  drivers[1]!.faults.all = "before";
  await using careless = await openComposite(drivers, { write: "any", onWarning: () => {} });
  await using other = await served(careless, { edit: true });
  const deleted = await other.post("actions/edit", { do: "deleteView", project: "p", name: "all" });
  assert.equal(deleted.status, 200);
  drivers[1]!.faults.all = undefined!;
  await using again = await openComposite(drivers);
  assert.equal((await verify(again)).clean, false);
  await using third = await served(again, { edit: true });
  const mended: VerifyAnswer = await (await third.post("actions/repair", {})).json();
  assert.equal(mended.clean, true);
  assert.deepEqual((await third.index()).views.map(({ name }) => name), ["Best <b>"]);
  await using turned = await openComposite(drivers.toReversed());
  await using fourth = await served(turned);
  assert.deepEqual((await fourth.index()).views.map(({ name }) => name), ["Best <b>"]);
  assert.deepEqual((await verify(again)).foreign, [], "views are part of the store");
  assert.equal((await getProject(again, { name: "P" })).id, project.id);
});

Deno.test("viewer edit: what is no change is refused in words, and changes nothing", () =>
  withEdit(async (edit, server) => {
    const { ids } = await server.runs("iris-demo");
    const base = { project: "iris-demo", experimentId: ids[0] };
    const odd: [unknown, number, RegExp][] = [
      [null, 400, /project must be/],
      [[], 400, /project must be/],
      [{ do: "addTags" }, 400, /project must be/],
      [{ do: "addTags", project: "other", experimentId: ids[0], values: ["x"] }, 404, /no project/],
      [{ ...base, do: "explode", values: ["x"] }, 400, /do must say/],
      [{ ...base, do: "constructor", values: ["x"] }, 400, /do must say/],
      [{ ...base, do: "addTags", experimentId: "../x", values: ["x"] }, 400, /experimentId must/],
      [{ ...base, do: "addTags", experimentId: crypto.randomUUID(), values: ["x"] }, 404, /./],
      [{ ...base, do: "addTags", values: [] }, 400, /values must/],
      [{ ...base, do: "addTags", values: [1] }, 400, /values\[0\] must be text/],
      [{ ...base, do: "addTags", values: "x" }, 400, /values must be a list/],
      [{ ...base, do: "saveView", name: " ", hash: "#" }, 400, /a name must have/],
      [{ ...base, do: "saveView", name: "x", hash: "#".repeat(2_001) }, 400, /2000 characters/],
      [{ ...base, do: "saveView", name: "x", hash: null }, 400, /hash must be text/],
      [{ ...base, do: "saveView", name: "x" }, 400, /hash must be text/],
      ["no json", 400, /no JSON/],
    ];
    const before = await server.index();
    for (const [request, status, words] of odd) {
      const response = await edit(request as object);
      assert.equal(response.status, status, JSON.stringify(request));
      assert.match((await response.json()).error, words);
    }
    const large = await edit({ ...base, do: "addTags", values: ["x".repeat(2 ** 20)] });
    assert.equal(large.status, 413);
    await large.body?.cancel();
    assert.equal((await server.index()).checksum, before.checksum);
  }));

Deno.test("viewer verify: differences are told backend by backend, and repaired where that is allowed", async () => {
  const [first, second] = [faulty("first"), faulty("second")];
  await using rubicon = await openComposite([first, second]);
  const project = await createProject(rubicon, { name: "P" });
  await logExperiment(rubicon, project, { name: "both" });
  await using alone = await openComposite(first);
  const run = await logExperiment(alone, project, { name: "one" });
  await using reader = await served(rubicon);
  const key = `p/experiments/${run.id}/metadata.json`;
  const found: VerifyAnswer = await (await reader.post("actions/verify", {})).json();
  assert.deepEqual(found, {
    clean: false,
    differences: [{ backend: "second", what: key, why: "missing: first has it" }],
    total: 1,
    unable: [],
  });
  assert.equal((await reader.post("actions/repair", {})).status, 403);
  await using editor = await served(rubicon, { edit: true });
  const mended: VerifyAnswer = await (await editor.post("actions/repair", {})).json();
  assert.deepEqual(mended, {
    clean: true,
    differences: [{ backend: "second", what: key, why: "copied from first" }],
    total: 1,
    unable: [],
  });
  assert.equal((await listExperiments(rubicon, project)).length, 2);
});

Deno.test("viewer verify: a backend that is down is told, and the others are compared without it", async () => {
  const drivers = [faulty("first"), faulty("second"), faulty("third")];
  const [first, , third] = drivers as [Faulty, Faulty, Faulty];
  await using rubicon = await openComposite(drivers);
  const project = await createProject(rubicon, { name: "P" });
  await using alone = await openComposite(third);
  const run = await logExperiment(alone, project, { name: "one" });
  await using server = await served(rubicon);
  first.faults.list = "before";
  const verified = async (): Promise<VerifyAnswer> =>
    await (await server.post("actions/verify", {})).json();
  const { unable, ...rest } = await verified();
  assert.deepEqual(unable.map(({ backend }) => backend), ["first"]);
  assert.match(unable[0]!.why, /first: list is out of order/);
  const key = `p/experiments/${run.id}/metadata.json`;
  assert.deepEqual(rest, {
    clean: false,
    differences: [{ backend: "second", what: key, why: "missing: third has it" }],
    total: 1,
  });
  await using others = await openComposite(drivers.slice(1));
  await repair(others);
  const { clean, total } = await verified();
  assert.deepEqual([clean, total], [false, 0], "not all of it is known");
  for (const { faults } of drivers) faults.list = "before";
  const failed = await server.post("actions/verify", {});
  assert.equal(failed.status, 503);
  assert.match((await failed.json()).error, /first: list is out of order/);
});

Deno.test("viewer verify: of several stores one that is down does not hide the others", async () => {
  const drivers = [faulty("here"), faulty("there")];
  const [here, there] = drivers as [Faulty, Faulty];
  await using one = await openComposite(here);
  await using other = await openComposite(there);
  await createProject(one, { name: "P" });
  const options = { title: "Test", live: true, edit: false };
  const stores = new Sites([new Site(one, options), new Site(other, options)], [], []);
  assert.deepEqual(await verifyAnswer(stores), {
    ...{ clean: true, differences: [], total: 0, unable: [] },
  });
  there.faults.list = "before";
  const { unable, ...rest } = await verifyAnswer(stores);
  assert.deepEqual(rest, { clean: false, differences: [], total: 0 });
  assert.deepEqual(unable.map(({ backend }) => backend), ["there"]);
  here.faults.list = "before";
  await assert.rejects(() => verifyAnswer(stores), /list is out of order/);
});

Deno.test("viewer verify: each kind of difference has words for each backend", () => {
  const words = (difference: Parameters<typeof inWords>[0]) =>
    inWords(difference).map(({ backend, why }) => `${backend}: ${why}`);
  const key = "k";
  assert.deepEqual(
    words({ key, kind: "missing", has: [["a", "b"]], lacks: ["c"], damaged: ["b"] }),
    [
      "b: damaged: the bytes are not those that were stored",
      "c: missing: a has it",
    ],
  );
  assert.deepEqual(words({ key, kind: "deleted", has: [["a"]], lacks: ["b"] }), [
    "a: still there, though it was deleted on purpose",
  ]);
  assert.deepEqual(words({ key, kind: "damaged", has: [["a"]], lacks: ["b"], damaged: ["a"] }), [
    "a: damaged: the bytes are not those that were stored",
    "b: missing, and what others have is damaged",
  ]);
  assert.deepEqual(words({ key, kind: "conflict", has: [["a"], ["b", "c"]], lacks: ["d"] }), [
    "a: different content: version 1 of 2",
    "b: different content: version 2 of 2",
    "c: different content: version 2 of 2",
    "d: missing, and others have different contents",
  ]);
});
