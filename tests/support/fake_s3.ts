/**
 * An S3 in this process, that does what the real ones do at the level of requests: it sorts, pages, compares ETags
 * and keeps uploads. It is no judge of signatures. The real ones are asked in s3_requests_test.ts.
 */
import { createHash } from "node:crypto";
import { readConfig, type S3Config } from "../../drivers/s3/config.ts";
import type { Transport } from "../../drivers/s3/transport.ts";
import { elements, encodeEntities, text } from "../../drivers/s3/xml.ts";

interface Stored {
  bytes: Uint8Array<ArrayBuffer>;
  etag: string;
  modified: Date;
}

/** The store, and what was asked of it. */
export interface FakeS3 {
  transport: Transport;
  /** By name in the bucket. */
  objects: Map<string, Stored>;
  /** The parts of each upload that is neither completed nor aborted. */
  uploads: Map<string, { name: string; parts: Map<number, Stored> }>;
  /** The MIME types that objects were sent with, by name in the bucket. */
  types: Map<string, string>;
  /** Each request: `GET name?query`, without the signature. */
  requests: string[];
  /** How many requests were under way at once, at most. */
  mostAtOnce: number;
}

const md5 = (bytes: Uint8Array, encoding: "hex" | "base64" = "hex"): string =>
  createHash("md5").update(bytes).digest(encoding);

/** Keys that no message may have in it. */
export const SECRETS = {
  accessKeyId: "AKIDnobodymayseethis",
  secretAccessKey: "sEcReT/nobody+may=see-this",
  sessionToken: "t0KeN/nobody+may==see-this",
};

/** A configuration of the driver for a fake: nothing in it waits. */
export function fakeConfig(changes: Partial<S3Config> = {}): S3Config {
  const config = readConfig({
    persistence: "s3",
    rootDir: "s3://bucket/prefix",
    endpoint: "http://fake.test",
    region: "us-east-1",
    ...SECRETS,
  });
  return { ...config, firstPauseMs: 0, ...changes };
}

/** A request, as the store sees it. */
export interface Asked {
  method: string;
  name: string;
  query: URLSearchParams;
}

/** What a signed URL asks for, below the bucket. */
export function askedBy(method: string, url: string): Asked {
  const { pathname, searchParams } = new URL(url);
  for (const name of [...searchParams.keys()]) {
    if (name.startsWith("X-Amz-")) searchParams.delete(name);
  }
  const name = decodeURIComponent(pathname.replace(/^\/[^/]*\/?/, ""));
  return { method, name, query: searchParams };
}

/** An answer as a store gives it. */
export function answered(
  status: number,
  body: string | Uint8Array<ArrayBuffer> | null = null,
  headers: Record<string, string> = {},
): Response {
  const length = typeof body === "string" ? new TextEncoder().encode(body).length : body?.length;
  return new Response(body, {
    status,
    headers: {
      ...(status !== 204 && { "content-length": String(length ?? 0) }),
      ...{ date: new Date().toUTCString(), server: "AmazonS3", "x-amz-request-id": "0123456789" },
      ...headers,
    },
  });
}

/** A refusal as a store gives it. */
export const refusal = (status: number, code: string, message = code): Response =>
  answered(
    status,
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${
      encodeEntities(message)
    }</Message></Error>`,
    { "content-type": "application/xml" },
  );

const encoder = new TextEncoder();

/** By UTF-8, as S3 sorts. */
export function byBytes(a: string, b: string): number {
  const [one, other] = [encoder.encode(a), encoder.encode(b)];
  const at = one.findIndex((byte, at) => byte !== other[at]);
  return at === -1 ? one.length - other.length : one[at]! - (other[at] ?? -1);
}

/** Makes an empty store. */
export function fakeS3({ pageSize = 1000 } = {}): FakeS3 {
  const objects: FakeS3["objects"] = new Map();
  const uploads: FakeS3["uploads"] = new Map();
  const types: FakeS3["types"] = new Map();
  let count = 0;
  let now = 0;

  const store = (bytes: Uint8Array<ArrayBuffer>, etag = md5(bytes)): Stored => ({
    bytes: bytes.slice(),
    etag,
    modified: new Date(),
  });

  function get(name: string, headers: Headers): Response {
    const found = objects.get(name);
    if (!found) return refusal(404, "NoSuchKey");
    const { bytes, etag, modified } = found;
    if ((headers.get("if-match") ?? `"${etag}"`) !== `"${etag}"`) {
      return refusal(412, "PreconditionFailed");
    }
    const meta = {
      etag: `"${etag}"`,
      "last-modified": modified.toUTCString(),
      "accept-ranges": "bytes",
    };
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.get("range") ?? "") ?? [];
    if (first === undefined) return answered(200, bytes, meta);
    const [start, end] = [
      Number(first),
      Math.min(last ? Number(last) + 1 : Infinity, bytes.length),
    ];
    if (start >= bytes.length) return refusal(416, "InvalidRange");
    return answered(206, bytes.slice(start, end), {
      ...meta,
      "content-range": `bytes ${start}-${end - 1}/${bytes.length}`,
    });
  }

  function put({ name, query }: Asked, headers: Headers, body: Uint8Array<ArrayBuffer>): Response {
    const digest = headers.get("content-md5");
    if (digest !== null && digest !== md5(body, "base64")) return refusal(400, "BadDigest");
    const uploadId = query.get("uploadId");
    const stored = store(body);
    if (uploadId !== null) {
      const upload = uploads.get(uploadId);
      if (!upload) return refusal(404, "NoSuchUpload");
      upload.parts.set(Number(query.get("partNumber")), stored);
    } else if (headers.get("if-none-match") === "*" && objects.has(name)) {
      return refusal(412, "PreconditionFailed");
    } else objects.set(name, stored);
    return answered(200, null, { etag: `"${stored.etag}"` });
  }

  function post({ name, query }: Asked, headers: Headers, body: Uint8Array): Response {
    if (query.has("uploads")) {
      const id = `upload-${++count}`;
      uploads.set(id, { name, parts: new Map() });
      return answered(
        200,
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const id = query.get("uploadId")!;
    const upload = uploads.get(id);
    if (!upload) return refusal(404, "NoSuchUpload");
    if (headers.get("if-none-match") === "*" && objects.has(name)) {
      return refusal(412, "PreconditionFailed");
    }
    const listed = Array.from(elements(new TextDecoder().decode(body), "Part"), (part) => {
      const stored = upload.parts.get(Number(text(part, "PartNumber")));
      return stored && text(part, "ETag") === `"${stored.etag}"` ? stored : undefined;
    });
    if (listed.length === 0 || listed.includes(undefined)) return refusal(400, "InvalidPart");
    const parts = listed as Stored[];
    const bytes = concat(parts.map(({ bytes }) => bytes));
    const etag = `${md5(encoder.encode(parts.map(({ etag }) => etag).join()))}-${parts.length}`;
    uploads.delete(id);
    objects.set(name, store(bytes, etag));
    return answered(
      200,
      `<CompleteMultipartUploadResult><ETag>&quot;${etag}&quot;</ETag></CompleteMultipartUploadResult>`,
    );
  }

  function remove({ name, query }: Asked): Response {
    const id = query.get("uploadId");
    if (id === null) objects.delete(name);
    else if (!uploads.delete(id)) return refusal(404, "NoSuchUpload");
    return answered(204);
  }

  function list(query: URLSearchParams): Response {
    const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter")];
    const token = query.get("continuation-token");
    if (token !== null && !token.startsWith("after:")) return refusal(400, "InvalidArgument");
    const after = token?.slice(6) ?? query.get("start-after");
    const names = [...objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => {
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      return end === -1 ? key : key.slice(0, end + 1);
    });
    const rest = [...new Set(names)].sort(byBytes).filter((name) =>
      after === null || byBytes(name, after) > 0
    );
    const page = rest.slice(0, pageSize);
    const xml = page.map((name) => {
      const key = encodeURIComponent(name);
      if (delimiter && name.endsWith("/")) {
        return `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`;
      }
      const { bytes, etag, modified } = objects.get(name)!;
      return `<Contents><Key>${key}</Key><Size>${bytes.length}</Size><LastModified>` +
        `${modified.toISOString()}</LastModified><ETag>&quot;${etag}&quot;</ETag></Contents>`;
    });
    const more = rest.length > pageSize;
    const next = more
      ? `<NextContinuationToken>${encodeEntities(`after:${page.at(-1)}`)}</NextContinuationToken>`
      : "";
    return answered(
      200,
      `<ListBucketResult><EncodingType>url</EncodingType>${
        xml.join("")
      }<IsTruncated>${more}</IsTruncated>${next}</ListBucketResult>`,
    );
  }

  const fake: FakeS3 = {
    objects,
    uploads,
    types,
    requests: [],
    mostAtOnce: 0,
    async transport(url, { method, headers, body }, signal) {
      const asked = askedBy(method, url);
      fake.requests.push(`${method} ${asked.name}${asked.query.size ? `?${asked.query}` : ""}`);
      fake.mostAtOnce = Math.max(fake.mostAtOnce, ++now);
      await Promise.resolve();
      now--;
      signal.throwIfAborted();
      const sent = new Headers(headers);
      const isNew = method === "PUT" ? !asked.query.has("uploadId") : asked.query.has("uploads");
      const type = sent.get("content-type");
      if (isNew && type !== null) types.set(asked.name, type);
      if (method === "PUT") return put(asked, sent, body ?? new Uint8Array());
      if (method === "POST") return post(asked, sent, body ?? new Uint8Array());
      if (method === "DELETE") return remove(asked);
      return asked.name === "" ? list(asked.query) : get(asked.name, sent);
    },
  };
  return fake;
}

function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
