import assert from "node:assert/strict";
import { openComposite } from "../../composite.ts";
import { conformance } from "../../drivers/conformance.ts";
import { openDriver } from "../../drivers/registry.ts";
import "../../examples/sqlite_driver.ts";

conformance(
  (name, fn) => Deno.test(name, fn),
  () => openDriver({ persistence: "sqlite", rootDir: ":memory:" }),
  {
    name: "sqlite",
    lacks: {
      putTree: "the example leaves it out",
      listsChecksums: "the example keeps none",
      times: "it goes by this machine's clock",
      stamps: "a folder is no row of its own",
      bulk: "the example leaves it out",
    },
  },
);

Deno.test("sqlite: its options are known to the compiler", async () => {
  // @ts-expect-error -- rootDir; examples/sqlite_driver.ts declares it.
  const slip = () => openComposite({ persistence: "sqlite", rootdir: ":memory:" });
  await assert.rejects(slip, /did you mean "rootDir"/);
});
