/**
 * Mounts for tests, which take root on Linux: file systems with faults, and small disks.
 */
import { fromFileUrl } from "jsr:@std/path@^1.1.6";
import type { Settings } from "./fuse_filesystem.ts";

/**
 * Whether the suites of mounts are to be ignored: mounts take rights that cannot be installed, so that CI may lack
 * them too. It says so on one line.
 */
export function ignoredMounts(suite: string): boolean {
  const lacks = whatMountsLack();
  // deno-lint-ignore no-console -- the line is what a person running the suite looks for.
  if (lacks !== undefined) console.log(`${suite}: ignored, it lacks ${lacks}`);
  return lacks !== undefined;
}

function whatMountsLack(): string | undefined {
  if (Deno.build.os !== "linux") return "Linux";
  if (Deno.uid() !== 0) return "root, for mounts";
  const folder = Deno.makeTempDirSync({ prefix: "rubicon-mount-" });
  try {
    const mount = ["-t", "tmpfs", "tmpfs", folder];
    if (!new Deno.Command("mount", { args: mount }).outputSync().success) {
      return "the right to mount";
    }
    new Deno.Command("umount", { args: ["-l", folder] }).outputSync();
    Deno.openSync("/dev/fuse", { read: true, write: true }).close();
  } catch (error) {
    return `mount or /dev/fuse (${error})`;
  } finally {
    Deno.removeSync(folder);
  }
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdout: "null" }).output();
  if (!success) {
    throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
}

/** A folder with something mounted on it. */
export interface Mount extends AsyncDisposable {
  readonly folder: string;
  /** Mounts it where it was. */
  mount(): Promise<void>;
  /** Takes it away under whoever uses it. */
  unmount(): Promise<void>;
}

/** A mount that is gone with its folder at the end of its test. */
async function mounted(mountAt: (folder: string) => Promise<unknown>): Promise<Mount> {
  const folder = await Deno.makeTempDir({ prefix: "rubicon-mount-" });
  let isMounted = false;
  const mount = async () => {
    await mountAt(folder);
    isMounted = true;
  };
  const unmount = async () => {
    if (isMounted) await run("umount", "-l", folder);
    isMounted = false;
  };
  const end = async () => {
    await unmount();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await mount();
  } catch (error) {
    await end();
    throw error;
  }
  return { folder, mount, unmount, [Symbol.asyncDispose]: end };
}

/** A file system in memory, of so many mebibytes. */
export const memoryDisk = (mebibytes: number): Promise<Mount> =>
  mounted((folder) => run("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder));

/** A small ext4 on a loop device. */
export async function smallDisk(mebibytes: number): Promise<Mount> {
  const image = await Deno.makeTempFile({ prefix: "rubicon-disk-" });
  await Deno.truncate(image, mebibytes << 20);
  await run("mkfs.ext4", "-q", "-F", image);
  const disk = await mounted((folder) => run("mount", "-o", "loop", image, folder));
  return {
    ...disk,
    async [Symbol.asyncDispose]() {
      await disk[Symbol.asyncDispose]();
      await Deno.remove(image);
    },
  };
}

/** A file system with faults. */
export interface FaultyMount extends Mount {
  /** Changes what is wrong with it. */
  set(settings: Partial<Settings>): Promise<void>;
}

/** A file system with faults, see `fuse_server.ts`. */
export async function faultyMount(settings: Partial<Settings> = {}): Promise<FaultyMount> {
  const server = (folder: string) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        ...[
          "run",
          "-A",
          "--no-check",
          `--config=${fromFileUrl(import.meta.resolve("../../deno.json"))}`,
        ],
        ...[fromFileUrl(import.meta.resolve("./fuse_server.ts")), folder],
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  let child!: ReturnType<typeof server>;
  let said!: ReadableStreamDefaultReader<Uint8Array>;
  const mount = await mounted(async (folder) => {
    child = server(folder);
    said = child.stdout.getReader();
    const { done } = await said.read();
    if (done) throw new Error("the FUSE server was not able to mount");
  });
  const writer = child.stdin.getWriter();
  const set = async (some: Partial<Settings>) => {
    await writer.write(new TextEncoder().encode(`${JSON.stringify(some)}\n`));
    await said.read();
  };
  await set(settings);
  return {
    ...mount,
    set,
    async [Symbol.asyncDispose]() {
      await set({ hangs: 0 }); // Who still waits gets an answer.
      await mount[Symbol.asyncDispose]();
      await writer.close();
      await child.status;
      await said.cancel();
    },
  };
}
