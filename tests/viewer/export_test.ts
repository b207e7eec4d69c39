/**
 * Exports: what is in them, and what must not be.
 */
import assert from "node:assert/strict";
import {
  createProject,
  deleteArtifact,
  listArtifacts,
  listExperiments,
  listProjects,
  logArtifact,
  logDataframe,
  logExperiment,
  openComposite,
  RubiconException,
} from "../../mod.ts";
import { exportViewer } from "../../viewer.ts";
import { exportSite, type ExportViewerOptions } from "../../viewer/export.ts";
import type {
  FrameFile,
  InlineBytes,
  ProjectFile,
  RunFile,
  RunsFile,
  ViewerIndex,
} from "../../viewer/contract.ts";
import { faulty, refused } from "../support/faulty.ts";
import { SECRETS } from "../support/fake_s3.ts";
import { onFake } from "../support/on_fake.ts";
import { elementsOfHtml } from "../support/markup.ts";
import { APP } from "./support/serving.ts";
import { inMemory, makeStore } from "./support/stores.ts";
import { fillSweep } from "./support/sweep.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All files below a folder, by their paths. */
async function filesIn(folder: string, path = ""): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${path}`)) {
    const at = path === "" ? name : `${path}/${name}`;
    if (isDirectory) {
      for (const [key, bytes] of await filesIn(folder, at)) found.set(key, bytes);
    } else found.set(at, await Deno.readFile(`${folder}/${at}`));
  }
  return found;
}

const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** The data that a single file holds. */
async function dataOf(html: string): Promise<Record<string, unknown>> {
  const data = elementsOfHtml(html).find(({ attributes }) => attributes.id === "rubicon-data")!;
  assert.equal(data.attributes["data-encoding"], "gzip");
  const packed = new Blob([Uint8Array.fromBase64(data.text)]).stream();
  return await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).json();
}

Deno.test("viewer export: a folder has all files that a server would give, and the page", () =>
  inFolder(async (folder) => {
    await using rubicon = await makeStore("small");
    const { files, bytes } = await exportViewer(rubicon, { to: folder, title: "Ours" });
    const found = await filesIn(folder);
    assert.equal(found.size, files);
    assert.equal([...found.values()].reduce((sum, { length }) => sum + length, 0), bytes);
    const json = <T>(path: string): T => JSON.parse(textOf(found.get(decodeURIComponent(path))));
    const index = json<ViewerIndex>("index.json");
    assert.deepEqual([index.title, index.live, index.edit, index.backends], [
      "Ours",
      false,
      false,
      [],
    ]);
    assert.equal(index.projects.length, 3);
    for (const { runs, project, slug, experiments } of index.projects) {
      const file = json<RunsFile>(runs.path);
      assert.equal(file.checksum, runs.checksum);
      assert.equal(file.ids.length, experiments);
      const own = json<ProjectFile>(project.path);
      for (const id of file.ids) {
        const run = json<RunFile>(`projects/${slug}/runs/${id}.json`);
        for (const { path } of [...run.artifacts, ...run.dataframes]) {
          assert.ok(found.has(path!), path!);
        }
      }
      for (const { path } of own.artifacts) assert.ok(found.has(path!));
    }
    const [first] = json<RunsFile>("projects/iris-demo/runs.json").ids;
    const run = json<RunFile>(`projects/iris-demo/runs/${first}.json`);
    const frame = json<FrameFile>(run.dataframes[0]!.path!);
    assert.equal(textOf(found.get(frame.download!)!.slice(0, 4)), "PAR1");
    const scores = run.artifacts.find(({ name }) => name === "scores.parquet")!;
    assert.equal(json<FrameFile>(scores.table!).rows, 2);
    const html = textOf(found.get("index.html"));
    assert.ok(html.includes("<title>Ours</title>"));
    const isThere = (element: string) => html.includes(element);
    assert.ok(!isThere('<meta name="rubicon-token"') && !isThere('id="rubicon-data"'));
    assert.ok(isThere("connect-src &#39;self&#39;"));
  }));

Deno.test("viewer export: on a host of files nothing that is logged can run", () =>
  inFolder(async (folder) => {
    await using rubicon = await makeStore("hostile");
    await exportViewer(rubicon, { to: folder });
    const files = await filesIn(folder);
    assert.equal(textOf(files.get("more.js")), (await import("../../viewer/app.bundle.ts")).more);
    const ends = new Set(
      [...files.keys()].filter((path) => path !== "more.js").map((path) =>
        /\.[a-z]+$/.exec(path)![0]
      ),
    );
    assert.deepEqual([...ends].sort(), [".html", ".json", ".parquet", ".txt"]);
    const pages = [...files.keys()].filter((path) => path.endsWith(".html"));
    assert.deepEqual(pages, ["index.html"]);
  }));

Deno.test("viewer export: what was deleted since is gone from the folder, and nothing else is", () =>
  inFolder(async (folder) => {
    await using rubicon = await openComposite(inMemory());
    const project = await createProject(rubicon, { name: "P" });
    const artifact = await logArtifact(rubicon, project, { name: "secret.txt", data: "oops" });
    await exportViewer(rubicon, { to: folder });
    await Deno.writeTextFile(`${folder}/projects/p/mine.txt`, "mine");
    const before = [...(await filesIn(folder)).keys()];
    assert.ok(before.some((path) => path.includes(artifact.id)));
    await deleteArtifact(rubicon, artifact);
    // A manifest that somebody else wrote deletes nothing but files of exports.
    const manifest = JSON.parse(await Deno.readTextFile(`${folder}/export.json`));
    manifest.files.push("projects/p/mine.txt", "index.html", "../x", 7);
    await Deno.writeTextFile(`${folder}/export.json`, JSON.stringify(manifest));
    await exportViewer(rubicon, { to: folder });
    const after = [...(await filesIn(folder)).keys()];
    assert.deepEqual(
      before.filter((path) => !after.includes(path)).map((path) => path.includes(artifact.id)),
      [true],
    );
    assert.ok(after.includes("projects/p/mine.txt") && after.includes("index.html"));
  }));

Deno.test("viewer export: one file has everything in it, and may ask for nothing", () =>
  inFolder(async (folder) => {
    await using rubicon = await makeStore("small");
    const { files, bytes } = await exportViewer(rubicon, { to: `${folder}/all.html` });
    const [path] = [...(await filesIn(folder)).keys()];
    assert.deepEqual([files, path], [1, "all.html"]);
    const html = await Deno.readTextFile(`${folder}/all.html`);
    assert.equal(new TextEncoder().encode(html).length, bytes);
    assert.ok(html.includes("connect-src &#39;none&#39;"));
    assert.ok(!html.includes('<meta name="rubicon-token"'));
    const data = await dataOf(html);
    const { projects } = data["index.json"] as ViewerIndex;
    const runs = data[projects[1]!.runs.path] as RunsFile;
    assert.equal(runs.ids.length, 3, "by the path that pages ask for, encoded");
    const [first] = (data["projects/iris-demo/runs.json"] as RunsFile).ids;
    const run = data[`projects/iris-demo/runs/${first}.json`] as RunFile;
    const picture = run.artifacts.find(({ name }) => name === "sample.png")!;
    const inline = data[picture.path!] as InlineBytes;
    assert.equal(picture.type, "image/png");
    assert.equal(Uint8Array.fromBase64(inline.base64).length, picture.size);
    const frame = data[run.dataframes[0]!.path!] as FrameFile;
    assert.deepEqual([frame.rows, frame.download], [40, null]);
    const named = await exportViewer(rubicon, { to: `${folder}/sub`, singleFile: true });
    assert.equal(named.files, 1);
    assert.ok((await Deno.stat(`${folder}/sub/index.html`)).isFile);
  }));

Deno.test("viewer export: a text that ends a script does not end the data, nor the page", () =>
  inFolder(async (folder) => {
    await using rubicon = await makeStore("hostile");
    await exportSite(rubicon, { to: `${folder}/a.html`, title: "</title><script>1</script>" }, APP);
    const elements = elementsOfHtml(await Deno.readTextFile(`${folder}/a.html`));
    assert.equal(elements.filter(({ name }) => name === "script").length, 2);
    assert.equal(elements.filter(({ name }) => name === "iframe" || name === "img").length, 0);
  }));

Deno.test("viewer export: what is too large is left out, with the reason", () =>
  inFolder(async (folder) => {
    await using rubicon = await openComposite(inMemory());
    const project = await createProject(rubicon, { name: "P" });
    for (const size of [10, 60, 60, 200]) {
      await logArtifact(rubicon, project, { name: `${size}.txt`, data: "x".repeat(size) });
    }
    await logDataframe(rubicon, project, { name: "f", rows: [{ a: "y".repeat(300) }] });
    const own = async (options: Partial<ExportViewerOptions>) => {
      await exportSite(rubicon, { to: `${folder}/a.html`, ...options }, APP);
      const data = await dataOf(await Deno.readTextFile(`${folder}/a.html`));
      return { file: data["projects/p/project.json"] as ProjectFile, data };
    };
    const { file, data } = await own({ maxArtifactBytes: 100, maxTotalBytes: 80 });
    const told = file.artifacts.map((
      { name, path, leftOut },
    ) => [name, path !== null, leftOut ?? ""]);
    assert.deepEqual(told, [
      ["10.txt", true, ""],
      ["60.txt", true, ""],
      ["60.txt", false, "the export takes 0 KiB of artifacts and dataframes, and has them"],
      ["200.txt", false, "larger than 0 KiB, the most that the export takes of one"],
    ]);
    assert.equal(file.dataframes[0]!.path, null);
    assert.ok(!JSON.stringify(data).includes("y".repeat(300)));
    const whole = (await own({})).file;
    assert.ok([...whole.artifacts, ...whole.dataframes].every(({ path }) => path !== null));
  }));

Deno.test("viewer export: 1,000 runs with 44 values each are one file below 5 MB", () =>
  inFolder(async (folder) => {
    await using rubicon = await openComposite(inMemory());
    await fillSweep(rubicon, { runs: 1_000, parameters: 20, metrics: 24 });
    const { bytes } = await exportViewer(rubicon, { to: `${folder}/a.html` });
    assert.ok(bytes < 5e6, `${bytes} bytes`);
    const data = await dataOf(await Deno.readTextFile(`${folder}/a.html`));
    assert.equal(Object.keys(data).filter((path) => path.includes("/runs/")).length, 1_000);
  }));

Deno.test("viewer export: the root of a store gets one file, and no folder that Python would stumble over", () =>
  inFolder(async (rootDir) => {
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    await logExperiment(rubicon, await createProject(rubicon, { name: "P" }));
    const error = await refused(() => exportSite(rubicon, { to: rootDir }, APP));
    assert.match(
      error.message,
      /is the root of a store, in which Python takes each folder for a project/,
    );
    assert.deepEqual(Array.from(Deno.readDirSync(rootDir), ({ name }) => name), ["p"]);
    await exportSite(rubicon, { to: rootDir, singleFile: true }, APP);
    assert.deepEqual(Array.from(Deno.readDirSync(rootDir), ({ name }) => name).sort(), [
      "index.html",
      "p",
    ]);
    assert.equal((await listProjects(rubicon)).length, 1);
  }));

Deno.test("viewer export: only some projects, and a slip in a name is told before anything is written", () =>
  inFolder(async (folder) => {
    await using rubicon = await makeStore("small");
    await exportSite(rubicon, { to: folder, projects: ["Größe & Maß"] }, APP);
    const names = [...(await filesIn(folder)).keys()].filter((path) =>
      path.startsWith("projects/iris")
    );
    assert.deepEqual(names, []);
    const error = await refused(() =>
      exportSite(rubicon, { to: `${folder}/x`, projects: ["Iris dem"] }, APP)
    );
    assert.match(error.message, /There is no project "Iris dem".*"Iris demo"/s);
    await assert.rejects(Deno.stat(`${folder}/x`), Deno.errors.NotFound);
  }));

Deno.test("viewer export: a store that cannot be read is an error, and no page that looks whole", () =>
  inFolder(async (folder) => {
    await using down = await makeStore("down");
    await refused(() => exportSite(down, { to: `${folder}/a.html` }, APP));
    const driver = faulty();
    await using rubicon = await openComposite(driver, { onWarning: () => {} });
    await logExperiment(rubicon, await createProject(rubicon, { name: "P" }));
    driver.faults.list = "before";
    const error = await refused(() => exportSite(rubicon, { to: `${folder}/a.html` }, APP));
    assert.match(error.message, /out of order/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("viewer export: progress ends at its total, and a signal or a throw ends the export", () =>
  inFolder(async (folder) => {
    await using rubicon = await makeStore("small");
    const told: [number, number | undefined][] = [];
    await exportSite(rubicon, {
      to: `${folder}/a.html`,
      onProgress: ({ done, total }) => void told.push([done, total]),
    }, APP);
    const [last, ...others] = told.toReversed();
    assert.equal(last![0], last![1]);
    assert.ok(last![0] >= 15 && others.every(([, total]) => total === undefined));
    const stop = new Error("enough");
    await assert.rejects(
      exportSite(rubicon, {
        to: `${folder}/b.html`,
        onProgress: () => {
          throw stop;
        },
      }, APP),
      (error) => error === stop,
    );
    await assert.rejects(
      exportSite(rubicon, { to: `${folder}/b.html`, signal: AbortSignal.abort(stop) }, APP),
      (error) => error === stop,
    );
    await assert.rejects(Deno.stat(`${folder}/b.html`), Deno.errors.NotFound);
  }));

Deno.test("viewer export: bad options are refused by name, before anything is written", async () => {
  await using rubicon = await makeStore("empty");
  const odd: [object, RegExp][] = [
    [{}, /to must be a folder/],
    [{ to: "" }, /to must be a folder/],
    [{ to: "a", singelFile: true }, /singleFile/],
    [{ to: "a", singleFile: 1 }, /singleFile must be/],
    [{ to: "a.html", singleFile: false }, /one file/],
    [{ to: "a", maxArtifactBytes: -1 }, /maxArtifactBytes must be/],
    [{ to: "a", maxTotalBytes: "1" }, /maxTotalBytes must be/],
    [{ to: "a", projects: "x" }, /projects must be a list/],
    [{ to: "a", title: 1 }, /title must be text/],
  ];
  for (const [options, words] of odd) {
    const error = await refused(() => exportViewer(rubicon, options as ExportViewerOptions));
    assert.equal(error.code, "invalid-argument");
    assert.match(error.message, words);
  }
});

onFake(
  "an exported page says in a bucket what it is, and no key or address of any store",
  async ({ store, proxy, open }) => {
    const source = await open({ ...SECRETS, rootDir: "s3://bucket/source" });
    const local = await Deno.makeTempDir();
    await using rubicon = await openComposite([
      { driver: source, label: `s3 at ${proxy.endpoint}` },
      { persistence: "filesystem", rootDir: `${local}/store` },
    ]);
    const project = await createProject(rubicon, {
      name: "P",
      githubUrl: "https://me:p4ssw0rd@host.example/me/repo.git",
    });
    const run = await logExperiment(rubicon, project, { metrics: { m: 1 }, commitHash: "0123abc" });
    await logArtifact(rubicon, run, { name: "a.svg", data: "<svg></svg>" });
    await logDataframe(rubicon, run, { rows: [{ a: 1 }] });
    store.requests.length = 0;
    const config = {
      ...{ persistence: "s3", rootDir: "s3://bucket/site", endpoint: proxy.endpoint, ...SECRETS },
    };
    await exportSite(rubicon, { to: config }, APP);
    await exportSite(
      rubicon,
      { to: { ...config, rootDir: "s3://bucket/one" }, singleFile: true },
      APP,
    );
    const single = textOf(store.objects.get("one/index.html")!.bytes);
    const texts = [
      ...Array.from(
        store.objects,
        ([name, { bytes }]) => name.startsWith("site/") ? `${name}\n${textOf(bytes)}` : "",
      ),
      single,
      JSON.stringify(await dataOf(single)),
    ];
    const places = [
      proxy.endpoint,
      proxy.endpoint.split(":").at(-1)!,
      local,
      "bucket",
      "source/",
      "p4ssw0rd",
      "filesystem:",
    ];
    for (const secret of [...Object.values(SECRETS), ...places]) {
      for (const text of texts) {
        assert.ok(!text.includes(secret), `${secret} in ${text.slice(0, 80)}`);
      }
    }
    const types = (end: string) => [
      ...new Set(
        [...store.types].filter(([name]) => name.endsWith(end)).map(([, type]) => type),
      ),
    ];
    assert.deepEqual(types("index.html"), ["text/html; charset=utf-8"]);
    assert.deepEqual(types(".svg.txt"), ["text/plain; charset=utf-8"]);
    assert.deepEqual(types("runs.json"), ["application/json; charset=utf-8"]);
    assert.equal((await listExperiments(rubicon, project)).length, 1);
    assert.equal((await listArtifacts(rubicon, run)).length, 1);
    await Deno.remove(local, { recursive: true });
  },
);

Deno.test("viewer export: a path of S3 needs its keys, and says so without any", async () => {
  await using rubicon = await makeStore("empty");
  const error = await refused(() =>
    exportSite(rubicon, { to: { persistence: "s3", rootDir: "bucket" } }, APP)
  );
  assert.ok(error instanceof RubiconException);
  assert.equal(error.code, "invalid-config");
});
