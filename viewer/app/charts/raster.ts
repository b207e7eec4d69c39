/**
 * Thousands of thin lines as pixels. A canvas strokes them one after the other, which takes seconds where it has no
 * graphics card; here each pixel adds up what crosses it, so that lines can be added and taken away one by one: a brush
 * that moves costs what changed, and no order hides a colour.
 *
 * @module
 */

/** Two sums share one number, which is exact as long as it is below 2 to the 53rd. */
const SHIFT = 2 ** 27;
/** More lines are not softened at their edges: nobody sees it, and it takes twice as long. */
const MAX_SOFT = 2500;
/** How finely a soft line is shared by two pixels. */
const SOFT = 16;

/** Lines that cross axes. */
export interface RasterLines {
  /** The axes along x, in pixels, rising. */
  xs: ArrayLike<number>;
  /** Of each axis one `y` a line, in pixels. */
  ys: readonly ArrayLike<number>[];
  /** Red, green and blue of a line, 0 to 255. */
  colourOf(line: number): readonly [red: number, green: number, blue: number];
}

/** A picture of lines that are added and taken away. */
export class Raster {
  readonly width: number;
  readonly height: number;
  readonly #lines: RasterLines;
  /** What one line adds to a pixel. */
  readonly #full: number;
  /** Of each pixel how many lines are on it and their red; their green and their blue. */
  readonly #weightRed: Float64Array;
  readonly #greenBlue: Float64Array;
  /** Which lines are on it. */
  readonly #drawn: Uint8Array;
  #queue: number[] = [];

  constructor(width: number, height: number, lines: RasterLines) {
    this.width = width;
    this.height = height;
    this.#lines = lines;
    this.#weightRed = new Float64Array(width * height);
    this.#greenBlue = new Float64Array(width * height);
    this.#drawn = new Uint8Array(lines.ys[0]?.length ?? 0);
    this.#full = this.#drawn.length > MAX_SOFT ? 1 : SOFT;
  }

  /** How many lines are still to be added or taken away. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Says which lines are to be on it. */
  want(lines: ArrayLike<number>): void {
    const wanted = new Uint8Array(this.#drawn.length);
    for (let at = 0; at < lines.length; at++) wanted[lines[at]!] = 1;
    let changed = 0;
    for (let line = 0; line < wanted.length; line++) {
      if (wanted[line] !== this.#drawn[line]) changed++;
    }
    // To begin anew may be less work.
    if (changed > lines.length) {
      this.#weightRed.fill(0);
      this.#greenBlue.fill(0);
      this.#drawn.fill(0);
    }
    const queue: number[] = [];
    for (let at = 0; at < lines.length; at++) {
      if (this.#drawn[lines[at]!] === 0) queue.push(lines[at]!);
    }
    for (let line = 0; line < wanted.length; line++) {
      if (wanted[line] === 0 && this.#drawn[line] === 1) queue.push(line);
    }
    // The last is taken first.
    this.#queue = queue.reverse();
  }

  /** Adds and takes away lines until it is done, or `isEnough` says so. */
  work(isEnough: () => boolean): void {
    const { xs, ys, colourOf } = this.#lines;
    while (this.#queue.length > 0) {
      for (let some = 0; some < 32 && this.#queue.length > 0; some++) {
        const line = this.#queue.pop()!;
        const sign = this.#drawn[line] === 1 ? -1 : 1;
        this.#drawn[line] = sign === 1 ? 1 : 0;
        const [red, green, blue] = colourOf(line);
        const [a, b] = [sign * (SHIFT + red), sign * (green * SHIFT + blue)];
        for (let axis = 0; axis + 1 < ys.length; axis++) {
          this.#stroke(xs[axis]!, ys[axis]![line]!, xs[axis + 1]!, ys[axis + 1]![line]!, a, b);
        }
      }
      if (isEnough()) return;
    }
  }

  /** A pixel a step along the longer side; soft lines are shared by the two pixels that they are between. */
  #stroke(x: number, y: number, toX: number, toY: number, a: number, b: number): void {
    const { width, height } = this;
    const weightRed = this.#weightRed;
    const greenBlue = this.#greenBlue;
    const full = this.#full;
    const isSteep = Math.abs(toY - y) > toX - x;
    const besides = isSteep ? 1 : width;
    const mostX = width - 1;
    const mostY = height - 1;
    // From one whole pixel to the next, so that none is left out or counted twice.
    const from = Math.round(isSteep ? y : x);
    const steps = Math.abs(Math.round(isSteep ? toY : toX) - from);
    const way = isSteep && toY < y ? -1 : 1;
    const slope = isSteep ? (toX - x) / (toY - y) * way : (toY - y) / (toX - x);
    const across = isSteep ? x + (from - y) * slope * way : y + (from - x) * slope;
    const half = full === 1 ? 0.5 : 0;
    for (let step = 0; step < steps; step++) {
      const along = from + step * way;
      const place = across + step * slope + half;
      const left = isSteep ? place | 0 : along;
      const top = isSteep ? along : place | 0;
      if (left < 0 || top < 0 || left >= mostX || top >= mostY) continue;
      const at = top * width + left;
      if (full === 1) {
        weightRed[at]! += a;
        greenBlue[at]! += b;
        continue;
      }
      const far = ((place - (place | 0)) * SOFT + 0.5) | 0;
      const near = SOFT - far;
      weightRed[at]! += near * a;
      greenBlue[at]! += near * b;
      weightRed[at + besides]! += far * a;
      greenBlue[at + besides]! += far * b;
    }
  }

  /**
   * Writes the picture as pixels of red, green, blue and how much they cover.
   *
   * @param alpha How much one line covers, 0 to 1.
   */
  write(pixels: Uint8ClampedArray, alpha: number): void {
    const weightRed = this.#weightRed;
    const greenBlue = this.#greenBlue;
    const covers = coversOf(alpha, this.#full);
    const most = covers.length - 1;
    for (let at = 0; at < weightRed.length; at++) {
      const to = 4 * at;
      const first = weightRed[at]!;
      if (first === 0) {
        pixels[to + 3] = 0;
        continue;
      }
      const weight = Math.floor(first / SHIFT);
      const second = greenBlue[at]!;
      const green = Math.floor(second / SHIFT);
      pixels[to] = (first - weight * SHIFT) / weight;
      pixels[to + 1] = green / weight;
      pixels[to + 2] = (second - green * SHIFT) / weight;
      pixels[to + 3] = covers[weight < most ? weight : most]!;
    }
  }
}

/** How much of a pixel so much weight covers, 0 to 255: as of glass that lies on glass. */
const coversOf = (alpha: number, full: number): Uint8Array =>
  Uint8Array.from(
    { length: 128 * full },
    (_, weight) => Math.round(255 * (1 - (1 - alpha) ** (weight / full))),
  );
