import assert from "node:assert/strict";
import * as module from "../mod.ts";
import { ignoredFor } from "./parts.ts";
import { lacksPython, python } from "./python.ts";

const text = await Deno.readTextFile(new URL("../docs/from-rubicon-ml.md", import.meta.url));
const rows = [...text.matchAll(/^\| (`.*?) \| (.*) \|$/gm)];
const names = (cell: string) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name!);

Deno.test("docs: every function that the table of rubicon-ml's names points to is there", () => {
  assert.ok(rows.length > 60);
  const functions = rows.flatMap(([, , here]) => names(here!))
    .filter((name) =>
      !/^(?:raise|warn|log)$/.test(name) &&
      /^(?:open|create|get|log|list|read|download|unzip|delete|add|remove|sync|archive|restore|group|register|tagValues|toTable|gitInfo|status)\w*$/
        .test(name)
    );
  assert.ok(new Set(functions).size > 40);
  for (const name of functions) {
    assert.equal(typeof (module as Record<string, unknown>)[name], "function", name);
  }
});

Deno.test({
  name: "docs: every public name of the real rubicon-ml is in the table, and no other",
  ignore: ignoredFor("the table of rubicon-ml's names", await lacksPython()),
  async fn() {
    const theirs = await python(`
import inspect, rubicon_ml
from rubicon_ml import client
classes = [rubicon_ml.Rubicon, client.Project, client.Experiment, client.Artifact, client.Dataframe, client.Feature,
  client.Metric, client.Parameter, rubicon_ml.RubiconJSON]
output = [n for n in dir(rubicon_ml) if not n.startswith("_")]
output += [f"{c.__name__}.{n}" for c in classes for n, _ in inspect.getmembers(c) if not n.startswith("_")]`);
    const ours = rows.flatMap(([, theirs]) => names(theirs!));
    assert.deepEqual([...new Set(ours)].sort(), (theirs as string[]).sort());
  },
});
