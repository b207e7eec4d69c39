/** What the tests of imports have in common. */
import assert from "node:assert/strict";
import { openComposite, verify } from "../../mod.ts";
import { temporary } from "./folders.ts";

type Rubicon = Awaited<ReturnType<typeof openComposite>>;

/** A test with a folder to import from and two stores, which are clean afterwards. */
export const onStore =
  (kind: string) =>
  (name: string, run: (folder: string, rubicon: Rubicon) => Promise<void>): void =>
    Deno.test(`${kind}: ${name}`, () =>
      temporary(async (folder) => {
        await using rubicon = await openComposite([
          { persistence: "memory", rootDir: `${kind} ${name}` },
          { persistence: "filesystem", rootDir: `${folder}/root` },
        ]);
        await run(folder, rubicon);
        assert.equal((await verify(rubicon)).clean, true);
      }));

/** The values of entities by their names. */
export const values = (
  list: readonly { name: string; value: unknown }[],
): Record<string, unknown> => Object.fromEntries(list.map(({ name, value }) => [name, value]));
