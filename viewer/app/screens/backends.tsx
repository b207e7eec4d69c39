/**
 * The backends: which there are, how they are, what they lack, and whether they agree.
 *
 * @module
 */
/// <reference lib="dom" />
import { signal } from "npm:@preact/signals@^2.11.4";
import type { VNode } from "npm:preact@^11.2.0";
import type { VerifyAnswer, ViewerBackend } from "../../contract.ts";
import { count, counted, time } from "../data/format.ts";
import { post } from "../data/load.ts";
import { Empty } from "../parts/bits.tsx";
import { Icon } from "../parts/icon.tsx";
import { refresh } from "../state/project.ts";
import { canEdit, index } from "../state/store.ts";
import { NoIndex } from "./no_index.tsx";

/** What came of the last verify or repair, and when. */
interface Answered {
  readonly action: "verify" | "repair";
  readonly at: string;
  readonly answer: VerifyAnswer;
}

const answered = signal<Answered | undefined>(undefined);
const running = signal<"verify" | "repair" | undefined>(undefined);
const failed = signal<string | undefined>(undefined);

async function ask(action: "verify" | "repair"): Promise<void> {
  running.value = action;
  failed.value = undefined;
  try {
    const answer = await post<VerifyAnswer>(`actions/${action}`, {});
    answered.value = { action, at: new Date().toISOString(), answer };
  } catch (error) {
    failed.value = error instanceof Error ? error.message : String(error);
  } finally {
    running.value = undefined;
  }
  await refresh();
}

/** How a backend is, in a word, and what that means. */
function stateOf(
  backend: ViewerBackend,
): { word: string; kind: "ok" | "warn" | "bad"; why: string } {
  const { circuit, answered: did, missed, pending } = backend;
  if (circuit === "open") {
    return {
      word: "not asked",
      kind: "bad",
      why:
        "It failed several times in a row, so it is left alone for a while and then tried again.",
    };
  }
  if (did === false) {
    return { word: "no answer", kind: "bad", why: "It did not answer the last look." };
  }
  if (circuit === "half-open") {
    return { word: "on trial", kind: "warn", why: "It is tried again after a break." };
  }
  if (missed > 0) {
    return {
      word: "behind",
      kind: "warn",
      why: "It lacks what was written while it was away. Repair brings it up to date.",
    };
  }
  if (pending > 0) {
    return { word: "catching up", kind: "warn", why: "Writes are on their way to it." };
  }
  return did === null
    ? {
      word: "well",
      kind: "ok",
      why: "It was not asked by the last look, since another one answered.",
    }
    : { word: "well", kind: "ok", why: "It answered the last look." };
}

/** The screen of the backends. */
export function Backends(): VNode {
  const all = index.value;
  if (!all) return <NoIndex onRetry={() => void refresh()} />;
  if (all.backends.length === 0) {
    return (
      <Empty icon="server" title="An export knows no backends">
        <p>
          It holds the data alone. Open the store with the viewer's server to see how its backends
          are.
        </p>
      </Empty>
    );
  }
  const ill = all.backends.filter((backend) => stateOf(backend).kind !== "ok").length;
  return (
    <div class="page backends">
      <div class="page-head">
        <h1>Backends</h1>
        <span class="muted">
          {ill === 0
            ? all.backends.length === 1 ? "It is well" : `All ${all.backends.length} are well`
            : `${ill} of ${all.backends.length} ${ill === 1 ? "needs" : "need"} a look`}
        </span>
      </div>
      <ul class="cards">
        {all.backends.map((backend) => <Backend key={backend.label} backend={backend} />)}
      </ul>
      {all.live && <Verify several={all.backends.length > 1} />}
    </div>
  );
}

function Backend({ backend }: { backend: ViewerBackend }): VNode {
  const { label, persistence, mode, circuit, failures, missed, pending, lastError } = backend;
  const { word, kind, why } = stateOf(backend);
  const icon = kind === "ok" ? "check" : "warning";
  return (
    <li class={`card backend ${kind}`}>
      <div class="backend-head">
        <Icon name="server" />
        <h2 class="clip" title={label}>{label}</h2>
        <span class={`badge ${kind}`} title={why}>
          <Icon name={icon} size={12} />
          {word}
        </span>
      </div>
      <p class="muted">{why}</p>
      <dl class="numbers">
        <div>
          <dt>Missed</dt>
          <dd class={missed > 0 ? "warn" : undefined}>{count(missed)}</dd>
        </div>
        <div>
          <dt>Pending</dt>
          <dd class={pending > 0 ? "warn" : undefined}>{count(pending)}</dd>
        </div>
        <div>
          <dt>Failures</dt>
          <dd class={failures > 0 ? "warn" : undefined}>{count(failures)}</dd>
        </div>
      </dl>
      <p class="backend-facts">
        <span class="tag">{persistence}</span>
        <span
          class="tag"
          title={mode === "sync" ? "Writes wait for it" : "Writes do not wait for it"}
        >
          {mode === "sync" ? "in step" : "in the background"}
        </span>
        <span class="tag">circuit {circuit}</span>
      </p>
      {lastError !== null && (
        <details>
          <summary>Last error</summary>
          <p class="mono wrap">{lastError}</p>
        </details>
      )}
    </li>
  );
}

/** More differences than this are told by their number. */
const LISTED = 300;

function Verify({ several }: { several: boolean }): VNode {
  const busy = running.value;
  const last = answered.value;
  return (
    <section class="panel verify">
      <div class="panel-head">
        <h2>{several ? "Do they hold the same?" : "Is it whole?"}</h2>
        <span class="grow" />
        <button
          type="button"
          class="button primary"
          disabled={busy !== undefined}
          onClick={() => void ask("verify")}
        >
          {busy === "verify" ? <span class="spinner small" /> : <Icon name="check" />}
          {busy === "verify" ? "Verifying…" : "Verify"}
        </button>
        {canEdit.value && last && last.answer.total > 0 && (
          <button
            type="button"
            class="button"
            disabled={busy !== undefined}
            onClick={() => void ask("repair")}
          >
            {busy === "repair" ? <span class="spinner small" /> : <Icon name="reload" />}
            {busy === "repair" ? "Repairing…" : "Repair"}
          </button>
        )}
      </div>
      {failed.value !== undefined && <p class="note bad" role="alert">{failed.value}</p>}
      {!last && (
        <p class="muted">
          {several
            ? "Verify compares what all backends hold, object by object. It reads, and changes nothing."
            : "Verify looks whether what this backend holds is whole. It reads, and changes nothing."}
        </p>
      )}
      {last && <Answer last={last} />}
    </section>
  );
}

function Answer({ last: { action, at, answer } }: { last: Answered }): VNode {
  const { clean, differences, total, unable } = answer;
  const compared = (index.value?.backends.length ?? 0) - unable.length;
  const shown = differences.slice(0, LISTED);
  return (
    <div aria-live="polite">
      {unable.map(({ backend, why }) => (
        <p key={backend} class="note bad">
          <Icon name="warning" size={14} /> {backend}{" "}
          could not be compared, so what it lacks is not known. {why}
        </p>
      ))}
      <p class={total === 0 ? "note good" : "note"}>
        <Icon name={total === 0 ? "check" : "warning"} size={14} /> {action === "repair"
          ? total === 0
            ? "Nothing had to be repaired."
            : `Repair is done: ${counted(total, "line")}.`
          : total > 0
          ? `${counted(total, "difference")}${
            clean || unable.length === 0 ? "" : " of the others"
          }.`
          : compared > 1
          ? unable.length > 0 ? "The others agree in everything." : "They agree in everything."
          : unable.length > 0
          ? "All that the other one holds is whole."
          : "All that it holds is whole."} <span class="muted">{time(at)}</span>
      </p>
      {shown.length > 0 && (
        <div class="data-scroll" tabIndex={0} role="region" aria-label="Differences">
          <table>
            <thead>
              <tr>
                <th scope="col">Backend</th>
                <th scope="col">What</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ backend, what, why }, line) => (
                <tr key={line}>
                  <td>{backend}</td>
                  <td class="mono wrap">{what}</td>
                  <td class="wrap">{why}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {total > shown.length && <p class="muted">And {count(total - shown.length)} more.</p>}
    </div>
  );
}
