/**
 * What the cases of the conformance suite have in common.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hasCode, type RubiconErrorCode } from "../../errors.ts";
import type { Bytes, Driver, ListOptions } from "../driver.ts";

/** What the contract leaves to a driver. */
export type Optional = "putTree" | "listsChecksums" | "times" | "stamps" | "bulk";

/** Rejects with `what` if a promise does not settle in time: a driver that hangs would say nothing at all. */
export type InTime = <T>(promise: Promise<T>, what: string) => Promise<T>;

/** One promise of the contract, and how to check it on an empty store. */
export interface Case {
  /** What is promised. */
  name: string;
  /** What a driver that makes the promise has; every driver if missing. */
  needs?: Optional;
  /** Whether it only makes things faster, so that a driver may lack it without a word. */
  mayLack?: true;
  /** Rejects if the promise is not kept. */
  run(driver: Driver, inTime: InTime): Promise<void>;
}

/** A text's bytes. */
export const text = (value: string): Bytes => new TextEncoder().encode(value);

/** Bytes that differ all the way, so that a chunk in the wrong place is noticed. */
export function pattern(length: number, seed = 1): Bytes {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Whether bytes are the same. Faster than a deep comparison, and short where it fails. */
export function same(actual: Uint8Array, expected: Uint8Array, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  const at = actual.findIndex((byte, at) => byte !== expected[at]);
  assert.equal(at, -1, `${what}: the first other byte is at ${at}`);
}

/** Whether an object has these bytes, by `get`. */
export async function holds(driver: Driver, key: string, expected: Uint8Array): Promise<void> {
  const { bytes, size } = await driver.get(key);
  same(bytes, expected, key);
  assert.equal(size, expected.length, `${key}: size`);
}

/** The keys of a listing, sorted, each of which may come once only. */
export async function keysOf(
  driver: Driver,
  prefix = "",
  options?: ListOptions,
): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of driver.list(prefix, options)) keys.push(key);
  assert.equal(new Set(keys).size, keys.length, `${prefix}: a key was listed twice`);
  return keys.sort();
}

/** All bytes of a stream. */
export async function drain(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Bytes> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Whether a promise rejects with a code, and names the backend. */
export async function refused(
  promise: Promise<unknown>,
  ...codes: RubiconErrorCode[]
): Promise<void> {
  await assert.rejects(promise, (error) => {
    if (!hasCode(error, ...codes)) throw error;
    assert.ok(error.backend, `${error.message}: the error names no backend`);
    return true;
  });
}
