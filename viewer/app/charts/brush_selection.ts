/**
 * A brush is the selection everywhere, until something else is selected.
 *
 * @module
 */
import { useEffect, useRef } from "npm:preact@^11.2.0/hooks";
import type { SelectHow } from "../types.ts";
import { signature } from "./brush.ts";

/** The selection is told to the page so often while a brush is in the hand, in milliseconds. */
const TELL = 60;

/** What a brush and the page have to agree on. */
export interface BrushSelection {
  selected: ReadonlySet<number>;
  onSelect(rows: readonly number[], how: SelectHow): void;
  /** The rows within the brushes; `undefined` without a brush. */
  within: readonly number[] | undefined;
  isInHand: boolean;
  /** Takes the brushes away. */
  clear(): void;
}

/** Tells the page what is brushed, and clears the brushes when something else was selected since. */
export function useBrushSelection(now: BrushSelection): void {
  const { selected, within, isInHand } = now;
  const told = useRef(new Set<string>());
  const last = useRef<string | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const before = useRef<ReadonlySet<number> | undefined>(undefined);
  const newest = useRef(now);
  newest.current = now;
  useEffect(() => {
    const isFirst = before.current === undefined;
    const isOther = before.current !== selected;
    before.current = selected;
    if (!within || isInHand || !isOther) return;
    // A brush of an address comes first, unless the address or another tab selected something else.
    const isForeign = isFirst
      ? selected.size > 0 && signature(selected) !== signature(within)
      : told.current.size > 0 && !told.current.has(signature(selected));
    if (!isForeign) return;
    told.current.clear();
    last.current = isFirst ? signature(within) : undefined;
    newest.current.clear();
  }, [selected]);
  useEffect(() => {
    const tell = () => {
      timer.current = undefined;
      const { within, onSelect, selected } = newest.current;
      const mark = within && signature(within);
      if (mark === last.current) return;
      const isForeign = mark === undefined && told.current.size === 0;
      last.current = mark;
      if (mark === undefined) told.current.clear();
      else told.current.add(mark);
      // Brushes that went because of another selection leave that as it is.
      if (!isForeign && !(within && signature(selected) === mark)) onSelect(within ?? [], "set");
    };
    if (isInHand) {
      timer.current ??= setTimeout(tell, TELL);
      return;
    }
    clearTimeout(timer.current);
    tell();
  }, [within, isInHand]);
  useEffect(() => () => clearTimeout(timer.current), []);
}
