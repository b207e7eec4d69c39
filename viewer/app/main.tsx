/**
 * The start of the page.
 *
 * @module
 */
/// <reference lib="dom" />
import { render } from "npm:preact@^11.2.0";
import { App } from "./app.tsx";
import { startTheme } from "./state/colours.ts";
import { startWidth } from "./state/columns.ts";
import { startKeys } from "./state/keys.ts";
import { startNavigation } from "./state/navigate.ts";
import { startReading } from "./state/project.ts";

startTheme();
startWidth();
startNavigation();
startReading();
startKeys();
render(<App />, document.getElementById("app") ?? document.body);
