/**
 * From requests to answers.
 *
 * @module
 */
import { openArtifact } from "../../domain/artifact.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { openParquet } from "../../domain/export/dataframe.ts";
import type { VerifyAnswer } from "../contract.ts";
import { edit, repairAnswer, verifyAnswer } from "./actions.ts";
import { catalogAnswer } from "./catalog_file.ts";
import { parquetAnswer } from "./parquet_file.ts";
import { wantedBy } from "./paths.ts";
import {
  answerBytes,
  answerError,
  answerFault,
  type Content,
  FRAMED,
  headersOf,
  JSON_TYPE,
  notModified,
} from "./respond.ts";
import type { Site, SiteFile } from "./site.ts";
import type { Served } from "./sites.ts";
import { freshly } from "./shared.ts";
import { saveAs } from "./sniff.ts";

/** What is sent to the server has so many bytes at most. */
const MAX_BODY = 2 ** 20;

/** Answers requests that were let in. */
export type Routes = (request: Request, path: string, query: URLSearchParams) => Promise<Response>;

/**
 * The routes of a site.
 *
 * @param isFar Whether answers may go to other machines.
 */
export function routesOf(served: Served, isFar: boolean): Routes {
  const actions: Readonly<Record<string, (body: unknown) => Promise<unknown>>> = {
    ...(served.options.catalogs && {
      "actions/catalog": (body: unknown) => catalogAnswer(served, body),
    }),
    "actions/parquet": (body: unknown) => parquetAnswer(served, body),
    "actions/verify": freshly<VerifyAnswer>(() => verifyAnswer(served)),
    ...(served.options.edit && {
      "actions/repair": freshly<VerifyAnswer>(() => repairAnswer(served)),
      "actions/edit": async (body: unknown) => {
        await edit(served, body);
        return {};
      },
    }),
  };
  return async (request, path, query) => {
    try {
      if (request.method !== "POST") return await answerGet(served, isFar, request, path, query);
      const action = Object.hasOwn(actions, path) ? actions[path] : undefined;
      if (action) return await answerPost(request, action);
      return answerFault(403, {
        error: "This server only reads. Start it with `edit` to change anything.",
        code: "forbidden",
      });
    } catch (error) {
      return answerError(error, served.sites[0]!.rubicon.options.onWarning);
    }
  };
}

async function answerPost(
  request: Request,
  action: (body: unknown) => Promise<unknown>,
): Promise<Response> {
  const text = await bodyOf(request);
  if (text === undefined) {
    return answerFault(413, {
      error: `What is sent has more than ${MAX_BODY} bytes.`,
      code: "invalid-argument",
    });
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return answerFault(400, { error: "What is sent is no JSON.", code: "invalid-argument" });
  }
  const answer = await action(body);
  return answer instanceof Uint8Array
    ? new Response(answer as Bytes, { headers: headersOf({ type: "application/octet-stream" }) })
    : new Response(JSON.stringify(answer), { headers: headersOf({ type: JSON_TYPE }) });
}

/** A request's body as text; nothing if it is too long. */
async function bodyOf({ body }: Request): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function answerGet(
  served: Served,
  isFar: boolean,
  request: Request,
  path: string,
  query: URLSearchParams,
): Promise<Response> {
  const wanted = wantedBy(path);
  if (!wanted) {
    return answerFault(404, { error: "There is nothing at this address.", code: "not-found" });
  }
  if (wanted.what === "index") {
    const { bytes, checksum } = await served.index(query.get("at") ?? undefined);
    return await answerBytes(request, bytes, { type: JSON_TYPE, checksum, isFar });
  }
  const site = served.siteOf(wanted.slug);
  const file: SiteFile = await site.file(wanted);
  switch (file.what) {
    case "json":
    case "packed": {
      const isPacked = file.what === "packed";
      const type = isPacked ? "application/octet-stream" : JSON_TYPE;
      return await answerBytes(request, file.bytes, {
        ...{ type, checksum: file.checksum, isFar, isPacked },
      });
    }
    case "artifact":
      return await answerArtifact(site, request, file, query.has("download"));
    case "parquet": {
      const { dataframe } = file;
      const content = {
        type: "application/octet-stream",
        checksum: dataframe.id,
        headers: { "content-disposition": saveAs(`${dataframe.name ?? dataframe.id}.parquet`) },
      };
      const open = () => openParquet(site.rubicon, dataframe, site.call);
      return await answerStream(request, content, open);
    }
  }
}

async function answerArtifact(
  site: Site,
  request: Request,
  { artifact, known }: SiteFile & { what: "artifact" },
  isDownload: boolean,
): Promise<Response> {
  // What cannot be shown is saved, whatever it is opened as.
  const isSaved = isDownload || known.show === "none" || known.show === "parquet";
  const content = {
    type: isDownload ? "application/octet-stream" : known.type,
    checksum: isDownload ? `${artifact.id}-download` : artifact.id,
    policy: FRAMED,
    headers: {
      "content-disposition": isSaved ? saveAs(artifact.name) : "inline",
      "content-length": String(known.size),
    },
  };
  return await answerStream(
    request,
    content,
    () => openArtifact(site.rubicon, artifact, site.call),
  );
}

/** An answer that is never in memory as a whole. */
async function answerStream(
  request: Request,
  content: Content,
  open: () => Promise<ReadableStream<Bytes>>,
): Promise<Response> {
  const unchanged = notModified(request, content);
  if (unchanged) return unchanged;
  const headers = headersOf(content);
  if (request.method === "HEAD") return new Response(null, { headers });
  return new Response(await open(), { headers });
}
