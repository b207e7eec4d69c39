/** The command from elsewhere: installed, and from a URL. */
import assert from "node:assert/strict";
import { VERSION } from "../../cli/version.ts";
import { elsewhere, servePublished } from "../support/published.ts";

Deno.test("cli: the line of docs/cli.md installs it", async () => {
  const root = new URL("../../", import.meta.url).pathname;
  const { links, ...config } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  const text = await Deno.readTextFile(`${root}docs/cli.md`);
  const [, args] = /^deno (install .*)$/m.exec(text) ?? [];
  assert.ok(args);
  const folder = await Deno.makeTempDir();
  try {
    const run = async (command: string, args: string[]) => {
      const env = { NO_COLOR: "1", DENO_INSTALL_ROOT: folder, PATH: Deno.env.get("PATH")! };
      const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd: root, env })
        .output();
      assert.ok(success, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    // The stand-ins for JSR are folders of this checkout, which an installed command has to find.
    const own = `${folder}/deno.json`;
    const absolute = links.map((link: string) => new URL(link, `file://${root}`).pathname);
    await Deno.writeTextFile(
      own,
      JSON.stringify({ compilerOptions: config.compilerOptions, links: absolute }),
    );
    const [command, ...rest] = args.split(" ");
    await run(Deno.execPath(), [command!, `--config=${own}`, ...rest]);
    assert.equal(await run(`${folder}/bin/rubicon`, ["--version"]), `${VERSION}\n`);
    await run(`${folder}/bin/rubicon`, [
      "log",
      "-p",
      "P",
      "-m",
      "a=1",
      "--root-dir",
      `${folder}/s`,
    ]);
    assert.match(await run(`${folder}/bin/rubicon`, ["table", "--root-dir", `${folder}/s`]), / a /);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("cli: it runs from a URL, and all that it loads is published", async () => {
  await using published = await servePublished();
  const { url, host, asked, files } = published;
  await using place = await elsewhere(published, {});
  const rubicon = (...args: string[]) =>
    place.ok([
      ...["run", "--no-prompt", `--allow-import=${host}`, "--allow-read=.", "--allow-write=."],
      // A script at a URL has no configuration of its own, and the stand-ins for JSR need one.
      ...["--config=deno.json", `${url}cli.ts`, ...args],
    ]);
  assert.match(await rubicon("--help"), /^Usage: rubicon /);
  await rubicon("log", "-p", "P", "-m", "a=1", "--root-dir", "store");
  assert.match(await rubicon("query", "metrics.a = 1", "--root-dir", "store"), /^ID +a +CREATED/);
  assert.deepEqual(asked.filter((path) => !files.includes(path)), []);
});
