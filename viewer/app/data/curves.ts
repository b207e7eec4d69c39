/**
 * Curves from a server: those of several runs in one answer, since a request for each takes longer than what it brings.
 *
 * @module
 */
/// <reference lib="dom" />
import { type RunCurves, unpackCurves } from "../../curves_file.ts";
import { loadBytes, LoadError, loadJson } from "./load.ts";

/** So many runs are asked for in one go. */
const TOGETHER = 12;
const HISTORY = /^(.*\/)history\/([^/]+)\.json$/;

interface Asked {
  /** Of the project. */
  folder: string;
  id: string;
  done(curves: RunCurves): void;
  failed(error: unknown): void;
}

let waiting: Asked[] = [];

/** A file as charts ask for it. The curves of runs that are asked for in one turn come together. */
export function loadTogether(path: string): Promise<unknown> {
  const [, folder, id] = HISTORY.exec(path) ?? [];
  if (folder === undefined || id === undefined) return loadJson(path);
  return new Promise((done, failed) => ask({ folder, id, done, failed }));
}

function ask(one: Asked): void {
  if (waiting.push(one) === 1) setTimeout(askAll);
}

function askAll(): void {
  const all = Map.groupBy(waiting, ({ folder }) => folder);
  waiting = [];
  for (const [folder, list] of all) {
    for (let at = 0; at < list.length; at += TOGETHER) {
      void read(folder, list.slice(at, at + TOGETHER));
    }
  }
}

async function read(folder: string, list: readonly Asked[]): Promise<void> {
  try {
    const ids = [...new Set(list.map(({ id }) => id))];
    const found = unpackCurves(await loadBytes(`${folder}curves/${ids.join()}`));
    if (found.size === 0) throw new LoadError("The server has no answer about these curves.");
    for (const one of list) {
      const curves = found.get(decodeURIComponent(one.id));
      // Of very long curves there are fewer in an answer.
      if (!curves) ask(one);
      else if ("error" in curves) one.failed(new LoadError(curves.error));
      else one.done(curves);
    }
  } catch (error) {
    for (const { failed } of list) failed(error);
  }
}
