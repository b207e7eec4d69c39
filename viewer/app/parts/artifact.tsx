/**
 * What an artifact holds, shown so that nothing of it is ever run: pictures and sounds by the browser, text as text, HTML in
 * a frame without scripts.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useEffect, useState } from "npm:preact@^11.2.0/hooks";
import type { ViewerArtifact } from "../../contract.ts";
import { parseCsv } from "../data/csv.ts";
import { bytes } from "../data/format.ts";
import { loadBlob } from "../data/load.ts";
import { DataTable } from "./data_table.tsx";
import { FrameThere } from "./frame.tsx";

/** Texts are shown up to this length. */
export const MAX_TEXT = 400_000;

/** Types that a picture or a sound may have; whatever a file says of itself, nothing else is shown as one. */
const MEDIA = /^(?:image\/(?:png|jpeg|gif|webp|bmp|avif|svg\+xml)|audio\/[\w.+-]+)$/;

/** What was read of an artifact. */
export type Content =
  | { readonly kind: "media"; readonly url: string }
  | { readonly kind: "text"; readonly text: string; readonly cut: boolean };

async function contentOf({ path, show, type }: ViewerArtifact): Promise<Content> {
  if (show === "image" || show === "audio") {
    const media = await loadBlob(path!, MEDIA.test(type) ? type : "application/octet-stream");
    return { kind: "media", url: URL.createObjectURL(media) };
  }
  const blob = await loadBlob(path!, "text/plain");
  const text = await blob.slice(0, MAX_TEXT).text();
  return { kind: "text", text, cut: blob.size > MAX_TEXT };
}

/** Reads an artifact as long as somebody looks at it. */
export function useContent(
  artifact: ViewerArtifact | undefined,
): Content | { kind: "loading" } | { kind: "failed"; message: string } {
  const [found, setFound] = useState<
    Content | { kind: "loading" } | { kind: "failed"; message: string }
  >({ kind: "loading" });
  useEffect(() => {
    // A table is read by whoever shows it.
    if (!artifact?.path || artifact.table) return;
    let url: string | undefined;
    let gone = false;
    setFound({ kind: "loading" });
    contentOf(artifact).then((content) => {
      if (content.kind === "media") url = content.url;
      if (!gone) setFound(content);
      else if (url) URL.revokeObjectURL(url);
    }, (error) => {
      if (!gone) setFound({ kind: "failed", message: String(error?.message ?? error) });
    });
    return () => {
      gone = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [artifact?.path]);
  return found;
}

/** JSON with line breaks; what is none as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // It was cut, or its name says more than it is.
  }
}

/** Whether a page can show it. */
export const canShow = ({ show, path, table }: ViewerArtifact): boolean =>
  path !== null && show !== "none" && (show !== "parquet" || table !== undefined);

/** An artifact's content. */
export function ArtifactContent({ artifact }: { artifact: ViewerArtifact }): VNode {
  const content = useContent(canShow(artifact) ? artifact : undefined);
  const { show, name, path, leftOut, table } = artifact;
  if (path === null) {
    return <p class="note">{leftOut ?? "It was left out when the page was exported."}</p>;
  }
  if (!canShow(artifact)) {
    return <p class="note">Nothing here shows such a file. Download it to open it elsewhere.</p>;
  }
  if (table !== undefined) return <FrameThere path={table} name={name} label="Artifact" />;
  if (content.kind === "loading") return <p class="muted">Reading {name}…</p>;
  if (content.kind === "failed") return <p class="note bad" role="alert">{content.message}</p>;
  if (content.kind === "media") {
    return show === "image"
      ? <img class="artifact-image" src={content.url} alt={`Artifact ${name}`} />
      : <audio controls src={content.url} aria-label={`Artifact ${name}`} />;
  }
  const cut = content.cut && (
    <p class="note">Only the first {bytes(MAX_TEXT)} are shown. Download it to see all.</p>
  );
  if (show === "html") {
    return (
      <>
        {cut}
        <iframe
          class="artifact-frame"
          sandbox=""
          referrerpolicy="no-referrer"
          srcdoc={content.text}
          title={`Artifact ${name}, without scripts`}
        />
      </>
    );
  }
  if (show === "csv") {
    const { columns, rows } = parseCsv(content.text);
    return (
      <>
        {cut}
        <DataTable columns={columns} rows={rows.length} label={`Artifact ${name}`} />
      </>
    );
  }
  return (
    <>
      {cut}
      <pre class="artifact-text" tabIndex={0}>
        {show === "json" ? prettyJson(content.text) : content.text}
      </pre>
    </>
  );
}
