/**
 * Answers of real stores, recorded, so that the driver is tested against them without the stores. The story that
 * is recorded and replayed is one function.
 *
 *     deno run -A tests/support/recordings.ts     # records versitygw and MinIO anew
 *
 * `aws.json` is written by hand, from the examples in Amazon's documentation.
 */
import type { Driver } from "../../drivers/driver.ts";
import { readConfig, type S3Config } from "../../drivers/s3/config.ts";
import { s3Driver } from "../../drivers/s3/driver.ts";
import { type S3Request, type Transport, transport } from "../../drivers/s3/transport.ts";
import { RubiconException } from "../../errors.ts";
import { askedBy } from "./fake_s3.ts";
import { makeBucket, s3Config, type S3Server, startMinio, startVersitygw } from "./servers.ts";

/** One request, and its answer. */
export interface Exchange {
  /** `GET prefix/a?uploadId=`, and the headers that decide. */
  request: string;
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What is recorded of one store. */
export interface Recording {
  source: string;
  exchanges: Exchange[];
}

export const FOLDER: URL = new URL("../drivers/recordings/", import.meta.url);

/** Reads a recording. */
export function readRecording(name: string): Recording {
  return JSON.parse(Deno.readTextFileSync(new URL(`${name}.json`, FOLDER)));
}

const DECIDING = ["range", "if-match", "if-none-match", "content-md5"];

/** What tells a request from others: nothing of its signature. Ids that a store made up are left out. */
function nameOf(url: string, { method, headers = {} }: S3Request): string {
  const { name, query } = askedBy(method, url);
  if (query.get("uploadId")) query.set("uploadId", "");
  const bucket = new URL(url).pathname.split("/")[1]!.startsWith("missing") ? " of no bucket" : "";
  const key = new URL(url).searchParams.get("X-Amz-Credential")!.split("/")[0];
  const sent = DECIDING.flatMap((header) =>
    header in headers ? [`${header}: ${headers[header]}`] : []
  );
  return [
    `${method} ${name}${query.size ? `?${query}` : ""}${bucket}${
      key === "nobody" ? " by nobody" : ""
    }`,
    ...sent,
  ].join(", ");
}

/** Headers of one moment, or of one connection. */
const PASSING = /^(?:date|connection|keep-alive|x-ratelimit-.*)$/;

/** A transport that keeps what it carries. */
export function recording(exchanges: Exchange[]): Transport {
  return async (url, request, signal) => {
    const response = await transport(url, request, signal);
    const body = await response.text();
    const headers = [...response.headers].filter(([name]) => !PASSING.test(name));
    exchanges.push({
      request: nameOf(url, request),
      status: response.status,
      headers: Object.fromEntries(headers),
      body,
    });
    return toResponse(exchanges.at(-1)!);
  };
}

function toResponse({ status, headers, body }: Exchange): Response {
  return new Response(status === 204 ? null : body, {
    status,
    headers: { date: new Date().toUTCString(), ...headers },
  });
}

/** A transport that answers as was recorded, each request in the order in which it was asked. */
export function replaying({ exchanges }: Recording): Transport {
  const left = [...exchanges];
  return (url, request) => {
    const name = nameOf(url, request);
    const at = left.findIndex(({ request }) => request === name);
    if (at < 0) throw new RubiconException("unsupported", `no answer is recorded to ${name}`);
    return Promise.resolve(toResponse(left.splice(at, 1)[0]!));
  };
}

/** Opens drivers for a story. */
export type Open = (changes?: Partial<S3Config>) => Driver;

/** What a driver is opened with, for a store or a recording of one. */
export function opener(server: Partial<S3Server>, bucket: string, by: Transport): Open {
  const config = readConfig({
    ...s3Config(server as S3Server, `s3://${bucket}/prefix`),
    ...{ retries: 0, partSize: 5 * 1024 * 1024 },
  });
  return (changes = {}) => s3Driver({ ...config, ...changes }, by);
}

/** The keys of a recording. Nobody checks them. */
export const KEYS = {
  endpoint: "http://recorded.test",
  region: "us-east-1",
  accessKeyId: "testkey12345",
  secretAccessKey: "recorded",
};

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const ODD = "odd/é x+%&<.txt";

/** Tells what came of work: its value, or its error's code. */
async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RubiconException && error.code !== "unsupported") return error.code;
    throw error;
  }
}

/** Does with a store what the driver can do; gives what came of it. */
export async function story(open: Open): Promise<Record<string, unknown>> {
  const driver = open();
  const hello = new TextEncoder().encode("hello");
  const large = new Uint8Array(5 * 1024 * 1024 + 3);
  const meta = ({ size, etag, checksum }: { size: number; etag?: string; checksum?: string }) => ({
    ...{ size, etag, checksum },
  });
  const outcomes: Record<string, unknown> = {};
  const step = async (what: string, work: () => Promise<unknown>) => {
    outcomes[what] = await outcome(work);
  };
  await step("put", async () => meta(await driver.put("a/b", hello)));
  await step("put empty", async () => meta(await driver.put("empty", new Uint8Array())));
  await step("put odd", async () => meta(await driver.put(ODD, hello, { ifAbsent: true })));
  await step("put taken", () => driver.put("a/b", hello, { ifAbsent: true }));
  await step("get", async () => {
    const { bytes, ...rest } = await driver.get("a/b");
    return { ...meta(rest), text: text(bytes) };
  });
  await step("get odd", async () => text((await driver.get(ODD)).bytes));
  await step("get empty", async () => meta(await driver.get("empty")));
  await step(
    "get range",
    async () => text((await driver.get("a/b", { offset: 1, length: 3 })).bytes),
  );
  await step("get past", async () => (await driver.get("a/b", { offset: 9 })).bytes.length);
  await step("get missing", () => driver.get("missing"));
  await step("open", async () => await new Response((await driver.open("a/b")).stream).text());
  await step("stat", async () => meta(await driver.stat("a/b")));
  await step("stat empty", async () => meta(await driver.stat("empty")));
  await step("stat missing", () => driver.stat("missing"));
  await step(
    "upload",
    async () => (await driver.put("large", () => new Blob([large]).stream())).size,
  );
  await step(
    "upload taken",
    () => driver.put("large", () => new Blob([large]).stream(), { ifAbsent: true }),
  );
  await step(
    "list",
    async () =>
      (await Array.fromAsync(driver.list(""))).map(({ key, ...rest }) => [key, meta(rest).size])
        .sort(),
  );
  await step("list none", async () => (await Array.fromAsync(driver.list("none"))).length);
  await step("folders", async () => (await driver.folders("")).sort());
  await step("delete", () => driver.delete("a/b"));
  await step("delete again", () => driver.delete("a/b"));
  const wrong = open({
    credentials: () => ({ accessKeyId: KEYS.accessKeyId, secretAccessKey: "wrong" }),
  });
  await step("wrong secret", () => wrong.get("wrong"));
  const nobody = open({
    credentials: () => ({ accessKeyId: "nobody", secretAccessKey: "wrong" }),
  });
  await step("unknown key", () => nobody.delete("a"));
  const elsewhere = open({ bucket: "missing-bucket" });
  await step("no bucket: get", () => elsewhere.get("a"));
  await step("no bucket: list", () => Array.fromAsync(elsewhere.list("")));
  await step("no bucket: put", () => elsewhere.put("a", hello));
  return outcomes;
}

if (import.meta.main) {
  for (const [name, start] of [["versitygw", startVersitygw], ["minio", startMinio]] as const) {
    await using server = await start();
    await makeBucket(server, "bucket");
    const exchanges: Exchange[] = [];
    await story(opener(server, "bucket", recording(exchanges)));
    const version = name === "minio" ? "MinIO of 2026-02-12" : "versitygw 1.8.0";
    const source = `${version}, recorded by tests/support/recordings.ts`;
    const json = JSON.stringify({ source, exchanges } satisfies Recording, null, 2);
    if (json.includes(server.secretAccessKey)) throw new Error("there is a secret in it");
    Deno.writeTextFileSync(new URL(`${name}.json`, FOLDER), `${json}\n`);
  }
}
