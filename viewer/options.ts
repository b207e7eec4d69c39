/**
 * Checks that serving and exporting share.
 *
 * @module
 */
import { checkText } from "../domain/check.ts";

/** What the page is called if nobody says. */
const TITLE = "Rubicon";

/** What the page is called. */
export const checkTitle = (title: unknown, where: string): string =>
  title === undefined ? TITLE : checkText(title, `${where}: title`);
