// deno-lint-ignore-file no-console -- a command says what it did.
/**
 * Builds the viewer's page into one file that is checked in, `viewer/app.bundle.ts`.
 *
 *     deno run -A .ci/viewer.ts           # or: deno task viewer
 *     deno run -A .ci/viewer.ts --check   # says whether it is out of date
 */
import { fromFileUrl, resolve } from "jsr:@std/path@^1.1.6";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
const APP = `${ROOT}viewer/app`;
/** The file that the page is checked in as. */
export const BUNDLE = `${ROOT}viewer/app.bundle.ts`;

/** The script and the styles of a page. */
export interface Built {
  script: string;
  style: string;
}

/** All style sheets below a folder, in order of their paths. */
function styleSheets(folder: string): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) found.push(...styleSheets(`${folder}/${name}`));
    else if (name.endsWith(".css")) found.push(`${folder}/${name}`);
  }
  return found.sort();
}

/** Bundles an app: its `main.tsx`, and all style sheets beside and below it. */
export async function build(app: string = APP): Promise<Built> {
  app = resolve(app);
  const folder = await Deno.makeTempDir({ prefix: "rubicon-viewer-" });
  const entry = `${folder}/entry.ts`;
  const out = `${folder}/out`;
  const imports = [`${app}/main.tsx`, ...styleSheets(app)].map((path) =>
    new URL(`file://${encodeURI(path)}`).href
  );
  await Deno.writeTextFile(
    entry,
    imports.map((url) => `import ${JSON.stringify(url)};\n`).join(""),
  );
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--config", `${ROOT}deno.json`],
        ...["--platform", "browser", "--minify", "--outdir", out, entry],
      ],
      cwd: ROOT,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const text = async (end: string) => {
      for await (const { name } of Deno.readDir(out)) {
        if (name.endsWith(end)) return (await Deno.readTextFile(`${out}/${name}`)).trim();
      }
      throw new Error(`The bundle has no file that ends in ${end}.`);
    };
    return { script: safe(await text(".js")), style: await text(".css") };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A script that does not end the element that it is in, or begin a comment there: in texts, `<` has another spelling. */
const safe = (script: string): string => script.replace(/<(?=\/script|!--)/gi, "\\x3C");

/** The module that has a page as two texts. */
export const moduleOf = ({ script, style }: Built): string =>
  `// deno-lint-ignore-file
// deno-fmt-ignore-file
// Made by \`deno task viewer\` from viewer/app/. Do not edit.
/**
 * The viewer's page, as one script and one style sheet.
 *
 * @module
 */
/** The script. */
export const script: string = ${JSON.stringify(script)};
/** The style sheet. */
export const style: string = ${JSON.stringify(style)};
`;

if (import.meta.main) {
  const built = moduleOf(await build());
  if (Deno.args.includes("--check")) {
    if (built !== await Deno.readTextFile(BUNDLE)) {
      console.error("viewer/app.bundle.ts is out of date: run `deno task viewer`.");
      Deno.exit(1);
    }
  } else {
    await Deno.writeTextFile(BUNDLE, built);
    console.log(`${BUNDLE.slice(ROOT.length)}: ${Math.round(built.length / 1024)} KiB`);
  }
}
