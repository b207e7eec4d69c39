/**
 * Points that are logged and not written yet: typed arrays, so that a point costs 24 bytes and no object.
 *
 * @module
 */
import { timeWriter } from "./times.ts";

const encoder = new TextEncoder();
const FIRST = 64;
/** So many points become text at once. */
const CHUNK = 100_000;

/** Points in the order in which they were logged. */
export class PointBuffer {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];
  /** Of each call of `add`: its step, its time, and where its points end. */
  #steps = new Float64Array(FIRST);
  #times = new Float64Array(FIRST);
  #ends = new Uint32Array(FIRST);
  #calls = 0;
  #metrics = new Uint32Array(FIRST);
  #values = new Float64Array(FIRST);
  #points = 0;

  /** How many points there are. */
  get size(): number {
    return this.#points;
  }

  /** Adds the values of some metrics at one step. `time` is in microseconds since 1970. */
  add(values: Readonly<Record<string, number>>, step: number, time: number): void {
    let point = this.#points;
    for (const name in values) {
      let id = this.#ids.get(name);
      if (id === undefined) this.#ids.set(name, id = this.#names.push(name) - 1);
      if (point === this.#values.length) this.#growPoints();
      this.#metrics[point] = id;
      this.#values[point++] = values[name]!;
    }
    if (point === this.#points) return;
    this.#points = point;
    const call = this.#calls++;
    if (call === this.#steps.length) this.#growCalls();
    this.#steps[call] = step;
    this.#times[call] = time;
    this.#ends[call] = point;
  }

  #growPoints(): void {
    const size = 2 * this.#values.length;
    const [metrics, values] = [new Uint32Array(size), new Float64Array(size)];
    metrics.set(this.#metrics);
    values.set(this.#values);
    [this.#metrics, this.#values] = [metrics, values];
  }

  #growCalls(): void {
    const size = 2 * this.#steps.length;
    const [steps, times, ends] = [
      ...[new Float64Array(size), new Float64Array(size)] as const,
      new Uint32Array(size),
    ];
    steps.set(this.#steps);
    times.set(this.#times);
    ends.set(this.#ends);
    [this.#steps, this.#times, this.#ends] = [steps, times, ends];
  }

  /**
   * Points as the bytes of a part, which are then no longer here: all, or the first of them if there are many.
   *
   * @param most So many calls at most.
   */
  take(most: number): { bytes: Uint8Array<ArrayBuffer>; points: number } {
    const quoted = this.#names.map((name) => JSON.stringify(name));
    const textOf = timeWriter();
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const calls = Math.min(this.#calls, most);
    let text = "";
    let point = 0;
    for (let call = 0; call < calls; call++) {
      const end = this.#ends[call]!;
      let values = "";
      for (; point < end; point++) {
        const value = encodeNumber(this.#values[point]!);
        values += `${values === "" ? "" : ","}${quoted[this.#metrics[point]!]}:${value}`;
      }
      const step = encodeNumber(this.#steps[call]!);
      text += `{"s":${step},"t":"${textOf(this.#times[call]!)}","m":{${values}}}\n`;
      if (call % CHUNK < CHUNK - 1) continue;
      chunks.push(encoder.encode(text));
      text = "";
    }
    chunks.push(encoder.encode(text));
    this.#drop(calls, point);
    return { bytes: joinBytes(chunks), points: point };
  }

  #drop(calls: number, points: number): void {
    if (calls < this.#calls) {
      for (const column of [this.#steps, this.#times, this.#ends]) column.copyWithin(0, calls);
      for (const column of [this.#metrics, this.#values]) column.copyWithin(0, points);
      for (let call = 0; call < this.#calls - calls; call++) this.#ends[call]! -= points;
    }
    this.#calls -= calls;
    this.#points -= points;
  }
}

function joinBytes(chunks: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** A number in JSON. NaN and the infinities are text, so that any reader takes them. */
export function encodeNumber(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0";
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}
