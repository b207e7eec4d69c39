/**
 * The options that all commands take, as commander gives them.
 *
 * @module
 */

/** All of them are optional, and each is what the option of its name says. */
export interface GlobalOptions {
  rootDir?: string[];
  config?: string;
  write?: "all" | "quorum" | "any";
  read?: "first" | "merge";
  /** In seconds. */
  timeout?: number;
  json?: boolean;
  jsonl?: boolean;
  color?: "auto" | "always" | "never" | boolean;
  quiet?: boolean;
  endpoint?: string;
  region?: string;
  accessKeyId?: string;
  secretAccessKey?: string;
  sessionToken?: string;
  pathStyle?: "true" | "false";
  partSize?: number;
  concurrency?: number;
  requestTimeoutMs?: number;
  retries?: number;
  durable?: boolean;
}
