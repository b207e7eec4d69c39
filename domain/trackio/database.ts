/**
 * One project of trackio as it is on disk: a database of SQLite, with a row a step.
 *
 * @module
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { RubiconException } from "../../errors.ts";
import { isPlain } from "../check.ts";
import { notAllowed } from "../files/disk.ts";

/** A run, as the tables name it. */
export interface TrackioRun {
  /** The id; in databases of trackio before 0.24 the name. */
  key: string;
  name: string;
}

/** What one row says of a run. */
export interface Logged {
  /** ISO 8601. */
  timestamp: string;
  /** `null` for what is logged without one. */
  step: number | null;
  values: Record<string, unknown>;
}

/** The tables that a run has rows in. */
const TABLES = ["metrics", "configs", "system_metrics", "alerts"] as const;
type Table = typeof TABLES[number];

/** The database of a project. Nothing is written to it. */
export class TrackioDatabase implements Disposable {
  readonly #db: DatabaseSync;
  /** The tables that there are, each with its columns. */
  readonly #tables = new Map<string, ReadonlySet<string>>();

  private constructor(readonly path: string, db: DatabaseSync) {
    this.#db = db;
    for (const table of TABLES) {
      // No view, and no table that is made up: whoever made the file would decide how long reading takes.
      const [own] = this.#all(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND lower(name) = ?",
        table,
      );
      if (!own) continue;
      const columns = this.#all(`PRAGMA table_info(${table})`);
      this.#tables.set(table, new Set(columns.map(({ name }) => String(name))));
    }
  }

  /**
   * Opens one.
   *
   * @returns Nothing if it is a database of something else.
   * @throws {RubiconException} `corrupt` if it is none, `permission-denied` if it may not be read.
   */
  static async open(path: string): Promise<TrackioDatabase | undefined> {
    const { DatabaseSync } = await import("node:sqlite");
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(path, { readOnly: true });
      const one = new TrackioDatabase(path, db);
      if (one.#tables.has("metrics") && one.#tables.get("metrics")!.has("run_name")) return one;
      db.close();
      return undefined;
    } catch (cause) {
      db?.close();
      if (cause instanceof RubiconException) throw cause;
      if (cause instanceof Deno.errors.NotCapable) {
        throw notAllowed(`importTrackio: ${path} cannot be read`, cause);
      }
      throw corrupt(path, "cannot be read as a database of SQLite", cause);
    }
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #all(sql: string, ...values: string[]): Record<string, unknown>[] {
    return this.#reading(() => this.#db.prepare(sql).all(...values));
  }

  /** Reads rows. What SQLite says of them is of this file. */
  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      const why = (cause as Error).message;
      throw corrupt(this.path, `cannot be read as a database of SQLite: ${why}`, cause);
    }
  }

  /** What tells runs apart in a table: older databases know their names alone. */
  #keyOf(table: Table): string {
    return this.#tables.get(table)!.has("run_id") ? "run_id" : "run_name";
  }

  /** The runs, in the order in which they logged. */
  runs(): TrackioRun[] {
    const found = new Map<string, TrackioRun>();
    for (const table of TABLES) {
      if (!this.#tables.has(table)) continue;
      const key = this.#keyOf(table);
      const sql = `SELECT ${key} AS key, run_name AS name FROM ${table} ` +
        `WHERE ${key} IS NOT NULL GROUP BY ${key} ORDER BY min(id)`;
      for (const row of this.#all(sql)) {
        // Bytes would be found by no text.
        if (typeof row.key !== "string") {
          throw corrupt(this.path, `has a run whose ${key} is no text`);
        }
        const one = { key: row.key, name: String(row.name ?? row.key) };
        if (!found.has(one.key)) found.set(one.key, one);
      }
    }
    return [...found.values()];
  }

  /** The rows of a run. */
  *#rows(table: Table, run: TrackioRun): Generator<Record<string, unknown>> {
    if (!this.#tables.has(table)) return;
    const rows = this.#reading(() => {
      const statement: StatementSync = this.#db.prepare(
        `SELECT * FROM ${table} WHERE ${this.#keyOf(table)} = ? ORDER BY id`,
      );
      // A number that holds no such integer would end the rows without a word.
      statement.setReadBigInts(true);
      return statement.iterate(run.key);
    });
    for (;;) {
      const { done, value } = this.#reading(() => rows.next());
      if (done) return;
      yield value;
    }
  }

  /** What a run logged, step by step. */
  *metrics(run: TrackioRun): Generator<Logged> {
    for (const { timestamp, step, metrics } of this.#rows("metrics", run)) {
      const at = typeof step === "bigint" || typeof step === "number" ? Number(step) : NaN;
      if (!Number.isFinite(at)) {
        throw corrupt(this.path, `has a row of run ${JSON.stringify(run.name)} without a step`);
      }
      yield { timestamp: String(timestamp), step: at, values: this.#json(run, metrics) };
    }
  }

  /** What was measured of its machine. */
  *system(run: TrackioRun): Generator<Logged> {
    for (const { timestamp, metrics } of this.#rows("system_metrics", run)) {
      yield { timestamp: String(timestamp), step: null, values: this.#json(run, metrics) };
    }
  }

  /** Its configuration, and when that was noted. */
  config(run: TrackioRun): { config: Record<string, unknown>; createdAt: string | null } {
    const [row] = this.#rows("configs", run);
    if (!row) return { config: {}, createdAt: null };
    const { config, created_at: createdAt } = row;
    return { config: this.#json(run, config), createdAt: createdAt ? String(createdAt) : null };
  }

  /** What it told people. */
  alerts(run: TrackioRun): Record<string, unknown>[] {
    return Array.from(
      this.#rows("alerts", run),
      ({ timestamp, title, text, level, step }) => ({ timestamp, title, text, level, step }),
    );
  }

  /** Older versions wrote texts, newer ones write bytes. */
  #json(run: TrackioRun, cell: unknown): Record<string, unknown> {
    const text = cell instanceof Uint8Array ? new TextDecoder().decode(cell) : String(cell);
    try {
      const value: unknown = JSON.parse(text, exact);
      if (isPlain(value)) return value;
    } catch (cause) {
      throw corrupt(
        this.path,
        `has a row of run ${JSON.stringify(run.name)} that is not JSON`,
        cause,
      );
    }
    throw corrupt(this.path, `has a row of run ${JSON.stringify(run.name)} that has no fields`);
  }
}

/** Integers that a number cannot hold keep their digits. */
function exact(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  const isLarge = typeof value === "number" && Number.isInteger(value) &&
    !Number.isSafeInteger(value);
  return isLarge && /^-?\d+$/.test(source ?? "") ? BigInt(source!) : value;
}

const corrupt = (path: string, why: string, cause?: unknown): RubiconException =>
  new RubiconException("corrupt", `importTrackio: ${path} ${why}.`, { cause });
