/**
 * The files of one export on their way to where the dataset is.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { writeFrame } from "../parquet/write/frame.ts";
import { type Batch, type Part, Points, type RowPart, Rows } from "./columns.ts";
import { type Counts, encodeGroups, type Group, noCounts, type PartFile } from "./manifest.ts";
import type { Records } from "./read.ts";

/** Writes the files of one export. Their names are new, so that those which are there stay as they are. */
export class Writer {
  readonly #driver: Driver;
  readonly #signal: AbortSignal | undefined;
  /** What the names of this export's files have in common. */
  readonly #mark = crypto.randomUUID().slice(0, 8);
  /** The keys of what was written. */
  readonly written: string[] = [];
  bytes = 0;

  constructor(driver: Driver, signal: AbortSignal | undefined) {
    this.#driver = driver;
    this.#signal = signal;
  }

  /** Puts a file that is not there yet. */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.#signal?.throwIfAborted();
    // It is noted before: what became of a put that fails, nobody knows.
    this.written.push(key);
    await this.#driver.put(key, bytes, { signal: this.#signal, ifAbsent: true });
    this.bytes += bytes.length;
  }

  /** Puts what says which groups a project has. */
  async putGroups(project: string, groups: readonly Group[]): Promise<string> {
    const key = `sources/project=${project}/${this.#mark}.json`;
    await this.put(key, encodeGroups(groups));
    return key;
  }

  /** Begins the files of a group. */
  group(project: string, name: string): GroupWriter {
    return new GroupWriter(this, project, `${name}-${this.#mark}`);
  }

  /** Takes back what was written. What cannot be removed now, the next export removes. */
  async undo(): Promise<void> {
    for (const key of this.written) await this.#driver.delete(key);
  }
}

/** Writes the files of one group. */
export class GroupWriter {
  readonly #writer: Writer;
  readonly #project: string;
  readonly #name: string;
  readonly #rows = {
    experiments: new Rows("experiments"),
    values: new Rows("values"),
    artifacts: new Rows("artifacts"),
  };
  readonly #points = new Points();
  readonly files: PartFile[] = [];
  readonly counts: Counts = noCounts();

  constructor(writer: Writer, project: string, name: string) {
    this.#writer = writer;
    this.#project = project;
    this.#name = name;
  }

  /** Adds an experiment. */
  async add({ id, experiment, values, artifacts, series }: Records): Promise<void> {
    const { experiments: own, values: all, artifacts: attached } = this.#rows;
    if (experiment) await this.#put("experiments", own.add(experiment));
    for (const row of values) await this.#put("values", all.add(row));
    for (const row of artifacts) await this.#put("artifacts", attached.add(row));
    for (const [name, columns] of series) {
      for (const full of this.#points.add(id, name, columns)) await this.#put("history", full);
    }
  }

  /** Writes what is left. */
  async end(): Promise<void> {
    for (const part of Object.keys(this.#rows) as RowPart[]) {
      await this.#put(part, this.#rows[part].take());
    }
    await this.#put("history", this.#points.take());
  }

  async #put(part: Part, batch: Batch | undefined): Promise<void> {
    if (!batch) return;
    const { rows } = batch;
    const count = this.files.filter((file) => file.part === part).length;
    const path = `${part}/project=${this.#project}/${this.#name}-${count}.parquet`;
    const bytes = writeFrame(batch.columns(), rows);
    await this.#writer.put(path, bytes);
    this.files.push({ path, part, rows, bytes: bytes.length });
    this.counts[part] += rows;
  }
}
