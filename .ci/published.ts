/**
 * What would be published, as `deno publish --dry-run` says itself. The stand-ins that this checkout links are local
 * modules to it, and so it takes place in a copy that links them from outside.
 */
import { fromFileUrl } from "jsr:@std/path@^1.1.6/from-file-url";

const root = fromFileUrl(new URL("..", import.meta.url));

async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}

/** A dry run of `deno publish`. */
export interface DryRun {
  /** Whether it would be published. */
  success: boolean;
  /** What Deno said. */
  said: string;
  /** The copy's folder, which has everything that it was made of. */
  folder: string;
  /** The paths in it of the files that would be published. */
  files: string[];
}

/** Makes the copy in an empty folder, as `package` beside `compat`, and publishes it, almost. */
export async function dryRun(folder: string): Promise<DryRun> {
  const target = `${folder}/package`;
  await Deno.mkdir(target, { recursive: true });
  const config = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  for (const path of config.publish.include) {
    const name = path.replace(/\/$/, "");
    await copy(`${root}${name}`, `${target}/${name}`);
  }
  await copy(`${root}compat`, `${folder}/compat`);
  config.links = config.links.map((link: string) => link.replace("./", "../"));
  await Deno.writeTextFile(`${target}/deno.json`, JSON.stringify(config));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: target,
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const real = await Deno.realPath(target);
  const files = Array.from(
    said.matchAll(/^\s*(file:\/\/\S+) \([\d.]+\w+\)$/gm),
    ([, url]) => fromFileUrl(url!).slice(real.length + 1),
  );
  return { success, said, folder: target, files };
}
