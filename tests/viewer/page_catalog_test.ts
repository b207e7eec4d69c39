/** A catalog that rubicon-ml published, in a browser, by the command line. */
import assert from "node:assert/strict";
import { type CatalogTable, openCatalog } from "../../mod.ts";
import { comesTo, lacksBrowser, startBrowser } from "../support/browser.ts";
import { start } from "../support/cli.ts";
import { temporary } from "../support/folders.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";
import { enter, namesShown } from "./support/app.ts";

const ignore = ignoredFor(
  "catalogs of rubicon-ml in a browser",
  await lacksPython() ?? await lacksBrowser(),
);

Deno.test({
  name: "page catalog: what rubicon-ml published opens with its views, in a browser",
  ...{ ignore, sanitizeOps: false, sanitizeResources: false },
  fn: () =>
    temporary(async (folder) => {
      await python(
        `
warnings.filterwarnings('ignore', category=DeprecationWarning); logging.disable(logging.WARNING)
from rubicon_ml import Rubicon
from rubicon_ml.intake_rubicon.publish import publish
from rubicon_ml.viz import ExperimentsTable
rubicon = Rubicon(persistence="filesystem", root_dir=input + "/root")
project = rubicon.create_project("My Proj")
experiments = []
for at in range(3):
    experiment = project.log_experiment(name=f"e{at}")
    experiment.log_parameter("lr", at / 10)
    experiment.log_metric("acc", at / 2)
    experiment.log_metric("other", at)
    experiments.append(experiment)
table = ExperimentsTable(experiments[:2], metric_names=["acc"])
publish(experiments[:2], table, output_filepath=input + "/catalog.yml")
`,
        folder,
      );
      const child = start(["ui", "--catalog", `${folder}/catalog.yml`, "--port", "0"]);
      const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const { value: url = "" } = await lines.read();
      try {
        await using browser = await startBrowser();
        assert.match(url, /^http:/);
        const { page, errors } = await browser.open(url.trim());
        await enter(page, "My Proj");
        await comesTo(page, async () => (await namesShown(page)).sort(), ["e0", "e1"]);
        const heads = page.locator(".grid-head").getByText("other", { exact: true });
        await heads.first().waitFor();
        await page.getByRole("button", { name: "Views and links" }).click();
        await page.getByText("experiment_table", { exact: true }).click();
        await heads.first().waitFor({ state: "detached" });
        await page.locator(".grid-head").getByText("acc", { exact: true }).first().waitFor();
        await page.getByRole("dialog").waitFor({ state: "detached" });
        // And back again: what is shown becomes a catalog of its own.
        await page.keyboard.press("j");
        await page.keyboard.press("x");
        await page.locator(".selection-bar", { hasText: "1 run" }).waitFor();
        await page.getByRole("button", { name: "Export" }).click();
        const coming = page.waitForEvent("download");
        await page.getByText("Download a catalog").click();
        const download = await coming;
        assert.equal(download.suggestedFilename(), "rubicon-ml-catalog.yml");
        await download.saveAs(`${folder}/made.yml`);
        await using made = await openCatalog(`${folder}/made.yml`);
        assert.equal(made.experiments.length, 1);
        const { experiment } = await made.get(made.experiments[0]!);
        assert.equal(experiment.name, (await namesShown(page))[0]);
        const [table] = made.views as CatalogTable[];
        assert.deepEqual([table!.metricNames, table!.parameterNames], [["acc"], ["lr"]]);
        assert.deepEqual(errors, []);
      } finally {
        if (url !== "") child.kill("SIGINT");
        await lines.cancel();
        const err = await new Response(child.stderr).text();
        assert.equal((await child.status).code, 0, err);
      }
    }),
});
