/**
 * Every public function and class has an example that `deno test --doc` runs, and that uses it.
 */
import assert from "node:assert/strict";

const ROOT = new URL("../..", import.meta.url).pathname;

/** What `deno doc --json` says, as far as it is read here. */
interface Doc {
  nodes: Record<string, { symbols: DocSymbol[] }>;
}
interface DocSymbol {
  name: string;
  declarations: {
    kind: string;
    location: { filename: string; line: number };
    jsDoc?: { tags?: { kind: string; doc?: string }[] };
  }[];
}

async function documented(
  files: string[],
): Promise<Map<string, { where: string; examples: string[] }>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...files],
    cwd: ROOT,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const { nodes }: Doc = JSON.parse(new TextDecoder().decode(stdout));
  const found = new Map<string, { where: string; examples: string[] }>();
  for (const { name, declarations } of Object.values(nodes).flatMap(({ symbols }) => symbols)) {
    const made = declarations.filter(({ kind }) => kind === "function" || kind === "class");
    if (made.length === 0) continue;
    const { filename, line } = made[0]!.location;
    found.set(name, {
      where: `${filename.replace(/^.*\/(?=(?:domain|drivers|composite)\/|\w+\.ts$)/, "")}:${line}`,
      examples: made.flatMap(({ jsDoc }) =>
        (jsDoc?.tags ?? []).filter(({ kind }) => kind === "example").map(({ doc }) => doc ?? "")
      ),
    });
  }
  return found;
}

/** Whether one of the examples is code that runs and uses the function. */
const runs = (examples: string[], name: string) =>
  examples.some((text) =>
    [...text.matchAll(/^```(ts|typescript|js|javascript)([^\n]*)\n(.*?)^```/gms)].some(
      ([, , info, code]) => !info!.includes("ignore") && new RegExp(`\\b${name}\\b`).test(code!),
    )
  );

Deno.test("docs: every public function and class has an example that runs and uses it", async () => {
  const { exports } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const found = await documented(Object.values(exports));
  assert.ok(found.size > 60);
  const lacking: string[] = [];
  for (const [name, { where, examples }] of found) {
    if (runs(examples, name)) continue;
    // An example of another function counts where that one's uses this one too.
    const others = examples.flatMap((text) =>
      Array.from(text.matchAll(/\{@linkcode (\w+)\}/g), ([, other]) => other!)
    );
    if (others.some((other) => runs(found.get(other)?.examples ?? [], name))) continue;
    lacking.push(`${where} ${name}`);
  }
  assert.deepEqual(lacking, []);
});

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");

Deno.test("docs: links to files and headings of this repository lead there", async () => {
  const pages = ["README.md", "DESIGN.md"];
  for await (const { name } of Deno.readDir(`${ROOT}docs`)) {
    if (name.endsWith(".md")) pages.push(`docs/${name}`);
  }
  let count = 0;
  for (const page of pages) {
    const text = await Deno.readTextFile(`${ROOT}${page}`);
    for (const [, link] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const { pathname, hash } = new URL(link!, `file://${ROOT}${page}`);
      const target = await Deno.readTextFile(decodeURIComponent(pathname)).catch(() => undefined);
      assert.ok(target !== undefined, `${page}: ${link}`);
      const headings = Array.from(target.matchAll(/^#+ (.*)$/gm), ([, title]) => anchorOf(title!));
      assert.ok(hash === "" || headings.includes(hash.slice(1)), `${page}: ${link}`);
      count++;
    }
  }
  assert.ok(count > 12);
});

Deno.test("docs: what is no example that runs is noticed", () => {
  const ticks = "```";
  assert.ok(runs([`${ticks}ts\nfoo();\n${ticks}`], "foo"));
  assert.ok(!runs([`${ticks}ts ignore\nfoo();\n${ticks}`], "foo"));
  assert.ok(!runs([`${ticks}ts\nbar();\n${ticks}`], "foo"));
  assert.ok(!runs(["See {@linkcode foo}"], "foo"));
});
