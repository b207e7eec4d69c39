/**
 * What opens beside a button: menus and small panels, above everything else, closed by Escape or by a click elsewhere.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ComponentChildren, VNode } from "npm:preact@^11.2.0";
import { useEffect, useId, useRef, useState } from "npm:preact@^11.2.0/hooks";
import { Icon, type IconName } from "./icon.tsx";

interface PopoverProps {
  /** What it opens beside. */
  anchor: Element | DOMRect;
  /** What it is called. */
  label: string;
  onClose(): void;
  children: ComponentChildren;
  class?: string;
  /** For {@linkcode MenuButton}. */
  id?: string;
}

const GAP = 4;
const FOCUSABLE =
  "button:not(:disabled), input:not(:disabled), select, textarea, a[href], [tabindex='0']";

/** A panel in the browser's top layer. */
export function Popover({ anchor, label, onClose, children, id, ...props }: PopoverProps): VNode {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = panel.current!;
    const before = document.activeElement as HTMLElement | null;
    element.showPopover();
    const place = () => {
      const rect = anchor instanceof Element ? anchor.getBoundingClientRect() : anchor;
      const { offsetWidth: width, offsetHeight: height } = element;
      const below = innerHeight - rect.bottom - GAP;
      const top = below >= height || below >= rect.top
        ? rect.bottom + GAP
        : Math.max(GAP, rect.top - GAP - height);
      element.style.top = `${Math.max(GAP, Math.min(top, innerHeight - 80))}px`;
      element.style.left = `${Math.max(GAP, Math.min(rect.left, innerWidth - width - GAP))}px`;
      element.style.maxHeight = `${Math.max(76, innerHeight - top - GAP)}px`;
    };
    place();
    (element.querySelector<HTMLElement>("[data-first]") ??
      element.querySelector<HTMLElement>(FOCUSABLE) ?? element).focus();
    const outside = (event: PointerEvent) => {
      const target = event.target as Node;
      if (element.contains(target)) return;
      if (anchor instanceof Element && anchor.contains(target)) return;
      onClose();
    };
    addEventListener("pointerdown", outside, true);
    addEventListener("resize", onClose);
    return () => {
      removeEventListener("pointerdown", outside, true);
      removeEventListener("resize", onClose);
      const hadFocus = element.contains(document.activeElement) ||
        document.activeElement === document.body;
      if (hadFocus) before?.focus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (event.key === "Tab") {
      const all = [...panel.current!.querySelectorAll<HTMLElement>(FOCUSABLE)];
      const edge = event.shiftKey ? all[0] : all.at(-1);
      if (document.activeElement !== edge) return;
      event.preventDefault();
      (event.shiftKey ? all.at(-1) : all[0])?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const items = [...panel.current!.querySelectorAll<HTMLElement>("[data-item]")];
      const at = items.indexOf(document.activeElement as HTMLElement);
      if (
        at < 0 && (event.target as Element).matches("select, input[type=number], input[type=range]")
      ) {
        return;
      }
      if (items.length === 0) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      items[(at + step + items.length) % items.length]!.focus();
    }
    event.stopPropagation();
  };
  return (
    <div
      ref={panel}
      id={id}
      popover="manual"
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      class={`popover ${props.class ?? ""}`}
      onKeyDown={onKeyDown}
    >
      {children}
    </div>
  );
}

interface MenuButtonProps {
  label: ComponentChildren;
  /** For screen readers, and as a hint, where the label does not say enough. */
  title?: string;
  icon?: IconName;
  class?: string;
  disabled?: boolean;
  children(close: () => void): ComponentChildren;
  panelClass?: string;
}

/** A button that opens a panel. */
export function MenuButton(props: MenuButtonProps): VNode {
  const { label, title, icon, disabled = false, children } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => setOpen(false);
  const name = title ?? (typeof label === "string" ? label : "");
  return (
    <>
      <button
        ref={button}
        type="button"
        class={`button ${props.class ?? ""}`}
        aria-expanded={open}
        aria-haspopup="dialog"
        aria-controls={open ? id : undefined}
        aria-label={title}
        title={title}
        disabled={disabled}
        onClick={() => setOpen(!open)}
      >
        {icon && <Icon name={icon} />}
        {label}
      </button>
      {open && (
        <Popover
          id={id}
          anchor={button.current!}
          label={name}
          onClose={close}
          class={props.panelClass ?? "menu"}
        >
          {children(close)}
        </Popover>
      )}
    </>
  );
}

interface ItemProps {
  icon?: IconName;
  children: ComponentChildren;
  onClick(): void;
  /** A key that does the same. */
  keys?: string;
  checked?: boolean;
  disabled?: boolean;
}

/** One thing to do of a menu. */
export function Item(
  { icon, children, onClick, keys, checked, disabled = false }: ItemProps,
): VNode {
  return (
    <button
      type="button"
      class="item"
      data-item
      onClick={onClick}
      disabled={disabled}
      aria-pressed={checked}
    >
      {checked === undefined
        ? icon ? <Icon name={icon} /> : <span class="icon-gap" />
        : checked
        ? <Icon name="check" />
        : <span class="icon-gap" />}
      <span class="grow">{children}</span>
      {keys && <kbd>{keys}</kbd>}
    </button>
  );
}
