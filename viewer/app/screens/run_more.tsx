/**
 * What a run has besides values: tags, comments, relatives, artifacts, dataframes.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useState } from "npm:preact@^11.2.0/hooks";
import type { RunFile, ViewerArtifact, ViewerDataframe } from "../../contract.ts";
import { ago, bytes, time } from "../data/format.ts";
import { ArtifactContent, canShow } from "../parts/artifact.tsx";
import { DownloadButton } from "../parts/download.tsx";
import { Tags } from "../parts/bits.tsx";
import { FrameContent } from "../parts/frame.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { go, hrefOf } from "../state/navigate.ts";
import { canEdit, slug } from "../state/store.ts";
import { Section } from "./run_values.tsx";
import { edit } from "./views.tsx";

/** Tags and comments. They can be changed where the store may be written to. */
export function Annotations({ run }: { run: RunFile }): VNode | null {
  const { id, tags, comments } = run;
  const of = { experimentId: id, project: slug.value! };
  if (!canEdit.value && tags.length === 0 && comments.length === 0) return null;
  return (
    <>
      {(canEdit.value || tags.length > 0) && (
        <Section title="Tags">
          <div class="tag-list">
            {tags.map((tag) => (
              <span key={tag} class="tag">
                {tag}
                {canEdit.value && (
                  <button
                    type="button"
                    aria-label={`Take off the tag ${tag}`}
                    title="Take off"
                    onClick={() =>
                      void edit({ do: "removeTags", ...of, values: [tag] }, `Tag ${tag} taken off`)}
                  >
                    <Icon name="close" size={10} />
                  </button>
                )}
              </span>
            ))}
          </div>
          {canEdit.value && (
            <Add
              label="Add a tag"
              onAdd={(tag) => edit({ do: "addTags", ...of, values: [tag] }, `Tag ${tag} added`)}
            />
          )}
        </Section>
      )}
      {(canEdit.value || comments.length > 0) && (
        <Section title="Comments">
          <ul class="plain-list">
            {comments.map((comment, at) => (
              <li key={at} class="comment">
                <span class="wrap">{comment}</span>
                {canEdit.value && (
                  <button
                    type="button"
                    class="button quiet"
                    aria-label="Remove this comment"
                    title="Remove"
                    onClick={() =>
                      void edit(
                        { do: "removeComments", ...of, values: [comment] },
                        "Comment removed",
                      )}
                  >
                    <Icon name="close" size={12} />
                  </button>
                )}
              </li>
            ))}
          </ul>
          {canEdit.value && (
            <Add
              label="Add a comment"
              onAdd={(text) => edit({ do: "addComments", ...of, values: [text] }, "Comment added")}
            />
          )}
        </Section>
      )}
    </>
  );
}

function Add({ label, onAdd }: { label: string; onAdd(text: string): Promise<boolean> }): VNode {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  return (
    <form
      class="menu-form"
      onSubmit={async (event) => {
        event.preventDefault();
        if (text.trim() === "" || busy) return;
        setBusy(true);
        if (await onAdd(text.trim())) setText("");
        setBusy(false);
      }}
    >
      <input
        type="text"
        placeholder={label}
        aria-label={label}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button small" disabled={busy || text.trim() === ""}>Add</button>
    </form>
  );
}

/** The runs that it came from, and those that came from it. */
export function Family({ run }: { run: RunFile }): VNode | null {
  const { parents, children } = run;
  if (parents.length === 0 && children.length === 0) return null;
  const list = (title: string, of: RunFile["parents"]) =>
    of.length > 0 && (
      <>
        <h3>{title}</h3>
        <ul class="plain-list">
          {of.map(({ id, name }) => {
            const to = { screen: "run", slug: slug.value!, id } as const;
            return (
              <li key={id}>
                <a
                  href={hrefOf(to)}
                  onClick={(event) => {
                    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                    event.preventDefault();
                    go(to);
                  }}
                >
                  {name ?? id.slice(0, 8)}
                </a>
              </li>
            );
          })}
        </ul>
      </>
    );
  return (
    <Section title="Family">
      {list("Parents", parents)}
      {list("Children", children)}
    </Section>
  );
}

const ICONS: Record<ViewerArtifact["show"], IconName> = {
  image: "eye",
  audio: "play",
  text: "file",
  json: "file",
  csv: "table",
  parquet: "table",
  html: "file",
  none: "file",
};

/** The artifacts; a click shows what is in one. */
export function Artifacts({ run }: { run: Pick<RunFile, "artifacts"> }): VNode | null {
  const { artifacts } = run;
  const first = artifacts.find(({ show, path }) => show === "image" && path !== null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(first ? [first.id] : []));
  if (artifacts.length === 0) return null;
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  return (
    <Section title="Artifacts" many={artifacts.length}>
      <ul class="files">
        {artifacts.map((artifact) => {
          const { id, name, size, show, path, leftOut, createdAt, tags, description } = artifact;
          const shows = canShow(artifact);
          return (
            <li key={id} class="file">
              <div class="file-head">
                {shows
                  ? (
                    <button
                      type="button"
                      class="file-name"
                      aria-expanded={open.has(id)}
                      onClick={() => toggle(id)}
                    >
                      <span class={open.has(id) ? "caret open" : "caret"}>
                        <Icon name="right" size={14} />
                      </span>
                      <Icon name={ICONS[show]} />
                      <span class="clip">{name}</span>
                    </button>
                  )
                  : (
                    <span class="file-name">
                      <span class="caret" />
                      <Icon name={ICONS[show]} />
                      <span class="clip">{name}</span>
                    </span>
                  )}
                {tags.length > 0 && <Tags tags={tags} />}
                <span class="muted" title={time(createdAt)}>
                  {size !== null && `${bytes(size)} · `}
                  {ago(createdAt)}
                </span>
                {path !== null && <DownloadButton path={path} name={name} />}
              </div>
              {description && <p class="file-text muted">{description}</p>}
              {path === null && (
                <p class="file-text muted">{leftOut ?? "Left out of the export."}</p>
              )}
              {shows && open.has(id) && (
                <div class="file-content">
                  <ArtifactContent artifact={artifact} />
                </div>
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

/** The dataframes; a click shows the first rows of one. */
export function Dataframes({ run }: { run: Pick<RunFile, "dataframes"> }): VNode | null {
  const { dataframes } = run;
  const [open, setOpen] = useState<string | undefined>(dataframes[0]?.id);
  if (dataframes.length === 0) return null;
  return (
    <Section title="Dataframes" many={dataframes.length}>
      <ul class="files">
        {dataframes.map((frame: ViewerDataframe) => {
          const { id, name, createdAt, description, tags } = frame;
          return (
            <li key={id} class="file">
              <div class="file-head">
                <button
                  type="button"
                  class="file-name"
                  aria-expanded={open === id}
                  onClick={() => setOpen(open === id ? undefined : id)}
                >
                  <span class={open === id ? "caret open" : "caret"}>
                    <Icon name="right" size={14} />
                  </span>
                  <Icon name="table" />
                  <span class="clip">{name ?? id.slice(0, 8)}</span>
                </button>
                {tags.length > 0 && <Tags tags={tags} />}
                <span class="muted" title={time(createdAt)}>{ago(createdAt)}</span>
              </div>
              {description && <p class="file-text muted">{description}</p>}
              {open === id && (
                <div class="file-content">
                  <FrameContent frame={frame} />
                </div>
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
