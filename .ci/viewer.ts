// deno-lint-ignore-file no-console -- a command says what it did.
/**
 * Builds the viewer's page into one file that is checked in, `viewer/app.bundle.ts`.
 *
 *     deno run -A .ci/viewer.ts           # or: deno task viewer
 *     deno run -A .ci/viewer.ts --check   # says whether it is out of date
 */
import { existsSync } from "node:fs";
import { fromFileUrl, resolve } from "jsr:@std/path@^1.1.6";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
const APP = `${ROOT}viewer/app`;
/** The file that the page is checked in as. */
export const BUNDLE = `${ROOT}viewer/app.bundle.ts`;

/** The scripts and the styles of a page. */
export interface Built {
  script: string;
  /** What comes when it is first shown; empty if an app has no `later.ts`. */
  more: string;
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

/**
 * Bundles an app: its `main.tsx`, what its `later.ts` has besides, and all style sheets beside and below it. What both scripts
 * need is in the first one alone.
 */
export async function build(app: string = APP): Promise<Built> {
  app = resolve(app);
  const folder = await Deno.makeTempDir({ prefix: "rubicon-viewer-" });
  const out = `${folder}/out`;
  const url = (path: string) => JSON.stringify(new URL(`file://${encodeURI(path)}`).href);
  const hasMore = existsSync(`${app}/later.ts`);
  const imports = [`${app}/main.tsx`, ...styleSheets(app)].map((path) => `import ${url(path)};\n`);
  const entries = [`${folder}/entry.ts`];
  await Deno.writeTextFile(entries[0]!, imports.join(""));
  if (hasMore) {
    // It imports the whole page as well, so that all of that becomes one chunk, and the rest is what comes later.
    entries.push(`${folder}/more.ts`);
    await Deno.writeTextFile(
      entries[1]!,
      `${imports[0]}import * as all from ${url(`${app}/later.ts`)};\nglobalThis[${LATER}] = all;\n`,
    );
  }
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--config", `${ROOT}deno.json`],
        ...["--platform", "browser", "--minify", "--code-splitting", "--outdir", out, ...entries],
      ],
      cwd: ROOT,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const text = async (like: RegExp) => {
      for await (const { name } of Deno.readDir(out)) {
        if (like.test(name)) return (await Deno.readTextFile(`${out}/${name}`)).trim();
      }
      throw new Error(`The bundle has no file such as ${like}.`);
    };
    const style = await text(/^entry.*\.css$/);
    if (!hasMore) return { script: safe(await text(/^entry\.js$/)), more: "", style };
    const [script, more] = linked(await text(/^chunk.*\.js$/), await text(/^more\.js$/));
    return { script: safe(script), more, style };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Where the second script leaves what it has, as the page looks for it. */
const LATER = 'Symbol.for("rubicon.later")';
/** Where the first one leaves what the second one needs. */
const SHARED = 'Symbol.for("rubicon.shared")';

/**
 * Two modules as two scripts: the page's policy knows scripts by their checksums, which what a module imports has not. The
 * names go over as they are when the second one comes, so that no module may give another value to what it exports.
 */
function linked(first: string, second: string): [first: string, second: string] {
  const names = (list: string, swap: boolean) =>
    list.split(",").map((one) => {
      const [name, other = name] = one.trim().split(" as ");
      return swap ? `${other}:${name}` : `${name}:${other}`;
    }).join();
  const [, body, given] = /^(.*)export\{([^{}]*)\};?$/s.exec(first) ?? [];
  const [, taken, rest] = /^import\{([^{}]*)\}from"[^"]*";(.*)$/s.exec(second) ?? [];
  if (given === undefined || taken === undefined || /^import\b|^export\b/.test(rest!)) {
    throw new Error(
      "deno bundle writes imports and exports in another way: see linked() in .ci/viewer.ts.",
    );
  }
  return [
    `${body}globalThis[${SHARED}]={${names(given, true)}};`,
    `(()=>{const{${names(taken, false)}}=globalThis[${SHARED}];${rest}})();`,
  ];
}

/** A script that does not end the element that it is in, or begin a comment there: in texts, `<` has another spelling. */
const safe = (script: string): string => script.replace(/<(?=\/script|!--)/gi, "\\x3C");

/** The module that has a page as texts. */
export const moduleOf = ({ script, more, style }: Built): string =>
  `// deno-lint-ignore-file
// deno-fmt-ignore-file
// Made by \`deno task viewer\` from viewer/app/. Do not edit.
/**
 * The viewer's page, as two scripts and one style sheet.
 *
 * @module
 */
/** The script. */
export const script: string = ${JSON.stringify(script)};
/** The script with what is shown later. */
export const more: string = ${JSON.stringify(more)};
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
