/** `rubicon tail`: a run that goes on, and one that has ended. */
import assert from "node:assert/strict";
import { getOrCreateProject, openComposite, startRun } from "../../mod.ts";
import { ok, rubicon, start } from "../support/cli.ts";

async function openFolder() {
  const folder = await Deno.makeTempDir({ prefix: "cli-tail-" });
  const rubicon = await openComposite({ persistence: "filesystem", rootDir: folder });
  const project = await getOrCreateProject(rubicon, { name: "Runs" });
  return {
    ...{ folder, rubicon, project },
    async [Symbol.asyncDispose]() {
      await rubicon.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("cli tail: points come as they are logged, and it ends with the run", async () => {
  await using place = await openFolder();
  const run = await startRun(place.rubicon, place.project, { name: "live" });
  run.log({ loss: 2, accuracy: 0.5 }, { step: 0 });
  await run.flush();
  const child = start(["tail", "live", "--interval", "0.05", "--root-dir", place.folder]);
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(
      new TransformStream<string, string>({
        transform: (text, controller) =>
          text.split("\n").filter((line) => line !== "").forEach((line) =>
            controller.enqueue(line)
          ),
      }),
    ).getReader();
  const next = async () => (await lines.read()).value;
  assert.deepEqual([await next(), await next()].toSorted(), ["accuracy\t0\t0.5", "loss\t0\t2"]);
  run.log({ loss: 1.5 }, { step: 1 });
  await run.flush();
  assert.equal(await next(), "loss\t1\t1.5");
  run.log({ loss: 1 }, { step: 2 });
  await run.finish();
  assert.equal(await next(), "loss\t2\t1");
  assert.equal(await next(), undefined);
  const { code } = await child.status;
  assert.equal(code, 0);
  await child.stderr.cancel();
});

Deno.test("cli tail: a run that has ended is shown once, and its end is the exit code", async () => {
  await using place = await openFolder();
  const run = await startRun(place.rubicon, place.project, { name: "bad" });
  for (let step = 0; step < 4; step++) run.log({ loss: 4 - step, other: 1 }, { step });
  await run.fail("the data is wrong");
  const root = ["--root-dir", place.folder];
  const [text, json, lines, shown, list, table] = await Promise.all([
    rubicon(["tail", "--metric", "loss", ...root]),
    rubicon(["tail", "bad", "--json", ...root]),
    rubicon(["tail", "--jsonl", "-m", "loss", "--once", ...root]),
    ok(["show", "bad", ...root]),
    ok(["ls", "Runs", ...root]),
    ok(["query", "status = 'failed'", "--jsonl", ...root]),
  ]);
  assert.deepEqual([text.code, text.out], [1, "loss\t0\t4\nloss\t1\t3\nloss\t2\t2\nloss\t3\t1\n"]);
  const { status, points, experiment } = JSON.parse(json.out);
  assert.deepEqual([json.code, status.state, status.reason, points.length, experiment.name], [
    ...[1, "failed", "the data is wrong", 8, "bad"],
  ]);
  const first = JSON.parse(lines.out.split("\n")[0]!);
  assert.deepEqual([first.name, first.step, first.value], ["loss", 0, 4]);
  assert.match(first.time, /^\d{4}-\d\d-\d\dT/);
  assert.match(list, /^ID +NAME +CREATED \(UTC\) +STATUS\n\S+ +bad +\S+ \S+ +failed$/m);
  assert.equal(JSON.parse(table).status, "failed");
  assert.match(shown, /^status +failed, .*: the data is wrong$/m);
});
