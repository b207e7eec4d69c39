/**
 * The few flat answers of S3 that are XML. They are made by machines from one fixed schema, without
 * attributes that matter, comments or CDATA; a whole XML parser would be larger than this driver. What is read
 * here may be hostile: each function goes through its text once.
 *
 * @module
 */

/** The content of each element of a name, in order. */
export function* elements(xml: string, name: string): Generator<string, void, void> {
  const [open, close] = [`<${name}`, `</${name}>`];
  for (let at = 0; (at = xml.indexOf(open, at)) >= 0;) {
    at += open.length;
    if (!/[\s/>]/.test(xml[at] ?? "")) continue; // A longer name.
    const start = xml.indexOf(">", at) + 1;
    if (start === 0) return;
    if (xml[start - 2] === "/") {
      yield "";
      at = start;
      continue;
    }
    const end = xml.indexOf(close, start);
    if (end < 0) return;
    yield xml.slice(start, end);
    at = end + close.length;
  }
}

/** The text of the first element of a name. */
export function text(xml: string, name: string): string | undefined {
  const [content] = elements(xml, name);
  return content === undefined ? undefined : decodeEntities(content);
}

/** Whether a text is one whole element of a name, after the prolog that XML may have. */
export function isDocument(xml: string, name: string): boolean {
  const root = /^\s*(?:<\?[^>]*>\s*)?<(\w+)[\s>]/.exec(xml)?.[1];
  return root === name && xml.trimEnd().endsWith(`</${name}>`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

/** Text with XML's entities. */
export function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{1,4}));/gi,
    (whole, hex, decimal, name) => {
      if (name) return ENTITIES[name] ?? whole;
      const code = hex ? parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** Text for XML. */
export function encodeEntities(text: string): string {
  return text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
