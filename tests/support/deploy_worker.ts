/**
 * The job of `examples/deploy_job.ts` in a worker, which `deploy_test.ts` starts with hardly any permission.
 */
import { makeJob } from "../../examples/deploy_job.ts";

// The library of types that a checkout has is a window's.
const worker = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage">;

worker.onmessage = async ({ data: { listen, ...config } }: MessageEvent) => {
  const names = ["read", "write", "env", "run", "sys", "ffi"] as const;
  const asked = await Promise.all(names.map((name) => Deno.permissions.query({ name })));
  const job = makeJob(config);
  Deno.serve({
    ...listen,
    onListen: () => worker.postMessage(asked.map(({ state }) => state)),
  }, async (request) => {
    if (new URL(request.url).pathname !== "/tick") return await job.fetch(request);
    await job.tick();
    return new Response("done");
  });
};
