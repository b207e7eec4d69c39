/**
 * A driver of one's own, in one file: objects as rows of a SQLite database. Importing this file makes
 * the persistence `sqlite` known; `rootDir` is the database's file, or `:memory:`.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { Driver, ListEntry, ObjectMeta } from "../drivers/driver.ts";
import { type DriverConfig, registerDriver } from "../drivers/registry.ts";
import { chunksOf } from "../drivers/source.ts";
import { RubiconException } from "../errors.ts";

declare module "../drivers/registry.ts" {
  // What openComposite takes for it: other options are errors in the editor.
  interface DriverConfigs {
    sqlite: { rootDir?: string | undefined };
  }
}

// A replaced row gets a new id, which makes the id an etag.
const SCHEMA = `
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS objects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    modified INTEGER NOT NULL,
    bytes BLOB NOT NULL
  )`;
const META = "id, key, modified, length(bytes) AS size";
const PAGE = 500;

type Row = { id: number; key: string; modified: number; size: number; bytes: Uint8Array };

const metaOf = ({ id, modified, size }: Row): ObjectMeta => ({
  size,
  lastModified: new Date(modified),
  etag: String(id),
});

/** Opens a database as a store. */
export function openSqlite(config: DriverConfig): Driver {
  const path = String(config.rootDir ?? "rubicon.sqlite");
  const label = `sqlite:${path}`;
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  const one = database.prepare(`SELECT ${META}, bytes FROM objects WHERE key = ?`);
  const look = database.prepare(`SELECT ${META} FROM objects WHERE key = ?`);
  const create = database.prepare(
    `INSERT INTO objects (key, modified, bytes) VALUES (?, ?, ?)
     ON CONFLICT DO NOTHING RETURNING ${META}`,
  );
  const replace = database.prepare(
    `REPLACE INTO objects (key, modified, bytes) VALUES (?, ?, ?) RETURNING ${META}`,
  );
  const remove = database.prepare("DELETE FROM objects WHERE key = ?");
  const page = database.prepare(
    `SELECT ${META} FROM objects WHERE key > ? AND key < ? ORDER BY key LIMIT ${PAGE}`,
  );

  const read = (statement: typeof one, key: string): Row => {
    const row = statement.get(key) as Row | undefined;
    if (row) return row;
    throw new RubiconException("not-found", `${label}: there is no ${key}`);
  };
  /** The rows below a prefix, a page at a time: others may write between two pages. */
  function* below(prefix: string): Generator<Row> {
    const start = prefix === "" ? "" : `${prefix}/`;
    // All keys with this start are before the one that has `0`, the sign after `/`, instead.
    const end = prefix === "" ? "\u{10FFFF}" : `${prefix}0`;
    for (let after = start;;) {
      const rows = page.all(after, end) as Row[];
      yield* rows;
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.key;
    }
  }

  const driver: Driver = {
    persistence: "sqlite",
    label,
    // deno-lint-ignore require-await -- async, so that what is thrown is a rejection.
    async get(key, { offset = 0, length = Infinity } = {}) {
      const row = read(one, key);
      return { ...metaOf(row), bytes: row.bytes.slice(offset, offset + length) };
    },
    async open(key, options = {}) {
      const { bytes, ...meta } = await driver.get(key, options);
      const stream = new ReadableStream<typeof bytes>({
        pull(controller) {
          options.signal?.throwIfAborted();
          if (bytes.length > 0) controller.enqueue(bytes);
          controller.close();
        },
      }, { highWaterMark: 0 });
      return { ...meta, stream };
    },
    async put(key, source, { ifAbsent = false, signal } = {}) {
      const chunks = await Array.fromAsync(chunksOf(source, signal));
      const bytes = await new Blob(chunks as BlobPart[]).bytes();
      const row = (ifAbsent ? create : replace).get(key, Date.now(), bytes) as Row | undefined;
      if (row) return metaOf(row);
      throw new RubiconException("already-exists", `${label}: ${key} is there already`);
    },
    // deno-lint-ignore require-await -- see `get`.
    async stat(key) {
      return metaOf(read(look, key));
    },
    async *list(prefix, { depth = Infinity } = {}): AsyncGenerator<ListEntry> {
      for (const row of below(prefix)) {
        const rest = prefix === "" ? row.key : row.key.slice(prefix.length + 1);
        if (rest.split("/").length <= depth) yield { key: row.key, ...metaOf(row) };
      }
    },
    // deno-lint-ignore require-await -- see `get`.
    async folders(prefix) {
      const names = new Set<string>();
      for (const { key } of below(prefix)) {
        const [name, more] = (prefix === "" ? key : key.slice(prefix.length + 1)).split("/", 2);
        if (more !== undefined) names.add(name!);
      }
      return [...names];
    },
    // deno-lint-ignore require-await -- see `get`.
    async delete(key) {
      remove.run(key);
    },
    // deno-lint-ignore require-await -- see `get`.
    async close() {
      if (database.isOpen) database.close();
    },
  };
  return driver;
}

registerDriver("sqlite", openSqlite);
