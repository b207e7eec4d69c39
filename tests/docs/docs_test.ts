import assert from "node:assert/strict";
import * as main from "../../mod.ts";
import * as notebook from "../../notebook.ts";
import * as viewer from "../../viewer.ts";
import type {
  Artifact,
  Dataframe,
  Experiment,
  Feature,
  Metric,
  Parameter,
  Project,
} from "../../mod.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";

const module: Record<string, unknown> = { ...main, ...notebook, ...viewer };
const text = await Deno.readTextFile(new URL("../../docs/from-rubicon-ml.md", import.meta.url));
const rows = [...text.matchAll(/^\| (`.*?) \| (.*) \|$/gm)];
const names = (cell: string) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name!);

/** The compiler knows whether these types are there. */
interface Types {
  Project: Project;
  Experiment: Experiment;
  Artifact: Artifact;
  Dataframe: Dataframe;
  Feature: Feature;
  Metric: Metric;
  Parameter: Parameter;
}
const TYPES: (keyof Types)[] = [
  ...["Project", "Experiment", "Artifact", "Dataframe", "Feature", "Metric", "Parameter"] as const,
];

/** What the right column names beside functions: options, fields and values, here and in Python. */
const OTHERS = new Set([
  ...["composite_config", 'qtype="and"', 'group_by="commit_hash"', "data_bytes", "data_file"],
  ...["data_path", "data_directory", "data_object", "recursive", "unzip=True", "remote_rubicon"],
  ...["unpickle", "deserialize", "s3://", "RubiconJSON", "JSON.parse", "Deno.makeTempDir"],
  ...["failureMode", "raise", "warn", "log", "code", "backends", 'match: "all"', "to", "index"],
  ...["data", "path", "directory", "projectName", "experimentId", "parentId", "tags"],
  ...[
    "selected_metric",
    "color",
    "column_names",
    "columnNames",
    "plotting_func",
    "as",
    'as: "columns"',
  ],
  "loggers: { step: { select, ignore, ignoreAll } }",
  ...["$", 'tags["key"]', "comments", "filesystem", "memory", "s3"],
  ...TYPES,
]);

Deno.test("docs: every function that the table of rubicon-ml's names points to is there", () => {
  assert.ok(rows.length > 70);
  const functions = new Set(
    rows.flatMap(([, , here]) => names(here!)).filter((name) => !OTHERS.has(name)),
  );
  assert.ok(functions.size > 40);
  for (const name of functions) {
    assert.equal(typeof module[name], "function", name);
  }
});

/** The anchors of a page: its headings as GitHub writes them. */
const anchorsOf = (page: string): Set<string> =>
  new Set(Array.from(
    page.replaceAll(/^```.*?^```/gms, "").matchAll(/^#+ (.*)$/gm),
    ([, title]) => title!.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-"),
  ));

Deno.test("docs: each of rubicon-ml's notebooks has a row, which points to what is there", async () => {
  const section = /^## Its notebooks$(.*?)^## /ms.exec(text)![1]!;
  const found = [...section.matchAll(/^\| ([\w-]+\/[\w-]+) +\| (.*) \|$/gm)];
  assert.equal(new Set(found.map(([, name]) => name)).size, 26);
  const docs = new URL("../../docs/", import.meta.url);
  const fields = new Set(["trainingMetadata", "failureMode", "tagStatus"]);
  for (const [, name, here] of found) {
    const functions = names(here!).filter((one) => !fields.has(one));
    for (const one of functions) assert.equal(typeof module[one], "function", one);
    const links = Array.from(here!.matchAll(/\]\(([^)#]*)#?([^)]*)\)/g));
    assert.ok(functions.length + links.length > 0, name);
    for (const [, file, anchor] of links) {
      const page = await Deno.readTextFile(new URL(file || "from-rubicon-ml.md", docs));
      if (anchor) assert.ok(anchorsOf(page).has(anchor), `${name}: ${file}#${anchor}`);
    }
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
output += [f"{c.__name__}.{n}" for c in classes for n, _ in inspect.getmembers(c) if not n.startswith("_")]
# Some need packages of their own, so they are not imported.
import ast, pathlib
def tree(path): return ast.parse((pathlib.Path(rubicon_ml.__file__).parent / path).read_text())
for package in ["viz", "sklearn", "schema", "repository"]:
    for node in tree(f"{package}/__init__.py").body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
            output += [f"{package}.{name}" for name in ast.literal_eval(node.value)]
output += [f"cli.{f.name}" for f in tree("cli.py").body if isinstance(f, ast.FunctionDef) and f.name != "cli"]
output += [f"intake_rubicon.{f.name}" for f in tree("intake_rubicon/publish.py").body if isinstance(f, ast.FunctionDef) and f.name[0] != "_"]`);
    const ours = rows.flatMap(([, theirs]) => names(theirs!));
    assert.deepEqual([...new Set(ours)].sort(), (theirs as string[]).sort());
  },
});
