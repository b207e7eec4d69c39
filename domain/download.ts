/**
 * Artifacts as files of the local disk.
 *
 * @module
 */
import { isRubiconException } from "../errors.ts";
import type { CallOptions, Composite } from "../composite.ts";
import { readArtifact } from "./artifact.ts";
import { checkArtifact, dataOf } from "./files/data.ts";
import { describe } from "./format/codec.ts";
import { type ProgressOption, reporter } from "./progress.ts";
import type { Artifact } from "./format/entities.ts";

/** Options of {@linkcode downloadArtifact}. */
export interface DownloadOptions extends CallOptions, ProgressOption {}

/**
 * Saves an artifact's data as a file, once all of it is read and found to be whole. A copy that is damaged, or breaks off,
 * is replaced by another backend's.
 *
 * @param path Where to: a file's path, or a folder that is there, which then gets the artifact's name.
 * @returns The file's path.
 * @throws {RubiconException} where no backend is able to read, or the file cannot be written.
 *
 * @example
 * ```ts
 * import { createProject, downloadArtifact, logArtifact, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "downloadArtifact" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const artifact = await logArtifact(rubicon, project, { name: "notes.txt", data: "abc" });
 * const folder = await Deno.makeTempDir();
 * const path = await downloadArtifact(rubicon, artifact, folder);
 * if (await Deno.readTextFile(path) !== "abc") throw new Error("the same bytes");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function downloadArtifact(
  rubicon: Composite,
  artifact: Artifact,
  path: string | URL,
  options: DownloadOptions = {},
): Promise<string> {
  const where = "downloadArtifact";
  const { onProgress: _onProgress, ...rest } = options;
  checkArtifact(rubicon, artifact, rest, where);
  const { report, signal } = reporter("bytes", options, where);
  const call = { ...rest, ...(signal && { signal }) };
  const what = `download ${describe(artifact)}`;
  let [done, total] = [0, 0];
  const { notAllowed, saveStream } = await import("./files/disk.ts");
  const open = await dataOf(rubicon, artifact, call, where);
  try {
    const saved = await saveStream(
      async () => {
        const { stream, size } = await open();
        [done, total] = [0, size];
        if (size > 0) report(what, 0, size);
        return stream;
      },
      path,
      artifact.name,
      (bytes) => {
        done += bytes;
        // The last piece counts once the file is there.
        if (done < total) report(what, done, total);
      },
    );
    report(what, total, total);
    return saved;
  } catch (cause) {
    if (isRubiconException(cause) || signal?.aborted) throw cause;
    throw notAllowed(`${where}: ${path} cannot be written`, cause);
  }
}

/**
 * Unpacks an artifact that is a zip, such as one that was logged from a directory, into a folder.
 *
 * @returns The paths of the files.
 * @throws {RubiconException} `corrupt` where it is no zip, or has an entry that leads out of the folder: then
 * nothing is written.
 *
 * @example
 * ```ts
 * import { createProject, logArtifact, openComposite, unzipArtifact } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "unzipArtifact" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const folder = await Deno.makeTempDir();
 * await Deno.mkdir(`${folder}/model`);
 * await Deno.writeTextFile(`${folder}/model/weights.txt`, "0.8");
 * const artifact = await logArtifact(rubicon, project, { directory: `${folder}/model` });
 * await unzipArtifact(rubicon, artifact, `${folder}/copy`);
 * const text = await Deno.readTextFile(`${folder}/copy/weights.txt`);
 * if (text !== "0.8") throw new Error("the same tree");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function unzipArtifact(
  rubicon: Composite,
  artifact: Artifact,
  folder: string | URL,
  options: CallOptions = {},
): Promise<string[]> {
  checkArtifact(rubicon, artifact, options, "unzipArtifact");
  const bytes = await readArtifact(rubicon, artifact, options);
  const [{ notAllowed, toPath }, { unzipTo }] = await Promise.all([
    import("./files/disk.ts"),
    import("./files/zip.ts"),
  ]);
  try {
    return await unzipTo(bytes, toPath(folder), describe(artifact));
  } catch (cause) {
    if (isRubiconException(cause)) throw cause;
    throw notAllowed(`unzipArtifact: ${folder} cannot be written`, cause);
  }
}
