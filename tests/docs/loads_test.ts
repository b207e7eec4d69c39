/**
 * What importing the module and running the demo load: each package is there for something, and none before its time.
 */
import assert from "node:assert/strict";

const ROOT = new URL("../..", import.meta.url);

interface Module {
  specifier: string;
  dependencies?: { specifier: string; code?: { specifier: string }; isDynamic?: boolean }[];
}

/** What Deno knows of a file's modules, with the lock file of a task. */
async function infoOf(file: string, lock = "deno.lock") {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `--lock=${lock}`, file],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success);
  const info: { modules: Module[]; npmPackages: Record<string, unknown> } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const isStandIn = ({ specifier }: Module) => specifier.startsWith(`${ROOT}compat/`);
  return {
    modules: info.modules.filter((module) => !isStandIn(module)),
    packages: Object.keys(info.npmPackages).map((name) => name.replace(/(?<=.)@.*/, "")),
  };
}

/** The modules that are loaded at once, without those of dynamic imports. */
function atOnce(modules: readonly Module[], file: string): Set<string> {
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const found = new Set<string>();
  const follow = (specifier: string) => {
    if (found.has(specifier) || specifier.startsWith(`${ROOT}compat/`)) return;
    found.add(specifier);
    for (const { code, isDynamic } of byName.get(specifier)?.dependencies ?? []) {
      if (code && !isDynamic) follow(code.specifier);
    }
  };
  follow(new URL(file, ROOT).href);
  return found;
}

const npm = (modules: Iterable<string>) =>
  [
    ...new Set(
      [...modules].filter((specifier) => specifier.startsWith("npm:"))
        .map((specifier) => specifier.replace(/^npm:\/?/, "").replace(/(?<=.)@.*/, "")),
    ),
  ].sort();

/** What is downloaded with the module: S3, Parquet and zip. */
const PACKAGES = [
  "@bradenmacdonald/s3-lite-client",
  "hyparquet",
  "hyparquet-writer",
  "yaml",
  "yauzl",
  "yazl",
];

Deno.test("mod.ts loads no package at once, and names no other than it needs", async () => {
  const { modules } = await infoOf("mod.ts");
  assert.deepEqual(npm(modules.map(({ specifier }) => specifier)), PACKAGES);
  const first = atOnce(modules, "mod.ts");
  assert.deepEqual(npm(first), []);
  for (const specifier of first) {
    assert.doesNotMatch(
      specifier,
      /node:(zlib|http|stream|crypto)|zip\.ts|parquet\/parquet\.ts|outbox\.ts|drivers\/\w+\/driver\.ts/,
    );
  }
  const own = [...first].filter((specifier) => specifier.startsWith("file:"));
  // Paths are for those who have files: the package has dozens of modules.
  const isFirst = modules.filter(({ specifier }) => first.has(specifier));
  const asked = isFirst.flatMap(({ dependencies = [] }) => dependencies)
    .filter(({ isDynamic }) => !isDynamic).map(({ specifier }) => specifier);
  assert.deepEqual(
    [...new Set(asked.filter((specifier) => /^jsr:|^node:/.test(specifier)))].sort(),
    [
      "jsr:@std/uuid@^1.1.1/common",
      "jsr:@std/uuid@^1.1.1/v7",
    ],
  );
  // Each takes a third of a millisecond of every start.
  assert.ok(own.length > 50 && own.length <= 117, `${own.length} files at once`);
});

Deno.test("a short program in memory sets no timer, since Deno loads its timers with the first", async () => {
  const script = `
    const used = [];
    for (const name of ["setTimeout", "setInterval", "setImmediate"]) {
      const real = Object.getOwnPropertyDescriptor(globalThis, name);
      Object.defineProperty(globalThis, name, {
        get: () => (used.push(name), real.get ? real.get.call(globalThis) : real.value),
      });
    }
    // A machine that is slow takes longer than writes may go on without a turn for others.
    const now = Date.now();
    Date.now = () => now;
    const { createProject, logExperiment, logMetric, openComposite } = await import("./mod.ts");
    {
      await using rubicon = await openComposite({ persistence: "memory" });
      const project = await createProject(rubicon, { name: "p" });
      const experiment = await logExperiment(rubicon, project, { metrics: { m: 1 } });
      await logMetric(rubicon, experiment, { name: "n", value: 1 });
    }
    console.log(used.join());`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.deepEqual([out, said], ["\n", ""]);
});

Deno.test("@std is imported by its narrowest entry points", async () => {
  for (const file of ["mod.ts", "notebook.ts"]) {
    const { modules } = await infoOf(file);
    const asked = modules.flatMap(({ dependencies = [] }) => dependencies)
      .map(({ specifier }) => specifier).filter((specifier) => specifier.startsWith("jsr:"));
    assert.ok(asked.length > 5);
    // A package's root loads all of it: @std/uuid's has 180 KB of WebAssembly.
    for (const specifier of asked) assert.match(specifier, /^jsr:@std\/[a-z]+@\^[\d.]+\/./, file);
  }
});

Deno.test("the demo downloads what its own lock file has, and that is what it needs", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  assert.match(tasks.demo, / --lock=examples\/deno\.lock /);
  const { modules, packages } = await infoOf("examples/multiple_backends.ts", "examples/deno.lock");
  assert.deepEqual(
    npm(modules.map(({ specifier }) => specifier)),
    [...PACKAGES, "cli-progress"].sort(),
  );
  assert.ok(packages.length <= 20, `${packages.length} packages: ${packages.join(" ")}`);
  assert.doesNotMatch(packages.join(), /d3|plot|xmldom|fast-check|zip\.js/);
});
