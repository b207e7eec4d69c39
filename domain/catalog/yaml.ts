/**
 * A catalog as YAML: intake's form, which Python writes by PyYAML.
 *
 * @module
 */
import { stringify } from "npm:yaml@^2.9.1";
import { RubiconException } from "../../errors.ts";
import { isPlain } from "../check.ts";
import { DIALECT, parseYaml } from "../files/yaml.ts";

/** A catalog as it is in its file. Whatever is not ours is kept. */
export type CatalogFile = Record<string, unknown> & { sources: Record<string, unknown> };

/** A catalog's text: keys in order, one a line, as PyYAML dumps them. */
export const writeYaml = (catalog: CatalogFile): string =>
  stringify(catalog, {
    ...DIALECT,
    sortMapEntries: true,
    lineWidth: 0,
    indentSeq: false,
    aliasDuplicateObjects: false,
  });

/**
 * Reads a catalog's text.
 *
 * @throws {RubiconException} `corrupt` if it is no catalog.
 */
export function readYaml(text: string, what: string): CatalogFile {
  const catalog = parseYaml(text, what);
  if (isPlain(catalog) && catalog.sources === null) catalog.sources = {};
  if (!isPlain(catalog) || !isPlain(catalog.sources)) {
    throw new RubiconException("corrupt", `${what} is not a catalog: it has no "sources".`);
  }
  return catalog as CatalogFile;
}

/**
 * A text that intake gives back as it is: it takes what is in double braces for a template.
 */
export const literal = (text: string): string =>
  text.replaceAll(/\{\{|\{%|\{#/g, (braces) => `{{ '${braces}' }}`);

const TEMPLATE = /\{\{\s*(?:'(\{\{|\{%|\{#)'|"(\{\{|\{%|\{#)"|(CATALOG_DIR))\s*\}\}/g;

/**
 * Puts a catalog's folder where it is named, and gives literal braces back. Intake's templates can also read the
 * environment and run commands: those are left as they are.
 */
export const expander = (folder: string) => (text: string): string =>
  text.replaceAll(TEMPLATE, (_, one, other, isFolder) => isFolder ? folder : one ?? other);
