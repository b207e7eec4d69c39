/**
 * `rubicon.json`: which stores there are, so that nobody has to say so each time.
 *
 * @module
 */
import { dirname } from "jsr:@std/path@^1.1.6/dirname";
import { join } from "jsr:@std/path@^1.1.6/join";
import { resolve } from "jsr:@std/path@^1.1.6/resolve";
import type { BackendConfig, CompositeOptions } from "../../composite/types.ts";
import { suggest } from "../../messages.ts";
import { UsageError } from "../exit.ts";
import { mayRead } from "./environment.ts";

/** A store that is not open yet. */
export interface Given {
  backends: BackendConfig<string>[];
  options: CompositeOptions;
  /** What names it, in words: the options, the environment, or a file. */
  source: string;
  /** The project that a file names. */
  project?: string | undefined;
}

const NAME = "rubicon.json";
const FIELDS = ["backends", "project", "write", "read", "timeoutMs", "failureMode", "legacyTimes"];

/** The file in this folder, or the nearest one above it, as far as Deno may look. */
export function findConfig(): string | undefined {
  for (let folder = Deno.cwd();;) {
    const path = join(folder, NAME);
    if (mayRead(path) && isFile(path)) return path;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // What cannot be looked at is not the one that is meant.
  }
}

/** Reads one. Folders in it are relative to the file. */
export function readConfig(path: string): Given {
  const fail = (why: string): never => {
    throw new UsageError(`${path}: ${why}`);
  };
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return fail(`it cannot be read: ${why}`);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // Without the engine's words: they repeat the text, which may have a secret.
    return fail("it is no JSON.");
  }
  if (!isObject(content)) return fail('it must be an object such as { "backends": […] }.');
  for (const field of Object.keys(content)) {
    if (!FIELDS.includes(field)) {
      fail(`there is no field ${JSON.stringify(field)}.${suggest(field, FIELDS)}`);
    }
  }
  const { backends, project, ...options } = content;
  if (!Array.isArray(backends) || backends.length === 0 || !backends.every(isObject)) {
    return fail(
      'backends must be a list such as [{ "rootDir": "./runs" }, { "rootDir": "s3://bucket/prefix" }].',
    );
  }
  if (project !== undefined && typeof project !== "string") {
    return fail("project must be the name of a project.");
  }
  const folder = dirname(resolve(path));
  return {
    backends: backends.map((one, at) =>
      backendIn(one, folder, (why) => fail(`backends[${at}]: ${why}`))
    ),
    options: options as CompositeOptions,
    source: path,
    ...(project !== undefined && { project }),
  };
}

function backendIn(
  given: Record<string, unknown>,
  folder: string,
  fail: (why: string) => never,
): BackendConfig<string> {
  const { rootDir } = given;
  const isText = typeof rootDir === "string" && rootDir !== "";
  if (given.persistence === undefined && !isText) fail("it needs a rootDir.");
  const isBucket = isText && /^s3:/i.test(rootDir);
  const persistence = given.persistence ?? (isBucket ? "s3" : "filesystem");
  if (typeof persistence !== "string") return fail("persistence must be text.");
  const isFolder = isText && persistence === "filesystem" && !/^[a-z][a-z\d+.-]+:/i.test(rootDir);
  return {
    ...given,
    persistence,
    ...(isFolder && !/^~/.test(rootDir) && { rootDir: resolve(folder, rootDir) }),
    // Which persistences there are is known only when it is opened.
  } as BackendConfig;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
