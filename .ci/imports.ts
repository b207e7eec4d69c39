// deno-lint-ignore-file no-console -- a command says what it found.
/**
 * Which way imports go: no circles, types included, and no arrow that runs up.
 *
 *     deno run --allow-read --allow-run .ci/imports.ts
 */
import { fromFileUrl } from "jsr:@std/path@^1.1.6";

/** What each module imports, by paths in the repository. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** The layers, from the bottom: a file imports its own layer and those below it. */
const LAYERS: readonly RegExp[] = [
  /^errors\.ts$/,
  /^messages\.ts$/,
  /^drivers\//,
  /^composite\//,
  /^composite\.ts$/,
  /^domain\//,
  /^(?:mod|notebook|viewer|cli|vitest)\.ts$|^(?:notebook|viewer|cli)\//,
];

const layerOf = (path: string): number => LAYERS.findIndex((layer) => layer.test(path));

/** What is wrong with the imports, in words. */
export function faultsOf(imports: Imports): string[] {
  const faults: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]) => {
    const at = above.indexOf(path);
    if (at >= 0) faults.push(`a circle: ${[...above.slice(at), path].join(" → ")}`);
    if (at >= 0 || done.has(path)) return;
    for (const imported of imports.get(path) ?? []) {
      if (layerOf(imported) > layerOf(path)) faults.push(`an arrow up: ${path} → ${imported}`);
      visit(imported, [...above, path]);
    }
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return faults;
}

/** The imports of modules and of all that they import, as Deno finds them. */
export async function importsOf(roots: readonly string[]): Promise<Imports> {
  const root = new URL("..", import.meta.url).href;
  const imports = new Map<string, string[]>();
  for (const path of roots) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", path],
      cwd: fromFileUrl(root),
    }).output();
    const { modules } = JSON.parse(new TextDecoder().decode(stdout));
    for (const { specifier, dependencies = [] } of modules) {
      if (!specifier.startsWith(root)) continue;
      const found = dependencies.flatMap((one: Record<string, { specifier?: string }>) =>
        [one.code?.specifier, one.type?.specifier].filter((one) => one?.startsWith(root))
      );
      const short = (url: string) => url.slice(root.length);
      imports.set(short(specifier), [...new Set<string>(found.map(short))]);
    }
  }
  return new Map([...imports].filter(([path]) => layerOf(path) >= 0));
}

/** What a user can import. */
export async function entryPoints(): Promise<string[]> {
  const config = JSON.parse(
    await Deno.readTextFile(new URL("../deno.json", import.meta.url)),
  );
  return Object.values<string>(config.exports);
}

if (import.meta.main) {
  const faults = faultsOf(await importsOf(await entryPoints()));
  for (const fault of faults) console.error(fault);
  Deno.exit(faults.length > 0 ? 1 : 0);
}
