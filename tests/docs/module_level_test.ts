/**
 * Importing the module does nothing: no file touches the disk, the environment, the network or the clock before
 * it is used, and neither do the packages that it names.
 */
import assert from "node:assert/strict";
import { elsewhere, servePublished } from "../support/published.ts";

/** Notes every look at the clock and every timer, with whoever it was. */
const TRAPS = `
const seen = [];
globalThis.seen = seen;
const note = (what) => {
  const caller = new Error().stack.split("\\n").slice(3).find((line) => !line.includes("traps.js"));
  seen.push(what + " " + caller?.trim());
};
const trap = (object, name, what) => {
  const original = object[name];
  object[name] = function (...args) {
    note(what);
    return original.apply(this, args);
  };
};
trap(Date, "now", "Date.now");
trap(performance, "now", "performance.now");
for (const name of Object.keys(Object.getOwnPropertyDescriptors(Temporal.Now))) {
  if (typeof Temporal.Now[name] === "function") trap(Temporal.Now, name, "Temporal.Now." + name);
}
for (const name of ["setTimeout", "setInterval", "queueMicrotask"]) trap(globalThis, name, name);
globalThis.Date = new Proxy(Date, {
  construct(target, args, self) {
    if (args.length === 0) note("new Date()");
    return Reflect.construct(target, args, self === globalThis.Date ? target : self);
  },
  apply(target, self, args) {
    note("Date()");
    return Reflect.apply(target, self, args);
  },
});
`;

/** Runs a script that imports modules, one after the other. Returns what they asked for. */
async function asks(
  place: { folder: string; ok(args: string[], env?: Record<string, string>): Promise<string> },
  modules: readonly string[],
): Promise<string[]> {
  const script = [
    'import "./traps.js";',
    ...modules.map((specifier) => `import ${JSON.stringify(specifier)};`),
    "console.log(JSON.stringify(globalThis.seen));",
  ];
  await Deno.writeTextFile(`${place.folder}/traps.js`, TRAPS);
  await Deno.writeTextFile(`${place.folder}/all.js`, script.join("\n"));
  // Deno's own record of what was asked for, also where somebody went on without it.
  const audit = `${place.folder}/audit.jsonl`;
  await Deno.writeTextFile(audit, "");
  const out = await place.ok(["run", "--no-prompt", "all.js"], { DENO_AUDIT_PERMISSIONS: audit });
  const asked = (await Deno.readTextFile(audit)).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .map(({ permission, value }) => `${permission} ${value}`)
    // Deno's own, of the modules themselves.
    .filter((line) => !line.startsWith("import "));
  return [...asked, ...JSON.parse(out)];
}

Deno.test("modules: none does anything when it is imported, and neither do their packages", async () => {
  await using published = await servePublished();
  await using place = await elsewhere(published, {});
  const sources = published.files.filter((path) => path.endsWith(".ts"));
  assert.ok(sources.length > 80);
  const packages = new Set<string>();
  for (const path of sources) {
    const text = await Deno.readTextFile(`${published.folder}/${path}`);
    for (const [specifier] of text.matchAll(/\b(?:npm|jsr):@?[\w-]+[^"'`\s]*(?=")/g)) {
      packages.add(specifier);
    }
  }
  assert.ok(packages.size >= 5);
  const modules = sources.map((path) => `file://${published.folder}/${path}`);
  // The plots' d3-time makes two dates that it sets before it reads them; it is loaded by the first plot alone.
  const scratch = /^new Date\(\) at .*\/d3-time\/[^/]+\/dist\/d3-time\.mjs:4:\d+$/;
  const asked = await asks(place, [...modules, ...packages]);
  assert.deepEqual(asked.filter((line) => !scratch.test(line)), []);
  assert.ok(asked.length <= 2, asked.join("\n"));
});

Deno.test("modules: whatever one did would be noticed", async () => {
  await using published = await servePublished();
  await using place = await elsewhere(published, {
    "bad.ts": `
      import process from "node:process";
      try { Deno.readTextFileSync("/etc/hostname"); } catch { /* unnoticed, it thinks */ }
      try { console.error(process.env.HOME); } catch { /* the same */ }
      export const started = [Date.now(), new Date(), performance.now(), Temporal.Now.instant()];
      setTimeout(() => {}, 1);`,
  });
  const asked = (await asks(place, ["./bad.ts"])).map((line) =>
    line.split(" ").slice(0, 2).join(" ")
  );
  assert.deepEqual(asked, [
    "read /etc/hostname",
    "env HOME",
    ...[
      "Date.now at",
      "new Date()",
      "performance.now at",
      "Temporal.Now.instant at",
      "setTimeout at",
    ],
  ]);
});
