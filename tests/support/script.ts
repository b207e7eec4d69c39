/**
 * Runs a piece of code in a process of its own, to see what it prints.
 */

/** What a process printed, and whether it succeeded. */
export interface Printed {
  success: boolean;
  stdout: string;
  stderr: string;
}

/** Runs TypeScript, in which `MOD` stands for the URL of `mod.ts`. */
export async function runScript(code: string, flags: readonly string[] = ["-A"]): Promise<Printed> {
  const root = new URL("../../", import.meta.url);
  const source = code.replaceAll("MOD", JSON.stringify(new URL("mod.ts", root).href));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", `--config=${new URL("deno.json", root).pathname}`, ...flags, "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, stdout: text(stdout), stderr: text(stderr) };
}
