/**
 * Real S3 servers for the tests: versitygw and MinIO, built with Go into the ignored cache, and Toxiproxy to
 * break connections to them. Each starts on a free port of the loopback and is gone after use.
 */
import { CACHE, succeeds } from "./parts.ts";

const BIN = `${CACHE}bin`;
const MODULES = {
  versitygw: "github.com/versity/versitygw/cmd/versitygw@v1.8.0",
  minio: "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
  toxiproxy: "github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0",
};

/** A running S3 server and the keys that it takes. */
export interface S3Server extends AsyncDisposable {
  name: string;
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  /** Where a server of ours keeps its objects. */
  folder?: string;
  /** Ends the server at once, as a crash would; `start` brings it back on the same port and data. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** What is missing for the servers; `undefined` where nothing is. */
export async function lacksServers(): Promise<string | undefined> {
  const built = Object.keys(MODULES).every((name) => exists(`${BIN}/${name}`));
  if (built) return undefined;
  return await succeeds("go", "version")
    ? undefined
    : "Go, to build versitygw, MinIO and Toxiproxy (or set RUBICON_TEST_S3_ENDPOINT)";
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The path of a server's binary, built first where it is missing. Several test files may ask at once. */
async function binary(name: keyof typeof MODULES): Promise<string> {
  const path = `${BIN}/${name}`;
  if (exists(path)) return path;
  await Deno.mkdir(BIN, { recursive: true });
  using lock = await Deno.open(`${BIN}/${name}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (exists(path)) return path;
  const bin = await Deno.makeTempDir({ dir: BIN });
  const { success, stderr } = await new Deno.Command("go", {
    args: ["install", MODULES[name]],
    env: { GOBIN: bin },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`go install ${name}: ${new TextDecoder().decode(stderr)}`);
  const [{ name: made }] = [...Deno.readDirSync(bin)] as [Deno.DirEntry];
  await Deno.rename(`${bin}/${made}`, path);
  await Deno.remove(bin, { recursive: true });
  return path;
}

/** A port that is free now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

async function untilUp(url: string, child: Deno.ChildProcess): Promise<void> {
  let ended = false;
  child.status.then(() => ended = true);
  for (let tries = 0; tries < 300; tries++) {
    try {
      await (await fetch(url)).body?.cancel();
      return;
    } catch {
      if (ended) throw new Error(`the server at ${url} ended at once`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  throw new Error(`the server at ${url} did not come up`);
}

async function startServer(
  name: "versitygw" | "minio",
  args: (port: number, folder: string) => string[],
  env: (key: string, secret: string) => Record<string, string>,
): Promise<S3Server> {
  const path = await binary(name);
  const port = freePort();
  const folder = await Deno.makeTempDir({ prefix: `${name}-` });
  const accessKeyId = "testkey12345";
  const secretAccessKey = `secret-${crypto.randomUUID()}`;
  const endpoint = `http://127.0.0.1:${port}`;
  let child: Deno.ChildProcess | undefined;
  const server: S3Server = {
    name,
    endpoint,
    accessKeyId,
    secretAccessKey,
    region: "us-east-1",
    folder,
    async start() {
      child = new Deno.Command(path, {
        args: args(port, folder),
        env: env(accessKeyId, secretAccessKey),
        stdout: "null",
        stderr: "null",
        stdin: "null",
      }).spawn();
      await untilUp(endpoint, child);
    },
    async kill() {
      child?.kill("SIGKILL");
      await child?.status;
      child = undefined;
    },
    async [Symbol.asyncDispose]() {
      await server.kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
  await server.start();
  return server;
}

/** Below this host, buckets have hosts of their own. No name server knows it. */
export const VIRTUAL_DOMAIN = "s3.test";

/** versitygw on a folder. */
export const startVersitygw = (): Promise<S3Server> =>
  startServer(
    "versitygw",
    (port, folder) => [
      ...["--port", `127.0.0.1:${port}`, "--virtual-domain", VIRTUAL_DOMAIN],
      ...["posix", folder],
    ],
    (key, secret) => ({ ROOT_ACCESS_KEY: key, ROOT_SECRET_KEY: secret }),
  );

/** MinIO on a folder. */
export const startMinio = (): Promise<S3Server> =>
  startServer(
    "minio",
    (port, folder) => ["server", folder, "--address", `127.0.0.1:${port}`, "--quiet"],
    (key, secret) => ({
      ...{ MINIO_ROOT_USER: key, MINIO_ROOT_PASSWORD: secret },
      ...{ MINIO_BROWSER: "off", MINIO_DOMAIN: VIRTUAL_DOMAIN },
    }),
  );

/** Both servers, or the one that the environment names. */
export async function startServers(): Promise<S3Server[]> {
  const endpoint = Deno.env.get("RUBICON_TEST_S3_ENDPOINT");
  if (!endpoint) return await Promise.all([startVersitygw(), startMinio()]);
  const own = (name: string) => {
    const value = Deno.env.get(`RUBICON_TEST_S3_${name}`);
    if (value) return value;
    throw new Error(`RUBICON_TEST_S3_ENDPOINT needs RUBICON_TEST_S3_${name} too`);
  };
  const stays = async () => {};
  return [{
    name: endpoint,
    endpoint,
    accessKeyId: own("ACCESS_KEY_ID"),
    secretAccessKey: own("SECRET_ACCESS_KEY"),
    region: Deno.env.get("RUBICON_TEST_S3_REGION") ?? "us-east-1",
    kill: () => Promise.reject(new Error("a server of your own is not killed")),
    start: stays,
    [Symbol.asyncDispose]: stays,
  }];
}

/** Creates a bucket. */
export async function makeBucket(server: S3Server, bucket: string): Promise<void> {
  const { S3Client } = await import("npm:@bradenmacdonald/s3-lite-client@1.0.0");
  const client = new S3Client({
    endPoint: server.endpoint,
    region: server.region,
    accessKey: server.accessKeyId,
    secretKey: server.secretAccessKey,
    bucket,
  });
  for (let tries = 1;; tries++) {
    try {
      return await client.makeBucket(bucket);
    } catch (error) {
      // MinIO answers a moment before it is able to do anything.
      if (tries === 100 || !/not initialized/i.test(String(error))) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

/** The configuration of a backend in a server's bucket. */
export function s3Config(server: S3Server, rootDir: string) {
  const { endpoint, accessKeyId, secretAccessKey, region } = server;
  return { persistence: "s3", rootDir, endpoint, accessKeyId, secretAccessKey, region };
}

/** Toxiproxy in front of a server. */
export interface Proxy extends AsyncDisposable {
  endpoint: string;
  /** Adds a toxic, such as `latency` with `{ latency: 20 }`. Returns what removes it. */
  toxic(
    type: string,
    attributes: Record<string, number>,
    stream?: "upstream" | "downstream",
  ): Promise<
    () => Promise<void>
  >;
  /** Refuses connections, or takes them again. */
  enable(enabled: boolean): Promise<void>;
}

/** Starts Toxiproxy in front of a server. */
export async function startToxiproxy(server: S3Server): Promise<Proxy> {
  const path = await binary("toxiproxy");
  const [admin, port] = [freePort(), freePort()];
  const child = new Deno.Command(path, {
    args: ["-port", String(admin), "-host", "127.0.0.1"],
    stdout: "null",
    stderr: "null",
    stdin: "null",
  }).spawn();
  const api = `http://127.0.0.1:${admin}/proxies`;
  await untilUp(api, child);
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${api}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`toxiproxy: ${text}`);
  };
  await send("POST", "", {
    name: "s3",
    listen: `127.0.0.1:${port}`,
    upstream: new URL(server.endpoint).host,
    enabled: true,
  });
  let count = 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async toxic(type, attributes, stream = "downstream") {
      const name = `toxic${++count}`;
      await send("POST", "/s3/toxics", { name, type, stream, attributes });
      return () => send("DELETE", `/s3/toxics/${name}`);
    },
    enable: (enabled) => send("POST", "/s3", { enabled }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
