/**
 * DuckDB, in a Python environment of the tests' own.
 */
import { venv } from "./venv.ts";

const environment = venv("python-duckdb", ["duckdb==2.0.1"], "the real DuckDB");

/** What is missing to have it; `undefined` where nothing is. */
export const lacksDuckdb = (): Promise<string | undefined> => environment.lacks();

/** The rows of each query, one after the other in one session, from the folder that they are asked in. */
export async function duckdb(cwd: string, queries: readonly string[]): Promise<unknown[][][]> {
  const script = `
import duckdb, json, os, sys
cwd, queries = json.load(sys.stdin)
os.chdir(cwd)
session = duckdb.connect()
session.execute("SET threads = 2; SET TimeZone = 'UTC'")
print(json.dumps([session.execute(query).fetchall() for query in queries], default=str))`;
  return JSON.parse(await environment.run(["-c", script], JSON.stringify([cwd, queries])));
}
