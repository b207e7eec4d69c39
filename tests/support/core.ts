/** A composite from the inside, for tests that look at its backends or write plans of their own. */
import type { Core } from "../../composite/plan.ts";
import type { Composite } from "../../mod.ts";

export const inside = (rubicon: Composite): Core => rubicon as Core;
