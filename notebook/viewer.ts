/**
 * The viewer in a notebook: a project as a page in a frame, with its data inside.
 *
 * @module
 */
import type { Project } from "../domain/format/entities.ts";
import type { CallOptions, Composite } from "../composite.ts";
import { projectPage } from "../viewer/export.ts";
import type { Block } from "./block.ts";
import { type Html, markup } from "./html.ts";

/**
 * What the page may do. It is of no origin: it neither sees the notebook nor what a browser keeps for it, whatever is in
 * the store.
 */
const SANDBOX = "allow-scripts allow-downloads allow-popups";
const STYLE = "width: 100%; height: 720px; border: 1px solid; border-radius: 8px; margin-top: 4px";

/** A frame with the page, which loads once it is opened. Where no scripts run, what is above it has to do. */
export async function viewerBlock(
  rubicon: Composite,
  project: Project,
  { signal }: CallOptions,
): Promise<Block> {
  const page = asAttribute(await projectPage(rubicon, project.name, { signal }));
  const title = `Viewer of ${project.name}`;
  const frame =
    markup`<iframe title="${title}" sandbox="${SANDBOX}" loading="lazy" style="${STYLE}" srcdoc="${page}"></iframe>`;
  const summary = markup`<summary style="margin: 4px 0">Open in the viewer</summary>`;
  return { html: markup`<details>${summary}${frame}</details>`, text: "" };
}

/** A page as it stands, for an attribute in quotes: its policy names its script by a checksum, so no sign may change. */
const asAttribute = (page: string): Html => ({
  html: page.replaceAll("&", "&amp;").replaceAll('"', "&quot;"),
});
