import { conformance } from "../../drivers/conformance.ts";
import { openDriver } from "../../drivers/registry.ts";
import "../../drivers/s3.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksServers, makeBucket, s3Config, startServers } from "../support/servers.ts";

const ignore = ignoredFor(
  "S3 conformance",
  Deno.env.get("RUBICON_TEST_S3_ENDPOINT") ? undefined : await lacksServers(),
);
const servers = ignore ? [] : await startServers();

for (const server of servers) {
  const bucket = `conformance-${crypto.randomUUID()}`;
  let made: Promise<void> | undefined;
  conformance(
    (name, fn) => Deno.test(name, fn),
    async () => {
      await (made ??= makeBucket(server, bucket));
      return await openDriver(s3Config(server, `s3://${bucket}/${crypto.randomUUID()}`));
    },
    {
      name: `s3 on ${server.name}`,
      lacks: {
        putTree: "each object of a bucket shows by itself",
        stamps: "a bucket has no folders",
        bulk: "each read is a request",
      },
    },
  );
}

Deno.test({ name: "S3 conformance: real servers", ignore, fn() {} });

Deno.test.afterAll?.(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
});
