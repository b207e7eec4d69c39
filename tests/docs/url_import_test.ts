/**
 * The module as it is imported from a URL: exactly the published files, by scripts that have nothing else of this
 * checkout.
 */
import assert from "node:assert/strict";
import { ignoredFor } from "../support/parts.ts";
import { elsewhere, type Published, servePublished } from "../support/published.ts";
import { lacksServers, makeBucket, s3Config, startVersitygw } from "../support/servers.ts";

/** Packages of npm are downloaded once for all tests; each has a server, and so URLs, of its own. */
const cache = await Deno.makeTempDir({ prefix: "deno-dir-" });
Deno.test.afterAll(() => Deno.remove(cache, { recursive: true }));

const job = ({ url }: Published, backends = '[{ persistence: "memory" }]') => `
import {
  createProject, logDataframe, logExperiment, openComposite, readDataframe, toTable,
} from "${url}mod.ts";

await using rubicon = await openComposite(${backends});
const project = await createProject(rubicon, { name: "Iris" });
const experiment = await logExperiment(rubicon, project, { metrics: { accuracy: 0.8 } });
const dataframe = await logDataframe(rubicon, experiment, { name: "xyz", rows: [{ x: 1 }] });
const { rows } = await readDataframe(rubicon, dataframe);
const table = await toTable(rubicon, project);
console.log(JSON.stringify([table.rows[0]?.accuracy, rows]));
`;
const RESULT = '[0.8,[{"x":1}]]\n';

Deno.test("url: mod.ts in memory needs no permission but to import it", async () => {
  await using published = await servePublished();
  await using place = await elsewhere(published, { "job.ts": job(published) }, { cache });
  const allowed = `--allow-import=${published.host}`;
  assert.equal(await place.ok(["run", "--no-prompt", allowed, "job.ts"]), RESULT);
  await place.ok(["check", allowed, "job.ts"]);
  const { success, said } = await place.deno(["run", "--no-prompt", "--reload", "job.ts"]);
  assert.ok(!success && said.includes("--allow-import"), said);
  assert.deepEqual(published.asked.filter((path) => !published.files.includes(path)), []);
});

Deno.test({
  name: "url: mod.ts on a bucket needs network access to its host beside that",
  ignore: ignoredFor("an import from a URL with a bucket", await lacksServers()),
  async fn() {
    await using server = await startVersitygw();
    await makeBucket(server, "from-url");
    await using published = await servePublished();
    const bucket = JSON.stringify([s3Config(server, "s3://from-url/p")]);
    await using place = await elsewhere(published, { "job.ts": job(published, bucket) }, { cache });
    const net = `--allow-net=${new URL(server.endpoint).host}`;
    const run = ["run", "--no-prompt", `--allow-import=${published.host}`, net, "job.ts"];
    assert.equal(await place.ok(run), RESULT);
  },
});

Deno.test("url: one driver alone brings its own files and no others", async () => {
  await using published = await servePublished();
  const { url, host, asked } = published;
  await using place = await elsewhere(published, {
    "memory.ts": `
      import { openMemory } from "${url}drivers/memory.ts";
      const driver = openMemory({ persistence: "memory", rootDir: "alone" });
      await driver.put("a/b", new Uint8Array([1]));
      console.log((await driver.stat("a/b")).size);`,
    "filesystem.ts": `
      import { openDriver } from "${url}drivers/registry.ts";
      import "${url}drivers/filesystem.ts";
      const driver = await openDriver({ persistence: "filesystem", rootDir: "./root" });
      await driver.put("a/b", new Uint8Array([1, 2]));
      console.log((await driver.stat("a/b")).size);`,
  }, { cache });
  const run = ["run", "--no-prompt", `--allow-import=${host}`];
  assert.equal(await place.ok([...run, "memory.ts"]), "1\n");
  await place.ok([...run, "--allow-read=./root", "--allow-write=./root", "filesystem.ts"]);
  assert.deepEqual(
    asked.filter((path) => !/^(?:drivers\/|errors\.ts$|messages\.ts$)/.test(path)),
    [],
  );
  assert.deepEqual(asked.filter((path) => path.startsWith("drivers/s3")), []);
  assert.deepEqual(await Deno.readFile(`${place.folder}/root/a/b`), new Uint8Array([1, 2]));
});

Deno.test("url: the conformance suite runs under deno test, on memory and on a folder", async () => {
  await using published = await servePublished();
  const { url, host } = published;
  const checksums = { listsChecksums: "it keeps none" };
  const suite = (open: string, lacks: Record<string, string>) => `
    import { conformance } from "${url}drivers/conformance.ts";
    import { openDriver } from "${url}drivers/registry.ts";
    import "${url}drivers/memory.ts";
    import "${url}drivers/filesystem.ts";
    conformance(Deno.test, () => openDriver(${open}), { lacks: ${JSON.stringify(lacks)} });`;
  await using place = await elsewhere(published, {
    "memory_test.ts": suite('{ persistence: "memory", rootDir: crypto.randomUUID() }', {
      putTree: "a put waits for nothing",
      ...checksums,
    }),
    "folder_test.ts": suite(
      '{ persistence: "filesystem", rootDir: `./root/${crypto.randomUUID()}` }',
      checksums,
    ),
  }, { cache });
  const test = ["test", "--no-prompt", `--allow-import=${host}`];
  const passed = /ok \| (\d+) passed \| 0 failed/;
  const memory = passed.exec(await place.ok([...test, "memory_test.ts"]));
  assert.ok(Number(memory?.[1]) > 20);
  const folder = await place.ok([
    ...[...test, "--allow-read=./root", "--allow-write=./root", "folder_test.ts"],
  ]);
  assert.equal(passed.exec(folder)?.[1], memory?.[1]);
});

Deno.test("url: deno bundle makes one file that needs neither the URL nor a permission", async () => {
  await using published = await servePublished();
  await using place = await elsewhere(published, { "job.ts": job(published) }, { cache });
  await place.ok(["bundle", `--allow-import=${published.host}`, "-o", "job.js", "job.ts"]);
  await published.stop();
  await using other = await elsewhere({ ...published, links: [] }, {
    "job.js": await Deno.readTextFile(`${place.folder}/job.js`),
  });
  assert.equal(await other.ok(["run", "--no-prompt", "--no-remote", "--no-npm", "job.js"]), RESULT);
});

Deno.test("url: a file that is not what the lock file has the checksum of is refused", async () => {
  await using published = await servePublished();
  await using place = await elsewhere(published, { "job.ts": job(published) }, { cache });
  const run = (...more: string[]) => [
    ...["run", "--no-prompt", `--allow-import=${published.host}`, ...more, "job.ts"],
  ];
  await place.ok(run());
  const lock = JSON.parse(await Deno.readTextFile(`${place.folder}/deno.lock`));
  assert.match(lock.remote[`${published.url}mod.ts`], /^[0-9a-f]{64}$/);
  await place.ok(run("--frozen", "--reload"));

  const text = await Deno.readTextFile(`${published.folder}/errors.ts`);
  published.changed.set("errors.ts", `${text}console.log("changed");\n`);
  for (const more of [["--reload"], ["--reload", "--frozen"]]) {
    const { success, out, said } = await place.deno(run(...more));
    assert.ok(!success && out === "", out);
    assert.match(said, /[Ii]ntegrity check failed[^]*errors\.ts/);
  }
  // A file that the lock file has never heard of is refused with --frozen.
  published.changed.set("errors.ts", text);
  delete lock.remote[`${published.url}errors.ts`];
  await Deno.writeTextFile(`${place.folder}/deno.lock`, JSON.stringify(lock));
  const { success, said } = await place.deno(run("--reload", "--frozen"));
  assert.ok(!success && /lockfile is out of date/.test(said), said);
});

Deno.test("url: with vendor, a checkout runs when the URL is gone", async () => {
  await using published = await servePublished();
  await using place = await elsewhere(published, { "job.ts": job(published) }, {
    ...{ config: { vendor: true }, cache },
  });
  await place.ok(["install", `--allow-import=${published.host}`, "--entrypoint", "job.ts"]);
  await published.stop();
  const empty = await Deno.makeTempDir();
  try {
    const run = ["run", "--no-prompt", "--cached-only", "--frozen", "job.ts"];
    assert.equal(await place.ok(run, { DENO_DIR: empty }), RESULT);
  } finally {
    await Deno.remove(empty, { recursive: true });
  }
});

async function sizeOf(folder: string): Promise<number> {
  let sum = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    sum += isDirectory ? await sizeOf(path) : (await Deno.stat(path)).size;
  }
  return sum;
}

/** What `deno info --json` says of a module. */
interface Info {
  modules: {
    specifier: string;
    size?: number;
    dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
  }[];
  npmPackages: Record<string, unknown>;
}

Deno.test("url: what an import of mod.ts downloads is small", async () => {
  await using published = await servePublished();
  const { url, host } = published;
  await using place = await elsewhere(published, { "empty.ts": `import "${url}mod.ts";` });
  const allowed = `--allow-import=${host}`;
  await place.ok(["run", "--no-prompt", allowed, "empty.ts"]);
  const downloaded = new Set(published.asked);
  const info: Info = JSON.parse(await place.ok(["info", "--json", allowed, `${url}mod.ts`]));
  const modules = new Map(info.modules.map((one) => [one.specifier, one]));
  const bytes = (paths: Iterable<string>) =>
    [...paths].reduce((sum, path) => sum + (modules.get(url + path)?.size ?? NaN), 0);

  // What is loaded at once: S3, Parquet, zips and files of artifacts are imported by those who use them.
  const loaded = new Set<string>();
  const follow = (specifier: string) => {
    if (!specifier.startsWith(url) || loaded.has(specifier.slice(url.length))) return;
    loaded.add(specifier.slice(url.length));
    for (const { code, isDynamic } of modules.get(specifier)?.dependencies ?? []) {
      if (code && !isDynamic) follow(code.specifier);
    }
  };
  follow(`${url}mod.ts`);
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`;
  const line = (what: string, paths: ReadonlySet<string>) =>
    `${what}: ${paths.size} modules, ${kib(bytes(paths))}`;
  const packages = await sizeOf(`${place.cache}/npm`);
  // deno-lint-ignore no-console -- the figures are to be seen.
  console.log(
    `${line("downloaded", downloaded)}; and ${kib(packages)} of npm packages, unpacked: ${
      Object.keys(info.npmPackages).join(", ")
    }\n` +
      line("of them loaded without S3, Parquet and zip", loaded),
  );
  assert.deepEqual(
    [...loaded].filter((path) =>
      /^drivers\/s3\/(?!options)|^domain\/(?:parquet|query\/jsonpath)\/|zip/.test(path)
    ),
    [],
  );
  assert.ok(loaded.size >= 40 && loaded.size <= 118, `${loaded.size} modules are loaded`);
  assert.ok(bytes(loaded) <= 570 * 1024, `${bytes(loaded)} bytes are loaded`);
  // Deno downloads what an import("…") names ahead of its use.
  assert.ok(packages <= 2 * 1024 * 1024, `${packages} bytes of packages`);
  assert.ok(downloaded.size <= 277, `${downloaded.size} modules are downloaded`);
  assert.ok(bytes(downloaded) <= 1_340 * 1024, `${bytes(downloaded)} bytes are downloaded`);
});
