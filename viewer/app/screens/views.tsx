/**
 * Views that somebody gave a name, kept in the store; and the link to what is shown.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useState } from "npm:preact@^11.2.0/hooks";
import type { EditRequest } from "../../contract.ts";
import { post } from "../data/load.ts";
import { Icon } from "../parts/icon.tsx";
import { Item, MenuButton } from "../parts/popover.tsx";
import { copy, say, sayError } from "../parts/toast.tsx";
import { goHash, shareUrl } from "../state/navigate.ts";
import { refresh } from "../state/project.ts";
import { canEdit, index, isCut, slug } from "../state/store.ts";

/** Changes something in the store, and reads what is new. */
export async function edit(request: EditRequest, done: string): Promise<boolean> {
  try {
    await post("actions/edit", request);
    say(done);
    await refresh();
    return true;
  } catch (error) {
    sayError(error);
    return false;
  }
}

/** The views that there are. */
export function ViewsMenu(): VNode {
  const [name, setName] = useState("");
  const views = (index.value?.views ?? []).filter((one) => one.project === slug.value);
  return (
    <MenuButton icon="views" label={<span class="wide">Views</span>} title="Views and links">
      {(close) => (
        <>
          <Item
            icon="link"
            onClick={() => {
              void copy(shareUrl(), "Link to this view");
              close();
            }}
          >
            Copy a link to this view
          </Item>
          {isCut.value && (
            <p class="menu-note">
              A link holds at most 2,000 characters: this one leaves out a part of the view.
            </p>
          )}
          {views.length > 0 && <hr />}
          {views.map((view) => (
            <div key={view.name} class="menu-pair">
              <Item
                icon="views"
                onClick={() => {
                  goHash(view.hash.replace(/^#/, ""));
                  close();
                }}
              >
                {view.name}
              </Item>
              {canEdit.value && (
                <button
                  type="button"
                  class="button quiet"
                  aria-label={`Delete the view ${view.name}`}
                  title="Delete this view"
                  onClick={() =>
                    void edit(
                      { do: "deleteView", project: slug.value!, name: view.name },
                      `View ${view.name} deleted`,
                    )}
                >
                  <Icon name="close" size={14} />
                </button>
              )}
            </div>
          ))}
          {canEdit.value && (
            <>
              <hr />
              <form
                class="menu-form"
                onSubmit={(event) => {
                  event.preventDefault();
                  const given = name.trim();
                  if (given === "") return;
                  const hash = shareUrl().replace(/^[^#]*#/, "");
                  void edit(
                    { do: "saveView", project: slug.value!, name: given, hash },
                    `View ${given} saved`,
                  );
                  setName("");
                  close();
                }}
              >
                <input
                  type="text"
                  placeholder="Name of this view"
                  aria-label="Name of this view"
                  value={name}
                  onInput={(event) => setName(event.currentTarget.value)}
                />
                <button type="submit" class="button small" disabled={name.trim() === ""}>
                  Save
                </button>
              </form>
            </>
          )}
        </>
      )}
    </MenuButton>
  );
}
