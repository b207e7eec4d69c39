/**
 * A proxy in front of an HTTP server that counts requests, answers in the server's place, and cuts
 * connections before or after the server has done its work. One request a connection.
 */

import { Buffer } from "node:buffer";

/** What to do with one request. */
export type Trick =
  /** Pass it on. */
  | undefined
  /** Answer in the server's place: a whole HTTP answer, or its status line and headers. */
  | { answer: string }
  /** Pass it on, and cut the connection in place of the answer. */
  | "lose-answer"
  /** Cut the connection before the server has seen it. */
  | "cut"
  /** Never answer. */
  | "hang"
  /** Pass it on, and cut the answer's body after so many bytes. */
  | { cutBodyAfter: number }
  /** Pass it on after so many milliseconds. */
  | { delay: number }
  /** Pass it on after that. */
  | { after: Promise<void> }
  /** Pass it on, and change the answer: status line, headers and body, a character a byte. */
  | { change: (answer: string) => string };

/** Takes the length out of an answer and sends its body in chunks, as proxies do that filter it. */
export const chunked: Trick = {
  change(answer) {
    const end = answer.indexOf("\r\n\r\n") + 4;
    const head = answer.slice(0, end).replace(/\r\ncontent-length:[^\r]*/i, "");
    const body = answer.slice(end);
    const chunks = body === "" ? "" : `${body.length.toString(16)}\r\n${body}\r\n`;
    return `${head.slice(0, -2)}transfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
  },
};

/** A running proxy. */
export interface HttpProxy extends AsyncDisposable {
  endpoint: string;
  /** Every request so far: `PUT /bucket/key?query`, without the signature. */
  requests: string[];
  /** Decides about each request; may be changed at any time. */
  trick: (request: { method: string; path: string; head: string }) => Trick;
  /** How many requests were under way at once, at most. */
  mostAtOnce: number;
}

/** `latin1` of TextDecoder is Windows' and changes bytes. */
const latin = { decode: (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1") };
const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Starts a proxy in front of an endpoint. */
export function startProxy(upstream: string): HttpProxy {
  const { hostname, port } = new URL(upstream);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let now = 0;
  const proxy: HttpProxy = {
    endpoint: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    requests: [],
    trick: () => undefined,
    mostAtOnce: 0,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) close(connection);
      await Promise.allSettled(serving);
    },
  };
  const serving = new Set<Promise<void>>();

  const close = (connection: Deno.Conn) => {
    open.delete(connection);
    try {
      connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  };

  async function handle(client: Deno.Conn): Promise<void> {
    open.add(client);
    proxy.mostAtOnce = Math.max(proxy.mostAtOnce, ++now);
    try {
      const request = await readRequest(client);
      if (!request) return;
      const [method, target] = request.head.split(" ") as [string, string];
      const path = target.replace(/X-Amz-[^&]*&?/g, "").replace(/[?&]$/, "");
      proxy.requests.push(`${method} ${path}`);
      const trick = proxy.trick({ method, path, head: request.head });
      if (trick === "cut") return;
      if (trick === "hang") return void await client.read(new Uint8Array(1));
      if (typeof trick === "object" && "delay" in trick) {
        await new Promise((done) => setTimeout(done, trick.delay));
      }
      if (typeof trick === "object" && "after" in trick) await trick.after;
      let answer = typeof trick === "object" && "answer" in trick
        ? bytesOf(trick.answer)
        : await ask(request);
      if (typeof trick === "object" && "change" in trick) {
        answer = bytesOf(trick.change(latin.decode(answer)));
      }
      if (trick === "lose-answer") return;
      let end = answer.length;
      if (typeof trick === "object" && "cutBodyAfter" in trick) {
        end = latin.decode(answer).indexOf("\r\n\r\n") + 4 + trick.cutBodyAfter;
      }
      await writeAll(client, answer.subarray(0, end));
    } catch (error) {
      // A client that went away, or a server that was killed: that is what tests do here.
      const network = [
        ...[Deno.errors.ConnectionReset, Deno.errors.BrokenPipe, Deno.errors.BadResource],
        ...[Deno.errors.ConnectionRefused, Deno.errors.Interrupted, Deno.errors.NotConnected],
      ];
      if (!network.some((kind) => error instanceof kind)) throw error;
    } finally {
      now--;
      close(client);
    }
  }

  async function ask({ head, body }: { head: string; body: Uint8Array }): Promise<Uint8Array> {
    const server = await Deno.connect({ hostname, port: Number(port) });
    open.add(server);
    try {
      const closing = head.replace(/\r\nconnection:[^\r]*/i, "").replace(
        "\r\n",
        "\r\nconnection: close\r\n",
      );
      const start = bytesOf(closing);
      const whole = new Uint8Array(start.length + body.length);
      whole.set(start);
      whole.set(body, start.length);
      await writeAll(server, whole);
      return await readToEnd(server);
    } finally {
      close(server);
    }
  }

  (async () => {
    for await (const client of listener) {
      const work = handle(client).finally(() => serving.delete(work));
      serving.add(work);
    }
  })();
  return proxy;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

async function readToEnd(connection: Deno.Conn): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const buffer = new Uint8Array(1 << 16);
  try {
    for (let read; (read = await connection.read(buffer)) !== null;) {
      chunks.push(buffer.slice(0, read));
    }
  } catch (error) {
    // A server that refuses a request before it has read the body resets the connection after its answer.
    if (chunks.length === 0 || !(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

async function readRequest(
  connection: Deno.Conn,
): Promise<{ head: string; body: Uint8Array } | undefined> {
  let bytes = new Uint8Array(0);
  const buffer = new Uint8Array(1 << 16);
  const more = async () => {
    const read = await connection.read(buffer);
    if (read === null) return false;
    const joined = new Uint8Array(bytes.length + read);
    joined.set(bytes);
    joined.set(buffer.subarray(0, read), bytes.length);
    bytes = joined;
    return true;
  };
  let end = -1;
  while ((end = latin.decode(bytes).indexOf("\r\n\r\n")) < 0) if (!await more()) return undefined;
  const head = latin.decode(bytes.subarray(0, end + 4));
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  while (bytes.length < end + 4 + length) if (!await more()) return undefined;
  return { head, body: bytes.slice(end + 4) };
}
