/**
 * Points of metrics in memory: three columns a metric, in typed arrays.
 *
 * @module
 */

/** The points of one metric, by step; no step comes twice. */
export interface Columns {
  /** The steps, from the lowest up. */
  steps: Float64Array<ArrayBuffer>;
  /** When each point was logged, in microseconds since 1970. */
  times: Float64Array<ArrayBuffer>;
  /** The values. */
  values: Float64Array<ArrayBuffer>;
}

/** The points of several metrics. */
export type Series = ReadonlyMap<string, Columns>;

/** Columns that grow at their end, with points in any order. */
class Growing {
  length = 0;
  #steps = new Float64Array(64);
  #times = new Float64Array(64);
  #values = new Float64Array(64);

  add(step: number, time: number, value: number): void {
    const at = this.length++;
    if (at === this.#steps.length) this.#reserve(2 * at);
    this.#steps[at] = step;
    this.#times[at] = time;
    this.#values[at] = value;
  }

  addAll({ steps, times, values }: Columns): void {
    const length = this.length + steps.length;
    if (length > this.#steps.length) this.#reserve(Math.max(length, 2 * this.length));
    this.#steps.set(steps, this.length);
    this.#times.set(times, this.length);
    this.#values.set(values, this.length);
    this.length = length;
  }

  #reserve(size: number): void {
    const grown = (old: Float64Array<ArrayBuffer>) => {
      const more = new Float64Array(size);
      more.set(old.subarray(0, this.length));
      return more;
    };
    this.#steps = grown(this.#steps);
    this.#times = grown(this.#times);
    this.#values = grown(this.#values);
  }

  /** The points in order, each step once. */
  columns(): Columns {
    const { length } = this;
    const [steps, times, values] = [this.#steps, this.#times, this.#values]
      .map((column) => column.slice(0, length)) as [
        Columns["steps"],
        Columns["times"],
        Columns["values"],
      ];
    const all = { steps, times, values };
    return isInOrder(steps) ? all : inOrder(all);
  }
}

function isInOrder(steps: Float64Array): boolean {
  for (let at = 1; at < steps.length; at++) if (!(steps[at - 1]! < steps[at]!)) return false;
  return true;
}

/**
 * Sorts points by step. Of one step the later time counts, and of one time the greater value: so all who have the same
 * points agree, in whatever order they came.
 */
function inOrder({ steps, times, values }: Columns): Columns {
  const order = new Uint32Array(steps.length);
  for (let at = 0; at < order.length; at++) order[at] = at;
  order.sort((a, b) =>
    steps[a]! - steps[b]! || times[a]! - times[b]! || compareValues(values[a]!, values[b]!)
  );
  let length = 0;
  for (let at = 0; at < order.length; at++) {
    if (at > 0 && steps[order[at]!] === steps[order[at - 1]!]) length--;
    order[length++] = order[at]!;
  }
  const chosen = (column: Float64Array) => {
    const some = new Float64Array(length);
    for (let at = 0; at < length; at++) some[at] = column[order[at]!]!;
    return some;
  };
  return { steps: chosen(steps), times: chosen(times), values: chosen(values) };
}

/** A missing number is less than any, and so is one zero than the other. */
function compareValues(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a - b || Number(Object.is(b, -0)) - Number(Object.is(a, -0));
}

/** Gathers points of many metrics, in any order. */
export class SeriesBuilder {
  readonly #all = new Map<string, Growing>();

  /** Adds one point. `time` is in microseconds since 1970. */
  add(name: string, step: number, time: number, value: number): void {
    let one = this.#all.get(name);
    if (!one) this.#all.set(name, one = new Growing());
    one.add(step, time, value);
  }

  /** Adds points that are columns already. */
  addAll(series: Series): void {
    for (const [name, columns] of series) {
      let one = this.#all.get(name);
      if (!one) this.#all.set(name, one = new Growing());
      one.addAll(columns);
    }
  }

  /** All points, the metrics sorted by name, each step once. */
  series(): Series {
    const names = [...this.#all.keys()].sort();
    return new Map(names.map((name) => [name, this.#all.get(name)!.columns()]));
  }
}

/** Several series as one. */
export function joined(several: readonly Series[]): Series {
  if (several.length === 1) return several[0]!;
  const builder = new SeriesBuilder();
  for (const one of several) builder.addAll(one);
  return builder.series();
}

/** How many points there are. */
export function countOf(series: Series): number {
  let sum = 0;
  for (const { steps } of series.values()) sum += steps.length;
  return sum;
}

/** Those after a step. */
export function after(series: Series, step: number): Series {
  const later = Array.from(series, ([name, { steps, times, values }]): [string, Columns] => {
    let [low, high] = [0, steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle]! > step) high = middle;
      else low = middle + 1;
    }
    return [name, {
      steps: steps.slice(low),
      times: times.slice(low),
      values: values.slice(low),
    }];
  });
  return new Map(later.filter(([, { steps }]) => steps.length > 0));
}
