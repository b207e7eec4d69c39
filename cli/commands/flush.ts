/**
 * `rubicon flush`: wait until background stores have everything.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import { flush } from "../../composite.ts";
import type { Cli } from "../context.ts";
import { Exit } from "../exit.ts";
import { plainText } from "../output/text.ts";

export function define(command: Command): void {
  command.addHelpText("after", "\n--timeout SECONDS says how long to wait at most (default: 30).");
}

export async function run(cli: Cli): Promise<number> {
  const rubicon = await cli.open();
  const stopped = Promise.withResolvers<never>();
  cli.signal.addEventListener("abort", () => stopped.reject(cli.signal.reason), { once: true });
  const pending = await Promise.race([flush(rubicon), stopped.promise]);
  await cli.answer({
    value: { done: pending.length === 0, pending },
    lines: pending,
    text: () =>
      pending.length === 0
        ? ["All stores have everything.\n"]
        : pending.map((one) =>
          `${plainText(one.backend)}: ${one.pending} objects are still to be brought` +
          `${one.lastError ? ` (${plainText(one.lastError)})` : ""}.\n`
        ),
  });
  return pending.length === 0 ? Exit.done : Exit.no;
}
