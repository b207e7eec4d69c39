/**
 * Writes the README's tables of guarantees, from those that the tests go by.
 *
 *     deno task guarantees
 */
import { tables } from "../tests/support/guarantees.ts";

const [START, END] = [
  "<!-- Written from tests/support/guarantees.ts by its task. -->\n",
  "<!-- End. -->\n",
];

/** A README with the tables of now. */
export function withTables(readme: string): string {
  const [before, rest] = readme.split(START);
  const [, after] = rest?.split(END) ?? [];
  if (after === undefined) throw new Error(`README.md lacks ${START} or ${END}`);
  return `${before}${START}\n${tables()}\n\n${END}${after}`;
}

if (import.meta.main) {
  const path = new URL("../README.md", import.meta.url);
  await Deno.writeTextFile(path, withTables(await Deno.readTextFile(path)));
}
