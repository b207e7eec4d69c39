/**
 * Small text files that are at a path, a URL, or in a bucket: catalogs and schemas.
 *
 * @module
 */
import { dirname } from "jsr:@std/path@^1.1.6/dirname";
import { relative } from "jsr:@std/path@^1.1.6/relative";
import { resolve } from "jsr:@std/path@^1.1.6/resolve";
import type { BackendConfig } from "../../composite.ts";
import { type DriverConfig, openDriver } from "../../drivers/registry.ts";
import { hasCode, RubiconException } from "../../errors.ts";
import { notAllowed, toPath } from "./disk.ts";
import { show } from "../check.ts";

const isBucket = (at: string) => /^s3:\/\//i.test(at);
const isWeb = (at: string) => /^https?:\/\//i.test(at);

/** How files are reached. */
export interface Access {
  /** The configuration of a bucket's driver. */
  configure(root: string): BackendConfig;
  signal?: AbortSignal | undefined;
}

/** A folder, or a bucket by the environment's credentials. */
export const byEnvironment = (root: string): BackendConfig => ({
  persistence: isBucket(root) ? "s3" : "filesystem",
  rootDir: root,
});

/** The folder that a file is in: what `{{ CATALOG_DIR }}` stands for. */
export function folderOf(at: string | URL): string {
  const text = String(at);
  if (isBucket(text) || isWeb(text)) return text.replace(/\/[^/]*$/, "");
  return dirname(resolve(toPath(at)));
}

/** A root as seen from that folder, `undefined` if there is no way from the one to the other. */
export function relativeRoot(folder: string, root: string): string | undefined {
  if (root === folder) return "{{ CATALOG_DIR }}";
  if (isBucket(folder)) {
    return root.startsWith(`${folder}/`)
      ? `{{ CATALOG_DIR }}${root.slice(folder.length)}`
      : undefined;
  }
  if (isBucket(root)) return undefined;
  return `{{ CATALOG_DIR }}/${relative(folder, root).replaceAll("\\", "/")}`;
}

/** Reads a text. */
export async function readText(
  at: string | URL,
  what: string,
  { configure, signal }: Access,
): Promise<string> {
  const text = String(at);
  if (isWeb(text)) return await download(text, what, signal);
  if (isBucket(text)) {
    return await inBucket(text, what, configure, async (driver, key) => {
      const { bytes } = await driver.get(key, { signal });
      return new TextDecoder().decode(bytes);
    });
  }
  try {
    return await Deno.readTextFile(toPath(at), signal ? { signal } : {});
  } catch (cause) {
    signal?.throwIfAborted();
    if (!(cause instanceof Deno.errors.NotFound)) throw notAllowed(`${what} cannot be read`, cause);
    throw new RubiconException("not-found", `${what}: there is no such file.`, { cause });
  }
}

async function download(url: string, what: string, signal: AbortSignal | undefined) {
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
  } catch (cause) {
    signal?.throwIfAborted();
    throw new RubiconException("unavailable", `${what} cannot be downloaded.`, { cause });
  }
  if (response.ok) return await response.text();
  await response.body?.cancel();
  throw new RubiconException(
    response.status === 404 ? "not-found" : "unavailable",
    `${what} cannot be downloaded: the server answered ${response.status}.`,
  );
}

/** Writes a text, whole or not at all. */
export async function writeText(
  at: string | URL,
  text: string,
  what: string,
  { configure, signal }: Access,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  if (isBucket(String(at))) {
    await inBucket(
      String(at),
      what,
      configure,
      (driver, key) => driver.put(key, bytes, { signal }),
    );
    return;
  }
  const { putBytes } = await import("../export/output.ts");
  await putBytes([bytes], at, signal, "rubicon-ml-catalog.yml", what);
}

type Driver = Awaited<ReturnType<typeof openDriver>>;

/** Opens the driver of a folder or a bucket. */
export async function openAt(
  root: string,
  configure: (root: string) => BackendConfig<string>,
): Promise<Driver> {
  // What a composite does with a backend is nothing that its driver takes.
  const { label: _label, timeoutMs: _timeoutMs, mode: _mode, ...config } = configure(root);
  return await openDriver(config as DriverConfig);
}

/** An object of a bucket. */
async function inBucket<T>(
  at: string,
  what: string,
  configure: Access["configure"],
  work: (driver: Driver, key: string) => Promise<T>,
): Promise<T> {
  const [, root, key] = /^(s3:\/\/.+?)\/([^/]+)$/i.exec(at) ?? [];
  if (root === undefined || key === undefined || /^s3:\/*$/i.test(root)) {
    throw new RubiconException(
      "invalid-argument",
      `${what}: a file in a bucket must be s3://bucket/folder/name, not ${show(at)}.`,
    );
  }
  const driver = await openAt(root, configure);
  try {
    return await work(driver, key);
  } catch (cause) {
    if (!hasCode(cause, "not-found")) throw cause;
    throw new RubiconException("not-found", `${what}: there is no such object.`, { cause });
  } finally {
    await driver.close?.();
  }
}
