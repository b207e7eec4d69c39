/** The code of notebooks, checked as files: the kernel only takes the types away, and editors show what is wrong with them. */

const ROOT = new URL("../..", import.meta.url).pathname;

/** Checks the types of notebooks, each by its name and its code. */
export async function typesOf(
  notebooks: readonly (readonly [name: string, code: string])[],
): Promise<{ success: boolean; said: string }> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, code] of notebooks) {
      const whole = code.replaceAll('"../../', `"file://${ROOT}`);
      await Deno.writeTextFile(`${folder}/${name}.ts`, whole);
    }
    const links = ["fs", "path", "uuid"].map((name) => `${ROOT}compat/${name}`);
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ links }));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", ...notebooks.map(([name]) => `${name}.ts`)],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    return { success, said: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
