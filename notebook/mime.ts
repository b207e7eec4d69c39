/**
 * What a notebook shows: MIME types with their texts, on an object that the Deno kernel knows how to show.
 *
 * @module
 */

/**
 * Something to look at. As the last expression of a cell it is shown; elsewhere `mime` has its parts, and
 * `console.log` prints the text. It stays plain data: `structuredClone` keeps `mime`.
 */
export interface Displayed<Mime extends string = string> {
  /** What is shown, by MIME type: a frontend takes the richest one that it knows. */
  readonly mime: Readonly<Record<"text/plain" | Mime, string>>;
}

/** The Deno kernel asks this of the last expression of a cell, and of what `Deno.jupyter.display` gets. */
const DISPLAY = Symbol.for("Jupyter.display");
const INSPECT = Symbol.for("Deno.customInspect");

/**
 * Makes a promise of something to look at. The promise itself can be the last expression of a cell too, so that a
 * forgotten `await` shows the same.
 */
export function displayed<Mime extends string>(
  work: Promise<Displayed<Mime>["mime"]>,
): Promise<Displayed<Mime>> {
  const promise = work.then((mime) =>
    withSymbols({ mime }, {
      [DISPLAY]: () => mime,
      [INSPECT]: () => mime["text/plain"],
    })
  );
  return withSymbols(promise, { [DISPLAY]: () => work });
}

/** Not enumerable, so that copies and comparisons see plain data. */
function withSymbols<T extends object>(target: T, methods: Record<symbol, () => unknown>): T {
  for (const name of Object.getOwnPropertySymbols(methods)) {
    Object.defineProperty(target, name, { value: methods[name] });
  }
  return target;
}
