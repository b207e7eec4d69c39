// A stand-in for what the sources call of jsr:@std/uuid/common; see compat/path/mod.ts.
import { validate as isUuid } from "npm:uuid@14.0.3";

export const validate = (uuid: string): boolean => isUuid(uuid);
