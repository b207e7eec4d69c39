/**
 * The name of the driver. What it is made of is loaded when the first folder is opened: who logs elsewhere needs none of it.
 *
 * @module
 */
import { registerDriver } from "../registry.ts";

registerDriver(
  "filesystem",
  async (config) => (await import("./driver.ts")).openFilesystem(config),
  { options: ["durable"] },
);
