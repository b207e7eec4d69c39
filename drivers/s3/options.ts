/**
 * The options of the `s3` driver.
 *
 * @module
 */

/** Keys of an S3 account. Temporary ones have a session token and an end. */
export interface S3Credentials {
  /** The access key id. */
  accessKeyId: string;
  /** The secret access key. */
  secretAccessKey: string;
  /** The session token of temporary keys. */
  sessionToken?: string;
  /** When they end: they are asked for anew shortly before. Missing: they are asked for once. */
  expiration?: Date;
}

/** Options of the `s3` driver beside `persistence` and `rootDir` (`s3://bucket/prefix`). */
export interface S3Options {
  /** The server's URL. Default: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, or Amazon's of the region. */
  endpoint?: string | undefined;
  /** The region. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, or `us-east-1`. */
  region?: string | undefined;
  /** Default: `AWS_ACCESS_KEY_ID`. */
  accessKeyId?: string | undefined;
  /** Default: `AWS_SECRET_ACCESS_KEY`. */
  secretAccessKey?: string | undefined;
  /** Default: `AWS_SESSION_TOKEN`. */
  sessionToken?: string | undefined;
  /** Gives the keys in place of the three above, again whenever they end. */
  credentials?: (() => S3Credentials | Promise<S3Credentials>) | undefined;
  /** Whether the bucket is in the path (`true`) or in the host's name. Default: with an endpoint of one's own. */
  pathStyle?: boolean | undefined;
  /** Size of an upload's parts, in bytes; at least 5 MiB. Default: 8 MiB. */
  partSize?: number | undefined;
  /** How many requests are under way at once. Default: 64. */
  concurrency?: number | undefined;
  /** The longest time until a request is answered, in milliseconds. Default: 30,000. */
  requestTimeoutMs?: number | undefined;
  /** How often a request is tried again. Default: 4. */
  retries?: number | undefined;
}

/** One entry for each option: the compiler finds what is missing. */
const TABLE: { readonly [Name in keyof S3Options]-?: true } = {
  endpoint: true,
  region: true,
  accessKeyId: true,
  secretAccessKey: true,
  sessionToken: true,
  credentials: true,
  pathStyle: true,
  partSize: true,
  concurrency: true,
  requestTimeoutMs: true,
  retries: true,
};

/** The names of the options, for the registry: anything else in a configuration is a slip. */
export const OPTIONS: readonly string[] = Object.keys(TABLE);
