/** YAML, as far as it is not tested by catalogs and schemas. */
import assert from "node:assert/strict";
import { parseYaml } from "../../domain/files/yaml.ts";
import { refused } from "../support/faulty.ts";

Deno.test("yaml: it is read as PyYAML reads it, and JSON is YAML", () => {
  assert.deepEqual(parseYaml("a: yes\nb: [1, x]\n", "f.yml"), { a: true, b: [1, "x"] });
  assert.deepEqual(parseYaml('{"a": 1.5}', "f.json"), { a: 1.5 });
});

Deno.test("yaml: what is none is corrupt, by the name of its file", async () => {
  // deno-lint-ignore require-await -- what throws at once is refused as well.
  const { code, message } = await refused(async () => parseYaml("a: [1", "f.yml"));
  assert.equal(code, "corrupt");
  assert.match(message, /^f\.yml is not YAML: /);
});

Deno.test({
  name: "yaml: where the library may not look at its variables, the message says which they are",
  permissions: { env: false },
  async fn() {
    // deno-lint-ignore require-await -- what throws at once is refused as well.
    const { code, message } = await refused(async () => parseYaml("a: 1", "f.yml"));
    assert.equal(code, "permission-denied");
    assert.match(message, /f\.yml cannot be read.*--allow-env=LOG_TOKENS,LOG_STREAM/);
  },
});
