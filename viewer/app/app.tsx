/**
 * The page: what stands at its top, and the screen below.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useEffect } from "npm:preact@^11.2.0/hooks";
import { asPeopleCount } from "./data/cell.ts";
import { ago, count } from "./data/format.ts";
import { isSingleFile } from "./data/load.ts";
import { Icon, type IconName, Mark } from "./parts/icon.tsx";
import { later } from "./parts/later.tsx";
import { Item, MenuButton } from "./parts/popover.tsx";
import { Toasts } from "./parts/toast.tsx";
import { Help } from "./screens/help.tsx";
import { Project } from "./screens/project.tsx";
import { Projects } from "./screens/projects.tsx";
import { SHOWN_TABS } from "./screens/tabs.ts";
import { chosenTheme } from "./state/colours.ts";
import { go, goTab, hrefOf } from "./state/navigate.ts";
import { looking, paused, refresh } from "./state/project.ts";
import { index, indexProblem, overlay, project, route, slug } from "./state/store.ts";
import type { Route } from "./state/view.ts";

const Backends = later(({ Backends }) => Backends);
const Run = later(({ Run }) => Run);

/** The whole page. */
export function App(): VNode {
  const { screen } = route.value;
  useEffect(() => {
    const { value } = route;
    const of = project.value?.name;
    const what = value.screen === "backends" ? "Backends" : of ?? "Projects";
    document.title = `${what} · ${index.value?.title ?? "Rubicon"}`;
  }, [route.value, project.value?.name, index.value?.title]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to what is shown
      </a>
      <Top />
      <main id="main" tabIndex={-1} class={`main ${screen}`}>
        <Lost />
        {screen === "projects"
          ? <Projects />
          : screen === "backends"
          ? <Backends />
          : screen === "run"
          ? <Run />
          : <Project />}
      </main>
      <Toasts />
      {overlay.value === "help" && <Help />}
    </>
  );
}

/** Says that what is shown may be old, as long as the server does not answer. */
function Lost(): VNode | null {
  const problem = indexProblem.value;
  if (problem === undefined || !index.value) return null;
  return (
    <div class="banner" role="alert">
      <Icon name="warning" />
      <span>{problem} What is shown is from {ago(index.value.madeAt)}.</span>
      <button type="button" class="button small" onClick={() => void refresh()}>Try again</button>
    </div>
  );
}

interface LinkProps {
  to: Route;
  class?: string;
  current?: boolean;
  title?: string;
  // deno-lint-ignore no-explicit-any -- whatever preact takes as children.
  children: any;
}

/** A link within the page. */
function Link({ to, current, children, title, ...props }: LinkProps): VNode {
  return (
    <a
      class={props.class}
      href={hrefOf(to)}
      title={title}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}

function Top(): VNode {
  const { value } = route;
  const inProject = slug.value !== undefined;
  return (
    <header class="top">
      <Link to={{ screen: "projects" }} class="brand" title="All projects">
        <Mark />
        <span class="brand-name">Rubicon</span>
      </Link>
      {inProject && <Crumbs />}
      {inProject && <Tabs />}
      <span class="grow" />
      {(index.value?.backends.length ?? 0) > 0 && (
        <Link
          to={{ screen: "backends" }}
          class={`button quiet${anyIll() ? " ill" : ""}`}
          current={value.screen === "backends"}
          title={anyIll() ? "A backend needs a look" : "Backends"}
        >
          <Icon name="server" />
          <span class="wider">Backends</span>
        </Link>
      )}
      <Live />
      <Theme />
      <button
        type="button"
        class="button quiet"
        aria-label="Help: keys and searches"
        title="Help (?)"
        onClick={() => overlay.value = "help"}
      >
        <Icon name="help" />
      </button>
    </header>
  );
}

const anyIll = (): boolean =>
  index.value?.backends.some(({ circuit, answered, missed }) =>
    circuit !== "closed" || answered === false || missed > 0
  ) ?? false;

/** Which project it is, and the way to others. */
function Crumbs(): VNode {
  const shown = project.value;
  const { value } = route;
  const others = [...index.value?.projects ?? []].sort((a, b) => asPeopleCount(a.name, b.name));
  return (
    <div class="crumbs">
      <span class="crumb-line" aria-hidden="true">/</span>
      <MenuButton
        class="quiet crumb"
        title={`Project ${shown?.name ?? slug.value}: go to another one`}
        label={
          <>
            <span class="clip">{shown?.name ?? slug.value}</span>
            <Icon name="down" size={12} />
          </>
        }
      >
        {(close) => (
          <>
            <Item
              icon="folder"
              onClick={() => {
                close();
                go({ screen: "projects" });
              }}
            >
              All projects
            </Item>
            <hr />
            <div class="menu-scroll">
              {others.map(({ slug: name, name: label, experiments }) => (
                <Item
                  key={name}
                  checked={name === slug.value}
                  onClick={() => {
                    close();
                    go({ screen: "project", slug: name, tab: "table" });
                  }}
                >
                  {label} <span class="muted">{count(experiments)}</span>
                </Item>
              ))}
            </div>
          </>
        )}
      </MenuButton>
      {value.screen === "run" && (
        <button
          type="button"
          class="button quiet back"
          title="Runs of this project (Escape)"
          aria-label="Runs of this project"
          onClick={() => goTab("table")}
        >
          <Icon name="left" size={14} />
          <span class="wide">Runs</span>
        </button>
      )}
    </div>
  );
}

function Tabs(): VNode {
  const { value } = route;
  return (
    <nav class="tabs" aria-label="How the project is shown">
      {SHOWN_TABS.map(({ tab, label }, at) => (
        <Link
          key={tab}
          to={{ screen: "project", slug: slug.value!, tab }}
          class="tab"
          current={value.screen === "project" && value.tab === tab}
          title={`${label} (${at + 1})`}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

/** Whether the page follows the store, and the button that stops it; where nothing answers, one that reads again. */
function Live(): VNode | null {
  const all = index.value;
  if (!all || isSingleFile()) {
    return all ? <span class="made muted" title={all.madeAt}>made {ago(all.madeAt)}</span> : null;
  }
  if (!all.live) {
    return (
      <button
        type="button"
        class="button quiet"
        title={`Made ${ago(all.madeAt)}. Look whether there is a newer export`}
        aria-label="Read again"
        onClick={() => void refresh()}
      >
        <Icon name="reload" />
        <span class="wider">made {ago(all.madeAt)}</span>
      </button>
    );
  }
  const state = indexProblem.value !== undefined ? "bad" : paused.value ? "off" : "on";
  return (
    <button
      type="button"
      class="button quiet live"
      aria-pressed={paused.value}
      aria-label="Pause the live view"
      title={paused.value ? "Follow the store again" : "Stop following the store"}
      onClick={() => {
        paused.value = !paused.value;
        if (!paused.value) void refresh();
      }}
    >
      <span class={`live-dot ${state}${looking.value ? " looking" : ""}`} />
      <span class="wider">{state === "bad" ? "No answer" : paused.value ? "Paused" : "Live"}</span>
      <Icon name={paused.value ? "play" : "pause"} size={12} />
    </button>
  );
}

const THEMES: readonly { value: "auto" | "light" | "dark"; icon: IconName; label: string }[] = [
  { value: "auto", icon: "auto", label: "As the system" },
  { value: "light", icon: "sun", label: "Light" },
  { value: "dark", icon: "moon", label: "Dark" },
];

function Theme(): VNode {
  const now = THEMES.find(({ value }) => value === chosenTheme.value)!;
  return (
    <MenuButton class="quiet" title={`Theme: ${now.label.toLowerCase()}`} label="" icon={now.icon}>
      {(close) =>
        THEMES.map(({ value, icon, label }) => (
          <Item
            key={value}
            icon={icon}
            onClick={() => {
              chosenTheme.value = value;
              close();
            }}
          >
            {label}
          </Item>
        ))}
    </MenuButton>
  );
}
