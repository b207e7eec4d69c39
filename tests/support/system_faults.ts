/**
 * Faults of system calls: what a driver asks Deno for fails, does half of it, or never comes back.
 *
 * Deno's own functions are replaced, so that the driver needs no seam of its own and nothing that it calls is left out.
 */
import fs from "node:fs";

/** What becomes of a call. `before`: it fails at once. `after`: it is done, and then fails. `short`: a part is done. */
export interface SystemFault {
  /** The system's code, such as `ENOSPC`. */
  code: string;
  when: "before" | "after" | "short";
}

/** What is asked before each call; `undefined` lets it pass. */
export type Decide = (call: string, path: string) => SystemFault | undefined;

/** Faults that are in force until they are disposed of. */
export interface SystemFaults extends Disposable {
  /** How many files are open that were opened since. */
  readonly openFiles: number;
}

/** Errors that Deno has classes for; all others are plain errors with a code. */
const CLASSES: Record<string, new (message: string) => Error> = {
  ENOENT: Deno.errors.NotFound,
  EEXIST: Deno.errors.AlreadyExists,
  EACCES: Deno.errors.PermissionDenied,
  EPERM: Deno.errors.PermissionDenied,
  EINTR: Deno.errors.Interrupted,
  ELOOP: Deno.errors.FilesystemLoop,
  ENOTDIR: Deno.errors.NotADirectory,
};

/** An error as Deno throws it. */
export function systemError(code: string, call = "call"): Error {
  const made = new (CLASSES[code] ?? Error)(`${code} (made by a test): ${call}`);
  return Object.assign(made, { code });
}

const CALLS = [
  ...["open", "stat", "lstat", "openSync", "statSync", "lstatSync", "readDirSync", "realPathSync"],
  ...["writeFileSync", "mkdirSync", "renameSync", "linkSync", "removeSync", "utimeSync"],
];
const FILE_CALLS = ["read", "write", "sync", "seek", "stat"]
  .flatMap((name) => [name, `${name}Sync`]);

type Call = (...args: unknown[]) => unknown;

/** Replaces each function of the file system by one that `decide` may make fail. */
export function systemFaults(decide: Decide): SystemFaults {
  const undo: (() => void)[] = [];
  let openFiles = 0;
  const replace = (object: object, name: string | symbol, by: (real: Call) => Call) => {
    const calls = object as Record<string | symbol, Call>;
    const real = calls[name]!;
    calls[name] = by(real);
    undo.push(() => calls[name] = real);
  };
  const opened = <T>(name: string, result: T): T => {
    if (name === "open" || name === "openSync") openFiles++;
    return result;
  };
  const faulty = (name: string) => (real: Call): Call =>
    function (this: unknown, ...args) {
      const fault = decide(name, typeof args[0] === "string" ? args[0] : "");
      const run = fault?.when === "short"
        ? () => half(name, real, this, args)
        : () => real.apply(this, args);
      if (!fault || fault.when === "short") {
        if (name !== "open") return opened(name, run());
        return (run() as Promise<unknown>).then((file) => opened(name, file));
      }
      const fail = (result?: unknown) => {
        // Nobody gets the file that was opened although the call says that it was not.
        if (name === "open" || name === "openSync") opened(name, result as Deno.FsFile)?.close();
        throw systemError(fault.code, name);
      };
      if (name.endsWith("Sync")) return fault.when === "after" ? fail(run()) : refuse(fault, name);
      return (async () => fault.when === "after" ? fail(await run()) : refuse(fault, name))();
    };
  for (const name of CALLS) replace(Deno, name, faulty(name));
  for (const name of FILE_CALLS) replace(Deno.FsFile.prototype, name, faulty(name));
  for (const name of ["close", Symbol.dispose]) {
    replace(Deno.FsFile.prototype, name, (real) =>
      function (this: unknown) {
        openFiles--;
        return real.call(this);
      });
  }
  replace(fs, "rmdirSync", faulty("rmdirSync"));
  return {
    get openFiles() {
      return openFiles;
    },
    [Symbol.dispose]: () => undo.reverse().forEach((one) => one()),
  };
}

function refuse({ code }: SystemFault, name: string): never {
  throw systemError(code, name);
}

/** Does a part: half of the bytes are read or written. A whole file that is written says nothing of it. */
function half(name: string, real: Call, self: unknown, args: unknown[]): unknown {
  const [first, second, ...rest] = args;
  const cut = (bytes: Uint8Array) => bytes.subarray(0, Math.ceil(bytes.length / 2));
  if (name === "writeFileSync") return real.call(self, first, cut(second as Uint8Array), ...rest);
  if (first instanceof Uint8Array) return real.call(self, cut(first), second, ...rest);
  return real.apply(self, args);
}
