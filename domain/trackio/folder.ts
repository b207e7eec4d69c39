/**
 * The folder that trackio keeps its projects in.
 *
 * @module
 */
import { basename } from "jsr:@std/path@^1.1.6/basename";
import { dirname } from "jsr:@std/path@^1.1.6/dirname";
import { join } from "jsr:@std/path@^1.1.6/join";
import { notAllowed } from "../files/disk.ts";

/** A project's database. */
interface Found {
  /** The project's name, as its file has it: trackio keeps no other. */
  name: string;
  file: string;
  /** Where files of runs are. */
  media: string;
}

const END = ".db";

/** The databases in a folder, or the one that is a file. None if there is nothing. */
export async function databasesIn(path: string): Promise<Found[]> {
  const found = (folder: string, name: string): Found => ({
    name: name.slice(0, -END.length),
    file: join(folder, name),
    media: join(folder, "media"),
  });
  try {
    const { isDirectory } = await Deno.stat(path);
    if (!isDirectory) {
      return path.endsWith(END) ? [found(dirname(path), basename(path))] : [];
    }
    return Array.from(Deno.readDirSync(path), ({ name }) => name)
      .filter((name) => name.endsWith(END) && name !== END).sort()
      .map((name) => found(path, name));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    throw notAllowed(`importTrackio: ${path} cannot be read`, cause);
  }
}
