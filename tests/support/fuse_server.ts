/**
 * A file system in memory with faults, behind the kernel's FUSE: it hangs, tells of a full disk only when a file is
 * closed, has coarse times or a clock that is off. A program of its own, since a process that waits for its own mount
 * would wait for ever. `mounts.ts` starts it: `fuse_server.ts FOLDER`; settings are lines of JSON on stdin.
 */
import { errno, Filesystem, type Node, type Settings } from "./fuse_filesystem.ts";
import { attribute, entry, join, listing, nothing, numbers, opened } from "./fuse_messages.ts";

const libc = Deno.dlopen("libc.so.6", {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  mount: { parameters: ["buffer", "buffer", "buffer", "u64", "buffer"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize", nonblocking: true },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
}).symbols;

const cString = (text: string) => new TextEncoder().encode(`${text}\0`);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The names at the end of a request. */
const namesIn = (bytes: Uint8Array): string[] => decode(bytes).split("\0").slice(0, -1);

const files = new Filesystem();

/** The answer to a request; nothing where the kernel wants none. */
function answer(opcode: number, node: Node, body: Uint8Array): Uint8Array | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const long = (at: number) => Number(view.getBigUint64(at, true));
  const int = (at: number) => view.getUint32(at, true);
  const [name] = namesIn(body);
  switch (opcode) {
    case 1: // LOOKUP
      return entry(files.child(node, name!));
    case 2: // FORGET
    case 36: // INTERRUPT
    case 42: // BATCH_FORGET
      return undefined;
    case 3: // GETATTR
      return attribute(node);
    case 4: { // SETATTR
      const valid = int(0);
      if (valid & 8) files.resize(node, long(16));
      if (valid & 32) files.setTime(node, long(40) * 1000 + Math.floor(int(60) / 1e6));
      return attribute(node);
    }
    case 9: // MKDIR
      return entry(files.make(node, namesIn(body.subarray(8))[0]!, true));
    case 10: // UNLINK
    case 11: // RMDIR
      files.remove(node, name!, opcode === 11);
      return nothing;
    case 12: // RENAME
    case 45: { // RENAME2
      const [from, to] = namesIn(body.subarray(opcode === 12 ? 8 : 16));
      files.rename(node, from!, files.node(long(0)), to!);
      return nothing;
    }
    case 13: // LINK
      return entry(files.link(files.node(long(0)), node, namesIn(body.subarray(8))[0]!));
    case 14: // OPEN
    case 27: // OPENDIR
      return opened;
    case 15: // READ
      return node.bytes.subarray(long(8), long(8) + int(16));
    case 16: // WRITE
      files.write(node, long(8), body.subarray(40, 40 + int(16)));
      return numbers([32, int(16)], [32, 0]);
    case 17: // STATFS
      return new Uint8Array(80);
    case 18: // RELEASE
    case 29: // RELEASEDIR
    case 30: // FSYNCDIR
      return nothing;
    case 20: // FSYNC
    case 25: // FLUSH
      files.flush(node);
      return nothing;
    case 26: { // INIT
      const size = [32, 1 << 20] as const;
      const head = [[32, 7], [32, 31], [...size], [32, 0], [32, 0], [...size], [32, 1]] as const;
      return join(numbers(...head.map(([a, b]) => [a, b] as [32, number])), new Uint8Array(36));
    }
    case 28: // READDIR
      return listing(node, long(8), int(16));
    case 35: // CREATE
      return join(entry(files.make(node, namesIn(body.subarray(16))[0]!, false)), opened);
    default:
      throw errno("ENOSYS");
  }
}

const device = libc.open(cString("/dev/fuse"), 2);
const options = `fd=${device},rootmode=40000,user_id=0,group_id=0,allow_other`;
const mounted = libc.mount(
  cString("rubicon"),
  cString(Deno.args[0]!),
  cString("fuse"),
  0n,
  cString(options),
);
if (device < 0 || mounted !== 0) Deno.exit(1);

const waiting: Uint8Array<ArrayBuffer>[] = [];

function serve(request: Uint8Array<ArrayBuffer>): void {
  const view = new DataView(request.buffer);
  const [length, opcode] = [view.getUint32(0, true), view.getUint32(4, true)];
  let error = 0;
  let body: Uint8Array | undefined = nothing;
  try {
    const node = opcode === 26 ? files.root : files.node(Number(view.getBigUint64(16, true)));
    body = answer(opcode, node, request.subarray(40, length));
  } catch (thrown) {
    if (typeof thrown !== "number") throw thrown;
    error = thrown;
  }
  if (!body) return;
  const head = new DataView(new ArrayBuffer(16));
  head.setUint32(0, 16 + body.length, true);
  head.setInt32(4, -error, true);
  head.setBigUint64(8, view.getBigUint64(8, true), true);
  const reply = join(new Uint8Array(head.buffer), body);
  libc.write(device, reply, BigInt(reply.length));
}

let timer: ReturnType<typeof setTimeout> | undefined;

function goOn(): void {
  files.settings.hangs = 0;
  for (const request of waiting.splice(0)) serve(request);
}

async function settings(): Promise<void> {
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    for (const line of text.split("\n").filter((line) => line !== "")) {
      Object.assign(files.settings, JSON.parse(line) as Partial<Settings>);
      clearTimeout(timer);
      if (files.settings.hangs > 0) timer = setTimeout(goOn, files.settings.hangs);
      else goOn();
      await Deno.stdout.write(new TextEncoder().encode("done\n"));
    }
  }
  Deno.exit(0);
}

settings();
await Deno.stdout.write(new TextEncoder().encode("mounted\n"));
while (true) {
  const buffer = new Uint8Array((1 << 20) + 4096);
  const length = Number(await libc.read(device, buffer, BigInt(buffer.length)));
  if (length <= 0) Deno.exit(0); // It was unmounted.
  const request = buffer.slice(0, length);
  if (files.settings.hangs > 0) waiting.push(request);
  else serve(request);
}
