/**
 * `deno publish --dry-run` of what would be published. The stand-ins that this checkout links are local modules to
 * it, and so it takes place in a copy that links them from outside.
 *
 *     deno run -A .ci/publish.ts
 */
const root = new URL("..", import.meta.url).pathname;
const folder = `${root}.cache/publish`;
await Deno.remove(folder, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});

async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}

await Deno.mkdir(`${folder}/package`, { recursive: true });
const config = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
for (const path of config.publish.include) {
  const name = path.replace(/\/$/, "");
  await copy(`${root}${name}`, `${folder}/package/${name}`);
}
await copy(`${root}compat`, `${folder}/compat`);
config.links = config.links.map((link: string) => link.replace("./", "../"));
await Deno.writeTextFile(`${folder}/package/deno.json`, JSON.stringify(config));
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["publish", "--dry-run", "--allow-dirty"],
  cwd: `${folder}/package`,
}).spawn().status;
Deno.exit(code);
