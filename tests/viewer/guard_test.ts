// deno-lint-ignore-file no-console -- what is logged is looked at.
/**
 * Who the viewer's server lets in, and what its answers may do in a browser.
 */
import assert from "node:assert/strict";
import {
  createProject,
  listArtifacts,
  listExperiments,
  listProjects,
  logArtifact,
  openComposite,
} from "../../mod.ts";
import type { RunFile } from "../../viewer/contract.ts";
import { pageOf } from "../../viewer/page.ts";
import { isOwnHost, isSame } from "../../viewer/server/guard.ts";
import { APP, raw, served } from "./support/serving.ts";
import { LIARS } from "./support/hostile.ts";
import { inMemory, makeStore } from "./support/stores.ts";
import { elementsOfHtml } from "../support/markup.ts";

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

Deno.test("viewer guard: a name that is not the server's own is refused (DNS rebinding)", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon, { hosts: ["notebook.example"] });
  const { port } = server.viewer;
  const ask = (host: string) => raw(port, ["GET /index.json HTTP/1.1", `Host: ${host}`]);
  for (
    const host of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1.evil.example",
      "localhost.",
      "10.0.0.1",
      "2130706433",
      "",
    ]
  ) {
    const answer = await ask(host);
    assert.ok([400, 421].includes(statusOf(answer)), `${host}: ${answer}`);
    assert.doesNotMatch(answer, /Iris/);
  }
  for (
    const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `LOCALHOST`,
      "[::1]:80",
      `notebook.example:${port}`,
    ]
  ) {
    assert.equal(statusOf(await ask(host)), 200, host);
  }
});

Deno.test("viewer guard: names are compared as a whole", () => {
  const access = { hosts: ["mine.example"], isOpen: false, token: undefined, pageToken: "" };
  assert.ok(isOwnHost("mine.example:80", access) && isOwnHost("Mine.Example", access));
  for (
    const host of ["xmine.example", "mine.example.x", "mine.example@evil", "192.168.1.5", null]
  ) {
    assert.equal(isOwnHost(host, access), false, String(host));
  }
  assert.ok(
    isOwnHost("192.168.1.5:8000", { ...access, isOpen: true }),
    "no name server answers for numbers",
  );
  assert.ok(isOwnHost("[fe80::1]:8000", { ...access, isOpen: true }));
  assert.equal(isOwnHost("other.example", { ...access, isOpen: true }), false);
});

Deno.test("viewer guard: pages of other sites get nothing, and no leave to ask", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon);
  for (const site of ["cross-site", "same-site"]) {
    for (const mode of ["no-cors", "cors"]) {
      const headers = {
        "sec-fetch-site": site,
        "sec-fetch-mode": mode,
        origin: "https://evil.example",
      };
      const response = await server.get("index.json", headers);
      assert.equal(response.status, 403);
      assert.doesNotMatch(await response.text(), /Iris/);
    }
  }
  const framed = {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "iframe",
  };
  assert.equal((await server.get("", framed)).status, 403);
  const visit = { ...framed, "sec-fetch-dest": "document" };
  const page = await server.get("", visit);
  assert.equal(page.status, 200, "a link from elsewhere opens it");
  const own = await server.get("index.json", {
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "cors",
  });
  assert.equal(own.status, 200);
  for (const response of [page, own]) {
    for (const [name] of response.headers) assert.doesNotMatch(name, /^access-control-/);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
  }
  const preflight = await raw(server.viewer.port, [
    ...["OPTIONS /actions/edit HTTP/1.1", "Host: localhost", "Origin: https://evil.example"],
    "Access-Control-Request-Method: POST",
  ]);
  assert.equal(statusOf(preflight), 405);
  assert.doesNotMatch(preflight, /access-control/i);
});

Deno.test("viewer guard: a post needs the page's token, its origin and JSON", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon, { edit: true });
  const [project] = await listProjects(rubicon);
  const [run] = await listExperiments(rubicon, project!);
  const change = {
    do: "addTags",
    project: "iris-demo",
    experimentId: run!.id,
    values: ["changed"],
  };
  const port = server.viewer.port;
  const refused: [Record<string, string>, number][] = [
    [{ "x-rubicon-token": "" }, 403],
    [{ "x-rubicon-token": "0".repeat(48) }, 403],
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: `http://127.0.0.1:${port + 1}` }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "content-type": "text/plain" }, 415],
    [{ "content-type": "application/x-www-form-urlencoded" }, 415],
  ];
  for (const [headers, status] of refused) {
    const response = await server.post("actions/edit", change, headers);
    assert.equal(response.status, status, JSON.stringify(headers));
    await response.body?.cancel();
  }
  const tagsNow = async () => (await listExperiments(rubicon, project!))[0]!.tags;
  assert.ok(!(await tagsNow()).includes("changed"));
  const own = { origin: `http://127.0.0.1:${port}`, "sec-fetch-site": "same-origin" };
  const done = await server.post("actions/edit", change, own);
  assert.deepEqual([done.status, await done.json()], [200, {}]);
  assert.ok((await tagsNow()).includes("changed"));
});

Deno.test("viewer guard: without edit nothing is written, whatever is sent", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon);
  for (const path of ["actions/edit", "actions/repair", "index.json", "constructor", "toString"]) {
    const response = await server.post(path, {
      do: "saveView",
      project: "iris-demo",
      name: "x",
      hash: "#",
    });
    assert.equal(response.status, 403, path);
    assert.match((await response.json()).error, /only reads/);
  }
  assert.equal((await server.post("", {})).status, 405);
  const verified = await server.post("actions/verify", {});
  assert.deepEqual(await verified.json(), { clean: true, differences: [], total: 0, unable: [] });
  for (const method of ["PUT", "DELETE", "PATCH", "TRACE"]) {
    const answer = await raw(server.viewer.port, [
      `${method} /index.json HTTP/1.1`,
      "Host: localhost",
    ]);
    assert.equal(statusOf(answer), 405, method);
  }
});

Deno.test("viewer guard: from other machines a token is needed, which ends in a cookie and in no log", async () => {
  await using rubicon = await makeStore("small");
  const said: string[] = [];
  const { log, warn, error, info } = console;
  console.log =
    console.warn =
    console.error =
    console.info =
      (...all) => void said.push(all.join(" "));
  try {
    await using server = await served(rubicon, { hostname: "0.0.0.0" });
    const { url, port } = server.viewer;
    const token = new URL(url).searchParams.get("token")!;
    assert.match(token, /^[0-9a-f]{48}$/);
    for (
      const path of [
        "",
        "index.json",
        "projects/iris-demo/runs.json",
        "?token=",
        `?token=${"0".repeat(48)}`,
      ]
    ) {
      const response = await server.get(path);
      assert.equal(response.status, 401, path);
      assert.doesNotMatch(await response.text(), /Iris|rubicon-token/);
    }
    const elsewhere = await server.get(`index.json?token=${token}`);
    assert.equal(elsewhere.status, 401, "the page alone takes it");
    const opened = await server.get(`?token=${token}`);
    assert.equal(opened.status, 303);
    assert.equal(opened.headers.get("location"), "/", "the address that is left has no secret");
    assert.equal(await opened.text(), "");
    const cookie = opened.headers.get("set-cookie")!;
    assert.equal(cookie, `rubicon_${port}=${token}; HttpOnly; SameSite=Strict; Path=/`);
    const brought = { cookie: `other=1; ${cookie.split(";")[0]}` };
    assert.equal((await server.get("index.json", brought)).status, 200);
    const page = await (await server.get("", brought)).text();
    assert.ok(!page.includes(token), "a page that leaks does not open the server");
    const wrong = await server.get("index.json", { cookie: `rubicon_${port}=${token}0` });
    assert.equal(wrong.status, 401);
    const rebound = await raw(port, [`GET /?token=${token} HTTP/1.1`, "Host: evil.example"]);
    assert.equal(statusOf(rebound), 421);
  } finally {
    Object.assign(console, { log, warn, error, info });
  }
  assert.deepEqual(said, []);
  assert.ok(
    isSame("abc", "abc") && !isSame("abc", "abd") && !isSame("abc", "ab") && !isSame("", "a"),
  );
});

Deno.test("viewer guard: a page has a policy that names its script and its styles alone", async () => {
  await using rubicon = await makeStore("small");
  await using server = await served(rubicon, { title: '<b title="x">&' });
  const response = await server.get("");
  const policy = response.headers.get("content-security-policy")!;
  const hash = async (text: string) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return `'sha256-${new Uint8Array(digest).toBase64()}'`;
  };
  const parts = Object.fromEntries(
    policy.split("; ").map((one) => {
      const [name, ...rest] = one.split(" ");
      return [name, rest.join(" ")];
    }),
  );
  assert.deepEqual(parts, {
    "default-src": "'none'",
    "script-src": `${await hash(APP.script)} ${await hash(APP.more)}`,
    "style-src": await hash(APP.style),
    "connect-src": "'self'",
    "img-src": "'self' blob: data:",
    "media-src": "'self' blob: data:",
    "frame-src": "'self' blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  });
  const elements = elementsOfHtml(await response.text());
  const meta = elements.find(({ attributes }) =>
    attributes["http-equiv"] === "Content-Security-Policy"
  );
  assert.equal(
    `${meta!.attributes.content}; frame-ancestors 'none'`,
    policy,
    "it holds without a server too",
  );
  const more = await server.get("more.js");
  assert.equal(await more.clone().text(), APP.more);
  assert.match(more.headers.get("content-security-policy")!, /default-src 'none'; sandbox/);
  assert.equal(elements.find(({ name }) => name === "title")!.text, '<b title="x">&');
  assert.equal(elements.filter(({ name }) => name === "script").length, 1);
});

Deno.test("viewer page: a script or style that would end its element is refused", () => {
  const parts = { title: "", script: "1", more: "", style: "a{}" };
  for (const script of ['"</script>"', '"</SCRIPT "', '"<!--"']) {
    assert.throws(() => pageOf({ ...parts, script }), /ends itself/);
  }
  assert.throws(() => pageOf({ ...parts, style: "</style><script>1</script>" }), /ends itself/);
});

Deno.test("viewer artifacts: none of them is ever sent as what runs, whatever it says it is", async () => {
  await using rubicon = await openComposite(inMemory());
  const project = await createProject(rubicon, { name: "P" });
  for (const [name, data] of LIARS) await logArtifact(rubicon, project, { name, data });
  await using server = await served(rubicon);
  const { artifacts }: RunFile = await server.json("projects/p/project.json");
  assert.equal(artifacts.length, (await listArtifacts(rubicon, project)).length);
  const seen: Record<string, string> = {};
  for (const { name, path, size } of artifacts) {
    const response = await server.get(path!);
    assert.equal(response.status, 200, name);
    const { headers } = response;
    seen[name] = headers.get("content-type")!;
    const policy = headers.get("content-security-policy")!;
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /; sandbox;/, "no scripts, forms or origin of its own");
    assert.doesNotMatch(policy, /allow-|script-src/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("set-cookie"), null);
    assert.equal((await response.bytes()).length, size, name);
    const saved = await server.get(`${path}?download`);
    assert.equal(saved.headers.get("content-type"), "application/octet-stream");
    assert.match(
      saved.headers.get("content-disposition")!,
      /^attachment; filename="[^"/\\\r\n]+"; filename\*=UTF-8''[^/\\\s"]+$/,
    );
    await saved.body?.cancel();
  }
  const text = "text/plain; charset=utf-8";
  assert.deepEqual(seen, {
    "picture.png": text,
    "picture.svg": "image/svg+xml",
    "page.html": "text/html; charset=utf-8",
    "data.json": text,
    "notes.txt": text,
    "script.js": text,
    "style.css": text,
    "a\r\nSet-Cookie: x=1.txt": text,
    'quote".html;.txt': text,
    "../../../escape.html": "text/html; charset=utf-8",
    "page.xhtml": text,
    "doc.pdf": text,
    "empty.html": text,
  });
});

Deno.test("viewer artifacts: an answer of JSON is inert wherever it is opened", async () => {
  await using rubicon = await makeStore("hostile");
  await using server = await served(rubicon);
  for (const { runs, project } of (await server.index()).projects) {
    for (const { path } of [runs, project]) {
      const response = await server.get(path);
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get("content-type"), "application/json; charset=utf-8");
      assert.match(
        response.headers.get("content-security-policy")!,
        /^default-src 'none'; sandbox;/,
      );
      await response.json();
    }
  }
  const { ids } = await server.runs("hostile-b");
  for (const id of ids) {
    const run: RunFile = await server.json(`projects/hostile-b/runs/${id}.json`);
    assert.equal(run.commitUrl, null);
    for (const { path } of [...run.artifacts, ...run.dataframes]) {
      const response = await server.get(path!);
      assert.equal(response.status, 200, path!);
      await response.body?.cancel();
    }
  }
});
