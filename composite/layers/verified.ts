/**
 * Data that is checked against the checksum that its store has of it.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { Bytes, GetResult, OpenResult } from "../../drivers/driver.ts";
import { byteStream, readInto } from "../../drivers/source.ts";

async function hashOf(checksum: string) {
  const { createHash } = await import("node:crypto");
  const [algorithm, digest] = checksum.split(":") as [string, string];
  return { hash: createHash(algorithm), digest };
}

const damaged = (where: string) =>
  new RubiconException(
    "corrupt",
    `${where}: its bytes are not those that the store has the checksum of. Run repair with compare: "bytes".`,
  );

/** An object's bytes, checked where the store has a checksum. */
export async function verifiedBytes({ bytes, checksum }: GetResult, where: string): Promise<Bytes> {
  if (checksum === undefined) return bytes;
  const { hash, digest } = await hashOf(checksum);
  if (hash.update(bytes).digest("hex") !== digest) throw damaged(where);
  return bytes;
}

/** An object as a stream that fails at its end where the bytes were not what the store has a checksum of. */
export async function verifiedStream(
  { stream, checksum }: OpenResult,
  where: string,
): Promise<ReadableStream<Bytes>> {
  if (checksum === undefined) return stream;
  const { hash, digest } = await hashOf(checksum);
  const { read, cancel } = readInto(stream);
  return byteStream(async (into) => {
    const length = await read(into);
    if (length > 0) hash.update(into.subarray(0, length));
    else if (hash.digest("hex") !== digest) throw damaged(where);
    return length;
  }, cancel);
}
