/**
 * The S3 in this process behind an address and a proxy, for tests of what comes over HTTP.
 */
import { type Driver, openDriver } from "../../mod.ts";
import type { S3Request } from "../../drivers/s3/transport.ts";
import { type FakeS3, fakeS3 } from "./fake_s3.ts";
import { type HttpProxy, startProxy, type Trick } from "./proxy.ts";

/** A store, a way to it on which answers can be changed, and drivers that go there. */
export interface World {
  store: FakeS3;
  proxy: HttpProxy;
  open(options?: Record<string, unknown>): Promise<Driver>;
}

/** Registers a test on an empty store with two names a page, over real HTTP. */
export function onFake(name: string, run: (world: World) => Promise<void>): void {
  Deno.test(`s3: ${name}`, async () => {
    const store = fakeS3({ pageSize: 2 });
    await using server = serveFake(store);
    await using proxy = startProxy(server.endpoint);
    const open = (options = {}) =>
      openDriver({
        ...{ persistence: "s3", rootDir: "s3://bucket/p", endpoint: proxy.endpoint, retries: 1 },
        ...{ accessKeyId: "key", secretAccessKey: "secret", ...options },
      });
    await run({ store, proxy, open });
  });
}

/** A whole answer in the server's place. */
export const answer = (status: string, body: string, headers = ""): Trick => ({
  answer:
    `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n${headers}\r\n${body}`,
});

/** A login page. */
export const PAGE = "<!doctype html><html><body>Please log in</body></html>";

/** Gives the store an address, for what needs real HTTP. */
export function serveFake(store: FakeS3): AsyncDisposable & { endpoint: string } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { method, url, headers } = request;
    const body = new Uint8Array(await request.arrayBuffer());
    const asked = { method, name: "", headers: Object.fromEntries(headers), body } as S3Request;
    return await store.transport(url, asked, new AbortController().signal);
  });
  return {
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
