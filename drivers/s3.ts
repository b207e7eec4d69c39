/**
 * The `s3` driver: a bucket of Amazon S3 or of anything that speaks its protocol. The client is loaded
 * when the first bucket is opened.
 *
 * @module
 */
import type { Driver } from "./driver.ts";
import { type DriverConfig, registerDriver } from "./registry.ts";
import { OPTIONS, type S3Options } from "./s3/options.ts";

export type { S3Credentials, S3Options } from "./s3/options.ts";

/**
 * Opens a bucket. Nothing is sent until the first operation.
 *
 * @throws {RubiconException} `invalid-config` if an option is missing or wrong.
 *
 * @example
 * ```ts
 * import { openS3 } from "./s3.ts";
 *
 * const driver = await openS3({
 *   persistence: "s3",
 *   rootDir: "s3://bucket/prefix",
 *   endpoint: "http://127.0.0.1:9000",
 *   region: "us-east-1",
 *   accessKeyId: "key",
 *   secretAccessKey: "secret",
 * });
 * if (driver.label !== "s3://bucket/prefix at 127.0.0.1:9000") throw new Error("no secret in it");
 * ```
 */
export async function openS3(config: DriverConfig & S3Options): Promise<Driver> {
  const [{ readConfig }, { s3Driver }] = await Promise.all([
    import("./s3/config.ts"),
    import("./s3/driver.ts"),
  ]);
  return s3Driver(readConfig(config));
}

registerDriver("s3", openS3, { options: OPTIONS });
