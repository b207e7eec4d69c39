/**
 * The command line as a process of its own, and a store for it to work on.
 */
import assert from "node:assert/strict";
import { createProject, logArtifact, logExperiment, openComposite } from "../../mod.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/** The arguments of Deno that run it, without permissions. */
export const RUN: readonly string[] = [
  ...["run", "--no-prompt", "--no-check", "--quiet", `--config=${ROOT}deno.json`],
];
export const CLI = `${ROOT}cli.ts`;

/** What a process said, and how it ended. */
export interface Said {
  code: number;
  out: string;
  err: string;
}

/** How it is run. */
export interface How {
  cwd?: string;
  env?: Record<string, string>;
  stdin?: string;
  /** Deno's permissions. Default: all. */
  allow?: readonly string[];
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Starts it. Nothing of this process's environment is passed on but what Deno needs. */
export function start(args: readonly string[], { cwd, env = {}, stdin, allow = ["-A"] }: How = {}) {
  const own = Object.fromEntries(
    ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return new Deno.Command(Deno.execPath(), {
    args: [...RUN, ...allow, CLI, ...args],
    ...(cwd !== undefined && { cwd }),
    clearEnv: true,
    env: { ...own, NO_COLOR: "1", ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs it. */
export async function rubicon(args: readonly string[], how: How = {}): Promise<Said> {
  const child = start(args, how);
  if (how.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    // A command that refuses its options does not read.
    await writer.write(new TextEncoder().encode(how.stdin)).then(() => writer.close()).catch(
      () => {},
    );
  }
  const { code, stdout, stderr } = await child.output();
  return { code, out: text(stdout), err: text(stderr) };
}

/** Runs it, which has to succeed. Returns what it printed. */
export async function ok(args: readonly string[], how: How = {}): Promise<string> {
  const { code, out, err } = await rubicon(args, how);
  assert.equal(code, 0, `rubicon ${args.join(" ")}\n${err}${out}`);
  return out;
}

/** A script that runs it through a shell. */
export async function shell(script: string, how: How & { shell?: string } = {}): Promise<Said> {
  const run = [Deno.execPath(), ...RUN, "-A", CLI].map((part) => `'${part}'`).join(" ");
  const { code, stdout, stderr } = await new Deno.Command(how.shell ?? "bash", {
    args: ["-c", `rubicon() { ${run} "$@"; }\n${script}`],
    ...(how.cwd !== undefined && { cwd: how.cwd }),
    env: { NO_COLOR: "1", ...how.env },
    stdin: "null",
  }).output();
  return { code, out: text(stdout), err: text(stderr) };
}

/** An id whose start says which it is. */
export const idOf = (digit: number, child = 0): string =>
  `${String(digit).repeat(8)}-0000-4000-8000-00000000000${child}`;

/** A folder with a store in it: two copies, two projects, three runs of the first. */
export interface Store extends AsyncDisposable {
  /** The folder; `a` and `b c` in it are the copies. */
  folder: string;
  /** The options that name them. */
  roots: string[];
}

/** Makes one. Ids and times are always the same. */
export async function makeStore(): Promise<Store> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "cli-" }));
  const rootDirs = [`${folder}/a`, `${folder}/b c`];
  await using rubicon = await openComposite(
    rootDirs.map((rootDir) => ({ persistence: "filesystem", rootDir })),
  );
  const time = (minute: number) =>
    `2026-11-24T09:${String(minute).padStart(2, "0")}:07.240755+00:00`;
  const project = await createProject(rubicon, {
    ...{ name: "Iris", description: "three species", id: idOf(0), createdAt: time(0) },
  });
  await createProject(rubicon, { name: "Prüfung 日本", id: idOf(9), createdAt: time(1) });
  const runs = [
    { lr: 0.1, accuracy: 0.8, loss: [2, 1], tags: ["base"] },
    { lr: 0.01, accuracy: 0.95, loss: [2, 0.5], tags: ["base", "model:forest"] },
    { lr: 0.001, accuracy: 0.9, loss: [3, 2.25], tags: ["model:forest"] },
  ];
  for (const [at, { lr, accuracy, loss, tags }] of runs.entries()) {
    const experiment = await logExperiment(rubicon, project, {
      ...{ id: idOf(at + 1), name: `run-${at + 1}`, tags, createdAt: time(10 + at) },
      commitHash: "0123456789abcdef",
      parameters: [
        { name: "lr", value: lr, id: idOf(at + 1, 1), createdAt: time(10) },
        { name: "seed", value: 42, id: idOf(at + 1, 2), createdAt: time(10) },
      ],
      metrics: [
        { name: "accuracy", value: accuracy, id: idOf(at + 1, 3), createdAt: time(10) },
        {
          ...{ name: "loss", value: loss, directionality: "loss" as const },
          ...{ id: idOf(at + 1, 4), createdAt: time(10) },
        },
      ],
    });
    if (at > 0) continue;
    await logArtifact(rubicon, experiment, {
      ...{ name: "notes.txt", data: "some notes\n", id: idOf(5), createdAt: time(11) },
    });
  }
  return {
    folder,
    roots: rootDirs.flatMap((rootDir) => ["--root-dir", rootDir]),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
