// deno-lint-ignore-file no-console -- it is there to show something.
/**
 * Trains a small neural network, without a library, for each setting of a grid, and logs each as a run to two folders:
 * its parameters, its loss and accuracy by epoch, and the weights in the end.
 *
 *     deno run --allow-read=./local --allow-write=./local examples/train.ts
 */
import {
  bestExperiment,
  getOrCreateProject,
  listExperiments,
  logArtifact,
  openComposite,
  readHistoryColumns,
  type Run,
  withRun,
} from "../mod.ts";

const EPOCHS = 60;
const GRID = [1, 8].flatMap((hidden) => [0.03, 0.3].map((lr) => ({ hidden, lr })));

/** A sample: a place on a plane, and whether it is outside the circle. */
interface Sample {
  x: readonly [number, number];
  y: 0 | 1;
}

/** Numbers from 0 to 1, the same in each run: Park and Miller's generator. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = state * 48271 % 2147483647) / 2147483647;
}

/** Points of a square, half of them inside a circle, which no straight line cuts off. */
function samples(length: number, random: () => number): Sample[] {
  return Array.from({ length }, () => {
    const x = [2 * random() - 1, 2 * random() - 1] as const;
    return { x, y: x[0] ** 2 + x[1] ** 2 > 2 / Math.PI ? 1 : 0 };
  });
}

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

/** One hidden layer of tanh, and a sigmoid. */
class Network {
  readonly weights: { a: number; b: number; bias: number; out: number }[];
  bias = 0;

  constructor(hidden: number, random: () => number) {
    const weight = () => 2 * random() - 1;
    this.weights = Array.from(
      { length: hidden },
      () => ({ a: weight(), b: weight(), bias: weight(), out: weight() }),
    );
  }

  /** The hidden layer, and how likely it is that the sample is outside. */
  forward([a, b]: Sample["x"]): { hidden: number[]; p: number } {
    const hidden = this.weights.map((one) => Math.tanh(one.a * a + one.b * b + one.bias));
    const sum = hidden.reduce((all, value, at) => all + value * this.weights[at]!.out, this.bias);
    return { hidden, p: sigmoid(sum) };
  }

  /** One step down the gradient of the cross entropy. Gives the loss before it. */
  step({ x, y }: Sample, lr: number): number {
    const { hidden, p } = this.forward(x);
    const error = p - y;
    this.weights.forEach((one, at) => {
      const value = hidden[at]!;
      const inner = error * one.out * (1 - value ** 2);
      one.out -= lr * error * value;
      one.a -= lr * inner * x[0];
      one.b -= lr * inner * x[1];
      one.bias -= lr * inner;
    });
    this.bias -= lr * error;
    return -Math.log(Math.max(y === 1 ? p : 1 - p, 1e-12));
  }

  accuracy(all: readonly Sample[]): number {
    return all.filter(({ x, y }) => (this.forward(x).p > 0.5) === (y === 1)).length / all.length;
  }
}

/** Trains, and logs each epoch. */
async function train(run: Run, { hidden, lr }: { hidden: number; lr: number }): Promise<Network> {
  const random = numbers(7);
  const [known, unseen] = [samples(400, random), samples(200, random)];
  const network = new Network(hidden, random);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const losses = known.map((sample) => network.step(sample, lr));
    const loss = losses.reduce((a, b) => a + b) / losses.length;
    run.log({ loss, accuracy: network.accuracy(unseen) }, { step: epoch });
    if (epoch % 20 === 19) await run.flush(); // a kill loses no more than 20 epochs
  }
  return network;
}

await using rubicon = await openComposite([
  { persistence: "filesystem", rootDir: "./local/train-a" },
  { persistence: "filesystem", rootDir: "./local/train-b" },
]);
const project = await getOrCreateProject(rubicon, { name: "circle" });

for (const parameters of GRID) {
  const { hidden, lr } = parameters;
  await withRun(rubicon, project, {
    name: `hidden ${hidden}, lr ${lr}`,
    parameters,
    summary: { loss: "min", accuracy: "max" },
  }, async (run) => {
    const { weights, bias } = await train(run, parameters);
    await logArtifact(rubicon, run.experiment, {
      name: "weights.json",
      data: JSON.stringify({ weights, bias }),
    });
  });
}

// Each run of this program adds its own; these are the newest.
for (
  const experiment of await listExperiments(rubicon, project, {
    order: "newest",
    limit: GRID.length,
  })
) {
  const { values } = (await readHistoryColumns(rubicon, experiment)).get("loss")!;
  const [first, last] = [values[0]!, values.at(-1)!].map((loss) => loss.toFixed(3));
  console.log(`${experiment.name}: ${values.length} epochs, loss ${first} → ${last}`);
}
const best = await bestExperiment(rubicon, project, "metrics.accuracy");
console.log(`The best one: ${best!.name}`);
