/**
 * The README's tables of guarantees, and what there is behind each cell: three backends, some of which are at fault.
 * `guarantees_test.ts` makes a test of each cell, `deno task guarantees` writes the tables.
 */
import assert from "node:assert/strict";
import {
  type Composite,
  createProject,
  type Experiment,
  listMetrics,
  logExperiment,
  logMetric,
  openComposite,
  type ReadPolicy,
  RubiconException,
  verify,
  type WritePolicy,
} from "../../mod.ts";
import { contents, type Faulty, faulty, refused } from "./faulty.ts";

export const WRITE: readonly WritePolicy[] = ["all", "quorum", "any"];
const READ: readonly ReadPolicy[] = ["first", "merge"];
/** How many of three have to take a write. */
export const NEEDED = { all: 3, quorum: 2, any: 1 };
const COUNTS = ["none", "one", "two", "all three"];

/** Three backends, a composite of them, and an experiment that all of them have. */
export interface World {
  drivers: Faulty[];
  rubicon: Composite;
  experiment: Experiment;
}

/** A world whose first backends are harmed after the experiment was logged. */
export async function world(broken: number, harm: (driver: Faulty) => void): Promise<World> {
  const drivers = [faulty("x"), faulty("y"), faulty("z")];
  const before = await openComposite(drivers);
  const project = await createProject(before, { name: "p" });
  const experiment = await logExperiment(before, project);
  for (const driver of drivers.slice(0, broken)) harm(driver);
  const rubicon = await openComposite(drivers, { timeoutMs: 30, onWarning: () => {} });
  return { drivers, rubicon, experiment };
}

/** How backends can be at fault while something is written. */
export interface WriteFaults {
  /** What they do, for one of them and for several. */
  one: string;
  several: string;
  /** Whether they have it all the same. */
  haveIt: boolean;
  /** Each of the ways, by name. */
  ways: Record<string, (driver: Faulty) => void>;
}

export const WRITE_FAULTS: readonly WriteFaults[] = [
  {
    one: "is down, hanging, full or read-only",
    several: "are",
    haveIt: false,
    ways: {
      down: (driver) => driver.faults = { put: "before" },
      hanging: (driver) => driver.faults = { put: "hang" },
      full: (driver) => refuse(driver, "unavailable", "no space left"),
      "read-only": (driver) => refuse(driver, "permission-denied", "read-only"),
    },
  },
  {
    one: "has it, but its answer is lost",
    several: "have it, but their answers are lost",
    haveIt: true,
    ways: { "answer lost": (driver) => driver.faults = { put: "after" } },
  },
];

function refuse(driver: Faulty, code: "unavailable" | "permission-denied", why: string): void {
  const put = driver.put;
  let well = false;
  driver.put = (...args) =>
    well ? put(...args) : Promise.reject(new RubiconException(code, `${driver.label}: ${why}`));
  // `faults = {}` mends it, as it does the others.
  Object.defineProperty(driver, "faults", { get: () => ({}), set: () => well = true });
}

/** What comes of a write while some backends are at fault. */
export function outcomeOf(broken: number, haveIt: boolean, write: WritePolicy) {
  return { isDone: 3 - broken >= NEEDED[write], holders: haveIt ? 3 : 3 - broken };
}

function writeCell(broken: number, haveIt: boolean, write: WritePolicy): string {
  const { isDone, holders } = outcomeOf(broken, haveIt, write);
  const have = `${COUNTS[holders]} ${holders < 2 ? "has" : "have"} it`;
  if (!isDone) {
    return `exception; ${have}; logging \`error.entity\` again ${
      holders === 3 ? "succeeds" : "completes it"
    }`;
  }
  if (holders === 3) return `done; ${have}`;
  return `done; ${have}; \`repair\` brings the ${holders === 2 ? "third" : "others"}`;
}

/** How the first backend can be at fault while something is read, and what holds then. */
export interface ReadRow {
  when: string;
  /** Each of the ways, by name. */
  ways: Record<string, (driver: Faulty) => Promise<void> | void>;
  /** What the README says, and what the test looks at after a metric `m` was logged to all, and the harm done. */
  cells: Record<ReadPolicy, [text: string, holds: (world: World) => Promise<void>]>;
}

const readsIt = async ({ rubicon, experiment }: World) => {
  assert.deepEqual((await listMetrics(rubicon, experiment)).map(({ name }) => name), ["m"]);
};
const tellsEachReason = async ({ rubicon, experiment, drivers }: World) => {
  const { message } = await refused(() => listMetrics(rubicon, experiment));
  for (const { label } of drivers) assert.ok(message.includes(label), message);
};
const breakAll = ({ drivers }: World) => {
  for (const driver of drivers) driver.faults = { all: "before" };
};

export const READ_ROWS: readonly ReadRow[] = [
  {
    when: "the first is down, hanging (after `timeoutMs`), empty or corrupt",
    ways: {
      down: (driver) => void (driver.faults = { all: "before" }),
      hanging: (driver) => void (driver.faults = { all: "hang" }),
      empty: async (driver) => {
        for (const key of Object.keys(await contents(driver))) await driver.delete(key);
      },
      corrupt: async (driver) => {
        for (const key of Object.keys(await contents(driver))) {
          await driver.put(key, new Uint8Array([123]));
        }
      },
    },
    cells: { first: ["the next one answers", readsIt], merge: ["the others answer", readsIt] },
  },
  {
    when: "the first missed writes of this composite",
    ways: { "missed a write": () => {} },
    cells: {
      first: ["the others are asked first", async (world) => {
        await logElsewhere(world);
        assert.equal((await listMetrics(world.rubicon, world.experiment)).length, 2);
      }],
      merge: ["the union", async (world) => {
        await logElsewhere(world);
        assert.equal((await listMetrics(world.rubicon, world.experiment)).length, 2);
      }],
    },
  },
  {
    when: "the first lacks entities that another process logged to others",
    ways: { "lacks an entity": () => {} },
    cells: {
      first: ["it may be the one that answers; `verify` tells", async (world) => {
        await logElsewhere(world, await openComposite(world.drivers.slice(1)));
        assert.equal((await listMetrics(world.rubicon, world.experiment)).length, 1);
        assert.equal((await verify(world.rubicon)).clean, false);
      }],
      merge: ["the union", async (world) => {
        await logElsewhere(world, await openComposite(world.drivers.slice(1)));
        assert.equal((await listMetrics(world.rubicon, world.experiment)).length, 2);
      }],
    },
  },
  {
    when: "none is able",
    ways: { "all down": () => {} },
    cells: {
      first: ["exception with each one's reason", async (world) => {
        breakAll(world);
        await tellsEachReason(world);
      }],
      merge: ["exception with each one's reason", async (world) => {
        breakAll(world);
        await tellsEachReason(world);
      }],
    },
  },
];

/** Logs a second metric that the first backend does not get. */
async function logElsewhere(
  { drivers, rubicon, experiment }: World,
  other: Composite = rubicon,
): Promise<void> {
  if (other === rubicon) drivers[0]!.faults = { put: "before" };
  await logMetric(other, experiment, { name: "n", value: 2, write: "quorum" });
  await other.settled(AbortSignal.timeout(60_000));
  drivers[0]!.faults = {};
}

/** Rows of which no cell is a fault of a driver: what they say is tested in the file that is named. */
const MORE_WRITES = {
  "the process is killed":
    "what was acknowledged is there; nothing half-written shows; `repair` makes all the same",
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[], fill = " ") =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at]!, fill)).join(" | ")} |`;
  return [line(head), line(head.map(() => ""), "-"), ...rows.map((row) => line(row))].join("\n");
}

/** Cells, of which one like that before it says so. */
const cellsOf = (texts: readonly string[]): string[] =>
  texts.map((text, at) => at > 0 && text === texts[at - 1] ? "the same" : text);

/** The tables, as they are in the README. */
export function tables(): string {
  const code = (one: string) => `\`${one}\``;
  const writing = WRITE_FAULTS.flatMap(({ one, several, haveIt }) =>
    [1, 2, 3].map((broken) => [
      `${COUNTS[broken]} ${broken === 1 ? one : several}`,
      ...cellsOf(WRITE.map((write) => writeCell(broken, haveIt, write))),
    ])
  );
  const more = Object.entries(MORE_WRITES).map((
    [when, text],
  ) => [when, ...cellsOf(WRITE.map(() => text))]);
  const reading = READ_ROWS.map(({ when, cells }) => [
    when,
    ...cellsOf(READ.map((read) => cells[read][0])),
  ]);
  return [
    table(["while writing", ...WRITE.map(code)], [...writing, ...more]),
    table(["while reading", ...READ.map(code)], reading),
  ].join("\n\n");
}
