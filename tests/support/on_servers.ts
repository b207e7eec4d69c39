/**
 * Tests against real S3 servers, each with a bucket of its own behind a proxy that plays tricks on requests.
 */
import { type Driver, openDriver } from "../../mod.ts";
import { ignoredFor } from "./parts.ts";
import { type HttpProxy, startProxy, type Trick } from "./proxy.ts";
import { lacksServers, makeBucket, s3Config, type S3Server, startServers } from "./servers.ts";

export const MIB = 1024 * 1024;
export const bytes = (text: string) => new TextEncoder().encode(text);

/** A bucket on a server, the proxy before it, and drivers. */
export interface World {
  server: S3Server;
  proxy: HttpProxy;
  bucket: string;
  root: string;
  /** What `open` opens, without its own options. */
  config: ReturnType<typeof s3Config> & { retries: number };
  /** Opens a driver through the proxy. */
  open(options?: Record<string, unknown>): Promise<Driver>;
  /** A driver that goes to the server itself. */
  direct: Driver;
}

/**
 * Starts the servers for one file of tests.
 *
 * @param suite What the tests are about, for the line that says why they are ignored.
 * @returns Registers a test that runs against each server.
 */
export async function onServers(
  suite: string,
): Promise<(name: string, run: (world: World) => Promise<void>) => void> {
  const lacks = Deno.env.get("RUBICON_TEST_S3_ENDPOINT") ? undefined : await lacksServers();
  if (ignoredFor(suite, lacks)) {
    return (name) => Deno.test({ name: `s3: ${name}`, ignore: true, fn() {} });
  }
  const servers = await startServers();
  Deno.test.afterAll(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
  });
  return (name, run) => {
    for (const server of servers) {
      Deno.test(`s3 on ${server.name}: ${name}`, async () => {
        const bucket = `test-${crypto.randomUUID()}`;
        await makeBucket(server, bucket);
        const root = `s3://${bucket}/prefix`;
        await using proxy = startProxy(server.endpoint);
        const config = { ...s3Config(server, root), endpoint: proxy.endpoint, retries: 3 };
        const open = (options = {}) => openDriver({ ...config, ...options });
        const direct = await openDriver(s3Config(server, root));
        await run({ server, proxy, bucket, root, config, open, direct });
      });
    }
  };
}

/** Plays tricks on the first requests, then passes on. */
export function play(proxy: HttpProxy, ...tricks: Trick[]): void {
  proxy.requests.length = 0;
  proxy.trick = () => tricks.shift();
}

/** A whole answer in the server's place. */
export const answer = (status: string, body = "", headers = ""): Trick => ({
  answer:
    `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n${headers}\r\n${body}`,
});
