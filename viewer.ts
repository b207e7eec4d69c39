/**
 * The viewer: a store in a browser, live from a server on this machine, or as a page that needs none. `mod.ts` does not
 * import it; nobody else pays for it.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite } from "./mod.ts";
 * import { serveViewer } from "./viewer.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "viewer" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { metrics: { accuracy: 0.8 } });
 * await using viewer = await serveViewer(rubicon, { port: 0 });
 * const { projects } = await (await fetch(new URL("index.json", viewer.url))).json();
 * if (projects[0].experiments !== 1) throw new Error("one run");
 * ```
 *
 * @module
 */
export { type ExportedViewer, exportViewer, type ExportViewerOptions } from "./viewer/export.ts";
export { serveViewer, type ServeViewerOptions, type Viewer } from "./viewer/serve.ts";
