/**
 * Signed URLs, by AWS's Signature Version 4. s3-lite-client makes the same ones, but derives its signing key
 * for each request, in eleven steps that each wait for another thread: a third of the time of a cold table. A
 * key is good for a day, so that here it is derived once a day. `s3_sign_test.ts` holds the two side by side.
 *
 * @module
 */
import { createHash, createHmac } from "node:crypto";
import { S3Client } from "npm:@bradenmacdonald/s3-lite-client@1.0.0";
import type { S3Credentials } from "./options.ts";
import type { S3Config } from "./config.ts";
import type { S3Request } from "./transport.ts";

/** A signed URL is used at once. It is valid for this many seconds, for clocks that are a little off. */
const VALID_SECONDS = 900;
const ALGORITHM = "AWS4-HMAC-SHA256";

/** Gives the URL of a request, signed at a date. The URL is as good as a key: it never gets into a message. */
export type Sign = (request: S3Request, date: Date) => string;

/** The client, with its check of names made public. It knows no name for the bucket itself. */
class NamingClient extends S3Client {
  check(name: string): void {
    if (name !== "") this.checkNames(name, undefined);
  }
}

const hmac = (key: string | Uint8Array, text: string) => createHmac("sha256", key).update(text);

/** As AWS encodes: all but letters, digits, and `-._~`. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Makes the function that signs with these keys. */
export function makeSign(config: S3Config, keys: S3Credentials): Sign {
  const { bucket, region, pathStyle } = config;
  // The client reads the endpoint, and refuses names that no store takes.
  const client = new NamingClient({
    endPoint: config.endpoint,
    region,
    bucket,
    pathStyle,
    accessKey: keys.accessKeyId,
    secretKey: keys.secretAccessKey,
    ...(keys.sessionToken !== undefined && { sessionToken: keys.sessionToken }),
  });
  const host = pathStyle ? client.host : `${bucket}.${client.host}`;
  const folder = pathStyle ? `${client.pathPrefix ?? ""}/${bucket}/` : "/";
  let current: { day: string; key: string | Uint8Array } | undefined;
  const keyOf = (day: string): string | Uint8Array => {
    if (current?.day === day) return current.key;
    let key: string | Uint8Array = `AWS4${keys.secretAccessKey}`;
    for (const part of [day, region, "s3", "aws4_request"]) key = hmac(key, part).digest();
    current = { day, key };
    return key;
  };

  return ({ method, name, query, headers }, date) => {
    client.check(name);
    const time = date.toISOString().replace(/[-:]|\.\d+/g, "");
    const day = time.slice(0, 8);
    const scope = `${day}/${region}/s3/aws4_request`;
    const signed = Object.entries({ ...headers, host })
      .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, " ")] as const)
      .sort(([a], [b]) => a < b ? -1 : 1);
    const names = signed.map(([name]) => name).join(";");
    const parameters = Object.entries({
      ...query,
      "X-Amz-Algorithm": ALGORITHM,
      "X-Amz-Credential": `${keys.accessKeyId}/${scope}`,
      "X-Amz-Date": time,
      "X-Amz-Expires": String(VALID_SECONDS),
      "X-Amz-SignedHeaders": names,
      ...(keys.sessionToken !== undefined && { "X-Amz-Security-Token": keys.sessionToken }),
    }).map(([name, value]) => `${encode(name)}=${encode(value)}`).sort().join("&");
    const path = (folder + name).split("/").map(encode).join("/");
    const canonical = [
      ...[method, path, parameters],
      ...signed.map(([name, value]) => `${name}:${value}`),
      ...["", names, "UNSIGNED-PAYLOAD"],
    ].join("\n");
    const digest = createHash("sha256").update(canonical).digest("hex");
    const signature = hmac(keyOf(day), [ALGORITHM, time, scope, digest].join("\n")).digest("hex");
    return `${client.protocol}//${host}${path}?${parameters}&X-Amz-Signature=${signature}`;
  };
}
