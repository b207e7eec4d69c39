/** What `openComposite` makes of permissions that it lacks. */
import assert from "node:assert/strict";
import { openComposite, registerDriver } from "../../mod.ts";
import { refused } from "../support/faulty.ts";

Deno.test({
  name: "openComposite() without --allow-env says what to pass, or to allow",
  permissions: { env: false, read: true },
  async fn() {
    const { code, message } = await refused(() => openComposite());
    assert.equal(code, "permission-denied");
    assert.match(message, /Pass a configuration .*--allow-env=PERSISTENCE,ROOT_DIR/);
  },
});

Deno.test("openComposite() makes its own exception of what a driver's factory throws", async () => {
  registerDriver("thrown", () => {
    throw new Deno.errors.NotCapable("Requires read access");
  });
  registerDriver("mistaken", () => {
    throw new TypeError("undefined is not a function");
  });
  const one = await refused(() => openComposite({ persistence: "thrown" }));
  assert.deepEqual([one.code, one.message], [
    "permission-denied",
    "thrown could not be opened: Requires read access",
  ]);
  const two = await refused(() => openComposite({ persistence: "mistaken" }));
  assert.equal(two.code, "invalid-config");
});
