/**
 * docs/cli.md: every command of it is run, in the order in which it stands there, and says what stands there. With
 * RUBICON_UPDATE_DOCS=1 what they say is written into it.
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { COMMANDS } from "../../cli/commands.ts";
import { pooled } from "../../domain/pool.ts";
import { CLI, ok, rubicon, RUN } from "../support/cli.ts";

const FILE = new URL("../../docs/cli.md", import.meta.url);
const text = await Deno.readTextFile(FILE);

interface Step {
  command: string;
  said: string;
}

/** The commands of a block: lines that start with `$`, continued by `>`; what follows is what they say. */
function stepsIn(block: string): Step[] {
  const steps: Step[] = [];
  for (const line of block.split("\n").slice(0, -1)) {
    const last = steps.at(-1);
    if (line.startsWith("$ ")) steps.push({ command: line.slice(2), said: "" });
    else if (line.startsWith("> ")) last!.command += `\n${line.slice(2)}`;
    else last!.said += `${line}\n`;
  }
  return steps;
}

const print = ({ command, said }: Step): string =>
  `$ ${command.replaceAll("\n", "\n> ")}\n${said}${said === "" || said.endsWith("\n") ? "" : "\n"}`;

const UUID = /(?<![\da-f])[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g;

/** What is another one each time, as dots. */
const masked = (said: string): string =>
  said.replaceAll(
    UUID,
    (id) => /^(\d)\1{7}-0000/.test(id) ? id : "········-····-4···-····-············",
  ).replaceAll(
    /\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?/g,
    (time) => time.startsWith("2026-11-24") ? time : time.replaceAll(/\d/g, "·"),
  );

Deno.test("docs/cli.md: every command runs, and says what stands there", async () => {
  const cwd = await Deno.realPath(await Deno.makeTempDir({ prefix: "cli-docs-" }));
  const bin = await Deno.makeTempDir();
  const quoted = [Deno.execPath(), ...RUN, "-A", CLI].map((part) => `'${part}'`).join(" ");
  await Deno.writeTextFile(`${bin}/rubicon`, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  const env = { NO_COLOR: "1", PATH: `${bin}:${Deno.env.get("PATH")}` };
  let updated = "";
  let count = 0;
  try {
    for (const part of text.split(/(?<=^```console\n)(.*?)(?=^```$)/gms)) {
      const isBlock = updated.endsWith("```console\n");
      if (!isBlock) {
        updated += part;
        continue;
      }
      for (const { command } of stepsIn(part)) {
        count++;
        const { stdout, stderr } = await new Deno.Command("bash", {
          args: ["-c", command],
          ...{ cwd, env, stdin: "null" as const },
        }).output();
        const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
        updated += print({ command, said: masked(said) });
      }
    }
  } finally {
    await Promise.all([cwd, bin].map((folder) => Deno.remove(folder, { recursive: true })));
  }
  if (Deno.env.get("RUBICON_UPDATE_DOCS") === "1") await Deno.writeTextFile(FILE, updated);
  else assert.equal(updated, text);
  assert.ok(count > 30);
  assert.doesNotMatch(updated, /^error: /m);
});

Deno.test("docs/cli.md: every command is in it, with its JSON and its permissions", () => {
  const [shapes, permissions] = ["## For scripts", "## Permissions"].map((title) =>
    text.slice(text.indexOf(title))
  );
  for (const { name } of COMMANDS) {
    assert.ok(new RegExp(`\\brubicon ${name}\\b`).test(text), name);
    if (name === "completions") continue;
    assert.ok(new RegExp(`^\\|.*\`${name}\``, "m").test(shapes!), `the JSON of ${name}`);
    assert.ok(
      new RegExp(`^\\|.*\`${name}\\b`, "m").test(permissions!),
      `the permissions of ${name}`,
    );
  }
});

/** The rows of the table of permissions: the commands, and the flags that each needs. */
function permissions(): { command: string; flags: string[] }[] {
  const rows = text.slice(text.indexOf("## Permissions")).split("\n").filter((line) =>
    line.startsWith("| `")
  );
  return rows.flatMap((row) => {
    const [, commands, needed] = row.split("|");
    const flags = Array.from(needed!.matchAll(/--allow-\S+?(?=[ `])/g), ([flag]) => flag);
    return Array.from(
      commands!.matchAll(/`([^`]+)`/g),
      ([, command]) => ({ command: command!, flags }),
    );
  });
}

/** A folder with all that the commands of the table work on. */
interface Place extends AsyncDisposable {
  cwd: string;
  names: Record<"ROOT" | "TO" | "OUT" | "FILE", string>;
}

async function emptyPlace(): Promise<Place> {
  const cwd = await Deno.realPath(await Deno.makeTempDir({ prefix: "cli-allow-" }));
  return {
    cwd,
    names: { ROOT: `${cwd}/root`, TO: `${cwd}/to`, OUT: `${cwd}/out`, FILE: `${cwd}/file.txt` },
    [Symbol.asyncDispose]: () => Deno.remove(cwd, { recursive: true }),
  };
}

/** A copy of one, for what writes. */
async function copyOf({ cwd }: Place): Promise<Place> {
  const copy = await emptyPlace();
  const args = ["-r", `${cwd}/.`, copy.cwd];
  assert.ok((await new Deno.Command("cp", { args }).output()).success);
  return copy;
}

async function place(): Promise<Place> {
  const made = await emptyPlace();
  const { names } = made;
  await Deno.mkdir(names.OUT);
  await Deno.writeTextFile(names.FILE, "a file");
  await foreignRuns(names.OUT);
  const root = ["--root-dir", names.ROOT];
  await ok(["log", "-p", "Trees", "--stdin", ...root], {
    stdin: JSON.stringify([
      { name: "tree", metrics: { accuracy: 0.8 } },
      { name: "forest", metrics: { accuracy: 0.9 }, artifacts: [{ name: "notes.txt", data: "x" }] },
    ]),
  });
  await ok(["archive", "-p", "Trees", ...root]);
  return made;
}

/** A run of MLflow and one of trackio. */
async function foreignRuns(folder: string): Promise<void> {
  const id = "aaaaaaaabbbb4ccc8dddeeeeeeeeeeee";
  await Deno.mkdir(`${folder}/1/${id}`, { recursive: true });
  await Deno.writeTextFile(`${folder}/1/meta.yaml`, "name: q");
  await Deno.writeTextFile(`${folder}/1/${id}/meta.yaml`, `run_id: ${id}`);
  const db = new DatabaseSync(`${folder}/r.db`);
  const columns = "id INTEGER, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT";
  db.exec(`CREATE TABLE metrics (${columns})`);
  db.exec("INSERT INTO metrics VALUES (1, '2026-11-28T06:30:03+00:00', 'a', 0, '{}')");
  db.close();
}

/** These write nothing if there is nothing to be done, as here. */
const IDLE: ReadonlySet<string> = new Set(["repair", "restore", "empty-trash --yes"]);

const fill = (text: string, names: Place["names"]): string =>
  text.replaceAll(/\b(?:ROOT|TO|OUT|FILE)\b/g, (name) => names[name as keyof Place["names"]]);

Deno.test("docs/cli.md: each command needs the permissions that stand there, and no more", async () => {
  await using shared = await place();
  const all = permissions();
  assert.ok(all.length >= 24, `${all.length} commands`);
  const run = async (command: string, flags: string[], names: Place["names"]) => {
    const args = fill(command, names).split(" ").map((arg) => arg.replaceAll('"', ""));
    const joined = /^(?:query) "(.*)"$/.exec(command);
    const needsStore = flags.length > 0 || joined;
    return await rubicon(
      [
        ...(joined ? ["query", joined[1]!] : args),
        ...(needsStore || /ROOT/.test(command) ? ["--root-dir", names.ROOT] : []),
        ...(/^(?:rm|undelete|empty-trash|log|gate|get|export(?! html)|archive|restore|tag|best|diff|query|search|show|tail|table)\b/
            .test(
              command,
            )
          ? ["-p", "Trees"]
          : []),
      ],
      { allow: flags.map((flag) => fill(flag, names)), cwd: names.OUT, env: { PATH: "" } },
    );
  };
  await pooled(all, async ({ command, flags }) => {
    // It ends with Ctrl-C alone: tests/cli/ui_test.ts has it.
    if (command === "ui") return;
    // What writes gets a store of its own.
    const isWriting = flags.some((flag) => flag.startsWith("--allow-write"));
    const own = isWriting ? await copyOf(shared) : undefined;
    const { names } = own ?? shared;
    try {
      // Without a permission first: once it has run, there may be nothing left to be written.
      for (const left of IDLE.has(command) ? [] : flags) {
        const { code } = await run(command, flags.filter((flag) => flag !== left), names);
        assert.notEqual(code, 0, `${command} does not need ${left}`);
      }
      const { code, err, out } = await run(command, flags, names);
      assert.equal(code, 0, `${command} ${flags}\n${err}${out}`);
    } finally {
      await own?.[Symbol.asyncDispose]();
    }
  }, 4);
});
