/**
 * The kernel's FUSE messages, as far as `fuse_server.ts` needs them: see linux/fuse.h.
 */
import type { Node } from "./fuse_filesystem.ts";

/** What the kernel is told of a file, 88 bytes. */
function attributes(node: Node): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(88));
  view.setBigUint64(0, BigInt(node.id), true);
  view.setBigUint64(8, BigInt(node.bytes.length), true);
  for (const [at, time] of [[0, node.modified], [1, node.modified], [2, node.changed]] as const) {
    view.setBigUint64(24 + at * 8, BigInt(Math.floor(time / 1000)), true);
    view.setUint32(48 + at * 4, (time % 1000) * 1e6, true);
  }
  view.setUint32(60, node.children ? 0o040755 : 0o100644, true);
  view.setUint32(64, node.links, true);
  view.setUint32(80, 4096, true);
  return new Uint8Array(view.buffer);
}

/** Numbers as the kernel has them. */
export function numbers(...all: [bits: 32 | 64, value: number][]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(all.reduce((size, [bits]) => size + bits / 8, 0)));
  let at = 0;
  for (const [bits, value] of all) {
    if (bits === 32) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bits / 8;
  }
  return new Uint8Array(view.buffer);
}

/** All parts in one. */
export function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A file that was looked up. Nothing may be cached: each look at a file is to ask here. */
export const entry = (node: Node) =>
  join(numbers([64, node.id], [64, 0], [64, 0], [64, 0], [32, 0], [32, 0]), attributes(node));
/** What is known of a file. */
export const attribute = (node: Node) => join(numbers([64, 0], [32, 0], [32, 0]), attributes(node));
/** A file that was opened. */
export const opened = numbers([64, 0], [32, 0], [32, 0]);
/** Success alone. */
export const nothing = new Uint8Array();

/** What is in a folder, as much as there is room for. */
export function listing(node: Node, offset: number, size: number): Uint8Array<ArrayBuffer> {
  const all = [...node.children!].slice(offset).map(([name, child], at) => {
    const bytes = new TextEncoder().encode(name);
    const head = numbers(
      [64, child.id],
      [64, offset + at + 1],
      [32, bytes.length],
      [32, child.children ? 4 : 8],
    );
    return join(head, bytes, new Uint8Array((8 - bytes.length % 8) % 8));
  });
  let length = 0;
  return join(...all.filter((one) => (length += one.length) <= size));
}
