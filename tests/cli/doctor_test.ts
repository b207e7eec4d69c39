/** `rubicon doctor`: what it finds out about stores that are well, and those that are not. */
import assert from "node:assert/strict";
import { fakeS3 } from "../support/fake_s3.ts";
import { serveFake } from "../support/on_fake.ts";
import { makeStore, rubicon } from "../support/cli.ts";

interface Check {
  store: string;
  check: string;
  result: string;
  detail: string;
  todo?: string;
}

const KEYS = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };

async function doctor(args: string[], allow?: string[]) {
  const { code, out, err } = await rubicon(["doctor", "--json", ...args], {
    ...{ env: KEYS, ...(allow && { allow }) },
  });
  assert.ok(out !== "", err);
  const checks: Check[] = JSON.parse(out).checks;
  return { code, checks, of: (name: string) => checks.filter(({ check }) => check === name) };
}

Deno.test("cli doctor: folders that are well, on one disk, and nothing of it stays", async () => {
  await using store = await makeStore();
  const [found, readOnly, text] = await Promise.all([
    doctor(store.roots),
    doctor(["--read-only", ...store.roots]),
    rubicon(["doctor", ...store.roots]),
  ]);
  assert.equal(found.code, 0);
  const names = ["read", "write", "create once", "checksums", "clock", "folder times", "delete"];
  assert.deepEqual(found.checks.map(({ check }) => check), [...names, ...names, "copies"]);
  for (const { check, result } of found.checks) {
    assert.equal(result, check === "copies" ? "warning" : "ok", check);
  }
  assert.match(found.of("copies")[0]!.detail, /2 stores on one disk/);
  assert.deepEqual(readOnly.of("write").map(({ result }) => result), ["skipped", "skipped"]);
  assert.match(text.out, /^What to do:\n- all, copies: Put one of them on another disk/m);
  const left = [...Deno.readDirSync(`${store.folder}/a`)].map(({ name }) => name);
  assert.deepEqual(left.filter((name) => !/^(?:iris|prfung|prüfung)/.test(name)), []);
});

Deno.test("cli doctor: a bucket that does not honour If-None-Match is found out", async () => {
  const [good, careless, skewed] = [fakeS3(), fakeS3(), fakeS3()];
  const { transport } = careless;
  careless.transport = (url, request, signal) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers ?? {}).filter(([name]) =>
        name.toLowerCase() !== "if-none-match"
      ),
    );
    return transport(url, { ...request, headers }, signal);
  };
  const skew = skewed.transport;
  skewed.transport = async (url, request, signal) => {
    const answer = await skew(url, request, signal);
    const time = answer.headers.get("last-modified");
    if (time === null) return answer;
    const headers = new Headers(answer.headers);
    headers.set("last-modified", new Date(Date.parse(time) + 3_600_000).toUTCString());
    return new Response(answer.body, { status: answer.status, headers });
  };
  const servers = [good, careless, skewed].map(serveFake);
  try {
    const [well, odd, late] = await Promise.all(
      servers.map(({ endpoint }) =>
        doctor(["--root-dir", "s3://bucket/p", "--endpoint", endpoint])
      ),
    );
    assert.equal(well!.code, 0);
    assert.deepEqual(
      well!.checks.filter(({ result }) => result !== "ok").map(({ check }) => check),
      [
        "copies",
      ],
    );
    assert.match(well!.of("checksums")[0]!.detail, /listings have them/);
    assert.equal(odd!.code, 3);
    const [once] = odd!.of("create once");
    assert.deepEqual([once!.result, /If-None-Match is not honoured/.test(once!.detail)], [
      "failed",
      true,
    ]);
    assert.match(once!.todo!, /Use a store that knows If-None-Match/);
    assert.match(
      late!.of("clock")[0]!.detail,
      /^(?:59 min \d+ s|1 h 0 min) ahead of this machine's$/,
    );
    assert.equal(late!.of("clock")[0]!.result, "failed");
    for (const { objects } of [good, careless, skewed]) assert.equal(objects.size, 0);
  } finally {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  }
});

Deno.test("cli doctor: what lacks is named with the permission or the step that helps", async () => {
  await using store = await makeStore();
  const { folder } = store;
  const root = ["--root-dir", `${folder}/a`];
  const [blind, dumb, gone] = await Promise.all([
    doctor(root, ["--allow-read=/nowhere"]),
    doctor(root, [`--allow-read=${folder}/a`]),
    doctor([
      ...root,
      "--root-dir",
      "s3://bucket/p",
      "--endpoint",
      "http://127.0.0.1:1",
      "--retries",
      "0",
    ]),
  ]);
  assert.equal(blind.code, 3);
  assert.equal(dumb.code, 3);
  const [write] = dumb.of("write");
  assert.equal(write!.result, "failed");
  assert.match(write!.todo!, /--allow-write=/);
  assert.equal(dumb.of("read")[0]!.result, "ok");
  assert.deepEqual(dumb.of("delete").map(({ result }) => result), ["skipped"]);
  assert.equal(gone.code, 3);
  const bucket = gone.checks.filter(({ store }) => store.startsWith("s3:"));
  assert.deepEqual([bucket[0]!.check, bucket[0]!.result], ["read", "failed"]);
  assert.ok(
    gone.checks.filter(({ store }) => store.startsWith("filesystem:")).every(({ result }) =>
      result === "ok"
    ),
  );
});
