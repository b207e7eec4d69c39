// deno-lint-ignore-file no-console -- it is there to show something.
/**
 * The walk-through with a folder and a bucket. The bucket is any S3 server's, named by the standard
 * variables; see the README for one that runs on this machine.
 *
 *     deno run --allow-read=./local --allow-write=./local --allow-net --allow-env \
 *       examples/filesystem_and_s3.ts s3://bucket/prefix
 */
import { withBar } from "./progress_bar.ts";
import { walkthrough } from "./walkthrough.ts";
import { logArtifact, openComposite, repair, verify } from "../mod.ts";

const [bucket] = Deno.args;
if (!bucket?.startsWith("s3://")) {
  console.error("Name the bucket: s3://bucket/prefix");
  Deno.exit(2);
}

// A root of its own for each run: what is in the bucket stays there.
const run = new Date().toISOString().replace(/[:.]/g, "-");
await using rubicon = await openComposite([
  { persistence: "filesystem", rootDir: `./local/${run}` },
  { persistence: "s3", rootDir: `${bucket}/${run}` },
]);

const { project, readBack } = await walkthrough(rubicon);
await withBar((onProgress) =>
  logArtifact(rubicon, project, {
    name: "weights.bin",
    data: new Uint8Array(16 * 1024 * 1024),
    onProgress,
  })
);
console.log(`Logged to ${rubicon.backends.map(({ label }) => label).join(" and ")}. Read back:`);
await readBack();

await Deno.remove(`./local/${run}`, { recursive: true });
console.log("\nThe folder is gone. Read back from the bucket:");
await readBack();

const { objects, differences } = await verify(rubicon);
console.log(`\nverify: ${differences.length} of ${objects} objects are missing in one of the two.`);
const { mended } = await withBar((onProgress) => repair(rubicon, { onProgress }));
console.log(`repair: ${mended.length} objects are copied to the folder.`);
