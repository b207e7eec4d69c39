/**
 * Scripts on real packages of npm, each in a process of its own without a lock file, so that only who runs it downloads them.
 */
import assert from "node:assert/strict";

/** What is missing for them: they are large, so that a person's first run does without. */
export const lacksRealPackages = (): string | undefined =>
  Deno.env.get("CI") === "true" ? undefined : "CI=true: it downloads 100 MB of packages";

/** What packages depend on is taken as it was on that day, so that a change lands by what it is. */
export const NO_NEWER = "--minimum-dependency-age=2026-11-26";

/** What a script of this folder prints as its result. */
export async function real(script: string, ...args: string[]): Promise<unknown> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--no-lock", NO_NEWER, new URL(script, import.meta.url).href],
      ...args,
    ],
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.ok(success, err);
  return JSON.parse(/^RESULT (.*)$/m.exec(out!)![1]!);
}
