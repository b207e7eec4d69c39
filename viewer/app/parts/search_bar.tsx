/**
 * The search bar: words or an expression, told apart as one types, with names offered and mistakes marked at their place.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useEffect, useRef, useState } from "npm:preact@^11.2.0/hooks";
import { type Offer, offersFor } from "../data/offers.ts";
import { count } from "../data/format.ts";
import { change } from "../state/navigate.ts";
import { found, rows } from "../state/rows.ts";
import { runs, view } from "../state/store.ts";
import { Icon } from "./icon.tsx";

/** The search bar of a project. */
export function SearchBar(): VNode {
  const input = useRef<HTMLInputElement>(null);
  const [offers, setOffers] = useState<readonly Offer[]>([]);
  const [at, setAt] = useState(-1);
  const [scroll, setScroll] = useState(0);
  const text = view.value.q;
  const result = found.value;
  const [settled, setSettled] = useState(true);
  // What is being typed is not yet a mistake: it is told of after a moment, the mark is there at once.
  useEffect(() => {
    setSettled(false);
    const timer = setTimeout(() => setSettled(true), 500);
    return () => clearTimeout(timer);
  }, [text]);
  const error = result?.kind === "error" ? result : undefined;

  const offer = () => {
    const box = input.current!;
    const next = runs.value && document.activeElement === box
      ? offersFor(box.value, box.selectionStart ?? box.value.length, runs.value)
      : [];
    setOffers(next);
    setAt(-1);
  };
  const set = (value: string) => change({ q: value }, "filter");
  const take = ({ from, to, insert }: Offer) => {
    const box = input.current!;
    const value = box.value.slice(0, from) + insert + box.value.slice(to);
    set(value);
    box.value = value;
    box.setSelectionRange(from + insert.length, from + insert.length);
    box.focus();
    offer();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (offers.length > 0) setOffers([]);
      else input.current!.blur();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (offers.length === 0) return offer();
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((now) => Math.max(-1, Math.min(offers.length - 1, now + step)));
    } else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) {
      event.preventDefault();
      take(offers[at]!);
    } else if (event.key === "Enter") setOffers([]);
  };
  const total = runs.value?.count ?? 0;
  return (
    <div class={`search${error ? " wrong" : ""}`}>
      <Icon name="search" />
      <div class="search-field">
        <div class="search-marks" aria-hidden="true">
          <div style={{ transform: `translateX(${-scroll}px)` }}>
            {error?.place && (
              <>
                {text.slice(0, error.place.from)}
                <mark>{text.slice(error.place.from, error.place.to) || " "}</mark>
              </>
            )}
          </div>
        </div>
        <input
          ref={input}
          id="search"
          type="text"
          role="combobox"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          aria-label="Search and filter runs"
          aria-expanded={offers.length > 0}
          aria-controls="search-offers"
          aria-autocomplete="list"
          aria-activedescendant={at >= 0 ? `offer-${at}` : undefined}
          aria-invalid={error !== undefined}
          aria-describedby={error ? "search-error" : undefined}
          placeholder='Words, or metrics.accuracy > 0.9 and params.opt == "adam"'
          value={text}
          onInput={(event) => {
            set(event.currentTarget.value);
            offer();
          }}
          onClick={offer}
          onScroll={(event) => setScroll(event.currentTarget.scrollLeft)}
          onBlur={() => setOffers([])}
          onKeyDown={onKeyDown}
        />
      </div>
      {text !== "" && (
        <button
          type="button"
          class="clear"
          aria-label="Clear the search"
          title="Clear the search"
          onClick={() => {
            set("");
            input.current!.focus();
          }}
        >
          <Icon name="close" size={14} />
        </button>
      )}
      <span class="search-count" aria-live="polite">
        {error
          ? ""
          : text.trim() === ""
          ? count(total)
          : `${count(rows.value.length)} of ${count(total)}`}
      </span>
      {error && settled && offers.length === 0 && (
        <div id="search-error" class="search-note" role="alert">
          <Icon name="warning" size={14} />
          {error.message}
        </div>
      )}
      <ul
        id="search-offers"
        class="offers"
        role="listbox"
        aria-label="Offers"
        hidden={offers.length === 0}
      >
        {offers.map((one, place) => (
          <li
            key={`${one.kind} ${one.label}`}
            id={`offer-${place}`}
            role="option"
            aria-selected={place === at}
            class={place === at ? "offer active" : "offer"}
            onPointerDown={(event) => {
              event.preventDefault();
              take(one);
            }}
          >
            <span class={`dot ${one.kind}`} />
            <span class="clip grow mono">{one.label}</span>
            <span class="muted">{one.hint}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
