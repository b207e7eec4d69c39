/**
 * What a real parser finds in HTML and SVG, for tests of what must not come out of a name.
 */
import assert from "node:assert/strict";
import { parseFragment } from "npm:parse5@8.1.1";
import { DOMParser, type Element, onErrorStopParsing } from "npm:@xmldom/xmldom@0.9.12";

/** One element of a page. */
export interface Found {
  /** Its name. */
  name: string;
  /** Its attributes by name. */
  attributes: Record<string, string>;
  /** The text in it, and in what is in it. */
  text: string;
}

interface Node {
  nodeName: string;
  tagName?: string;
  value?: string;
  attrs?: { name: string; value: string }[];
  childNodes?: Node[];
}

/** The elements of a piece of HTML, in the order in which they stand, as a browser would find them. */
export function elementsOfHtml(html: string): Found[] {
  const found: Found[] = [];
  const visit = (node: Node): string => {
    assert.notEqual(node.nodeName, "#comment", "no comment is written");
    if (node.nodeName === "#text") return node.value!;
    const own: Found = {
      name: node.tagName ?? node.nodeName,
      attributes: Object.fromEntries((node.attrs ?? []).map(({ name, value }) => [name, value])),
      text: "",
    };
    if (node.tagName !== undefined) found.push(own);
    return own.text = (node.childNodes ?? []).map(visit).join("");
  };
  visit(parseFragment(html) as unknown as Node);
  return found;
}

/** The elements of an SVG. Fails where it is not well-formed, or the namespace is missing. */
export function elementsOfSvg(svg: string): Found[] {
  const parser = new DOMParser({ onError: onErrorStopParsing });
  const root = parser.parseFromString(svg, "image/svg+xml").documentElement!;
  return [root, ...Array.from(root.getElementsByTagName("*"))].map((element: Element) => {
    assert.equal(element.namespaceURI, "http://www.w3.org/2000/svg");
    return {
      name: element.tagName,
      attributes: Object.fromEntries(
        Array.from(element.attributes, ({ name, value }) => [name, value]),
      ),
      text: element.textContent ?? "",
    };
  });
}

/** The elements of one name. */
export const named = (elements: readonly Found[], name: string): Found[] =>
  elements.filter((element) => element.name === name);
