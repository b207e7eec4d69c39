/**
 * The other screens in a real browser: what they show of each kind of store, and what they say where there is nothing.
 */
import assert from "node:assert/strict";
import { addTags, createProject, getProject, listExperiments, logExperiment } from "../../mod.ts";
import { comesTo, lacksBrowser, says, startBrowser } from "../support/browser.ts";
import { ignoredFor } from "../support/parts.ts";
import { SHOWN_TABS } from "../../viewer/app/screens/tabs.ts";
import { enter, hashOf, inTab, onRun, show, stepsOf } from "./support/app.ts";

const ignore = ignoredFor("the viewer's screens in a browser", await lacksBrowser());
const options = { ignore, sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name: "page screens: projects, a run with all it has, a comparison, backends, help, about",
  ...options,
  async fn(t) {
    const step = stepsOf(t);
    await using shown = await show("small");
    await using browser = await startBrowser();
    const { page, errors } = await browser.open(shown.url);

    await step("projects, with how many runs and in which states", async () => {
      const card = page.locator(".card", { hasText: "Iris demo" });
      await card.waitFor();
      await says(page, () => card.textContent(), /12\s*runs/);
      await says(
        page,
        () => page.locator(".card", { hasText: "Training" }).textContent(),
        /1 running.*4 finished.*1 failed.*1 cancelled.*1 lost/,
      );
    });

    await step(
      "a run's page: values, nested parameters, features, tags, artifacts, dataframes",
      async () => {
        await enter(page, "Iris demo");
        await page.getByRole("link", { name: "forest 1", exact: true }).click();
        const main = page.locator("main");
        await main.getByRole("heading", { name: "forest 1", exact: true }).waitFor();
        for (
          const heading of ["Metrics", "Parameters", "Features", "Artifacts", "Dataframes", "About"]
        ) {
          await main.getByRole("heading", { name: new RegExp(`^${heading}`) }).first().waitFor();
        }
        await main.getByText("60 values, last").waitFor();
        await main.getByText("cosine").waitFor();
        await main.getByText("The one to beat.").waitFor();
        // Nothing may be changed where the server was not told so.
        assert.equal(await main.getByRole("button", { name: "Add" }).count(), 0);
        const commit = main.getByText("0123456789");
        await commit.first().waitFor();
        await main.getByRole("button", { name: "scores.parquet", exact: true }).click();
        await main.getByRole("region", { name: "Artifact scores.parquet" }).getByText("2.5")
          .waitFor();
      },
    );

    await step("the next run and the one before, by keys", async () => {
      await page.keyboard.press("k");
      await onRun(page, "forest 2");
      await page.keyboard.press("j");
      await onRun(page, "forest 1");
      await page.goBack();
      await onRun(page, "forest 2");
      await page.keyboard.press("Escape");
      await page.locator(".grid").waitFor();
    });

    await step("a comparison: what differs, better and worse, artifacts as a diff", async () => {
      for (const name of ["forest 1", "forest 2", "forest 3"]) {
        await page.getByRole("checkbox", { name: `Select ${name}`, exact: true }).click();
      }
      await page.locator(".selection-bar", { hasText: "3 runs" }).waitFor();
      await page.keyboard.press("d");
      await page.getByRole("table", { name: "Values of the selected runs" }).waitFor();
      const line = (key: string) =>
        page.locator(".diff-row", { has: page.locator(`.diff-key[title="${key}"]`) });
      await comesTo(page, () => line("accuracy").locator(".delta").count(), 2);
      await comesTo(page, () => line("schedule.decay.steps").locator(".diff-cell").count(), 3);
      await comesTo(page, () => line("confusion").count(), 0);
      await page.getByRole("checkbox", { name: "Only what differs" }).uncheck();
      await line("confusion").waitFor();
      await hashOf(page, /all=1/);
      await page.getByRole("button", { name: /^Artifacts/ }).click();
      await page.getByRole("button", { name: /^notes\.txt/ }).click();
      await page.locator(".text-diff .changed").first().waitFor();
      await page.getByRole("button", { name: /^Dataframes/ }).click();
      await page.locator(".data-scroll").first().waitFor();
      await page.getByRole("button", { name: "Values" }).click();
    });

    await step("the help, by a key, and away again", async () => {
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keys and searches" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    });

    await step("each tab by its number shows something", async () => {
      for (const [at, { label }] of SHOWN_TABS.slice(2, 7).entries()) {
        await page.keyboard.press(String(at + 3));
        await inTab(page, label);
      }
      await page.keyboard.press("8");
      await page.getByRole("heading", { name: "Trained on" }).waitFor();
    });

    await step("backends: how they are, and a verify", async () => {
      await page.getByRole("link", { name: "Backends" }).click();
      await page.getByText("It is well").waitFor();
      await page.getByRole("button", { name: "Verify" }).click();
      await page.getByText("All that it holds is whole.").waitFor();
    });
    assert.deepEqual(errors, []);
  },
});

Deno.test({
  name: "page screens: the second script comes when it is needed, once, and no other one instead",
  ...options,
  async fn() {
    await using shown = await show("small");
    await using browser = await startBrowser();
    const { page, errors, answers } = await browser.open(`${shown.url}#/p/iris-demo/table`);
    await page.locator(".grid-body .row").first().waitFor();
    const asked = () => answers.filter((path) => path === "/more.js").length;
    assert.equal(asked(), 0);
    let other = "globalThis.ran = true;";
    await page.route(
      "**/more.js",
      (route) => other === "" ? route.abort() : route.fulfill({ body: other }),
    );
    await page.keyboard.press("4");
    await page.getByText("There is another version of the page by now").waitFor();
    assert.equal(await page.evaluate(() => "ran" in globalThis), false, "the policy refuses it");
    assert.match(errors.splice(0).join(), /Content Security Policy/);
    other = "";
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("The server does not answer").waitFor();
    errors.length = 0; // The browser says it, too.
    await page.unroute("**/more.js");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".chart-plane canvas").first().waitFor();
    const before = asked();
    await page.keyboard.press("5");
    await page.locator(".tab-body canvas").first().waitFor();
    assert.equal(asked(), before);
    assert.deepEqual(errors, []);
  },
});

Deno.test({
  name: "page screens: where there is nothing, or no answer, they say what to do",
  ...options,
  async fn(t) {
    const step = stepsOf(t);
    await using browser = await startBrowser();
    await step("a store without projects shows how to log the first run", async () => {
      await using shown = await show("empty");
      const { page, errors } = await browser.open(shown.url);
      await page.getByRole("heading", { name: "There is no project yet" }).waitFor();
      await page.getByText("createExperiment").first().waitFor();
      assert.deepEqual(errors, []);
    });
    await step("a project without runs waits for one, and shows it once it is there", async () => {
      await using shown = await show("bare");
      const { page } = await browser.open(shown.url);
      await page.getByRole("link", { name: "Nothing yet" }).click();
      await page.getByRole("heading", { name: "This project has no run yet" }).waitFor();
      const project = await getProject(shown.rubicon, { name: "Nothing yet" });
      await logExperiment(shown.rubicon, project, { name: "the first", metrics: { acc: 1 } });
      await page.getByRole("link", { name: "the first" }).waitFor();
    });
    await step("a store whose backends are all down says so", async () => {
      await using shown = await show("down");
      const { page } = await browser.open(shown.url);
      await page.getByRole("heading", { name: "The projects could not be listed" }).waitFor();
      await page.getByRole("link", { name: "Backends" }).click();
      await page.getByText(/needs? a look/).waitFor();
    });
    await step("a store with broken backends shows what the others have", async () => {
      await using shown = await show("broken");
      const { page } = await browser.open(shown.url);
      await page.locator(".card a").first().click();
      await page.locator(".grid-body .row").first().waitFor();
      await page.getByRole("link", { name: "Backends" }).click();
      await page.getByText(/of 3 needs? a look/).waitFor();
    });
    await step("addresses of what is gone say so", async () => {
      await using shown = await show("small");
      const { page } = await browser.open(`${shown.url}#/p/no-such/table`);
      await page.getByRole("heading", { name: "There is no project “no-such”" }).waitFor();
      await page.getByRole("button", { name: "See all projects" }).click();
      await enter(page, "Iris demo");
      await page.evaluate(() =>
        location.hash = "#/p/iris-demo/run/00000000-0000-4000-8000-000000000000"
      );
      await page.getByRole("heading", { name: "There is no such run in this project" }).waitFor();
      await page.getByRole("button", { name: "See the runs that there are" }).click();
      await page.locator(".grid-body .row").first().waitFor();
    });
    await step(
      "a server that is gone: what is shown stays, with a note of how old it is",
      async () => {
        const shown = await show("small");
        const { page } = await browser.open(shown.url);
        await enter(page, "Iris demo");
        await shown[Symbol.asyncDispose]();
        await page.locator(".banner", { hasText: "The server does not answer" }).waitFor();
        await comesTo(page, () => page.locator(".grid-body .row").count(), 12);
      },
    );
  },
});

Deno.test({
  name: "page screens: the live view follows, pauses, and costs one request if nothing is new",
  ...options,
  async fn() {
    await using shown = await show("bare");
    await using browser = await startBrowser();
    const { page, requests, answers, errors } = await browser.open(shown.url);
    const project = await getProject(shown.rubicon, { name: "Nothing yet" });
    const [run] = [await logExperiment(shown.rubicon, project, { name: "one", metrics: { a: 1 } })];
    await enter(page, "Nothing yet");
    const many = (paths: string[]) => paths.filter((path) => path === "/index.json").length;
    const looks = () => many(requests);
    const [before, all] = [looks(), requests.length];
    while (looks() < before + 3) await page.waitForRequest(/index\.json/);
    const others = requests.slice(all).filter((path) => path !== "/index.json");
    assert.deepEqual(others.filter((path) => !path.endsWith("/runs.json")), []);
    assert.ok(others.length <= 1, others.join());
    // What is selected stays selected when rows come in.
    await page.getByRole("checkbox", { name: "Select one" }).click();
    await logExperiment(shown.rubicon, project, { name: "two", metrics: { a: 2 } });
    await addTags(shown.rubicon, run!, ["late"]);
    await page.getByRole("link", { name: "two" }).waitFor();
    await page.getByText("late").first().waitFor();
    await comesTo(
      page,
      () => page.getByRole("checkbox", { name: "Select one" }).isChecked(),
      true,
    );
    const pause = page.getByRole("button", { name: "Pause the live view" });
    await pause.click();
    await page.getByText("Paused").waitFor();
    // A look that was under way has its answer: what is made from now on is in none.
    await comesTo(page, () => Promise.resolve([looks(), many(answers)]), ([a, b]) => a === b);
    const paused = looks();
    await createProject(shown.rubicon, { name: "Another" });
    await page.getByRole("link", { name: "All projects" }).or(page.locator(".brand")).first()
      .click();
    await page.getByRole("heading", { name: "Projects" }).waitFor();
    assert.equal(looks(), paused);
    assert.equal(await page.getByRole("link", { name: "Another" }).count(), 0);
    await pause.click();
    await page.getByRole("link", { name: "Another" }).waitFor();
    assert.equal((await listExperiments(shown.rubicon, project)).length, 2);
    assert.deepEqual(errors, []);
  },
});

Deno.test({
  name: "page screens: with --edit tags, comments and views are changed, and only then",
  ...options,
  async fn() {
    await using shown = await show("small", { edit: true });
    await using browser = await startBrowser();
    const { page, errors } = await browser.open(shown.url);
    await enter(page, "Iris demo");
    await page.getByRole("link", { name: "forest 2", exact: true }).click();
    await page.getByRole("textbox", { name: "Add a tag" }).fill("seen");
    await page.getByRole("textbox", { name: "Add a tag" }).press("Enter");
    await page.getByRole("button", { name: "Take off the tag seen" }).click();
    await page.getByRole("button", { name: "Take off the tag seen" }).waitFor({
      state: "detached",
    });
    await page.getByRole("textbox", { name: "Add a comment" }).fill("fine <b>");
    await page.getByRole("textbox", { name: "Add a comment" }).press("Enter");
    await page.locator(".comment", { hasText: "fine <b>" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Runs" }).click();
    await page.locator(".head.metric .head-label").first().click();
    await hashOf(page, /sort=/);
    await page.getByRole("button", { name: "Views and links" }).click();
    await page.getByRole("textbox", { name: "Name of this view" }).fill("best first");
    await page.getByRole("textbox", { name: "Name of this view" }).press("Enter");
    await page.locator(".toast", { hasText: "View best first saved" }).waitFor();
    await page.getByRole("link", { name: "Compare" }).click();
    await page.getByRole("button", { name: "Views and links" }).click();
    await page.getByRole("button", { name: "best first", exact: true }).click();
    await page.locator(".grid").waitFor();
    await hashOf(page, /table\?.*sort=/);
    await page.getByRole("button", { name: "Views and links" }).click();
    await page.getByRole("button", { name: "Delete the view best first" }).click();
    await page.locator(".toast", { hasText: "deleted" }).waitFor();
    assert.deepEqual(errors, []);
  },
});
