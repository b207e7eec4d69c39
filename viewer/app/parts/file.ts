/**
 * Files that a screen needs: read once, kept, and read again when the project is another one.
 *
 * @module
 */
/// <reference lib="dom" />
import { useEffect, useState } from "npm:preact@^11.2.0/hooks";
import { loadJson } from "../data/load.ts";

/** A file on its way, there, or not to be had. */
export type FileState<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly message: string };

const LOADING = { state: "loading" } as const;
/** Files that arrive within so many milliseconds are shown together: what is made of them takes as long as for one. */
const TOGETHER = 100;
/** This many files are kept. */
const KEPT = 60;
const kept = new Map<string, Promise<unknown>>();

/** A JSON file, at a version: the same version of it is read once. */
export function readFile<T>(path: string, version: string): Promise<T> {
  const key = `${version} ${path}`;
  let found = kept.get(key);
  if (!found) {
    found = loadJson<T>(path);
    kept.set(key, found);
    found.catch(() => kept.delete(key));
    for (const old of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(old);
    }
  }
  return found as Promise<T>;
}

/** The files of some paths, in their order. What was there before stays until the new one is. */
export function useFiles<T>(
  paths: readonly string[],
  version: string,
): { files: readonly FileState<T>[]; retry: () => void } {
  const [found, setFound] = useState<ReadonlyMap<string, FileState<T>>>(new Map());
  const [tries, setTries] = useState(0);
  const all = paths.join("\n");
  useEffect(() => {
    let gone = false;
    const arrived = new Map<string, FileState<T>>();
    let left = paths.length;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      timer = undefined;
      const some = [...arrived];
      arrived.clear();
      setFound((now) => new Map([...now, ...some]));
    };
    const put = (path: string, state: FileState<T>) => {
      if (gone) return;
      arrived.set(path, state);
      if (--left > 0) timer ??= setTimeout(show, TOGETHER);
      else {
        clearTimeout(timer);
        show();
      }
    };
    for (const path of paths) {
      readFile<T>(path, version).then(
        (value) => put(path, { state: "ready", value }),
        (error) => put(path, { state: "failed", message: String(error?.message ?? error) }),
      );
    }
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [all, version, tries]);
  return {
    files: paths.map((path) => found.get(path) ?? LOADING),
    retry: () => {
      setFound(new Map());
      setTries((now) => now + 1);
    },
  };
}

/** One file. */
export function useFile<T>(
  path: string,
  version: string,
): { file: FileState<T>; retry: () => void } {
  const { files, retry } = useFiles<T>([path], version);
  return { file: files[0]!, retry };
}

/** Where everything of a run is. */
export const runPath = (slug: string, id: string): string =>
  `projects/${encodeURIComponent(slug)}/runs/${encodeURIComponent(id)}.json`;
