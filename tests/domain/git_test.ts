import assert from "node:assert/strict";
import { gitInfo } from "../../mod.ts";
import { refused } from "../support/faulty.ts";
import { temporary } from "../support/folders.ts";

interface Repository {
  folder: string;
  git: (...args: string[]) => Promise<string>;
}

/** Runs a test in a repository with one committed file. */
async function inRepository(run: (repository: Repository) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const git = async (...args: string[]) => {
    const identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"];
    const { success, stdout, stderr } = await new Deno.Command("git", {
      args: [...identity, ...args],
      cwd: folder,
    }).output();
    assert.ok(success, `${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout).trim();
  };
  try {
    await git("init", "--quiet", "--initial-branch", "work");
    await Deno.writeTextFile(`${folder}/file.txt`, "one\n");
    await git("add", ".");
    await git("commit", "--quiet", "--message", "first");
    await run({ folder, git });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A command that leaves a trace, and the files that say which of them have run. */
const trace = (folder: string, name: string) => `touch '${folder}/.git/ran-${name}'; cat`;
const traces = (folder: string) =>
  [...Deno.readDirSync(`${folder}/.git`)].map(({ name }) => name)
    .filter((name) => name.startsWith("ran-"));

/** Makes the index look old, so that git has to compare the file's content. */
const touch = (folder: string) => Deno.utime(`${folder}/file.txt`, 1, 1);

Deno.test("gitInfo() runs nothing that a foreign repository's configuration names", async () => {
  await inRepository(async ({ folder, git }) => {
    await git("config", "core.fsmonitor", trace(folder, "fsmonitor"));
    await git("config", "core.pager", trace(folder, "pager"));
    await git("config", "pager.status", "true");
    await git("config", "filter.a.b.clean", trace(folder, "filter"));
    await git("config", "filter.a.b.required", "true");
    await git("config", "status.submoduleSummary", "true");
    await Deno.writeTextFile(`${folder}/.git/info/attributes`, "*.txt filter=a.b\n");
    await Deno.mkdir(`${folder}/hooks`);
    const hook = `${folder}/hooks/post-index-change`;
    await Deno.writeTextFile(hook, `#!/bin/sh\n${trace(folder, "hook")} </dev/null\n`);
    await Deno.chmod(hook, 0o755);
    await git("config", "core.hooksPath", `${folder}/hooks`);
    await touch(folder);
    await gitInfo(folder);
    assert.deepEqual(traces(folder), []);
    // The same repository does run them for git itself: else this test would prove nothing.
    await git("status", "--porcelain");
    assert.deepEqual(traces(folder).sort(), ["ran-filter", "ran-fsmonitor", "ran-hook"]);
  });
});

Deno.test("gitInfo() refuses a filter whose name it cannot turn off", async () => {
  await inRepository(async ({ folder, git }) => {
    await Deno.writeTextFile(`${folder}/.git/info/attributes`, "*.txt filter=a=b\n");
    const config = await Deno.readTextFile(`${folder}/.git/config`);
    const filter = `[filter "a=b"]\n\tclean = ${trace(folder, "filter").replace(";", " &&")}\n`;
    await Deno.writeTextFile(`${folder}/.git/config`, config + filter);
    await touch(folder);
    assert.match((await refused(() => gitInfo(folder))).message, /odd name, "a=b"/);
    assert.deepEqual(traces(folder), []);
    await git("status", "--porcelain");
    assert.deepEqual(traces(folder), ["ran-filter"]);
  });
});

Deno.test("gitInfo() fetches nothing from a partial clone's remote", async () => {
  await inRepository(async ({ folder, git }) => {
    await git("config", "remote.origin.url", `ext::sh -c touch% '${folder}/.git/ran-fetch'`);
    await git("config", "remote.origin.promisor", "true");
    await git("config", "extensions.partialClone", "origin");
    await git("config", "protocol.ext.allow", "always");
    const tree = await git("rev-parse", "HEAD^{tree}");
    await Deno.remove(`${folder}/.git/objects/${tree.slice(0, 2)}/${tree.slice(2)}`);
    await refused(() => gitInfo(folder));
    assert.deepEqual(traces(folder), []);
  });
});

Deno.test("gitInfo() takes an unchanged file for clean, though its filter is off", async () => {
  await inRepository(async ({ folder, git }) => {
    await git("config", "filter.a.clean", "cat");
    await Deno.writeTextFile(`${folder}/.git/info/attributes`, "*.txt filter=a\n");
    await touch(folder);
    assert.equal((await gitInfo(folder)).dirty, false);
    await Deno.writeTextFile(`${folder}/file.txt`, "two\n");
    assert.equal((await gitInfo(folder)).dirty, true);
  });
});

Deno.test("gitInfo() gives a remote without user, password, query and fragment", async () => {
  const urls = [
    ["https://example.com/a/b.git?private_token=s3cret", "https://example.com/a/b.git"],
    ["https://s3cret@example.com/a/b.git#s3cret", "https://example.com/a/b.git"],
    ["https://u:s3cret@x@example.com/a/b?x=s3cret", "https://example.com/a/b"],
    ["foo::https://u:s3cret@example.com/a", "foo::https://example.com/a"],
    ["git@example.com:a/b.git", "git@example.com:a/b.git"],
  ];
  await inRepository(async ({ folder, git }) => {
    await git("remote", "add", "origin", "placeholder");
    for (const [url, expected] of urls) {
      await git("remote", "set-url", "origin", url!);
      assert.equal((await gitInfo(folder)).githubUrl, expected);
    }
  });
});

/** git that says when it begins and ends. The branch cannot be had at once; all else takes a while after that. */
const FAKE_GIT = `#!/bin/sh
touch "$TRACES/begun-$$"
case "$*" in
  *--abbrev-ref*) while [ "$(ls "$TRACES" | grep -c begun)" -lt 4 ]; do :; done; touch "$TRACES/ended-$$"; exit 1;;
  *) while [ "$(ls "$TRACES" | grep -c ended)" -lt 1 ]; do :; done; sleep 0.3; touch "$TRACES/ended-$$";;
esac
`;

Deno.test("gitInfo() leaves no git behind that goes on after it has failed", () =>
  temporary(async (folder) => {
    await Deno.mkdir(`${folder}/traces`);
    await Deno.writeTextFile(`${folder}/git`, FAKE_GIT);
    await Deno.chmod(`${folder}/git`, 0o755);
    const code = `
      import { gitInfo } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
      const failed = await gitInfo().then(() => false, () => true);
      const names = [...Deno.readDirSync(Deno.env.get("TRACES"))].map(({ name }) => name);
      console.log(JSON.stringify({ failed, names }));
      Deno.exit();`;
    await Deno.writeTextFile(`${folder}/main.js`, code);
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", `--config=${config}`, `${folder}/main.js`],
      env: { PATH: `${folder}:${Deno.env.get("PATH")}`, TRACES: `${folder}/traces` },
      stderr: "inherit",
    }).output();
    const { failed, names } = JSON.parse(new TextDecoder().decode(stdout));
    const ran = (when: string) => names.filter((name: string) => name.startsWith(when)).length;
    assert.deepEqual([failed, ran("ended")], [true, ran("begun")], names.join());
  }));
