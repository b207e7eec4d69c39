// deno-lint-ignore-file no-console -- a command says what it did.
/**
 * `deno publish --dry-run` of what would be published.
 *
 *     deno run -A .ci/publish.ts
 */
import { dryRun } from "./published.ts";

const folder = await Deno.makeTempDir({ prefix: "publish-" });
const { success, said } = await dryRun(folder);
await Deno.remove(folder, { recursive: true });
console.log(said);
Deno.exit(success ? 0 : 1);
