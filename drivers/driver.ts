/**
 * The contract of a storage driver: what each verb promises. A driver knows keys and bytes, and
 * nothing of projects or experiments. `conformance.ts` holds the suite that checks these promises.
 *
 * Keys are segments joined by `/`, such as `a/b/c`: no empty, `.` or `..` segment, no NUL, no
 * backslash, no slash at either end, 255 UTF-8 bytes a segment and 1,024 in all at most. The registry's wrapper (`guard.ts`) refuses others before a
 * driver sees them; a driver never rewrites a key.
 *
 * Errors are `RubiconException`s named by cause, with the original kept as `cause`: `not-found`,
 * `already-exists`, `invalid-key`, `permission-denied`, `unavailable`, `unsupported`, `corrupt`.
 * An abort passes through as it is: a driver rethrows `signal.reason`.
 *
 * @module
 */

/** Bytes as this module hands them out: never backed by shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * What to store: bytes, or a function that opens a fresh stream of them at each call, so that
 * retries and several backends each read from the start.
 */
export type Source =
  | Uint8Array
  | (() => ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>);

/** What a store knows of an object beside its bytes. */
export interface ObjectMeta {
  /** Size in bytes. */
  size: number;
  /** When the object was last written, by the store's clock. */
  lastModified: Date;
  /**
   * A string that changes whenever the bytes change, comparable within one driver only.
   * Missing where the store has none.
   */
  etag?: string;
  /**
   * `md5:<hex>` or `sha256:<hex>` of the bytes, where the store gives one for free. Comparable
   * between drivers, which an `etag` is not.
   */
  checksum?: string;
}

/** What a store says of what it just stored, without another look at it. */
export interface PutResult extends Partial<ObjectMeta> {
  /** Size in bytes. */
  size: number;
  /**
   * Whether the same bytes may have been there before: an answer was lost, and a later try found them. Nobody takes
   * back what may be another writer's.
   */
  wasThere?: boolean;
}

/** One object of a listing. */
export interface ListEntry extends ObjectMeta {
  /** The object's whole key. */
  key: string;
}

/** Options that every verb takes. */
export interface VerbOptions {
  /** Stops the operation: it then rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
}

/** Options of {@linkcode Driver.get} and {@linkcode Driver.open}. */
export interface GetOptions extends VerbOptions {
  /** The first byte to read, counted from zero. Past the end: an empty result. */
  offset?: number;
  /** How many bytes to read at most. */
  length?: number;
}

/** Options of {@linkcode Driver.put}. */
export interface PutOptions extends VerbOptions {
  /**
   * Write only where nothing is there; else `already-exists`. The store decides, in one step with
   * the write: of any number of racing writers exactly one succeeds.
   */
  ifAbsent?: boolean;
  /** The MIME type of the object, for a store that hands objects out to browsers. Others pass it over. */
  contentType?: string | undefined;
}

/** Options of {@linkcode Driver.list}. */
export interface ListOptions extends VerbOptions {
  /**
   * How many segments below the prefix to go: 1 gives the objects directly in it, 2 those of its
   * immediate sub-folders too. Missing: everything below.
   */
  depth?: number;
}

/** An object's bytes. `size` is the whole object's, also where a range was read. */
export interface GetResult extends ObjectMeta {
  /** The bytes of the range that was asked for. */
  bytes: Bytes;
}

/** An object as a stream. `size` is the whole object's, also where a range was read. */
export interface OpenResult extends ObjectMeta {
  /** The bytes of the range that was asked for. Cancel it to stop early. */
  stream: ReadableStream<Bytes>;
}

/** What the times of a store are worth. */
export interface StoreTimes {
  /**
   * The step of `lastModified`, in milliseconds: a time may be up to so much before the moment of the write.
   */
  step: number;
  /** By how many milliseconds the store's clock is ahead of this machine's; below zero if it is behind. */
  ahead: number;
}

/** What a folder's times say, in milliseconds since 1970 by the store's clock. */
export interface FolderStamp {
  /** When something directly in it last came or went. Tools that copy a tree set it. */
  modified: number;
  /** When the folder itself last changed in any way, in whole seconds or better. Nobody can set it. */
  changed: number;
  /**
   * If a folder has the same stamp again, no object and no folder directly in it came, went or was put again in between.
   * Missing if it has changed a moment ago: it may change once more and show the same times.
   */
  stamp?: string | undefined;
}

/** Options of {@linkcode Driver.stamps}. */
export interface StampOptions extends VerbOptions {
  /**
   * What an earlier call gave for these folders, in their order; `undefined` if nothing is known of one. What still holds
   * may be given back as it is, and a driver may keep what it knows with it. Others pass this over.
   */
  known?: readonly (FolderStamp | undefined)[] | undefined;
}

/** The names of what is directly in a folder. */
export interface FolderEntries {
  /** Its folders. */
  folders: string[];
  /** Its objects. */
  objects: string[];
}

/**
 * Reads of many small things in one call, in the order in which they are asked for. What is not there is `undefined`,
 * or has nothing in it.
 */
export interface BulkReader {
  /** What is directly in each of these folders. */
  list(folders: readonly string[], options?: VerbOptions): Promise<FolderEntries[]>;
  /** What is known of each of these objects. */
  stat(keys: readonly string[], options?: VerbOptions): Promise<(ObjectMeta | undefined)[]>;
  /** Small objects, each in full. */
  get(keys: readonly string[], options?: VerbOptions): Promise<(GetResult | undefined)[]>;
}

/** Options of {@linkcode Driver.putTree}. */
export interface PutTreeOptions extends VerbOptions {
  /** The time that the new folders get as `modified`, in milliseconds since 1970, before they show. */
  modified?: number;
  /**
   * What is added to the end of another object once the folder is there, which others may do at the same time. Nobody relies
   * on it: a driver that is not able passes it over, and so does one that fails at it.
   */
  line?: {
    key: string;
    /** Called once the folder is there. Nothing is added if it gives nothing. */
    bytes: () => Bytes | undefined;
  };
}

/**
 * A storage driver: an object literal, made by a factory that `registerDriver` knows.
 *
 * @example A driver that another one backs
 * ```ts
 * import type { Driver } from "./driver.ts";
 *
 * const readOnly = (driver: Driver): Driver => ({
 *   ...driver,
 *   put: () => Promise.reject(new Error("this copy is read-only")),
 * });
 * ```
 */
export interface Driver {
  /** The persistence name, such as `filesystem`. */
  readonly persistence: string;
  /** The name and the place, such as `filesystem:./rootA`: for messages, never with a secret. */
  readonly label: string;
  /**
   * Where the store is, spelled in one way alone: two drivers of one place are one store. Missing where the label
   * says that already.
   */
  readonly place?: string;
  /**
   * The store's root as a path with `/`, without links: a store whose root is below another's is a part of that, and the
   * two are no two copies. Missing if stores of this kind are never inside each other.
   */
  readonly root?: string;
  /** Whether listings tell a `checksum` of what was put in one request. Missing: they do not. */
  readonly listsChecksums?: boolean;
  /** An object's bytes; `not-found` where there is none. */
  get(key: string, options?: GetOptions): Promise<GetResult>;
  /** An object as a stream; `not-found` where there is none, before anything is streamed. */
  open(key: string, options?: GetOptions): Promise<OpenResult>;
  /**
   * Stores an object whole or not at all: readers see the old bytes or the new ones, and when the
   * source fails, is aborted, or the process dies, nothing has changed.
   */
  put(key: string, source: Source, options?: PutOptions): Promise<PutResult>;
  /** What is known of an object without reading it; `not-found` where there is none. */
  stat(key: string, options?: VerbOptions): Promise<ObjectMeta>;
  /**
   * Every object below a prefix, in no stated order. A prefix is a whole segment (`a` never covers
   * `ab/c`); the empty prefix is the root; a missing one gives nothing. Objects that vanish while
   * listing are left out; one that is there throughout is never missed.
   */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListEntry>;
  /** The names of the immediate sub-folders of a prefix that have an object below them. */
  folders(prefix: string, options?: VerbOptions): Promise<string[]>;
  /** Removes an object. Succeeds where there is none. Leaves no empty folder behind. */
  delete(key: string, options?: VerbOptions): Promise<void>;
  /**
   * Creates a folder with these objects in it, all in one step, where nothing is below it yet. Gives `false`, and
   * has changed nothing, where it does not: something is there, or it cannot be done in one step; `put` then tells why.
   *
   * @param objects Their keys below the folder, and their bytes.
   */
  putTree?(
    folder: string,
    objects: readonly (readonly [path: string, bytes: Uint8Array])[],
    options?: PutTreeOptions,
  ): Promise<boolean>;
  /** What the times of the store are worth. Missing: nothing is known of them. */
  times?(options?: VerbOptions): Promise<StoreTimes>;
  /**
   * What the times of folders say, in the order of the folders. `undefined` if a folder is missing, or the store's times
   * cannot be trusted. Take a stamp before you list what it stands for. A file that another program rewrites in its
   * place changes no stamp.
   *
   * @param folders Their keys; the empty one is the root.
   */
  stamps?(
    folders: readonly string[],
    options?: StampOptions,
  ): Promise<(FolderStamp | undefined)[]>;
  /** Many small reads at once, for a store in which a call for each would take longer than what it reads. */
  readonly bulk?: BulkReader;
  /** Lets go of what the driver holds (connections, handles). It may be called twice. */
  close?(): Promise<void>;
}
