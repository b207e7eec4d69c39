// deno-lint-ignore-file no-console -- it is there to show something.
/**
 * rubicon-ml's "Log with Multiple Backends" on two folders: everything is logged to both, and reads
 * answer as long as one of them is there. In the end one is lost for good and made again from the other.
 *
 *     deno run --allow-read=./local --allow-write=./local examples/multiple_backends.ts
 */
import { withBar } from "./progress_bar.ts";
import { walkthrough } from "./walkthrough.ts";
import { openComposite, repair, RubiconException } from "../mod.ts";

const ROOTS = ["./local/rootA", "./local/rootB"];
const AWAY = "./local/rootA-moved-away";

// What an earlier run left behind, so that this can be run again at once.
for (const folder of [...ROOTS, AWAY]) {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

await using rubicon = await openComposite(
  ROOTS.map((rootDir) => ({ persistence: "filesystem", rootDir })),
);

const { project, readBack } = await walkthrough(rubicon);

for (const root of ROOTS) {
  console.log(`\n${root}`);
  printTree(root, "  ");
}

console.log("\nRead back from both:");
await readBack();

await Deno.rename(ROOTS[0]!, AWAY);
console.log(`\n${ROOTS[0]} is moved away. Read back from what is left:`);
await readBack();

await Deno.rename(ROOTS[1]!, `${AWAY}/rootB`);
console.log(`\n${ROOTS[1]} is gone too. What a RubiconException says:`);
try {
  await readBack();
} catch (error) {
  if (!(error instanceof RubiconException)) throw error;
  console.log(`${error.name} (${error.code}) ${error.message}`);
}

// Back in place, but for good what one of them had is lost.
await Deno.rename(`${AWAY}/rootB`, ROOTS[1]!);
await Deno.remove(AWAY, { recursive: true });
const { clean, mended } = await withBar((onProgress) => repair(rubicon, { onProgress }));
console.log(
  `\n${ROOTS[1]} is back, ${ROOTS[0]} is lost. repair copied ${mended.length} objects to it` +
    `${
      clean ? ", and both are the same again." : "; see failures and conflicts of what it returns."
    }`,
);

// Both are there, for whoever wants to look around or to open the folders with Python's rubicon-ml.
console.log(`Look for project "${project.name}" in ${ROOTS.join(" and ")}.`);

function printTree(folder: string, indent: string): void {
  for (const { name, isDirectory } of [...Deno.readDirSync(folder)].sort(byName)) {
    console.log(`${indent}${name}${isDirectory ? "/" : ""}`);
    if (isDirectory) printTree(`${folder}/${name}`, `${indent}  `);
  }
}

function byName(a: Deno.DirEntry, b: Deno.DirEntry): number {
  return a.name < b.name ? -1 : 1;
}
