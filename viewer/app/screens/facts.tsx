/**
 * What is known of a run or a project, a line each.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "npm:preact@^11.2.0";
import { ago, isRecent, time } from "../data/format.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { copy } from "../parts/toast.tsx";

/** One line. */
export function Fact(
  { icon, name, children }: { icon: IconName; name: string; children: ComponentChildren },
): VNode {
  return (
    <div class="fact">
      <dt>
        <Icon name={icon} size={14} />
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What each run and each project has: its id, to be copied, and when it was created. */
export function Origin({ id, createdAt }: { id: string; createdAt: string }): VNode {
  return (
    <>
      <Fact icon="file" name="Id">
        <button
          type="button"
          class="link mono"
          title="Copy the id"
          onClick={() => void copy(id, "Id")}
        >
          {id}
        </button>
      </Fact>
      <Fact icon="clock" name="Created">
        <span title={createdAt}>{time(createdAt)}</span>
        {isRecent(createdAt) && <span class="muted">, {ago(createdAt)}</span>}
      </Fact>
    </>
  );
}
