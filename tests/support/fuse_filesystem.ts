/**
 * The files of `fuse_server.ts`: a tree in memory, with the faults of bad file systems.
 */

/** What may be wrong with the file system. */
export interface Settings {
  /** Nothing is answered for so long, in milliseconds: a process that is stopped by it goes on at last. */
  hangs: number;
  /** Bytes that it has room for, which it says only when a file is closed. */
  room: number;
  /** The step of its times, in milliseconds. */
  step: number;
  /** How far its clock is ahead, in milliseconds. */
  ahead: number;
  /** Whether a folder's time changes with what is in it. */
  folderTimes: boolean;
}

/** A file or a folder. */
export interface Node {
  id: number;
  bytes: Uint8Array<ArrayBuffer>;
  /** Nothing for a file. */
  children: Map<string, Node> | undefined;
  modified: number;
  changed: number;
  links: number;
}

const CODES = {
  ENOENT: 2,
  EEXIST: 17,
  ENOTDIR: 20,
  EISDIR: 21,
  ENOSPC: 28,
  ENOSYS: 38,
  ENOTEMPTY: 39,
};

/** A number of the system, to be thrown. */
export const errno = (code: keyof typeof CODES): number => CODES[code];

/** A tree of files in memory. Its functions throw the system's numbers. */
export class Filesystem {
  readonly settings: Settings = {
    hangs: 0,
    room: Infinity,
    step: 1,
    ahead: 0,
    folderTimes: true,
  };
  private readonly nodes = new Map<number, Node>();
  readonly root: Node = this.create(true);

  private now(): number {
    const time = Date.now() + this.settings.ahead;
    return time - time % this.settings.step;
  }

  private create(isFolder: boolean): Node {
    const now = this.now();
    const children = isFolder ? new Map<string, Node>() : undefined;
    const id = this.nodes.size + 1;
    const node = { id, bytes: new Uint8Array(), children, modified: now, changed: now, links: 1 };
    this.nodes.set(id, node);
    return node;
  }

  /** A node by its number. Numbers are never used again. */
  node(id: number): Node {
    const found = this.nodes.get(id);
    if (!found) throw errno("ENOENT");
    return found;
  }

  child(folder: Node, name: string): Node {
    const found = folder.children?.get(name);
    if (!found) throw errno("ENOENT");
    return found;
  }

  private put(folder: Node, name: string, node: Node): void {
    folder.children!.set(name, node);
    this.touch(folder);
  }

  private touch(folder: Node): void {
    if (this.settings.folderTimes) folder.modified = folder.changed = this.now();
  }

  make(folder: Node, name: string, isFolder: boolean): Node {
    if (folder.children!.has(name)) throw errno("EEXIST");
    const node = this.create(isFolder);
    this.put(folder, name, node);
    return node;
  }

  link(node: Node, folder: Node, name: string): Node {
    if (folder.children!.has(name)) throw errno("EEXIST");
    node.links++;
    this.put(folder, name, node);
    return node;
  }

  remove(folder: Node, name: string, isFolder: boolean): void {
    const node = this.child(folder, name);
    if (isFolder && !node.children) throw errno("ENOTDIR");
    if (!isFolder && node.children) throw errno("EISDIR");
    if (node.children && node.children.size > 0) throw errno("ENOTEMPTY");
    node.links--;
    folder.children!.delete(name);
    this.touch(folder);
  }

  rename(from: Node, name: string, to: Node, newName: string): void {
    const node = this.child(from, name);
    const inTheWay = to.children!.get(newName);
    if (inTheWay) this.remove(to, newName, node.children !== undefined);
    from.children!.delete(name);
    node.changed = this.now();
    this.touch(from);
    this.put(to, newName, node);
  }

  resize(node: Node, size: number): void {
    const bytes = new Uint8Array(size);
    bytes.set(node.bytes.subarray(0, size));
    node.bytes = bytes;
    node.modified = node.changed = this.now();
  }

  write(node: Node, offset: number, bytes: Uint8Array): void {
    this.resize(node, Math.max(node.bytes.length, offset + bytes.length));
    node.bytes.set(bytes, offset);
  }

  setTime(node: Node, time: number): void {
    node.modified = time - time % this.settings.step;
    node.changed = this.now();
  }

  /** What comes at a close: what there is no room for is lost. */
  flush(node: Node): void {
    const others = [...this.nodes.values()].filter((other) => other !== node && other.links > 0);
    const left = this.settings.room - others.reduce((size, { bytes }) => size + bytes.length, 0);
    if (node.bytes.length <= left) return;
    this.resize(node, Math.max(0, left));
    throw errno("ENOSPC");
  }
}
