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
