import assert from "node:assert/strict";
import {
  addTags,
  archiveProject,
  createProject,
  deleteArtifact,
  gitInfo,
  groupByCommit,
  listArtifacts,
  listExperiments,
  listMetrics,
  logArtifact,
  logDataframe,
  logEnvironment,
  logExperiment,
  openArtifact,
  openComposite,
  readArtifact,
  removeTags,
  restoreArchives,
  syncProject,
  toTable,
} from "../../mod.ts";
import { contents, faulty, refused } from "../support/faulty.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";
import { lacksServers, makeBucket, s3Config, startVersitygw } from "../support/servers.ts";

const lacks = await lacksPython();

async function filled() {
  const driver = faulty();
  const rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "My Project" });
  const first = await logExperiment(rubicon, project, {
    name: "first",
    tags: ["a"],
    metrics: { m: 1 },
  });
  await removeTags(rubicon, first, ["a"]);
  await logArtifact(rubicon, first, { name: "x", data: "bytes" });
  await logDataframe(rubicon, first, { rows: [{ x: 1 }] });
  const second = await logExperiment(rubicon, project, { name: "second", parameters: { p: 2 } });
  return { driver, rubicon, project, first, second };
}

Deno.test("transfer: syncProject copies a project byte for byte, and again only what is new", async () => {
  const { driver, rubicon, project, first } = await filled();
  await using _ = rubicon;
  const others = [faulty(), faulty()];
  await using to = await openComposite(others);
  let last = 0;
  const done = await syncProject(rubicon, project, to, { onProgress: ({ done }) => last = done });
  const count = Object.keys(await contents(driver)).length;
  assert.equal(done.copied, count);
  assert.equal(last, count);
  for (const other of others) assert.deepEqual(await contents(other), await contents(driver));
  await logArtifact(rubicon, first, { name: "y", data: "new" });
  const again = await syncProject(rubicon, project, to);
  assert.equal(again.copied, 2, "the tags say the same there");
  for (const other of others) assert.deepEqual(await contents(other), await contents(driver));
  const missing = { ...project, name: "nowhere" };
  assert.equal((await refused(() => syncProject(rubicon, missing, to))).code, "not-found");
});

Deno.test("transfer: a copy that is broken or was to be deleted does not get into copies and archives", async () => {
  const [one, two] = [faulty("one"), faulty("two")];
  await using rubicon = await openComposite([one, two], { write: "any" });
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { name: "e", tags: ["a"] });
  await addTags(rubicon, experiment, ["b"]);
  const artifact = await logArtifact(rubicon, experiment, { name: "gone", data: "x" });
  one.faults = { all: "before" };
  await deleteArtifact(rubicon, artifact);
  one.faults = {};
  for (const key of Object.keys(await contents(one))) {
    if (!key.includes("/artifacts/")) await one.put(key, new TextEncoder().encode('{"na'));
  }
  await using fresh = await openComposite([one, two]);
  await using copy = await openComposite(faulty());
  await syncProject(fresh, project, copy);
  await using restored = await openComposite(faulty());
  await archiveProject(fresh, project);
  await restoreArchives(restored, project, fresh);
  for (const other of [copy, restored]) {
    const [found, ...more] = await listExperiments(other, project);
    assert.deepEqual([found?.name, found?.tags, more], ["e", ["a", "b"], []]);
    assert.deepEqual(await listArtifacts(other, found!), []);
  }
});

Deno.test("transfer: restoring leaves alone what has changed since the archive", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await addTags(rubicon, await logExperiment(rubicon, project), ["a", "b"]);
  const artifact = await logArtifact(rubicon, experiment, { name: "gone", data: "x" });
  await archiveProject(rubicon, project);
  await removeTags(rubicon, experiment, ["a"]);
  await deleteArtifact(rubicon, artifact);
  const before = await contents(driver);
  await restoreArchives(rubicon, project, rubicon);
  assert.deepEqual(await contents(driver), before);
});

Deno.test("rubicon-ml Project.archive(remote_rubicon=…): the archive goes to another store", async () => {
  const { driver, rubicon, project } = await filled();
  await using _ = rubicon;
  const before = await contents(driver);
  const elsewhere = faulty();
  await using remote = await openComposite(elsewhere);
  const key = await archiveProject(rubicon, project, { to: remote });
  assert.deepEqual(await contents(driver), before);
  assert.deepEqual(Object.keys(await contents(elsewhere)), [key, "my-project/metadata.json"]);
  await using back = await openComposite(faulty());
  assert.equal((await restoreArchives(back, project, remote)).length, 2);
  const to = {} as typeof remote;
  assert.equal(
    (await refused(() => archiveProject(rubicon, project, { to }))).code,
    "invalid-argument",
  );
});

Deno.test("rubicon-ml Project.archive, Project.experiments_from_archive: there and back", async () => {
  const { driver, rubicon, project, second } = await filled();
  await using _ = rubicon;
  await archiveProject(rubicon, project);
  const other = faulty();
  await using to = await openComposite(other);
  assert.equal((await restoreArchives(to, project, rubicon)).length, 2);
  const without = async (store: typeof other) =>
    Object.fromEntries(
      Object.entries(await contents(store)).filter(([key]) => !key.includes("archives")),
    );
  assert.deepEqual(await without(other), await without(driver));
  await restoreArchives(to, project, rubicon);
  assert.deepEqual(await without(other), await without(driver));

  await new Promise((done) => setTimeout(done, 5));
  await archiveProject(rubicon, project, { experiments: [second] });
  await using third = await openComposite(faulty());
  assert.deepEqual(await restoreArchives(third, project, rubicon, { latestOnly: true }), [
    second.id,
  ]);
  const none = await createProject(rubicon, { name: "none" });
  assert.equal((await refused(() => archiveProject(rubicon, none))).code, "not-found");
  assert.equal((await refused(() => restoreArchives(to, none, rubicon))).code, "not-found");
});

Deno.test("rubicon-ml Project.experiments_from_archive: an evil archive restores nothing", async () => {
  const { driver, rubicon, project } = await filled();
  await using _ = rubicon;
  const zipJs = await import("npm:@zip.js/zip.js@2.24.0");
  zipJs.configure({ useWebWorkers: false });
  for (const name of ["../../x", "metadata.json", `${crypto.randomUUID()}/../../y`]) {
    const writer = new zipJs.ZipWriter(new zipJs.Uint8ArrayWriter());
    await writer.add(name, new zipJs.TextReader("evil"));
    await driver.put("my-project/archives/archive-1.zip", await writer.close());
    const other = faulty();
    await using to = await openComposite(other);
    assert.equal((await refused(() => restoreArchives(to, project, rubicon))).code, "corrupt");
    assert.deepEqual(await contents(other), {});
  }
});

Deno.test({
  name: "rubicon-ml: archives are read both ways, on folders",
  ignore: ignoredFor("archives with rubicon-ml", lacks),
  async fn() {
    const [root, theirs, back] = await Promise.all([1, 2, 3].map(() => Deno.makeTempDir()));
    try {
      const { driver } = await filled();
      await using mine = await openComposite({ persistence: "filesystem", rootDir: root! });
      await using memory = await openComposite(driver);
      const [project] = await (await import("../../mod.ts")).listProjects(memory);
      await syncProject(memory, project!, mine);
      await archiveProject(mine, project!);
      const names = await python(
        `
import contextlib, io
from rubicon_ml import Rubicon
mine = Rubicon(persistence="filesystem", root_dir=input["root"])
theirs = Rubicon(persistence="filesystem", root_dir=input["theirs"])
p = theirs.get_or_create_project("My Project")
with contextlib.redirect_stdout(io.StringIO()):
    p.experiments_from_archive(mine)
output = [[e.name, e.tags, [m.value for m in e.metrics()], [a.get_data().decode() for a in e.artifacts()]] for e in p.experiments()]
p.archive()`,
        { root, theirs },
      );
      assert.deepEqual(names, [["first", [], [1], ["bytes"]], ["second", [], [], []]]);
      await using from = await openComposite({ persistence: "filesystem", rootDir: theirs! });
      await using to = await openComposite({ persistence: "filesystem", rootDir: back! });
      assert.equal((await restoreArchives(to, project!, from)).length, 2);
      const [first] = await listExperiments(to, project!);
      assert.equal((await listMetrics(to, first!))[0]!.value, 1);
      const [artifact] = await listArtifacts(to, first!);
      assert.equal(new TextDecoder().decode(await readArtifact(to, artifact!)), "bytes");
    } finally {
      for (const folder of [root, theirs, back]) await Deno.remove(folder!, { recursive: true });
    }
  },
});

Deno.test({
  name: "transfer: archives and copies on S3",
  ignore: ignoredFor("archives on S3", await lacksServers()),
  async fn() {
    await using server = await startVersitygw();
    await makeBucket(server, "archives");
    await using s3 = await openComposite(s3Config(server, "s3://archives/a"));
    await using other = await openComposite(s3Config(server, "s3://archives/b"));
    const { rubicon, project } = await filled();
    await using _ = rubicon;
    await syncProject(rubicon, project, s3);
    await archiveProject(s3, project);
    await restoreArchives(other, project, s3);
    assert.equal((await listExperiments(other, project)).length, 2);
  },
});

Deno.test("artifact: the store's checksum is verified, and another backend answers in place of a damaged one", async () => {
  const [bad, good] = [faulty("bad"), faulty("good")];
  for (const verb of ["get", "open"] as const) {
    const original = bad[verb] as (...args: unknown[]) => Promise<object>;
    (bad as unknown as Record<string, unknown>)[verb] = async (...args: unknown[]) => {
      const isData = String(args[0]).endsWith("/data");
      return { ...await original(...args), ...(isData && { checksum: `md5:${"0".repeat(32)}` }) };
    };
  }
  await using rubicon = await openComposite([bad, good]);
  const project = await createProject(rubicon, { name: "p" });
  const artifact = await logArtifact(rubicon, project, { name: "x", data: "bytes" });
  assert.equal(new TextDecoder().decode(await readArtifact(rubicon, artifact)), "bytes");
  await using alone = await openComposite(bad);
  assert.equal((await refused(() => readArtifact(alone, artifact))).code, "corrupt");
  const stream = await openArtifact(alone, artifact);
  assert.equal((await refused(() => new Response(stream).bytes())).code, "corrupt");
});

Deno.test("rubicon-ml auto_git_enabled: branch, commit, remote without a password, dirty flag", async () => {
  const folder = await Deno.makeTempDir();
  const git = async (...args: string[]) => {
    const identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"];
    const { success } = await new Deno.Command("git", { args: [...identity, ...args], cwd: folder })
      .output();
    assert.ok(success, args.join(" "));
  };
  try {
    assert.equal((await refused(() => gitInfo(folder))).code, "unavailable");
    await git("init", "--quiet", "--initial-branch", "work");
    await git("commit", "--quiet", "--allow-empty", "--message", "first");
    const clean = await gitInfo(folder);
    assert.match(clean.commitHash, /^[0-9a-f]{40}$/);
    assert.deepEqual({ ...clean, commitHash: "" }, {
      branchName: "work",
      commitHash: "",
      githubUrl: null,
      dirty: false,
    });
    await git("remote", "add", "origin", "https://user:token@example.com/a/b.git");
    await Deno.writeTextFile(`${folder}/new.txt`, "");
    const dirty = await gitInfo(folder);
    assert.equal(dirty.githubUrl, "https://example.com/a/b.git");
    assert.equal(dirty.dirty, true);
    for (const scheme of ["https", "git+ssh"]) {
      await git("remote", "set-url", "origin", `${scheme}://user:p@ss@example.com/a/b.git`);
      assert.equal((await gitInfo(folder)).githubUrl, `${scheme}://example.com/a/b.git`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("rubicon-ml to_df(group_by='commit_hash')", async () => {
  await using rubicon = await openComposite(faulty());
  const project = await createProject(rubicon, { name: "p" });
  for (const commitHash of ["a", "b", "a", null]) {
    await logExperiment(rubicon, project, { commitHash });
  }
  const groups = groupByCommit(await toTable(rubicon, project));
  assert.deepEqual(Array.from(groups, ([commit, { rows }]) => [commit, rows.length]), [[null, 1], [
    "a",
    2,
  ], ["b", 1]]);
});

Deno.test("rubicon-ml log_pip_requirements: the environment, without its variables", async () => {
  await using rubicon = await openComposite(faulty());
  const project = await createProject(rubicon, { name: "p" });
  Deno.env.set("SECRET_FOR_THE_TEST", "do-not-log-me");
  const text = new TextDecoder().decode(
    await readArtifact(rubicon, await logEnvironment(rubicon, project)),
  );
  Deno.env.delete("SECRET_FOR_THE_TEST");
  const { versions, files, notRead } = JSON.parse(text);
  assert.equal(versions.deno, Deno.version.deno);
  assert.ok(files["deno.json"].includes("exports"));
  assert.deepEqual(notRead, []);
  assert.ok(!text.includes("do-not-log-me"));
});
