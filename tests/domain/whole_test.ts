/**
 * An artifact's data where one backend's copy is damaged, breaks off, or cannot be read.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  type Composite,
  createProject,
  downloadArtifact,
  logArtifact,
  openArtifact,
  openComposite,
  type Progress,
  readArtifact,
  type Receipt,
} from "../../mod.ts";
import type { Bytes, Driver } from "../../drivers/driver.ts";
import { byteStream } from "../../drivers/source.ts";
import { type Faulty, faulty, refused } from "../support/faulty.ts";

const DATA = new Uint8Array(1_000_000).map((_, at) => at * 7 + (at >> 8));
/** How the copies of a backend's data are read: as they are, with one bit of them changed, or only up to a byte. */
type Copy =
  | "whole"
  | "changed"
  | "gone"
  | "longer"
  | { breaksAt: number; changed?: boolean }
  | { endsAt: number };

const md5 = (bytes: Uint8Array) => `md5:${createHash("md5").update(bytes).digest("hex")}`;

/** A driver of a store that knows checksums, which gives its data in such a state. */
function damaged(inner: Faulty, copy: Copy): Driver {
  const bytesOf = (bytes: Bytes): Bytes => {
    if (copy === "changed" || typeof copy === "object" && "changed" in copy) {
      bytes[bytes.length >> 1]! ^= 1;
    }
    return typeof copy === "object" && "endsAt" in copy ? bytes.slice(0, copy.endsAt) : bytes;
  };
  return {
    ...inner,
    async get(key, options) {
      const found = await inner.get(key, options);
      if (!key.endsWith("/data")) return found;
      return { ...found, checksum: md5(found.bytes), bytes: bytesOf(found.bytes.slice()) };
    },
    async open(key, options) {
      const { bytes: stored, ...meta } = await inner.get(key, options);
      // The same start, and something after it.
      const bytes = copy === "longer" ? new Uint8Array([...stored, 1]) : stored;
      meta.size = bytes.length;
      const shown = bytesOf(bytes.slice());
      let at = 0;
      const stream = byteStream((into) => {
        if (typeof copy === "object" && "breaksAt" in copy && at >= copy.breaksAt) {
          return Promise.reject(new Error("EIO: the disk broke"));
        }
        const some = shown.subarray(at, at + Math.min(into.length, 100_000));
        into.set(some);
        at += some.length;
        return Promise.resolve(some.length);
      }, () => {});
      return { ...meta, checksum: md5(bytes), stream };
    },
  };
}

async function world(...copies: Copy[]) {
  const drivers = copies.map(() => faulty());
  await using all = await openComposite(drivers);
  const project = await createProject(all, { name: "p" });
  const artifact = await logArtifact(all, project, { name: "a", data: DATA });
  for (const [at, copy] of copies.entries()) {
    if (copy !== "gone") continue;
    for await (const { key } of drivers[at]!.list("p/artifacts")) await drivers[at]!.delete(key);
  }
  const rubicon = await openComposite(drivers.map((driver, at) => damaged(driver, copies[at]!)));
  return { rubicon, artifact };
}

async function download(rubicon: Composite, ...[artifact, options]: DownloadArguments) {
  const folder = await Deno.makeTempDir();
  try {
    const path = await downloadArtifact(rubicon, artifact, folder, options);
    return await Deno.readFile(path);
  } finally {
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((n) => n !== "a");
    await Deno.remove(folder, { recursive: true });
    assert.deepEqual(left, [], "no staged file stays");
  }
}
type DownloadArguments = [
  artifact: Parameters<typeof downloadArtifact>[1],
  options?: Parameters<typeof downloadArtifact>[3],
];

const same = (bytes: Uint8Array) => assert.equal(md5(bytes), md5(DATA));

for (
  const copy of [
    "changed",
    { breaksAt: 0 },
    { breaksAt: 300_000 },
    { endsAt: 300_000 },
    "gone",
  ] as const
) {
  const name = JSON.stringify(copy);
  Deno.test(`downloadArtifact() takes another backend's copy in place of one: ${name}`, async () => {
    const { rubicon, artifact } = await world(copy, copy, "whole");
    await using _ = rubicon;
    const told: Progress[] = [];
    let receipts: readonly Receipt[][] = [];
    same(
      await download(rubicon, artifact, {
        onProgress: (progress) => void told.push(progress),
        onReceipts: (some) => void (receipts = [...receipts, [...some]]),
      }),
    );
    assert.equal(told.at(-1)!.done, DATA.length);
    assert.ok(told.every(({ done }, at) => at === 0 || done >= told[at - 1]!.done));
    assert.equal(receipts.length, 1);
  });
}

for (const copy of [{ breaksAt: 0 }, { breaksAt: 300_000 }, { endsAt: 300_000 }, "gone"] as const) {
  const name = JSON.stringify(copy);
  Deno.test(`openArtifact() goes on in another backend after one: ${name}`, async () => {
    const { rubicon, artifact } = await world(copy, copy, "whole");
    await using _ = rubicon;
    same(await new Response(await openArtifact(rubicon, artifact)).bytes());
  });
}

Deno.test("openArtifact() never joins bytes of two contents", async () => {
  const { rubicon, artifact } = await world({ breaksAt: 600_000 }, "changed");
  await using _ = rubicon;
  const error = await refused(async () =>
    await new Response(await openArtifact(rubicon, artifact)).bytes()
  );
  assert.match(error.message, /the disk broke[^]*its bytes differ from those read so far/);
  assert.equal(error.code, "corrupt");
});

for (
  const [what, copy] of [["shorter", { endsAt: 500_000 }], ["of another size", "longer"]] as const
) {
  Deno.test(`openArtifact() never goes on in a copy that is ${what}`, async () => {
    const { rubicon, artifact } = await world({ breaksAt: 600_000 }, copy);
    await using _ = rubicon;
    const error = await refused(async () =>
      await new Response(await openArtifact(rubicon, artifact)).bytes()
    );
    assert.match(error.message, /the disk broke[^]*its bytes (?:differ|are not those)/);
    assert.equal(error.code, "corrupt");
  });
}

Deno.test("downloadArtifact() starts over if what it has is not what others have", async () => {
  // The first one hands out a wrong bit before it breaks; the second one is whole.
  const { rubicon, artifact } = await world({ breaksAt: 600_000, changed: true }, "gone", "whole");
  await using _ = rubicon;
  same(await download(rubicon, artifact));
});

Deno.test("openArtifact() of a changed copy fails at its end, and gives the other one next", async () => {
  const { rubicon, artifact } = await world("changed", "whole");
  await using _ = rubicon;
  const error = await refused(async () =>
    await new Response(await openArtifact(rubicon, artifact)).bytes()
  );
  assert.equal(error.code, "corrupt");
  same(await readArtifact(rubicon, artifact));
});

Deno.test("downloadArtifact() without any whole copy writes no file, and says why of each", async () => {
  const { rubicon, artifact } = await world("changed", "gone", { breaksAt: 5 });
  await using _ = rubicon;
  const { message } = await refused(() => download(rubicon, artifact));
  for (const why of [/checksum/, /not-found|no p\/artifacts/, /the disk broke/]) {
    assert.match(message, why);
  }
  const single = await world("changed");
  await using _single = single.rubicon;
  const { code } = await refused(() => download(single.rubicon, single.artifact));
  assert.equal(code, "corrupt");
});
