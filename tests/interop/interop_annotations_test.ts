/**
 * Tags and comments by this module and by the real rubicon-ml, in turns, on a folder and in a bucket, and what both
 * read after each kind of copy.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  addComments,
  addTags,
  archiveProject,
  type BackendConfig,
  createProject,
  getExperiment,
  logExperiment,
  openComposite,
  removeComments,
  removeTags,
  repair,
  restoreArchives,
  syncProject,
  verify,
} from "../../mod.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, type PythonSession, pythonSession } from "../support/python.ts";
import {
  lacksServers,
  makeBucket,
  s3Config,
  type S3Server,
  startVersitygw,
} from "../support/servers.ts";

const ignore = ignoredFor("tags with rubicon-ml", await lacksPython() ?? await lacksServers());

const WHATS = ["tags", "comments"] as const;
type What = typeof WHATS[number];

interface Turn {
  by: "deno" | "python";
  what: What;
  verb: "add" | "remove";
  texts: string[];
}

const turn: fc.Arbitrary<Turn> = fc.record({
  by: fc.constantFrom("deno", "python"),
  what: fc.constantFrom(...WHATS),
  verb: fc.constantFrom("add", "remove"),
  texts: fc.uniqueArray(fc.constantFrom("x", "y", "own"), { minLength: 1, maxLength: 3 }),
});

const VERBS = {
  tags: { add: addTags, remove: removeTags },
  comments: { add: addComments, remove: removeComments },
};

const SCRIPT = `
import fsspec
from rubicon_ml import Rubicon

def answer(call):
    for store in call["stores"]:
        if store["root_dir"].startswith("s3://"):
            options = {k: v for k, v in store.items() if k not in ("persistence", "root_dir")}
            fsspec.filesystem("s3", **options).invalidate_cache()
    stores = call["stores"]
    rubicon = Rubicon(**stores[0]) if len(stores) == 1 else Rubicon(composite_config=stores)
    experiment = rubicon.get_project("p").experiment(id=call["id"])
    if "verb" in call:
        getattr(experiment, call["verb"] + "_" + call["what"])(call["texts"])
    return {"tags": sorted(experiment.tags), "comments": sorted(experiment.comments)}
`;

/** One store, as both languages open it. */
interface Store {
  config: BackendConfig<string>;
  python: Record<string, unknown>;
  /** Makes sure that what is written from now on is later than what is there, for both languages. */
  next(): Promise<void>;
}

async function folderStore(): Promise<Store & { rootDir: string }> {
  const rootDir = await Deno.makeTempDir();
  const probe = await Deno.makeTempFile();
  const time = async () => {
    await Deno.writeTextFile(probe, "");
    return (await Deno.stat(probe)).mtime!.getTime();
  };
  return {
    rootDir,
    config: { persistence: "filesystem", rootDir },
    python: { persistence: "filesystem", root_dir: rootDir },
    // A file system's clock has ticks of some milliseconds: within one, Python's own order is that of random names.
    async next() {
      const now = await time();
      while (await time() <= now);
    },
  };
}

/** A bucket whose objects get times of whole seconds that grow from turn to turn, without waiting for them. */
function bucketStore(server: S3Server, prefix: string): Store {
  const config = s3Config(server, `s3://turns/${prefix}`);
  const seen = new Map<string, string>();
  let second = Math.floor(Date.now() / 1000) - 10_000;
  const files = async function* (folder: string): AsyncGenerator<string> {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) yield* files(`${folder}/${name}`);
      else yield `${folder}/${name}`;
    }
  };
  return {
    config,
    python: {
      persistence: "filesystem",
      root_dir: `s3://turns/${prefix}`,
      client_kwargs: { endpoint_url: server.endpoint },
      key: server.accessKeyId,
      secret: server.secretAccessKey,
    },
    async next() {
      second++;
      for await (const path of files(`${server.folder}/turns/${prefix}`)) {
        const { mtime, ino } = await Deno.stat(path);
        const now = `${mtime?.getTime()} ${ino}`;
        if (seen.get(path) === now) continue;
        await Deno.utime(path, second, second);
        seen.set(path, `${second * 1000} ${ino}`);
      }
    },
  };
}

async function play(
  store: Store,
  python: PythonSession,
  turns: readonly Turn[],
  remove: string[],
): Promise<void> {
  const models = { tags: new Set(["own"]), comments: new Set(["own"]) };
  await using rubicon = await openComposite(store.config);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { tags: ["own"], comments: ["own"] });
  const { id } = experiment;
  const model = () => ({ tags: [...models.tags].sort(), comments: [...models.comments].sort() });
  const check = async (where: string, { config, python: store }: Omit<Store, "next">) => {
    await using alone = await openComposite(config);
    const { tags, comments } = await getExperiment(alone, project, { id });
    assert.deepEqual({ tags: tags.sort(), comments: comments.sort() }, model(), `${where}: here`);
    assert.deepEqual(await python.call({ stores: [store], id }), model(), `${where}: rubicon-ml`);
  };
  for (const { by, what, verb, texts } of turns) {
    await store.next();
    if (by === "deno") await VERBS[what][verb](rubicon, experiment, texts);
    else await python.call({ stores: [store.python], id, what, verb, texts });
    for (const text of texts) models[what][verb === "add" ? "add" : "delete"](text);
  }
  await store.next();
  await check("the store", store);
  const [synced, repaired, restored] = [
    await folderStore(),
    await folderStore(),
    await folderStore(),
  ];
  remove.push(...[synced, repaired, restored].map(({ rootDir }) => rootDir));
  await using to = await openComposite(synced.config);
  await syncProject(rubicon, project, { to });
  await check("synced", synced);
  await using both = await openComposite([store.config, repaired.config]);
  assert.equal((await repair(both)).clean, true);
  assert.deepEqual((await verify(both)).differences, []);
  await check("repaired", repaired);
  await using back = await openComposite(restored.config);
  await archiveProject(rubicon, project);
  await restoreArchives(rubicon, project, { to: back });
  await check("restored", restored);
  for (const copy of [synced, repaired, restored]) {
    const rootDir = `${copy.rootDir}-cp`;
    remove.push(rootDir);
    await new Deno.Command("cp", { args: ["-r", copy.rootDir, rootDir] }).output();
    await check("cp -r", {
      config: { persistence: "filesystem", rootDir },
      python: { persistence: "filesystem", root_dir: rootDir },
    });
  }
}

const RUNS = Deno.env.get("CI") === "true" ? 20 : 5;

Deno.test({
  name: `rubicon-ml and this module read the same tags after ${RUNS} random games on a folder`,
  ignore,
  async fn() {
    await using python = await pythonSession(SCRIPT);
    const property = fc.asyncProperty(fc.array(turn, { maxLength: 8 }), async (turns) => {
      const store = await folderStore();
      const remove = [store.rootDir];
      try {
        await play(store, python, turns, remove);
      } finally {
        for (const folder of remove) await Deno.remove(folder, { recursive: true });
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  },
});

Deno.test({
  name: `rubicon-ml and this module read the same tags after ${RUNS} random games in a bucket`,
  ignore,
  async fn() {
    await using server = await startVersitygw();
    await makeBucket(server, "turns");
    await using python = await pythonSession(SCRIPT);
    let count = 0;
    const property = fc.asyncProperty(fc.array(turn, { maxLength: 8 }), async (turns) => {
      const remove: string[] = [];
      try {
        await play(bucketStore(server, `game-${++count}`), python, turns, remove);
      } finally {
        for (const folder of remove) await Deno.remove(folder, { recursive: true });
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  },
});

Deno.test({
  name: "what rubicon-ml's own composite wrote to two folders is the same: repair() does nothing",
  ignore,
  async fn() {
    const [one, two] = [await folderStore(), await folderStore()];
    await using python = await pythonSession(SCRIPT);
    await using both = await openComposite([one.config, two.config]);
    const project = await createProject(both, { name: "p" });
    const { id } = await logExperiment(both, project);
    const stores = [one.python, two.python];
    for (const verb of ["add", "remove", "add", "remove"]) {
      for (const what of WHATS) {
        await one.next();
        await python.call({ stores, id, what, verb, texts: ["x", "y"] });
      }
    }
    assert.deepEqual((await verify(both)).differences, []);
    assert.deepEqual((await repair(both)).mended, []);
    const found = await getExperiment(both, project, { id });
    assert.deepEqual([found.tags, found.comments], [[], []]);
    for (const { rootDir } of [one, two]) await Deno.remove(rootDir, { recursive: true });
  },
});
