/**
 * Saving the bytes of an artifact or a dataframe.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { download } from "../data/load.ts";
import { Icon } from "./icon.tsx";
import { sayError } from "./toast.tsx";

/** A button that saves an artifact's bytes. */
export function DownloadButton({ path, name }: { path: string; name: string }): VNode {
  return (
    <button
      type="button"
      class="button small"
      aria-label={`Download ${name}`}
      onClick={() => void download(path, name).catch(sayError)}
    >
      <Icon name="export" size={14} />Download
    </button>
  );
}
