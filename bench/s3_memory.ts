// deno-lint-ignore-file no-console -- it prints its figures.
/**
 * How much memory it takes to log and to download an artifact of 1 GiB as a stream, to one bucket and to two at
 * once: the peak of a process of its own, above that of one with an artifact of 1 KiB.
 *
 *     deno run -A bench/s3_memory.ts
 */
import type { Artifact } from "../mod.ts";
import { makeBucket, s3Config, startVersitygw } from "../tests/support/servers.ts";

const MIB = 1024 * 1024;

if (Deno.args.length > 0) await worker(JSON.parse(Deno.args[0]!));
else await main();

interface Job {
  configs: Record<string, unknown>[];
  size: number;
  /** The artifact to download; missing: one is logged. */
  artifact?: Artifact;
}

/** Logs or downloads, then prints the peak of this process, in KiB. */
async function worker({ configs, size, artifact }: Job): Promise<void> {
  const { createProject, downloadArtifact, logArtifact, openComposite } = await import("../mod.ts");
  const backends = configs as unknown as Parameters<typeof openComposite>[0];
  await using rubicon = await openComposite(backends);
  const data = () => {
    let left = size;
    // One block again and again: what a source makes of its own is not what is measured here.
    const block = new Uint8Array(64 * 1024).fill(7);
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        const length = Math.min(left, block.length);
        if (length > 0) controller.enqueue(block.subarray(0, length));
        left -= length;
        if (left === 0) controller.close();
      },
    }, { highWaterMark: 0 });
  };
  let logged = artifact;
  if (artifact) {
    const path = await downloadArtifact(rubicon, artifact, await Deno.makeTempFile());
    const got = (await Deno.stat(path)).size;
    await Deno.remove(path);
    if (got !== size) throw new Error(`${got} of ${size} bytes came back`);
  } else {
    const project = await createProject(rubicon, { name: `p${crypto.randomUUID()}` });
    logged = await logArtifact(rubicon, project, { name: "large", data });
  }
  const peak = /VmHWM:\s+(\d+)/.exec(await Deno.readTextFile("/proc/self/status"))![1];
  console.log(JSON.stringify({ peak: Number(peak) / 1024, artifact: logged }));
}

async function main(): Promise<void> {
  await using server = await startVersitygw();
  await makeBucket(server, "memory");
  const config = (root: string) => s3Config(server, `s3://memory/${root}`);
  const run = async (job: Job): Promise<{ peak: number; artifact: Artifact }> => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", import.meta.filename!, JSON.stringify(job)],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  };
  for (const roots of [["a"], ["a", "b"]]) {
    const configs = roots.map(config);
    const small = await run({ configs, size: 1024 });
    const large = await run({ configs, size: 1024 * MIB });
    const smallBack = await run({ configs, size: 1024, artifact: small.artifact });
    const largeBack = await run({ configs, size: 1024 * MIB, artifact: large.artifact });
    const print = (what: string, small: number, large: number) =>
      console.log(
        `${what}, ${roots.length} backend(s): ${small.toFixed(0)} MiB for 1 KiB, ${
          large.toFixed(0)
        } MiB for 1 GiB: ${(large - small).toFixed(0)} MiB more`,
      );
    print("log", small.peak, large.peak);
    print("download", smallBack.peak, largeBack.peak);
  }
}
