/**
 * Copying objects from backends that have them to one that does not: the only file that does. Bytes are checked against
 * the checksum that their store has of them, so what is damaged never spreads.
 *
 * @module
 */
import { hasCode, RubiconException } from "../errors.ts";
import type { Bytes, OpenResult, Source } from "../drivers/driver.ts";
import { byteStream, readInto } from "../drivers/source.ts";
import { verifiedBytes, verifiedStream } from "./layers/verified.ts";
import { differs } from "./write/put.ts";
import type { Backend, CopyRules } from "./plan.ts";

/** Up to this size, in bytes, an object is read and checked before any of it is stored. */
export const SMALL = 1 << 20;

/** Options of a copy. */
export interface CopyOptions extends Partial<Pick<CopyRules, "isWhole">> {
  /** Stops it. */
  signal?: AbortSignal | undefined;
  /** Gets told of each backend whose copy is damaged. */
  onDamaged?: (backend: Backend, error: RubiconException) => void;
  /** Gets told which backend the bytes came from. */
  onSource?: (backend: Backend) => void;
}

/**
 * Copies an object from the first backend that has it whole.
 *
 * @returns `gone` if no backend has it any more, `conflict` if another content is in the way.
 * @throws {RubiconException} `corrupt` if no copy is whole; any other if a backend that may have it could not be read,
 * or the copy failed.
 */
export async function copyObject(
  from: readonly Backend[],
  to: Backend,
  key: string,
  replace: boolean,
  options: CopyOptions = {},
): Promise<"copied" | "there" | "gone" | "conflict"> {
  const { signal } = options;
  const done = await fromWhole(from, key, options, async (source) => {
    try {
      await to.driver.put(key, source, { signal, ifAbsent: !replace });
      return "copied" as const;
    } catch (error) {
      if (replace || !hasCode(error, "already-exists")) throw error;
      return await differs(to.driver, key, source, signal) ? "conflict" : "there";
    }
  });
  return done ? done.value : "gone";
}

/**
 * Hands an object to `use`, from the first backend that has it whole. A large one is read while it is used, so that
 * `use` has to fail if its source does; then the next backend is tried.
 *
 * @returns `undefined` if no backend has it.
 */
export async function fromWhole<T>(
  from: readonly Backend[],
  key: string,
  options: CopyOptions,
  use: (source: Source) => Promise<T>,
): Promise<{ value: T } | undefined> {
  let trouble: unknown;
  for (const backend of from) {
    const reading = new Reading(backend, key, options);
    try {
      const value = await use(await reading.source());
      options.onSource?.(backend);
      return { value };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (reading.failure === undefined) throw error;
      if (hasCode(reading.failure, "corrupt")) options.onDamaged?.(backend, reading.failure);
      if (!hasCode(reading.failure, "not-found")) trouble ??= reading.failure;
    } finally {
      await reading.end();
    }
  }
  if (trouble !== undefined) throw trouble;
  return undefined;
}

/** An object in one backend, read as often as its source is asked for; it knows whether reading it is what failed. */
class Reading {
  failure: unknown;
  /** Opened, and not handed out yet. */
  #opened: OpenResult | undefined;

  constructor(
    readonly backend: Backend,
    readonly key: string,
    readonly options: CopyOptions,
  ) {}

  async source(): Promise<Source> {
    return await this.#told(async () => {
      const opened = await this.#open();
      if (opened.size <= SMALL) {
        const bytes = new Uint8Array(await new Response(opened.stream).arrayBuffer());
        return await checked(this.backend, this.key, { ...opened, bytes }, this.options);
      }
      this.#opened = opened;
      return () => this.#stream();
    });
  }

  /** Lets go of what nobody read. */
  async end(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.stream.cancel();
  }

  #open(): Promise<OpenResult> {
    return this.backend.driver.open(this.key, { signal: this.options.signal });
  }

  async #stream(): Promise<ReadableStream<Bytes>> {
    const opened = this.#opened ?? await this.#told(() => this.#open());
    this.#opened = undefined;
    const { label } = this.backend;
    const { read, cancel } = readInto(await verifiedStream(opened, `${label}: ${this.key}`));
    return byteStream((into) => this.#told(() => read(into)), cancel);
  }

  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

/**
 * The bytes of a small object, whole.
 *
 * @throws {RubiconException} `corrupt` if they are not.
 */
export async function wholeBytes(
  backend: Backend,
  key: string,
  options: CopyOptions = {},
): Promise<Bytes> {
  return await checked(
    backend,
    key,
    await backend.driver.get(key, { signal: options.signal }),
    options,
  );
}

async function checked(
  { label }: Backend,
  key: string,
  found: { bytes: Bytes; checksum?: string } & Omit<OpenResult, "stream">,
  { isWhole }: CopyOptions,
): Promise<Bytes> {
  const bytes = await verifiedBytes(found, `${label}: ${key}`);
  if (isWhole?.(key, bytes) ?? true) return bytes;
  throw cutShort(label, key);
}

/** Says that an object is not whole, though its store has no other checksum of it. */
export const cutShort = (label: string, key: string): RubiconException =>
  new RubiconException("corrupt", `${label}: ${key} is cut short, or is not JSON.`, {
    backend: label,
  });
